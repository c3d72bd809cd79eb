// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_SERIES_H
#define PREDICT_SERIES_H

#include <cstdint>
#include <deque>
#include <memory>

namespace ns3
{
namespace sharding
{

/// Ways to say what comes next in a series.
enum PredictSeriesKind : uint8_t
{
    PREDICT_LAST,           ///< the last value again
    PREDICT_EWMA,           ///< an exponentially weighted mean
    PREDICT_HOLT,           ///< level and trend (C. C. Holt, ONR memorandum 52, 1957)
    PREDICT_HOLT_WINTERS,   ///< level, trend and season: predict-seasonal.h
    PREDICT_AUTOREGRESSION, ///< weighted sum of the last values: predict-autoregression.h
};

/**
 * @ingroup sharding
 * Says what comes next in a series of equally spaced values.
 */
class PredictSeries
{
  public:
    virtual ~PredictSeries() = default;

    /// @param value the next one of the series
    virtual void Add(double value) = 0;

    /// @param steps ahead  @return what is expected then; 0 before the first value
    virtual double Ahead(double steps) const = 0;

    /// @param kind which way  @return a predictor that knows nothing yet
    static std::unique_ptr<PredictSeries> Make(PredictSeriesKind kind);
};

/// @ingroup sharding
/// The last value again.
class PredictLast : public PredictSeries
{
  public:
    void Add(double value) override;
    double Ahead(double steps) const override;

  private:
    double m_last{0}; ///< value
};

/// @ingroup sharding
/// An exponentially weighted mean; the first value begins it.
class PredictEwma : public PredictSeries
{
  public:
    /// @param gain of a new value, in (0, 1]
    explicit PredictEwma(double gain = 0.25);

    void Add(double value) override;
    double Ahead(double steps) const override;

  private:
    double m_gain;      ///< of a new value
    double m_mean{0};   ///< so far
    bool m_some{false}; ///< a value has come
};

/// @ingroup sharding
/// The mean of the last values.
class PredictWindow : public PredictSeries
{
  public:
    /// @param length values that it is the mean of, at least 1
    explicit PredictWindow(uint32_t length = 6);

    void Add(double value) override;
    double Ahead(double steps) const override;

  private:
    uint32_t m_length;           ///< values
    std::deque<double> m_values; ///< last ones
    double m_sum{0};             ///< of these
};

/// @ingroup sharding
/// Level and trend, each smoothed (double exponential smoothing).
class PredictHolt : public PredictSeries
{
  public:
    /// @param levelGain of a new value, in (0, 1]  @param trendGain of a new difference, in [0, 1]
    explicit PredictHolt(double levelGain = 0.5, double trendGain = 0.3);

    void Add(double value) override;
    double Ahead(double steps) const override;

    /// @return change a step
    double Trend() const
    {
        return m_trend;
    }

  private:
    double m_levelGain;  ///< of a new value
    double m_trendGain;  ///< of a new difference
    double m_level{0};   ///< now
    double m_trend{0};   ///< a step
    uint32_t m_count{0}; ///< values so far, up to 2
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_SERIES_H
