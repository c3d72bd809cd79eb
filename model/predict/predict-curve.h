// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_CURVE_H
#define PREDICT_CURVE_H

#include <array>
#include <cstddef>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A distribution by its quantiles at a grid of levels. Between two levels and beyond the last ones
 * it goes straight in the coordinate of a Laplace distribution, ln 2p below the median and
 * -ln 2(1-p) above: exact for exponential tails on both sides, at any scale. The tails go on with
 * the slope between the levels 0.9 and 0.99, and 0.1 and 0.01, so that heavier tails are
 * underestimated beyond 0.99.
 */
class PredictCurve
{
  public:
    /// How many levels there are.
    static constexpr std::size_t LEVELS = 12;
    /// A number for each level.
    using Values = std::array<double, LEVELS>;

    /// The levels.
    static constexpr Values
        LEVEL{0.01, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95, 0.975, 0.99};
    /// Place of the median among them.
    static constexpr std::size_t MEDIAN = 5;

    /// @return quantiles of the Laplace distribution of mean 0 and mean deviation 1
    static const Values& Laplace();

    /**
     * @param values quantiles, never decreasing
     * @param probability cut to [1e-12, 1 - 1e-12]; not a number is taken for the lower end
     * @return quantile; never decreases with the probability
     */
    static double Quantile(const Values& values, double probability)
    {
        return Quantile(values, Place(probability));
    }

    /// Where a level lies among those of the grid: to be kept by who asks for it again and again.
    struct Place
    {
        /// @param probability cut to [1e-12, 1 - 1e-12]; not a number is taken for the lower end
        explicit Place(double probability);

        double given;      ///< the probability
        std::size_t from;  ///< level at which the straight line to it begins
        std::size_t left;  ///< levels that the slope of this line is of
        std::size_t right; ///< likewise
        double ahead;      ///< distance from its beginning, in the Laplace coordinate
        double width;      ///< distance of left and right, likewise
    };

    /// @param values quantiles, never decreasing  @param place of a level  @return its quantile
    static double Quantile(const Values& values, const Place& place)
    {
        if (place.ahead == 0)
        {
            return values[place.from];
        }
        return values[place.from] +
               place.ahead * (values[place.right] - values[place.left]) / place.width;
    }

    /**
     * @param values quantiles, never decreasing
     * @param value any number
     * @return probability of more than that: 1 - p for the largest p whose quantile is not more
     */
    static double Survival(const Values& values, double value);

    /**
     * Sorts quantiles that were learnt apart and may cross: the rearrangement of V. Chernozhukov,
     * I. Fernandez-Val, A. Galichon, Econometrica 78, 2010, which is never further from the truth.
     * @param values are put into order
     */
    static void Rearrange(Values& values)
    {
        bool isInOrder = true;
        for (std::size_t i = 1; i < LEVELS; ++i)
        {
            isInOrder &= values[i - 1] <= values[i]; // no branch: several at a time
        }
        if (isInOrder)
        {
            return;
        }
        // Nearly in order as they are, nothing is quicker than insertion.
        for (std::size_t i = 1; i < LEVELS; ++i)
        {
            const double value = values[i];
            std::size_t to = i;
            for (; to > 0 && values[to - 1] > value; --to)
            {
                values[to] = values[to - 1];
            }
            values[to] = value;
        }
    }
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_CURVE_H
