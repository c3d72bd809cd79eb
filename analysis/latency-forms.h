// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_LATENCY_FORMS_H
#define SHARDSIM_LATENCY_FORMS_H

/**
 * @file
 * Closed forms of latency and queueing: what the models must show when everything else is switched
 * off. Pure functions; times in seconds, rates in bit/s, sizes in bytes. Arguments out of range
 * throw std::invalid_argument.
 */

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace shardsim
{

/** A link with an unlimited queue: a packet is sent on once it has arrived whole. */
struct StoreAndForwardLink
{
    double rate{1e8};  ///< bit/s
    double delay{0.0}; ///< propagation, s
};

/**
 * @param bytes of a message, at least 1
 * @param payload bytes of a full packet's payload, at least 1
 * @param header bytes in front of each payload
 * @return bytes of each packet: full ones, then the rest
 */
std::vector<double> FullPackets(uint64_t bytes, uint64_t payload, uint64_t header);

/**
 * @param bytes of a message, at least 1
 * @param count packets, at most bytes
 * @param header bytes in front of each payload
 * @return bytes of each packet when all but the last carry ceil(bytes / count); fewer packets than
 * count where those already hold the message
 */
std::vector<double> EqualPackets(uint64_t bytes, uint64_t count, uint64_t header);

/**
 * Time from the first bit sent to the last bit received of a message cut in n packets, sent back
 * to back over L equal links: all packets have `full` bytes but the last, which has 1 to `full`.
 * The critical path visits each packet once and a full packet on each further link (last-passage
 * time; the classic pipelining result, e.g. Kleinrock, Queueing Systems II, 1976):
 *
 *     L delay + ((n - 1) full + last + (L - 1) max(full if n > 1, last)) 8 / rate
 *
 * @param n packets, at least 1
 * @param full bytes of each packet but the last
 * @param last bytes of the last packet, at most full when n > 1
 * @param links number of links L, at least 1
 * @param link each of them
 * @return seconds
 */
double MessageLatency(unsigned n,
                      double full,
                      double last,
                      unsigned links,
                      const StoreAndForwardLink& link);

/**
 * As MessageLatency, for any packet sizes and distinct links, by the recursion of Lindley: a packet
 * leaves a link when it has arrived and its predecessor has left, plus its own time.
 * @param packets bytes of each, in the order sent
 * @param links in the order passed
 * @return arrival of the last bit of each packet, in seconds from the first bit sent
 */
std::vector<double> PacketArrivals(const std::vector<double>& packets,
                                   const std::vector<StoreAndForwardLink>& links);

/** Extra delay of a packet, independent of all others. */
struct Jitter
{
    /** Distribution of the delay. */
    enum Kind
    {
        NONE,        ///< always 0
        EXPONENTIAL, ///< of that mean
        UNIFORM      ///< between 0 and twice the mean
    };

    Kind kind{NONE};
    double mean{0.0}; ///< s

    /** @param t time, s @return P(delay <= t) */
    double Cdf(double t) const;
};

/** When a shard arrives, if it does. */
struct ShardArrival
{
    double base{0.0};      ///< arrival without jitter, s
    double delivered{1.0}; ///< probability that it is not lost
};

/**
 * @param n shards
 * @param spacing time between two, s; 0 when each has a path of its own
 * @param first arrival of the first without jitter, s
 * @param loss of each shard, independent
 * @return the arrivals
 */
std::vector<ShardArrival> SpacedArrivals(unsigned n, double spacing, double first, double loss);

/**
 * Arrivals without jitter of a block's shards placed round-robin, all handed over at once to
 * paths that each send one after the other.
 * @param n shards
 * @param delays of each path from the end of a shard's transmission to its arrival, s
 * @param serialisation time of a shard on a path's slowest link, s
 * @param start path of shard 0
 * @param loss of each shard, independent
 * @return the arrivals, by shard
 */
std::vector<ShardArrival> SpreadArrivals(unsigned n,
                                         const std::vector<double>& delays,
                                         double serialisation,
                                         std::size_t start,
                                         double loss);

/**
 * Probability that at least k shards are there at time t (Poisson-binomial tail at t): the
 * distribution of a block's latency when any k complete it, lost blocks counting as never.
 * @param arrivals of all shards, independent
 * @param jitter added to each
 * @param k needed, from 1 to arrivals.size()
 * @param t time, s
 * @return probability
 */
double KthArrivalCdf(const std::vector<ShardArrival>& arrivals,
                     const Jitter& jitter,
                     unsigned k,
                     double t);

/**
 * @param arrivals of all shards, independent
 * @param k needed, from 1 to arrivals.size()
 * @return probability that at least k are ever delivered
 */
double KthArrivalProbability(const std::vector<ShardArrival>& arrivals, unsigned k);

/**
 * Mean arrival of the k-th shard, given that at least k arrive: the integral of 1 - cdf(t) / P over
 * t >= 0, by Gauss-Legendre between the points where the integrand has a kink; relative error
 * below 1e-9.
 * @param arrivals of all shards, independent
 * @param jitter added to each
 * @param k needed, from 1 to arrivals.size()
 * @return seconds; NaN if k can never arrive
 */
double KthArrivalMean(const std::vector<ShardArrival>& arrivals, const Jitter& jitter, unsigned k);

/**
 * Quantile of the k-th arrival, given that at least k arrive, by bisection of the distribution.
 * @param arrivals of all shards, independent
 * @param jitter added to each
 * @param k needed, from 1 to arrivals.size()
 * @param q in (0, 1)
 * @return seconds; NaN if k can never arrive
 */
double KthArrivalQuantile(const std::vector<ShardArrival>& arrivals,
                          const Jitter& jitter,
                          unsigned k,
                          double q);

/**
 * Mean of the k-th smallest of n iid exponential delays: mean (1/n + 1/(n-1) + ... + 1/(n-k+1))
 * (Renyi's representation; David and Nagaraja, Order Statistics, 2003, sec. 2.5).
 * @param n delays
 * @param k rank, 1 to n
 * @param mean of a delay
 * @return mean of the k-th, in the unit of mean
 */
double ExponentialOrderMean(unsigned n, unsigned k, double mean);

/**
 * Mean of the k-th smallest of n iid delays, uniform on 0 to twice their mean: 2 mean k / (n + 1).
 * @param n delays
 * @param k rank, 1 to n
 * @param mean of a delay
 * @return mean of the k-th, in the unit of mean
 */
double UniformOrderMean(unsigned n, unsigned k, double mean);

/**
 * Little's law (Operations Research 9(3), 1961): mean number in a system = arrival rate x mean
 * time in it, for any discipline and distribution.
 * @param arrivalRate per second, of those that enter
 * @param meanTime in the system, s
 * @return mean number in the system
 */
double LittlesLaw(double arrivalRate, double meanTime);

/** A Poisson stream of jobs of one size. */
struct PoissonClass
{
    double rate{0.0};    ///< jobs per second
    double service{0.0}; ///< s, deterministic
};

/**
 * Mean wait before service in M/G/1 (Pollaczek-Khinchine): sum of rate E[S^2] / (2 (1 - load)),
 * here a mixture of Poisson streams with deterministic service: cross traffic and probes.
 * @param classes streams, of a load below 1 together
 * @return mean wait of a Poisson arrival, s
 */
double PoissonMeanWait(const std::vector<PoissonClass>& classes);

/**
 * Mean wait before service in M/D/1: load service / (2 (1 - load)).
 * @param load in [0, 1)
 * @param service time of a job, s
 * @return mean wait, s
 */
double MD1MeanWait(double load, double service);

/**
 * Mean wait before service in M/M/1: load service / (1 - load).
 * @param load in [0, 1)
 * @param service mean service time of a job, s
 * @return mean wait, s
 */
double MM1MeanWait(double load, double service);

/**
 * Erlang's B formula: share of Poisson arrivals that find all places taken, in a system where those
 * leave at once (M/G/c/c). It depends on the times in the system by their mean only.
 * @param offered arrival rate x mean time in the system of those that find a place, at least 0
 * @param places c
 * @return share that finds none
 */
double ErlangLoss(double offered, unsigned places);

/**
 * Mean wait before service in M/M/c, one queue for c servers: Erlang's C formula.
 * @param rate arrivals per second
 * @param service mean service time of a job, s
 * @param servers c, at least 1; load rate service / c below 1
 * @return mean wait, s
 */
double MMcMeanWait(double rate, double service, unsigned servers);

} // namespace shardsim

#endif // SHARDSIM_LATENCY_FORMS_H
