// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_TAIL_H
#define PREDICT_TAIL_H

#include <cstddef>
#include <deque>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * How seldom a size is, among the sizes that came before. Within what was seen it counts; among
 * the largest and beyond it goes on with a Pareto tail whose index is Hill's estimate (Annals of
 * Statistics 1975). Tails are often mixtures, so there are three estimates, from ever fewer of the
 * largest sizes, and the least surprising one holds.
 *
 * Only ratios of sizes matter: the unit does not.
 */
class PredictTail
{
  public:
    /**
     * @param memory sizes to compare with, the last ones; at least 1
     * @param share of them that are the tail, in (0, 1)
     * @param lightest reciprocal of the tail index that is believed: what is bounded or Gaussian
     *        looks lighter the fewer sizes there are
     */
    explicit PredictTail(size_t memory = 4096, double share = 0.05, double lightest = 0.1);

    /// @param size finite, to compare later ones with
    void Add(double size);

    /**
     * @param size one that comes now
     * @return -log10 of the probability of one at least so large; 0 for a size of 0 or less, and
     *         before 32 sizes are known; at most MOST
     */
    double Surprise(double size) const;

    /// @return the middle one of the sizes; 0 if there is none
    double Median() const;

    /// @return the smallest of the sizes; 0 if there is none
    double Least() const;

    /// @return the largest of the sizes; 0 if there is none
    double Largest() const;

    static constexpr double MOST = 10; ///< surprise beyond which there is no more

  private:
    /// @param count of the largest sizes  @param size  @return surprise by Hill's estimate of those
    double Beyond(size_t count, double size) const;

    size_t m_memory;              ///< sizes
    double m_share;               ///< of them that are the tail
    double m_lightest;            ///< reciprocal of the tail index
    std::vector<double> m_sorted; ///< the sizes in ascending order
    std::deque<double> m_last;    ///< the same, the oldest first
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_TAIL_H
