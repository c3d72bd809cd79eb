// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_CLOSED_FORMS_H
#define SHARDSIM_CLOSED_FORMS_H

/**
 * @file
 * Closed forms of loss: what the models must show when everything else is switched off. Pure
 * functions of doubles. Losses are probabilities of a packet over a whole path; n is the number of
 * all shards of a block and k that of its data shards. Arguments out of range throw
 * std::invalid_argument. Latency and queueing are in latency-forms.h.
 */

#include <cstddef>
#include <vector>

namespace shardsim
{

/**
 * Loss of a datagram that is sent in n fragments and needs them all, iid loss: 1 - (1 - p)^n.
 * @param p loss of a packet
 * @param n fragments
 * @return loss of the datagram
 */
double FragmentedLoss(double p, unsigned n);

/**
 * Loss of a datagram of m fragments that is sent in whole copies, where a copy counts only if it
 * arrives whole: (1 - (1 - p)^m)^c.
 * @param p loss of a packet, iid
 * @param m fragments of a copy
 * @param c copies
 * @return loss of the datagram
 */
double WholeCopiesLoss(double p, unsigned m, unsigned c);

/**
 * As WholeCopiesLoss, but fragments of different copies may be put together:
 * 1 - (1 - p^c)^m.
 * @param p loss of a packet, iid
 * @param m fragments of a copy
 * @param c copies
 * @return loss of the datagram
 */
double MergedCopiesLoss(double p, unsigned m, unsigned c);

/**
 * Distribution of the number of lost packets among n with independent losses, of a probability
 * each (Poisson-binomial), by convolution.
 * @param p loss of each packet
 * @return probability of 0, 1, ... p.size() losses
 */
std::vector<double> LossCounts(const std::vector<double>& p);

/**
 * Loss of a block of which any k of n shards suffice, iid loss: the binomial tail
 * P(more than n - k lost) = I_p(n - k + 1, k), I the regularised incomplete beta function.
 * @param n all shards
 * @param k data shards
 * @param p loss of a shard
 * @return loss of the block
 */
double BlockLoss(unsigned n, unsigned k, double p);

/**
 * Share of data shards missing after decoding, iid loss, systematic code: a lost shard is
 * recovered unless more than n - k of its block are lost. By exchangeability the mean of
 * (lost / n) over the blocks that fail: p P(at least n - k lost among the other n - 1).
 * @param n all shards
 * @param k data shards
 * @param p loss of a shard
 * @return residual loss of a data shard
 */
double ResidualShardLoss(unsigned n, unsigned k, double p);

/**
 * Loss of a block of k data shards protected by r interleaved parities, iid loss: parity g is the
 * XOR of the data shards i with i mod r = g, so each group repairs one loss of its own.
 * Product over the groups of size s (parity included): (1 - p)^s + s p (1 - p)^(s - 1).
 * @param k data shards
 * @param r parity shards, 1 to k
 * @param p loss of a shard
 * @return loss of the block
 */
double XorBlockLoss(unsigned k, unsigned r, double p);

/**
 * Share of data shards missing after decoding with r interleaved parities, iid loss: a lost shard
 * stays lost if another of its group is lost, p (1 - (1 - p)^(s - 1)), averaged over data shards.
 * @param k data shards
 * @param r parity shards, 1 to k
 * @param p loss of a shard
 * @return residual loss of a data shard
 */
double XorResidualShardLoss(unsigned k, unsigned r, double p);

/**
 * Loss of packets by a two-state Markov chain (Gilbert 1960, Elliott 1963): each packet is lost
 * with the probability of the state, then the state may change. The chain starts in equilibrium.
 */
struct GilbertElliott
{
    double goodToBad{0.0}; ///< probability to leave the good state after a packet
    double badToGood{1.0}; ///< probability to leave the bad state after a packet
    double goodLoss{0.0};  ///< loss in the good state
    double badLoss{1.0};   ///< loss in the bad state

    /**
     * Gilbert's two-parameter chain: no loss in the good state, all lost in the bad one.
     * badToGood = 1 / burst, goodToBad = badToGood loss / (1 - loss).
     * @param loss mean loss, in [0, 1)
     * @param burst mean length of a run of losses, at least 1, and at least loss / (1 - loss)
     * @return the chain
     */
    static GilbertElliott FromMeans(double loss, double burst);

    /** @param p loss @return independent losses, as a chain of one state in effect */
    static GilbertElliott Independent(double p);

    /** @return probability of the bad state in equilibrium */
    double BadShare() const;

    /** @return mean loss */
    double MeanLoss() const;

    /**
     * Chain seen by every d-th packet: one step is d steps of this one, P^d, in closed form by its
     * second eigenvalue 1 - goodToBad - badToGood.
     * @param d distance in packets, at least 1
     * @return the thinned chain
     */
    GilbertElliott EveryNth(unsigned d) const;
};

/**
 * Distribution of the number of losses among n packets of a path, exact by the forward recursion
 * of the chain over (state, losses so far).
 * @param chain of the path
 * @param n packets
 * @param spacing distance of these packets on the path, in packets: 1 back to back, d when blocks
 * are interleaved to depth d
 * @return probability of 0 to n losses
 */
std::vector<double> LossCounts(const GilbertElliott& chain, unsigned n, unsigned spacing = 1);

/**
 * Loss of a block of which any k of n shards suffice, on one path.
 * @param n all shards
 * @param k data shards
 * @param chain of the path
 * @param spacing as in LossCounts
 * @return loss of the block
 */
double BlockLoss(unsigned n, unsigned k, const GilbertElliott& chain, unsigned spacing = 1);

/**
 * Share of data shards missing after decoding, systematic code whose k data shards go first: mean
 * number of lost data shards of the blocks that fail, by the first moment of the chain's recursion.
 * @param n all shards
 * @param k data shards
 * @param chain of the path
 * @param spacing as in LossCounts
 * @return residual loss of a data shard
 */
double ResidualShardLoss(unsigned n, unsigned k, const GilbertElliott& chain, unsigned spacing = 1);

/**
 * Loss of a block whose shard i goes over path (start + i) mod m, on independent paths: per-path
 * loss counts, convolved. With round-robin placement that runs on from block to block the start
 * moves by n mod m each block; the result is the mean over the starts that occur (multiples of
 * gcd(n, m)). No other packets use the paths, so a block's shards follow each other on each.
 * @param n all shards
 * @param k data shards
 * @param paths chain of each path
 * @return loss of the block
 */
double SpreadBlockLoss(unsigned n, unsigned k, const std::vector<GilbertElliott>& paths);

/**
 * As SpreadBlockLoss, where every block starts at the same path.
 * @param n all shards
 * @param k data shards
 * @param paths chain of each path
 * @param start path of shard 0
 * @return loss of the block
 */
double SpreadBlockLossFrom(unsigned n,
                           unsigned k,
                           const std::vector<GilbertElliott>& paths,
                           std::size_t start);

} // namespace shardsim

#endif // SHARDSIM_CLOSED_FORMS_H
