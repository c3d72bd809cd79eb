// SPDX-License-Identifier: GPL-2.0-only
#include "predict-arrival-quantile.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr double FIRST_RATE = 0.3;

} // namespace

PredictArrivalQuantile::PredictArrivalQuantile(const PredictArrivalSettings& settings, Shared&)
    : m_rate(settings.quantileRate),
      m_begin(PredictCurve::Laplace())
{
}

PredictCurve::Values
PredictArrivalQuantile::Scaled(const PredictArrivalInputs::Values& inputs) const
{
    PredictCurve::Values curve = m_begin;
    for (std::size_t j = 0; j < inputs.size(); ++j)
    {
        for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
        {
            curve[i] += inputs[j] * m_slopes[j][i];
        }
    }
    return curve;
}

double
PredictArrivalQuantile::Say(const PredictArrivalFeatures& features,
                            PredictCurve::Values& curve) const
{
    curve = Scaled(m_inputs.Of(features));
    const double deviation = m_inputs.Delay().Deviation();
    for (double& value : curve)
    {
        value = m_inputs.Delay().Mean() + deviation * value;
    }
    return deviation;
}

void
PredictArrivalQuantile::Learn(const PredictArrivalFeatures& features, double delay)
{
    if (m_count > 0)
    {
        const PredictArrivalInputs::Values inputs = m_inputs.Of(features);
        const PredictCurve::Values curve = Scaled(inputs);
        const double outcome = m_inputs.Scaled(delay);
        double squares = 1;
        for (double input : inputs)
        {
            squares += input * input;
        }
        const double rate = std::max(m_rate, FIRST_RATE / std::sqrt(m_count)) / squares;
        PredictCurve::Values step;
        for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
        {
            step[i] = rate * ((outcome > curve[i] ? 1.0 : 0.0) - 1 + PredictCurve::LEVEL[i]);
            m_begin[i] += step[i];
        }
        for (std::size_t j = 0; j < inputs.size(); ++j)
        {
            for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
            {
                m_slopes[j][i] += inputs[j] * step[i];
            }
        }
    }
    m_count += m_count < 1000000;
    m_inputs.Learn(features, delay);
}

} // namespace sharding
} // namespace ns3
