// SPDX-License-Identifier: GPL-2.0-only
#include "offload-forecast.h"

#include "ns3/double.h"
#include "ns3/predict-autoregression.h"
#include "ns3/predict-seasonal.h"
#include "ns3/shard-compat.h"
#include "ns3/uinteger.h"

#include <numeric>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(OffloadForecast);
NS_OBJECT_ENSURE_REGISTERED(SeriesForecast);
NS_OBJECT_ENSURE_REGISTERED(OracleForecast);

namespace
{

/// Of a new interval in the shares of types.
constexpr double TYPE_GAIN = 0.125;

/// A series may fall through 0, its traffic not. What is no number stays none, to be seen.
double
AtLeast0(double value)
{
    return value < 0 ? 0 : value;
}

} // namespace

TypeId
OffloadForecast::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::OffloadForecast").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

uint32_t
OffloadForecast::Train()
{
    return 0;
}

int64_t
OffloadForecast::AssignStreams(int64_t)
{
    return 0;
}

TypeId
SeriesForecast::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::SeriesForecast")
            .SetParent<OffloadForecast>()
            .SetGroupName("Sharding")
            .AddConstructor<SeriesForecast>()
            .AddAttribute("Kind",
                          "Predictor of each series.",
                          ShardEnumValue<PredictSeriesKind>(PREDICT_EWMA),
                          ShardMakeEnumAccessor<PredictSeriesKind>(&SeriesForecast::m_kind),
                          ShardMakeEnumChecker<PredictSeriesKind>(PREDICT_LAST,
                                                                  "Last",
                                                                  PREDICT_EWMA,
                                                                  "Ewma",
                                                                  PREDICT_HOLT,
                                                                  "Holt",
                                                                  PREDICT_HOLT_WINTERS,
                                                                  "HoltWinters",
                                                                  PREDICT_AUTOREGRESSION,
                                                                  "Autoregression"))
            .AddAttribute("Season",
                          "Intervals of a season, for HoltWinters.",
                          UintegerValue(24),
                          MakeUintegerAccessor(&SeriesForecast::m_season),
                          MakeUintegerChecker<uint32_t>(1, 1U << 20))
            .AddAttribute("Gain",
                          "Weight of a new interval, for Ewma.",
                          DoubleValue(0.25),
                          MakeDoubleAccessor(&SeriesForecast::m_gain),
                          MakeDoubleChecker<double>(1e-6, 1))
            .AddAttribute("Order",
                          "Intervals that the next one is a sum of, for Autoregression.",
                          UintegerValue(8),
                          MakeUintegerAccessor(&SeriesForecast::m_order),
                          MakeUintegerChecker<uint32_t>(1, 64));
    return tid;
}

std::unique_ptr<PredictSeries>
SeriesForecast::Make() const
{
    switch (m_kind)
    {
    case PREDICT_EWMA:
        return std::make_unique<PredictEwma>(m_gain);
    case PREDICT_HOLT_WINTERS:
    {
        PredictSeasonalSettings settings;
        settings.season = m_season;
        return std::make_unique<PredictHoltWinters>(settings);
    }
    case PREDICT_AUTOREGRESSION:
    {
        PredictAutoregressionSettings settings;
        settings.order = m_order;
        return std::make_unique<PredictAutoregression>(settings);
    }
    default:
        return PredictSeries::Make(m_kind);
    }
}

void
SeriesForecast::Begin(uint32_t functions, Time interval)
{
    m_interval = interval;
    m_functions.clear();
    m_functions.resize(functions);
    for (Function& function : m_functions)
    {
        function.elements = Make();
        function.bytes = Make();
        function.requests = Make();
        function.start = std::make_unique<PredictEwma>(m_gain);
    }
}

void
SeriesForecast::Take(uint32_t function, Time end, const OffloadTraffic& seen)
{
    Function& known = m_functions[function];
    known.elements->Add(seen.elements);
    known.bytes->Add(seen.bytes);
    known.requests->Add(seen.requests);
    known.start->Add(seen.start);
    for (std::size_t type = 0; type < known.types.size(); ++type)
    {
        known.types[type] += TYPE_GAIN * (seen.types[type] - known.types[type]);
    }
    known.end = end;
}

OffloadTraffic
SeriesForecast::Expect(uint32_t function, Time begin)
{
    const Function& known = m_functions[function];
    const double steps = 1 + (begin - known.end).GetDouble() / m_interval.GetDouble();
    OffloadTraffic traffic;
    traffic.elements = AtLeast0(known.elements->Ahead(steps));
    traffic.bytes = AtLeast0(known.bytes->Ahead(steps));
    traffic.requests = AtLeast0(known.requests->Ahead(steps));
    traffic.start = known.start->Ahead(steps);
    const double all = std::accumulate(known.types.begin(), known.types.end(), 0.0);
    for (std::size_t type = 0; type < known.types.size(); ++type)
    {
        traffic.types[type] = all > 0 ? traffic.elements * known.types[type] / all : 0;
    }
    return traffic;
}

TypeId
OracleForecast::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::OracleForecast")
                            .SetParent<OffloadForecast>()
                            .SetGroupName("Sharding")
                            .AddConstructor<OracleForecast>();
    return tid;
}

void
OracleForecast::SetSource(Source source)
{
    m_source = source;
}

void
OracleForecast::Begin(uint32_t, Time interval)
{
    m_interval = interval;
}

void
OracleForecast::Take(uint32_t, Time, const OffloadTraffic&)
{
}

OffloadTraffic
OracleForecast::Expect(uint32_t function, Time begin)
{
    return m_source.IsNull() ? OffloadTraffic() : m_source(function, begin, m_interval);
}

} // namespace sharding
} // namespace ns3
