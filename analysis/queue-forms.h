// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_QUEUE_FORMS_H
#define SHARDSIM_QUEUE_FORMS_H

/**
 * @file
 * Waiting times of jobs that are spread over servers, each with a queue of its own: how
 * cryptographic units must behave. Pure functions; times in seconds, rates in jobs a second.
 * Arguments out of range throw std::invalid_argument. A server's load is in [0, 1).
 */

#include <cstdint>
#include <vector>

namespace shardsim
{

/**
 * P(wait <= t) in M/D/1, by the sum without alternating signs of G. J. Franx, "A simple solution
 * for the M/D/c waiting time distribution", Operations Research Letters 29 (2001), for c = 1:
 * with (k - 1) D <= t < k D and u = rate (k D - t),
 *
 *     exp(-u) sum over j < k of Q(k - 1 - j) u^j / j!
 *
 * where Q(m) is the probability that at most m wait, from the recursion of the embedded chain.
 * @param load in [0, 1)  @param service D, s  @param t s
 * @return probability
 */
double MD1WaitCdf(double load, double service, double t);

/// @param load in [0, 1)  @param service s  @param q in (0, 1)  @return quantile of the wait, s
double MD1WaitQuantile(double load, double service, double q);

/**
 * Erlang's C formula: probability that a job waits in M/M/c, one queue for c servers.
 * @param offered rate x mean service time, below c  @param servers c
 * @return probability
 */
double ErlangWait(double offered, unsigned servers);

/**
 * Quantile of the wait in M/M/c: P(wait > t) = C exp(-(c / service - rate) t), e.g. L. Kleinrock,
 * Queueing Systems I (1975).
 * @param rate of jobs  @param service mean, s  @param servers c  @param q in (0, 1)
 * @return s
 */
double MMcWaitQuantile(double rate, double service, unsigned servers, double q);

/** The wait of a job in GI/M/1: with probability sigma above 0, and then exponential. */
struct GiM1Wait
{
    double sigma{0.0};   ///< probability that a job waits
    double service{0.0}; ///< mean, s

    /// @return mean wait: sigma service / (1 - sigma)
    double Mean() const;

    /// @param q in (0, 1)  @return quantile, s
    double Quantile(double q) const;
};

/**
 * The wait where a Poisson stream is dealt round-robin to c servers of exponential service: what
 * comes to one of them has gaps that are Erlang of c phases, and sigma is the root below 1 of
 * sigma = (rate / (rate + (1 - sigma) / service))^c (GI/M/1, Kleinrock I, section 6.4).
 * @param rate of jobs, to all servers  @param service mean, s  @param servers c
 * @return the wait; with one server, of M/M/1
 */
GiM1Wait RoundRobinWait(double rate, double service, unsigned servers);

/** The wait where each job of a Poisson stream joins the shorter of two queues. */
class ShorterQueueWait
{
  public:
    /**
     * Solve the Markov chain of the shorter queue's length and how much longer the other is, cut
     * off where there is less than 1e-12 of probability, by Gauss-Seidel. No closed form is known;
     * the chain is that of J. F. C. Kingman, "Two similar queues in parallel" (1961).
     * @param rate of jobs, to both servers  @param service mean of it, exponential, s
     */
    ShorterQueueWait(double rate, double service);

    /// @return mean wait, s
    double Mean() const;

    /// @param t s  @return P(wait <= t): what is in front is as many exponential services
    double Cdf(double t) const;

    /// @param q in (0, 1)  @return quantile, s
    double Quantile(double q) const;

  private:
    double m_service;              ///< mean, s
    std::vector<double> m_shorter; ///< probability of each length of the shorter queue
};

/**
 * Waits in D/D/c: n jobs at once, dealt to c idle servers that take the same time for each. Job i
 * (from 0) waits for floor(i / c) others.
 * @param jobs n, at least 1  @param servers c  @param service s
 * @return waits, ascending, s
 */
std::vector<double> BatchWaits(unsigned jobs, unsigned servers, double service);

} // namespace shardsim

#endif // SHARDSIM_QUEUE_FORMS_H
