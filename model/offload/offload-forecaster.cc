// SPDX-License-Identifier: GPL-2.0-only
#include "offload-forecaster.h"

#include "ns3/double.h"
#include "ns3/pointer.h"
#include "ns3/shard-compat.h"
#include "ns3/trace-source-accessor.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(OffloadForecaster);

namespace
{

/// A forecast may always say as much, whatever was seen: one large burst.
constexpr double FREE_BYTES = 65536;
constexpr double FREE_ELEMENTS = 64;

} // namespace

TypeId
OffloadForecaster::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::OffloadForecaster")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<OffloadForecaster>()
            .AddAttribute("Interval",
                          "That is forecast, and after which the next forecast is begun.",
                          TimeValue(MilliSeconds(10)),
                          MakeTimeAccessor(&OffloadForecaster::m_interval),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("Forecast",
                          "The model; a SeriesForecast where there is none.",
                          PointerValue(),
                          MakePointerAccessor(&OffloadForecaster::m_forecast),
                          MakePointerChecker<OffloadForecast>())
            .AddAttribute("Engine",
                          "What computes forecasts.",
                          ShardEnumValue<OffloadEngine>(OFFLOAD_ENGINE_NONE),
                          ShardMakeEnumAccessor<OffloadEngine>(&OffloadForecaster::m_engine),
                          ShardMakeEnumChecker<OffloadEngine>(OFFLOAD_ENGINE_NONE,
                                                              "None",
                                                              OFFLOAD_ENGINE_CPU,
                                                              "Cpu",
                                                              OFFLOAD_ENGINE_ACCELERATOR,
                                                              "Accelerator"))
            .AddAttribute("CpuTime",
                          "For the forecast of one function, on a processor.",
                          TimeValue(MicroSeconds(1)),
                          MakeTimeAccessor(&OffloadForecaster::m_cpuTime),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("CpuTrainTime",
                          "For one step of training, on a processor.",
                          TimeValue(MicroSeconds(6)),
                          MakeTimeAccessor(&OffloadForecaster::m_cpuTrainTime),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("AcceleratorTime",
                          "For the forecast of one function, on an accelerator.",
                          TimeValue(NanoSeconds(100)),
                          MakeTimeAccessor(&OffloadForecaster::m_acceleratorTime),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("AcceleratorTrainTime",
                          "For one step of training, on an accelerator.",
                          TimeValue(NanoSeconds(600)),
                          MakeTimeAccessor(&OffloadForecaster::m_acceleratorTrainTime),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("MaxGrowth",
                          "A forecast beyond so many times the most that was seen is absurd.",
                          DoubleValue(4),
                          MakeDoubleAccessor(&OffloadForecaster::m_maxGrowth),
                          MakeDoubleChecker<double>(1))
            .AddTraceSource("Forecast",
                            "At the end of an interval: function, what had been expected when it "
                            "began, what came.",
                            MakeTraceSourceAccessor(&OffloadForecaster::m_traceForecast),
                            "ns3::sharding::OffloadForecaster::ForecastCallback")
            .AddTraceSource("Rejected",
                            "A forecast that cannot be: function, what it said.",
                            MakeTraceSourceAccessor(&OffloadForecaster::m_traceRejected),
                            "ns3::sharding::OffloadForecaster::RejectedCallback");
    return tid;
}

void
OffloadForecaster::DoDispose()
{
    m_forecast = nullptr;
    Object::DoDispose();
}

int64_t
OffloadForecaster::AssignStreams(int64_t stream)
{
    return m_forecast ? m_forecast->AssignStreams(stream) : 0;
}

void
OffloadForecaster::Begin(uint32_t functions)
{
    if (!m_forecast)
    {
        m_forecast = CreateObject<SeriesForecast>();
    }
    m_forecast->Begin(functions, m_interval);
    m_expected.assign(functions, OffloadTraffic());
    m_coming = m_expected;
    m_most = m_expected;
    m_errors.assign(functions, PredictError());
    m_waiting.clear();
    m_isBusy = false;
}

Time
OffloadForecaster::Step(Time now, const std::vector<OffloadTraffic>& seen)
{
    for (uint32_t i = 0; i < seen.size(); ++i)
    {
        m_errors[i].Add(m_expected[i].bytes, seen[i].bytes);
        m_traceForecast(i, m_expected[i], seen[i]);
        m_most[i].bytes = std::max(m_most[i].bytes, seen[i].bytes);
        m_most[i].elements = std::max(m_most[i].elements, seen[i].elements);
    }
    if (!m_isBusy)
    {
        return Compute(now, now, seen);
    }
    if (m_waiting.size() == MOST_WAITING)
    {
        m_waiting.erase(m_waiting.begin());
        ++m_skipped;
    }
    m_waiting.push_back({now, seen});
    return Time(0);
}

Time
OffloadForecaster::Finish(Time now)
{
    m_isBusy = false;
    m_expected = m_coming;
    if (m_waiting.empty())
    {
        return Time(0);
    }
    const Interval next = std::move(m_waiting.front());
    m_waiting.erase(m_waiting.begin());
    return Compute(now, next.end, next.seen);
}

Time
OffloadForecaster::Compute(Time now, Time end, const std::vector<OffloadTraffic>& seen)
{
    const auto functions = static_cast<uint32_t>(seen.size());
    for (uint32_t i = 0; i < functions; ++i)
    {
        m_forecast->Take(i, end, seen[i]);
    }
    const uint32_t trained = m_forecast->Train();
    Time cost;
    switch (m_engine)
    {
    case OFFLOAD_ENGINE_NONE:
        break;
    case OFFLOAD_ENGINE_CPU:
        cost = functions * m_cpuTime + trained * m_cpuTrainTime;
        break;
    case OFFLOAD_ENGINE_ACCELERATOR:
        cost = functions * m_acceleratorTime + trained * m_acceleratorTrainTime;
        break;
    }
    for (uint32_t i = 0; i < functions; ++i)
    {
        const OffloadTraffic said = m_forecast->Expect(i, now);
        if (IsGood(i, said))
        {
            m_coming[i] = said;
        }
        else
        {
            ++m_rejected;
            m_traceRejected(i, said);
        }
    }
    m_isBusy = true;
    return now + cost;
}

bool
OffloadForecaster::IsGood(uint32_t function, const OffloadTraffic& traffic) const
{
    const auto isWithin = [](double value, double most) { return value >= 0 && value <= most; };
    const OffloadTraffic& most = m_most[function];
    return isWithin(traffic.bytes, std::max(FREE_BYTES, m_maxGrowth * most.bytes)) &&
           isWithin(traffic.elements, std::max(FREE_ELEMENTS, m_maxGrowth * most.elements)) &&
           isWithin(traffic.requests, std::max(FREE_ELEMENTS, m_maxGrowth * most.elements)) &&
           isWithin(traffic.start, 1);
}

} // namespace sharding
} // namespace ns3
