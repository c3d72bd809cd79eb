// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ANOMALY_H
#define PREDICT_ANOMALY_H

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

namespace ns3
{
namespace sharding
{

/// Ways to judge the errors of forecasts.
enum PredictAnomalyKind : uint8_t
{
    PREDICT_ANOMALY_GAUSSIAN, ///< this error among the last ones
    PREDICT_ANOMALY_EWMA,     ///< Roberts' chart of a weighted mean of errors
    PREDICT_ANOMALY_CUSUM,    ///< Page's cumulative sums of errors
};

/**
 * The scale on which all anomaly scores are: 0 is nothing special, 0.3 would come by chance once in
 * 10^3 values, 1 once in 10^10 or more seldom.
 * @param probability that chance gives a value like this or one more extreme
 * @return score, from 0 to 1
 */
double PredictAnomalyScore(double probability);

/**
 * @ingroup sharding
 * Mean and standard deviation of errors, of which it knows either everything beforehand or learns
 * it. An error beyond three deviations is taken in as one of three, so that an anomaly does not
 * become the measure of those to come.
 */
class PredictErrorScale
{
  public:
    /// Learns. @param memory errors until one has faded to a third
    explicit PredictErrorScale(double memory = 500);

    /// Knows: the mean is 0. @param deviation of errors, over 0  @return a scale that stays
    static PredictErrorScale Known(double deviation);

    /// @param error finite  @return in deviations from the mean; 0 while too little is known
    double Standardise(double error) const;

    /// @param error finite, to learn from
    void Add(double error);

  private:
    double m_memory;      ///< errors; 0 for a scale that is known
    double m_count{0};    ///< errors so far, up to m_memory
    double m_mean{0};     ///< of errors
    double m_variance{0}; ///< of errors
};

/**
 * @ingroup sharding
 * Judges forecasts by what came, one value at a time. A value or forecast that is not finite is
 * not judged and not learnt from.
 */
class PredictAnomaly
{
  public:
    virtual ~PredictAnomaly() = default;

    /**
     * @param forecast what was expected
     * @param value what came
     * @return score, from 0 to 1: PredictAnomalyScore()
     */
    double Add(double forecast, double value);

    /// @param kind which way  @return one that has seen nothing yet, and learns the errors' scale
    static std::unique_ptr<PredictAnomaly> Make(PredictAnomalyKind kind);

  private:
    /// @param error value less forecast, finite  @return score
    virtual double Judge(double error) = 0;
};

/// @ingroup sharding
/// Where this error lies among the last ones, if those are Gaussian.
class PredictAnomalyGaussian : public PredictAnomaly
{
  public:
    /// @param window errors to compare with, at least 2
    explicit PredictAnomalyGaussian(size_t window = 500);

  private:
    double Judge(double error) override;

    size_t m_window;           ///< errors
    std::deque<double> m_last; ///< errors, the oldest first
};

/// @ingroup sharding
/// A chart of the exponentially weighted mean of errors (Roberts, Technometrics 1959).
class PredictAnomalyEwma : public PredictAnomaly
{
  public:
    /// @param gain of a new error, in (0, 1]  @param scale of errors
    explicit PredictAnomalyEwma(double gain = 0.2, PredictErrorScale scale = PredictErrorScale());

    /// @return the weighted mean now, in standard deviations of such a mean
    double Statistic() const;

  private:
    double Judge(double error) override;

    double m_gain;             ///< of a new error
    PredictErrorScale m_scale; ///< of errors
    double m_mean{0};          ///< weighted, of standardised errors
    double m_forgotten{1};     ///< (1 - gain)^2 to the power of errors so far
};

/// @ingroup sharding
/// Sums of what errors have over an allowance, upwards and downwards (Page, Biometrika 1954).
class PredictAnomalyCusum : public PredictAnomaly
{
  public:
    /// @param allowance in deviations, over 0: half of the shift to be found  @param scale of
    /// errors
    explicit PredictAnomalyCusum(double allowance = 0.5,
                                 PredictErrorScale scale = PredictErrorScale());

    /// @return the larger of both sums now; charts alarm over a limit h, usually 4 or 5
    double Statistic() const;

  private:
    double Judge(double error) override;

    double m_allowance;        ///< deviations
    PredictErrorScale m_scale; ///< of errors
    double m_up{0};            ///< sum of errors over the allowance
    double m_down{0};          ///< sum of errors under it
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ANOMALY_H
