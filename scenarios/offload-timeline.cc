// SPDX-License-Identifier: GPL-2.0-only
#include "offload-timeline.h"

#include <cmath>
#include <string>
#include <utility>

namespace shardsim
{

using namespace ns3::sharding;

namespace
{

/// Bytes of a KiB.
constexpr double KIB = 1024;

} // namespace

OffloadTimeline::OffloadTimeline(ns3::Ptr<OffloadQueueDisc> disc, uint32_t watched)
    : m_disc(std::move(disc)),
      m_watched(watched)
{
    m_timeline.kind = TimelineKind::ENGINE;
    m_timeline.columns = {"time_s", "expected_kib", "seen_kib", "score", "alert", "regret_kib"};
    for (uint32_t function = 0; function < m_disc->GetFunctions(); ++function)
    {
        m_timeline.columns.push_back("plan_" + std::to_string(function) + "_kib");
    }
    m_last.resize(m_disc->GetFunctions());
}

void
OffloadTimeline::Take(double seconds, uint32_t function, double expected, double seen, double score)
{
    m_regret += std::fabs(expected - seen) - std::fabs(m_last[function] - seen);
    m_last[function] = seen;
    if (function == m_watched)
    {
        const double alert = m_isAlert ? score : std::nan("");
        m_row = {seconds, expected / KIB, seen / KIB, score, alert};
        m_isAlert = false;
    }
    if (function + 1 == m_last.size())
    {
        m_row.push_back(m_regret / KIB);
        for (const uint64_t plan : m_disc->GetSpace().plan)
        {
            m_row.push_back(static_cast<double>(plan) / KIB);
        }
        m_timeline.rows.push_back(std::move(m_row));
        m_row.clear();
    }
}

} // namespace shardsim
