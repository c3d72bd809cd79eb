// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ARRIVAL_H
#define PREDICT_ARRIVAL_H

#include "predict-curve.h"

#include <cstdint>
#include <memory>

namespace ns3
{
namespace sharding
{

/// What is known of a shard when its arrival is asked for.
struct PredictArrivalFeatures
{
    uint16_t path{0};  ///< on which it comes
    double ahead{0};   ///< places after the block's first arrival in the order of sending; negative
                       ///< for one that was overtaken
    double spacing{0}; ///< between shards of this block that came one after the other, s; 0 when
                       ///< not known
    double rtt{0};     ///< smoothed round trip, s; 0 when not known
    double loss{0};    ///< share of the path's shards that are lost, 0 to 1
    double probe{0};   ///< one-way delay of the path now, less the least seen, s
};

/// Ways to predict when a shard comes.
enum PredictArrivalKind : uint8_t
{
    PREDICT_ARRIVAL_EWMA,      ///< mean and mean deviation
    PREDICT_ARRIVAL_HISTOGRAM, ///< quantiles of a histogram that forgets
    PREDICT_ARRIVAL_QUANTILE,  ///< online quantile regression
    PREDICT_ARRIVAL_RLS,       ///< recursive least squares
    PREDICT_ARRIVAL_KALMAN,    ///< a Kalman filter of the mean
    PREDICT_ARRIVAL_LSTM,      ///< a recurrent network trained in place
};

/// Of a PredictArrival; what a kind does not use is ignored.
struct PredictArrivalSettings
{
    double correction{0.01};       ///< gain of the conformal correction; 0 for none
    double ewmaGain{1.0 / 16};     ///< of a new delay in mean and mean deviation
    double histogramForget{0.995}; ///< weight of the histogram at the next delay
    double quantileRate{0.01};     ///< step of the quantile regression, in mean residuals
    double squaresForget{0.998};   ///< weight of the squares at the next delay
    double kalmanDrift{1.0 / 256}; ///< variance of a step of the offset by that of the noise
    uint32_t lstmHidden{16};       ///< cells
    uint32_t lstmWindow{4};        ///< delays that a gradient goes back through
    double lstmRate{2e-3};         ///< step of Adam
};

/**
 * @ingroup sharding
 * Says when a missing shard will come, as a distribution. Delays are counted in seconds from the
 * first arrival of the shard's block, and are those of shards that come at all; whether one comes
 * is LossOdds(). It reads no clock, and draws its initial weights from the seed that it is given.
 *
 * What it learns of a path stays with the path; paths beyond MAX_PATHS share its places. It takes
 * nothing that would poison it: see Refused().
 */
class PredictArrival
{
  public:
    /// Paths that are learnt apart.
    static constexpr uint16_t MAX_PATHS = 64;
    /// Longest delay that is believed, s.
    static constexpr double MAX_DELAY = 3600;

    virtual ~PredictArrival() = default;

    /**
     * A shard came.
     * @param features what was known of it when its block's first arrival came
     * @param delay after that, s, 0 or more
     */
    virtual void Came(const PredictArrivalFeatures& features, double delay) = 0;

    /// A shard never came. @param features as with Came()
    virtual void Lost(const PredictArrivalFeatures& features) = 0;

    /**
     * @param features what is known
     * @param probability in (0, 1)
     * @return delay that is not exceeded with this probability, s; never decreases with it; 0
     *         before anything has come
     */
    virtual double Quantile(const PredictArrivalFeatures& features, double probability) const = 0;

    /// @param features what is known  @return its quantiles at the levels of PredictCurve, s
    virtual PredictCurve::Values Curve(const PredictArrivalFeatures& features) const = 0;

    /**
     * @param features what is known
     * @param waited s
     * @return probability that a shard that comes takes longer than that; the inverse of
     * Quantile(); 1 before anything has come
     */
    virtual double Survival(const PredictArrivalFeatures& features, double waited) const = 0;

    /**
     * @param features what is known
     * @param waited s, without its having come
     * @return probability that it never comes, by Bayes' rule from the share that is lost and
     *         Survival()
     */
    virtual double LossOdds(const PredictArrivalFeatures& features, double waited) const = 0;

    /**
     * @return how often Came() or Lost() were handed what cannot be: a delay that is negative, no
     *         number or beyond MAX_DELAY, which is not learnt; or features out of their ranges,
     *         which are cut to them, or to 0 where they are no number
     */
    virtual uint64_t Refused() const
    {
        return 0;
    }

    /**
     * @param kind which way
     * @param seed of its initial weights
     * @return a predictor that knows nothing yet, held to its quantiles by conformal correction
     */
    static std::unique_ptr<PredictArrival> Make(PredictArrivalKind kind, uint64_t seed);

    /// @param kind which way  @param seed of its initial weights  @param settings instead of the
    /// defaults  @return a predictor that knows nothing yet
    static std::unique_ptr<PredictArrival> Make(PredictArrivalKind kind,
                                                uint64_t seed,
                                                const PredictArrivalSettings& settings);
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ARRIVAL_H
