// SPDX-License-Identifier: GPL-2.0-only
#include "predict-score.h"

#include <cmath>

namespace ns3
{
namespace sharding
{

void
PredictError::Add(double forecast, double outcome)
{
    const double error = std::abs(outcome - forecast);
    double& before = m_past[m_count % m_past.size()];
    m_sum += error;
    if (m_count >= m_past.size())
    {
        m_sumLater += error;
        m_sumNaive += std::abs(outcome - before);
    }
    before = outcome;
    ++m_count;
}

double
PredictError::Mase() const
{
    return m_sumNaive > 0 ? m_sumLater / m_sumNaive : std::numeric_limits<double>::quiet_NaN();
}

} // namespace sharding
} // namespace ns3
