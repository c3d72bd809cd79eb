// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_FORECASTER_H
#define OFFLOAD_FORECASTER_H

#include "offload-forecast.h"

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/predict-score.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What computes forecasts, and so how long they take.
enum OffloadEngine : uint8_t
{
    OFFLOAD_ENGINE_NONE,        ///< no time is charged
    OFFLOAD_ENGINE_CPU,         ///< a general-purpose core of the engine
    OFFLOAD_ENGINE_ACCELERATOR, ///< an accelerator of neural networks
};

/**
 * @ingroup sharding
 * The predictive engine: hands intervals to a forecast, charges time for it, and keeps out what
 * cannot be. A forecast can be used when its time has passed, not before; while it is computed no
 * other one is begun, and intervals wait in their order. So a forecast that takes too long is
 * always of an older past.
 *
 * A forecast that is no number, negative or absurd (beyond MaxGrowth times the most that was seen
 * of the function) is replaced by the function's last good one.
 */
class OffloadForecaster : public Object
{
  public:
    /// Function, expected, what came: at the end of an interval, with what was expected at its
    /// begin.
    typedef void (*ForecastCallback)(uint32_t, const OffloadTraffic&, const OffloadTraffic&);
    /// Function, what the forecast said.
    typedef void (*RejectedCallback)(uint32_t, const OffloadTraffic&);

    /// @return the TypeId
    static TypeId GetTypeId();

    /// @param functions that there are
    void Begin(uint32_t functions);

    /**
     * An interval is over.
     * @param now its end
     * @param seen traffic of each function in it
     * @return when a new forecast can be used, at the earliest now; 0 where none was begun
     */
    Time Step(Time now, const std::vector<OffloadTraffic>& seen);

    /// The time has come that Step() gave. @param now that time  @return when the next forecast can
    /// be used, if intervals waited for this one; else 0
    Time Finish(Time now);

    /// @return of each function, what is expected an interval
    const std::vector<OffloadTraffic>& Expected() const
    {
        return m_expected;
    }

    /// @return that is forecast
    Time GetInterval() const
    {
        return m_interval;
    }

    /// @param function one of them  @return how good its forecasts of bytes were
    const PredictError& GetError(uint32_t function) const
    {
        return m_errors[function];
    }

    /// @return forecasts that were replaced
    uint64_t Rejected() const
    {
        return m_rejected;
    }

    /// @return intervals that were not learnt from, because computing fell too far behind
    uint64_t Skipped() const
    {
        return m_skipped;
    }

    /// @param stream first one to use  @return streams used
    int64_t AssignStreams(int64_t stream);

  protected:
    void DoDispose() override;

  private:
    /// Intervals that wait while a forecast is computed; more are not learnt from.
    static constexpr std::size_t MOST_WAITING = 64;

    /// An interval that waits.
    struct Interval
    {
        Time end;                         ///< of it
        std::vector<OffloadTraffic> seen; ///< of each function
    };

    Time Compute(Time now, Time end, const std::vector<OffloadTraffic>& seen);
    bool IsGood(uint32_t function, const OffloadTraffic& traffic) const;

    Time m_interval;                             ///< attribute
    Ptr<OffloadForecast> m_forecast;             ///< attribute
    OffloadEngine m_engine{OFFLOAD_ENGINE_NONE}; ///< attribute
    Time m_cpuTime;                              ///< attribute
    Time m_cpuTrainTime;                         ///< attribute
    Time m_acceleratorTime;                      ///< attribute
    Time m_acceleratorTrainTime;                 ///< attribute
    double m_maxGrowth{0};                       ///< attribute

    std::vector<OffloadTraffic> m_expected; ///< in use
    std::vector<OffloadTraffic> m_coming;   ///< in use when its time has passed
    std::vector<OffloadTraffic> m_most;     ///< seen of each function
    std::vector<PredictError> m_errors;     ///< of bytes of each function
    std::vector<Interval> m_waiting;        ///< oldest first
    bool m_isBusy{false};                   ///< a forecast is being computed
    uint64_t m_rejected{0};                 ///< forecasts
    uint64_t m_skipped{0};                  ///< intervals
    TracedCallback<uint32_t, const OffloadTraffic&, const OffloadTraffic&>
        m_traceForecast;                                             ///< trace source
    TracedCallback<uint32_t, const OffloadTraffic&> m_traceRejected; ///< trace source
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_FORECASTER_H
