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
/// Step of the slopes in common by the sum of those of the begins.
constexpr double COMMON = 1.0 / 3;
/// Step of a level's own slopes by that of its begin.
constexpr double OWN = 0.25;
constexpr double RESIDUAL_GAIN = 1.0 / 64;
constexpr double LEAST_RESIDUAL = 1e-3; ///< in mean deviations

} // namespace

PredictArrivalQuantile::PredictArrivalQuantile(const PredictArrivalSettings& settings, Shared&)
    : m_rate(settings.quantileRate),
      m_begin(PredictCurve::Laplace())
{
}

PredictCurve::Values
PredictArrivalQuantile::Scaled(const PredictArrivalInputs::Values& inputs) const
{
    PredictCurve::Values curve;
    std::transform(m_begin.begin(),
                   m_begin.end(),
                   curve.begin(),
                   [this](double begin) { return m_residual * begin; });
    for (std::size_t j = 0; j < inputs.size(); ++j)
    {
        for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
        {
            curve[i] += inputs[j] * (m_common[j] + m_slopes[j][i]);
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
    return deviation * m_residual;
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
        // Of slopes; begins are counted in residuals already.
        const double unit = m_residual;
        m_residual +=
            RESIDUAL_GAIN * (std::abs(outcome - curve[PredictCurve::MEDIAN]) - m_residual);
        // Steps are in proportion to it: beyond what it is without inputs it would feed itself.
        m_residual = std::clamp(m_residual, LEAST_RESIDUAL, 1.0);
        PredictCurve::Values step;
        double all = 0;
        for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
        {
            step[i] = rate * ((outcome > curve[i] ? 1.0 : 0.0) - 1 + PredictCurve::LEVEL[i]);
            m_begin[i] += step[i];
            all += step[i];
        }
        for (std::size_t j = 0; j < inputs.size(); ++j)
        {
            m_common[j] += COMMON * unit * inputs[j] * all;
            for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
            {
                m_slopes[j][i] += OWN * unit * inputs[j] * step[i];
            }
        }
    }
    m_count += m_count < 1000000;
    m_inputs.Learn(features, delay);
}

} // namespace sharding
} // namespace ns3
