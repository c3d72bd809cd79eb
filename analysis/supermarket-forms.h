// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_SUPERMARKET_FORMS_H
#define SHARDSIM_SUPERMARKET_FORMS_H

/**
 * @file
 * Many queues of which each arrival joins the shortest of d drawn at random: the supermarket model.
 * Service times are exponential of mean 1, arrivals Poisson of rate load x servers. Pure functions;
 * arguments out of range throw std::invalid_argument.
 */

#include <vector>

namespace shardsim
{

/** How the d queues of an arrival are drawn. */
enum class SupermarketDraw
{
    DISTINCT, ///< d different ones
    REPEATED  ///< each of all, so that one may be drawn twice
};

/**
 * Share of queues with at least i in them, with infinitely many queues:
 * load^((d^i - 1) / (d - 1)), load^i for d = 1 (N. Vvedenskaya, R. Dobrushin and F. Karpelevich,
 * Problems of Information Transmission 32(1), 1996; M. Mitzenmacher, IEEE TPDS 12(10), 2001).
 * @param load in (0, 1)
 * @param d choices, at least 1
 * @param i number in the queue, at least 0
 * @return share
 */
double SupermarketTail(double load, unsigned d, unsigned i);

/**
 * Mean time in system with infinitely many queues: the sum of load^((d^i - d) / (d - 1)) over
 * i >= 1; 1 / (1 - load) for d = 1.
 * @param load in (0, 1)
 * @param d choices, at least 1
 * @return time, in mean service times
 */
double SupermarketTime(double load, unsigned d);

/**
 * Shares of queues with at least i in them with n queues, to the order of 1/n: the mean-field limit
 * and the correction V / n by the refined mean-field approximation (N. Gast and B. Van Houdt,
 * "A refined mean field approximation", ACM SIGMETRICS 2018, theorem 1), that is, by the curvature
 * of the drift under the fluctuations of the shares, and by what drawing d different queues of n is
 * better than drawing from infinitely many. What is left is of the order of 1/n^2. Exact for d = 1.
 * @param load in (0, 1)
 * @param d choices, 1 to n
 * @param n queues
 * @param draw how the d queues are drawn
 * @return shares from i = 0, which is 1, on to where they vanish
 */
std::vector<double> SupermarketTails(double load,
                                     unsigned d,
                                     unsigned n,
                                     SupermarketDraw draw = SupermarketDraw::DISTINCT);

/**
 * Mean time in system with n queues: the sum of SupermarketTails() from i = 1 on over the load, by
 * Little's law.
 * @param load in (0, 1)
 * @param d choices, 1 to n
 * @param n queues
 * @param draw how the d queues are drawn
 * @return time, in mean service times
 */
double SupermarketTime(double load,
                       unsigned d,
                       unsigned n,
                       SupermarketDraw draw = SupermarketDraw::DISTINCT);

} // namespace shardsim

#endif // SHARDSIM_SUPERMARKET_FORMS_H
