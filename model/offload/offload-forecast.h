// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_FORECAST_H
#define OFFLOAD_FORECAST_H

#include "offload-traffic.h"

#include "ns3/callback.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/predict-series.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Plug-point: what will come of each function? A forecast is handed, function by function, what the
 * circular logs say of each interval, in order and without gaps, and knows nothing else.
 */
class OffloadForecast : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// Before all else. @param functions that there are  @param interval that is forecast
    virtual void Begin(uint32_t functions, Time interval) = 0;

    /**
     * @param function that it is of
     * @param end of the interval
     * @param seen in it
     */
    virtual void Take(uint32_t function, Time end, const OffloadTraffic& seen) = 0;

    /**
     * @param function that it is of
     * @param begin of the interval that is asked for, not before the end of the last one taken
     * @return what is expected in it
     */
    virtual OffloadTraffic Expect(uint32_t function, Time begin) = 0;

    /**
     * Learn from what was taken since the last call, as far as Take() did not.
     * @return steps of training that this took, for which time is charged
     */
    virtual uint32_t Train();

    /// @param stream first one to use  @return streams used
    virtual int64_t AssignStreams(int64_t stream);
};

/**
 * @ingroup sharding
 * Elements, bytes, requests and start, each a series of its own, by the predictor Kind; types have
 * the shares that they had lately.
 */
class SeriesForecast : public OffloadForecast
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void Begin(uint32_t functions, Time interval) override;
    void Take(uint32_t function, Time end, const OffloadTraffic& seen) override;
    OffloadTraffic Expect(uint32_t function, Time begin) override;

  private:
    /// What is known of a function.
    struct Function
    {
        std::unique_ptr<PredictSeries> elements;   ///< an interval
        std::unique_ptr<PredictSeries> bytes;      ///< an interval
        std::unique_ptr<PredictSeries> requests;   ///< an interval
        std::unique_ptr<PredictSeries> start;      ///< share of the interval
        std::array<double, OFFLOAD_TYPES> types{}; ///< elements of each, smoothed
        Time end;                                  ///< of the last interval taken
    };

    std::unique_ptr<PredictSeries> Make() const;

    PredictSeriesKind m_kind{PREDICT_EWMA}; ///< attribute
    uint32_t m_season{0};                   ///< attribute
    double m_gain{0};                       ///< attribute
    uint32_t m_order{0};                    ///< attribute
    Time m_interval;                        ///< that is forecast
    std::vector<Function> m_functions;      ///< what is known
};

/**
 * @ingroup sharding
 * Is told by the scenario what will come: the bound on what a forecast can do.
 */
class OracleForecast : public OffloadForecast
{
  public:
    /// Function, begin of the interval, its length: what will come.
    using Source = Callback<OffloadTraffic, uint32_t, Time, Time>;

    /// @return the TypeId
    static TypeId GetTypeId();

    /// @param source that knows; without one nothing is expected
    void SetSource(Source source);

    void Begin(uint32_t functions, Time interval) override;
    void Take(uint32_t function, Time end, const OffloadTraffic& seen) override;
    OffloadTraffic Expect(uint32_t function, Time begin) override;

  private:
    Source m_source; ///< that knows
    Time m_interval; ///< that is forecast
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_FORECAST_H
