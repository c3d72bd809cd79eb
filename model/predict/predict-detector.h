// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_DETECTOR_H
#define PREDICT_DETECTOR_H

#include "predict-rows.h"
#include "predict-tail.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What a PredictDetector is set to; docs/detect.md says what for.
struct PredictDetectorSetting
{
    size_t warmUp{96};      ///< rows before anything is scored
    size_t memory{4096};    ///< rows to compare with
    size_t shortWindow{8};  ///< rows
    size_t longWindow{48};  ///< rows
    size_t slowWindow{192}; ///< rows
    size_t shape{24};       ///< rows of a stretch that is compared with earlier ones
    size_t neighbours{3};   ///< which of the most similar stretches counts
    double hour{3600};    ///< s, of which the mean is compared with other days, as is four times it
    size_t days{10};      ///< to look back on
    size_t weeks{4};      ///< to look back on
    double young{43200};  ///< s after which other days and weeks are half believed
    double gain{0.1};     ///< of a new value in the weighted mean that forecasts
    double fading{0.01};  ///< of a new error in what is known of each forecaster
    double tail{0.1};     ///< share of sizes that are the tail
    double lightest{0.1}; ///< reciprocal of the tail index that is believed
    double single{0.65};  ///< of the most surprising view, if that is more
    size_t event{100};    ///< rows for which an event is known, at most...
    double eventShare{0.05}; ///< ...of the rows seen
    double worse{0.3};       ///< surprise by which an event has to get worse to be scored again
};

/// What a PredictDetector says of a row.
struct PredictVerdict
{
    double forecast{0}; ///< value that was expected, before the row was seen
    double score{0};    ///< from 0 to 1
};

/**
 * @ingroup sharding
 * Finds anomalies in a series of values at any times, in one pass: each row is judged by those
 * before it. It looks at the series in eight ways (the error of a forecast, means over windows of
 * three lengths, roughness, shape, the same time of other days and weeks), asks of each how seldom
 * it was like this before, and takes a weighted mean of the surprises of the most surprising ways.
 * An event that lasts is scored once, and again only when it gets worse.
 *
 * The verdicts do not depend on the unit or the zero of the values, but for rounding. A value that
 * is not finite is missing: it is scored 0 and not learnt from.
 */
class PredictDetector
{
  public:
    /// @param setting the same for all series
    explicit PredictDetector(const PredictDetectorSetting& setting = {});

    /**
     * @param time s, finite; an earlier one than before counts as the same
     * @param value of the series
     * @return what was expected and how anomalous this row is
     */
    PredictVerdict Add(double time, double value);

  private:
    /// Forecasts to choose from.
    enum Forecaster : uint8_t
    {
        WEIGHTED_MEAN,
        LAST_VALUE,
        OTHER_DAYS,
        FORECASTERS
    };

    /// Sizes that are compared with those before, each with a tail of its own.
    enum Size : uint8_t
    {
        OVER,
        UNDER,
        STEP,
        ERROR,
        SHORT_OVER,
        SHORT_UNDER,
        SHORT_STEP,
        LONG_OVER,
        LONG_UNDER,
        LONG_STEP,
        SLOW_OVER,
        SLOW_UNDER,
        SLOW_STEP,
        ROUGH,
        SMOOTH,
        SHAPE,
        DAY_SHORT,
        DAY_LONG,
        WEEK_SHORT,
        WEEK_LONG,
        SIZES
    };

    /// @param value finite  @return in the unit and from the zero of the series itself
    double Scaled(double value);

    /// @param time s  @return what each forecaster expects now
    std::array<double, FORECASTERS> Forecasts(double time) const;

    /// @param error of the forecast of the newest row  @return what there is to compare
    std::array<double, SIZES> Measure(double error) const;

    /// @param surprises of all sizes  @return mean of the most surprising views
    double Combine(const std::array<double, SIZES>& surprises) const;

    /// @param surprise of the newest row  @return what of it is to be scored
    double Announce(double surprise);

    PredictDetectorSetting m_setting;           ///< as given
    PredictRows m_rows;                         ///< scaled
    PredictTail m_values;                       ///< scaled, for their median
    PredictTail m_roughness;                    ///< for its median
    std::vector<PredictTail> m_tails;           ///< of sizes
    std::array<double, FORECASTERS> m_errors{}; ///< weighted mean size of each one's errors
    double m_mean{0};                           ///< weighted, of scaled values
    double m_zero{0};                           ///< value that is scaled to 0
    double m_unit{0};                           ///< value over it that is scaled to 1
    size_t m_seen{0};                           ///< rows with a value
    size_t m_dated{0};                          ///< of them, since other days are known
    double m_known{0}; ///< surprise that was scored last; 0 when it is over
    size_t m_since{0}; ///< rows since
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_DETECTOR_H
