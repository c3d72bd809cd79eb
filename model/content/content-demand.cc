// SPDX-License-Identifier: GPL-2.0-only
#include "content-demand.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

void
ContentDemand::Add(const Kind& kind, uint32_t requests)
{
    Series& series = m_kinds[kind];
    if (!series.predictor)
    {
        series.predictor = PredictSeries::Make(m_predictor);
    }
    series.now += requests;
}

void
ContentDemand::Close()
{
    const double expected = ExpectedTotal();
    double total = 0;
    for (auto& [kind, series] : m_kinds)
    {
        total += series.now;
        series.predictor->Add(series.now);
        series.now = 0;
    }
    if (m_some)
    {
        m_error += std::abs(total - expected);
        ++m_forecasts;
    }
    m_some = true;
    m_peak = std::max(m_peak, total);
}

double
ContentDemand::Expected(const Kind& kind) const
{
    const auto found = m_kinds.find(kind);
    return found != m_kinds.end() ? std::max(0.0, found->second.predictor->Ahead(1)) : 0;
}

double
ContentDemand::ExpectedTotal() const
{
    double total = 0;
    for (const auto& [kind, series] : m_kinds)
    {
        total += std::max(0.0, series.predictor->Ahead(1));
    }
    return total;
}

} // namespace sharding
} // namespace ns3
