// SPDX-License-Identifier: GPL-2.0-only
#include "predict-arrival-inputs.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr double MOST = 4;
constexpr double LATELY_GAIN = 0.25;

double
Cut(double value)
{
    return std::clamp(value, -MOST, MOST);
}

} // namespace

std::array<double, PredictArrivalInputs::FEATURES>
PredictArrivalInputs::Raw(const PredictArrivalFeatures& features)
{
    return {features.ahead,
            features.ahead * features.spacing,
            features.rtt,
            features.loss,
            features.probe};
}

PredictArrivalInputs::Values
PredictArrivalInputs::Of(const PredictArrivalFeatures& features) const
{
    const auto raw = Raw(features);
    Values values;
    for (std::size_t i = 0; i < FEATURES; ++i)
    {
        values[i] = Cut((raw[i] - m_features[i].Mean()) / m_features[i].Deviation());
    }
    values[FEATURES] = m_last;
    values[FEATURES + 1] = m_lately;
    return values;
}

void
PredictArrivalInputs::Learn(const PredictArrivalFeatures& features, double delay)
{
    const auto raw = Raw(features);
    for (std::size_t i = 0; i < FEATURES; ++i)
    {
        m_features[i].Learn(raw[i]);
    }
    m_delay.Learn(delay);
    m_last = Cut(Scaled(delay));
    m_lately += LATELY_GAIN * (m_last - m_lately);
}

} // namespace sharding
} // namespace ns3
