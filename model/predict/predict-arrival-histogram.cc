// SPDX-License-Identifier: GPL-2.0-only
#include "predict-arrival-histogram.h"

#include "predict-arrival-ewma.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr double LEAST = 1e-6; ///< s, where bins begin
constexpr double A_DECADE = 16;
constexpr double LARGEST_WEIGHT = 1e100;

/// Upper edges of the bins, s.
const std::vector<double> EDGES = []
{
    std::vector<double> edges(PredictArrivalHistogram::BINS);
    for (std::size_t bin = 0; bin < edges.size(); ++bin)
    {
        edges[bin] = LEAST * std::pow(10, static_cast<double>(bin) / A_DECADE);
    }
    return edges;
}();

} // namespace

PredictArrivalHistogram::PredictArrivalHistogram(const PredictArrivalSettings& settings, Shared&)
    : m_growth(1 / settings.histogramForget)
{
}

double
PredictArrivalHistogram::Say(const PredictArrivalFeatures&, PredictCurve::Values& curve) const
{
    double below = 0;
    std::size_t bin = 0;
    for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
    {
        const double wanted = PredictCurve::LEVEL[i] * m_all;
        while (bin + 1 < BINS && below + m_counts[bin] < wanted)
        {
            below += m_counts[bin];
            ++bin;
        }
        const double left = bin == 0 ? 0 : EDGES[bin - 1];
        const double part = m_counts[bin] > 0 ? (wanted - below) / m_counts[bin] : 1;
        curve[i] = left + std::clamp(part, 0.0, 1.0) * (EDGES[bin] - left);
    }
    constexpr std::size_t FIRST_QUARTILE = 3;
    constexpr std::size_t LAST_QUARTILE = 7;
    return std::max((curve[LAST_QUARTILE] - curve[FIRST_QUARTILE]) / (2 * std::log(2.0)),
                    PREDICT_LEAST_SCALE);
}

void
PredictArrivalHistogram::Learn(const PredictArrivalFeatures&, double delay)
{
    std::size_t bin = 0;
    if (delay > LEAST)
    {
        bin =
            std::min(BINS - 1, 1 + static_cast<std::size_t>(A_DECADE * std::log10(delay / LEAST)));
    }
    m_counts[bin] += m_weight;
    m_all += m_weight;
    // New ones weigh more instead of all old ones less.
    m_weight *= m_growth;
    if (m_weight > LARGEST_WEIGHT)
    {
        for (double& count : m_counts)
        {
            count /= m_weight;
        }
        m_all /= m_weight;
        m_weight = 1;
    }
}

} // namespace sharding
} // namespace ns3
