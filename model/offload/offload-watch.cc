// SPDX-License-Identifier: GPL-2.0-only
#include "offload-watch.h"

#include "ns3/double.h"
#include "ns3/shard-compat.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(OffloadWatch);

TypeId
OffloadWatch::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::OffloadWatch")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<OffloadWatch>()
            .AddAttribute("Kind",
                          "How errors are judged.",
                          ShardEnumValue<PredictAnomalyKind>(PREDICT_ANOMALY_EWMA),
                          ShardMakeEnumAccessor<PredictAnomalyKind>(&OffloadWatch::m_kind),
                          ShardMakeEnumChecker<PredictAnomalyKind>(PREDICT_ANOMALY_GAUSSIAN,
                                                                   "Gaussian",
                                                                   PREDICT_ANOMALY_EWMA,
                                                                   "Ewma",
                                                                   PREDICT_ANOMALY_CUSUM,
                                                                   "Cusum"))
            .AddAttribute("Threshold",
                          "Score that is an alert; 0.3 comes by chance once in 10^3 intervals, 1 "
                          "once in 10^10.",
                          DoubleValue(0.9),
                          MakeDoubleAccessor(&OffloadWatch::m_threshold),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("Silence",
                          "For which there is no other alert of the function.",
                          TimeValue(Seconds(1)),
                          MakeTimeAccessor(&OffloadWatch::m_silence),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("WarmUp",
                          "Intervals of a function that are learnt from before there are alerts.",
                          UintegerValue(100),
                          MakeUintegerAccessor(&OffloadWatch::m_warmUp),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Span",
                          "Intervals that are judged together, beside each for itself; 0: none.",
                          UintegerValue(48),
                          MakeUintegerAccessor(&OffloadWatch::m_span),
                          MakeUintegerChecker<uint32_t>(0, 100000))
            .AddTraceSource("Alert",
                            "A score reached the threshold.",
                            MakeTraceSourceAccessor(&OffloadWatch::m_alertTrace),
                            "ns3::sharding::OffloadWatch::AlertTracedCallback");
    return tid;
}

double
OffloadWatch::Add(Time now, uint32_t function, double expected, double seen)
{
    if (function >= m_functions.size())
    {
        m_functions.resize(function + 1);
    }
    Function& which = m_functions[function];
    if (!which.judge)
    {
        which.judge = PredictAnomaly::Make(m_kind);
        which.sum = m_span > 0 ? std::make_unique<OffloadWatchSum>(m_span) : nullptr;
    }
    double score = which.judge->Add(expected, seen);
    if (which.sum && std::isfinite(expected) && std::isfinite(seen))
    {
        score = std::max(score, which.sum->Add(expected, seen));
    }
    if (which.intervals < m_warmUp)
    {
        ++which.intervals;
        return score;
    }
    if (score >= m_threshold && now >= which.silentUntil)
    {
        which.silentUntil = now + m_silence;
        ++m_alerts;
        OffloadAlert alert;
        alert.function = function;
        alert.at = now;
        alert.score = score;
        alert.expected = expected;
        alert.seen = seen;
        m_alertTrace(alert);
    }
    return score;
}

} // namespace sharding
} // namespace ns3
