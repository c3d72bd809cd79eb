// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_WINDOW_FORMS_H
#define SHARDSIM_WINDOW_FORMS_H

/**
 * @file
 * Closed form of the loss that a sliding-window code leaves. Arguments out of range throw
 * std::invalid_argument. Block codes are in closed-forms.h.
 */

namespace shardsim
{

/**
 * Loss of a datagram that is sent in k data shards, followed by r repair shards that are random
 * combinations of the data of this datagram and the window - 1 before it; iid loss. A datagram is
 * lost when it cannot be computed before the one 2 x window after it comes.
 *
 * By the stationary distribution of a Markov chain over the losses that still matter. Coefficients
 * are taken for generic, so that ranks are those of the pattern alone (J. Edmonds, "Systems of
 * distinct representatives and linear algebra", J. Res. NBS 71B, 1967): greatest matchings of
 * equations and the missing shards that they cover. As each equation covers consecutive datagrams,
 * a greedy rule finds these (F. Glover, "Maximum matching in a convex bipartite graph", Naval Res.
 * Log. Quart. 14, 1967). Coefficients at random in GF(256) are singular in about one system of 255,
 * which the next repair shard mends.
 *
 * @param p loss of a shard
 * @param k data shards of a datagram
 * @param r repair shards of a datagram
 * @param window datagrams that a repair shard covers; k, r and window small: the number of states
 *        grows with (k + 1) (r + 1) to the power of the window
 * @return loss of a datagram
 */
double SlidingWindowLoss(double p, unsigned k, unsigned r, unsigned window);

} // namespace shardsim

#endif // SHARDSIM_WINDOW_FORMS_H
