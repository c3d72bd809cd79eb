// SPDX-License-Identifier: GPL-2.0-only
#include "predict-arrival-rls.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr double RIDGE = 1;
constexpr double RESIDUAL_GAIN = 1.0 / 32;
constexpr double MOST_RESIDUALS = 6;
constexpr double LEAST_RESIDUAL = 1e-3; ///< in mean deviations

} // namespace

PredictArrivalRls::PredictArrivalRls(const PredictArrivalSettings& settings, Shared&)
    : m_forget(settings.squaresForget)
{
    for (std::size_t i = 0; i < SIZE; ++i)
    {
        m_normal[i * (SIZE + 1)] = RIDGE;
    }
}

double
PredictArrivalRls::Expected(const PredictArrivalInputs::Values& inputs) const
{
    double sum = m_weights[inputs.size()];
    for (std::size_t i = 0; i < inputs.size(); ++i)
    {
        sum += m_weights[i] * inputs[i];
    }
    return sum;
}

const PredictCurve::Values&
PredictArrivalRls::Shape()
{
    return PredictCurve::Laplace();
}

double
PredictArrivalRls::Say(const PredictArrivalFeatures& features, double& mean) const
{
    const double deviation = m_inputs.Delay().Deviation();
    mean = m_inputs.Delay().Mean() + deviation * Expected(m_inputs.Of(features));
    return deviation * m_residual;
}

void
PredictArrivalRls::Learn(const PredictArrivalFeatures& features, double delay)
{
    using Square = Eigen::Matrix<double, SIZE, SIZE>;
    using Column = Eigen::Matrix<double, SIZE, 1>;
    if (m_some)
    {
        const PredictArrivalInputs::Values inputs = m_inputs.Of(features);
        const double expected = Expected(inputs);
        const double most = MOST_RESIDUALS * m_residual;
        const double residual = std::clamp(m_inputs.Scaled(delay) - expected, -most, most);
        Column input;
        std::copy(inputs.begin(), inputs.end(), input.data());
        input[SIZE - 1] = 1;
        Eigen::Map<Square> normal(m_normal.data());
        Eigen::Map<Column> right(m_right.data());
        normal *= m_forget;
        normal += input * input.transpose();
        normal.diagonal().array() += (1 - m_forget) * RIDGE;
        right = m_forget * right + (expected + residual) * input;
        Eigen::Map<Column>(m_weights.data()) = normal.llt().solve(right);
        m_residual = std::max(m_residual + RESIDUAL_GAIN * (std::abs(residual) - m_residual),
                              LEAST_RESIDUAL);
    }
    m_some = true;
    m_inputs.Learn(features, delay);
}

} // namespace sharding
} // namespace ns3
