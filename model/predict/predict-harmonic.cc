// SPDX-License-Identifier: GPL-2.0-only
#include "predict-harmonic.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <deque>

namespace ns3
{
namespace sharding
{

namespace
{

/// Last values that the linear model looks at, beside their mean.
constexpr std::size_t RECENT = 4;

} // namespace

/// Recursive least squares.
struct PredictHarmonic::Model
{
    explicit Model(int size)
        : weights(Eigen::VectorXd::Zero(size)),
          spread(Eigen::MatrixXd::Identity(size, size) * 100)
    {
    }

    void Learn(const Eigen::VectorXd& x, double y, double forget)
    {
        const Eigen::VectorXd gain = spread * x / (forget + x.dot(spread * x));
        weights += gain * (y - weights.dot(x));
        spread = (spread - gain * x.transpose() * spread) / forget;
        // Rounding must not make it lopsided, and what is not excited must not grow for ever.
        spread = (spread + spread.transpose()) / 2;
        if (spread.trace() > 1e6)
        {
            spread *= 1e6 / spread.trace();
        }
        ++learnt;
    }

    Eigen::VectorXd weights;              ///< of the features
    Eigen::MatrixXd spread;               ///< inverse of their correlation
    std::deque<std::vector<double>> open; ///< features whose outcome has not come, latest last
    uint64_t learnt{0};                   ///< outcomes
    double forget{0.999};                 ///< weight of what is one value older
};

PredictHarmonic::PredictHarmonic(uint32_t period,
                                 uint32_t longest,
                                 uint32_t harmonics,
                                 double forget)
    : m_period(period),
      m_harmonics(period < 2 ? 0 : std::min(harmonics, (period - 1) / 2))
{
    const int size = static_cast<int>(1 + RECENT + 2 * m_harmonics);
    for (uint32_t i = 0; i < std::max(longest, 1U); ++i)
    {
        m_models.push_back(std::make_unique<Model>(size));
        m_models.back()->forget = forget;
    }
}

PredictHarmonic::~PredictHarmonic() = default;

/// @param steps ahead of the last value  @return what the value then is a linear function of
std::vector<double>
PredictHarmonic::FeaturesFor(uint32_t steps) const
{
    std::vector<double> features{1};
    for (std::size_t i = 0; i < RECENT; ++i)
    {
        features.push_back(m_recent[std::min(i, m_recent.size() - 1)]);
    }
    for (uint32_t k = 1; k <= m_harmonics; ++k)
    {
        const double angle =
            2 * M_PI * k * static_cast<double>((m_count + steps - 1) % m_period) / m_period;
        features.push_back(std::sin(angle));
        features.push_back(std::cos(angle));
    }
    return features;
}

void
PredictHarmonic::Add(double value)
{
    for (std::size_t i = 0; i < m_models.size(); ++i)
    {
        Model& model = *m_models[i];
        if (model.open.size() > i)
        {
            const std::vector<double>& x = model.open.front();
            model.Learn(
                Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size())),
                value,
                model.forget);
            model.open.pop_front();
        }
    }
    ++m_count;
    m_first.Add(value);
    m_recent.insert(m_recent.begin(), value);
    m_recent.resize(std::min(m_recent.size(), RECENT));
    for (std::size_t i = 0; i < m_models.size(); ++i)
    {
        m_models[i]->open.push_back(FeaturesFor(static_cast<uint32_t>(i + 1)));
    }
}

double
PredictHarmonic::Ahead(double steps) const
{
    if (m_recent.empty())
    {
        return 0;
    }
    const auto whole = static_cast<uint32_t>(std::max(1.0, std::round(steps)));
    const std::size_t place = std::min<std::size_t>(whole, m_models.size()) - 1;
    const Model& model = *m_models[place];
    // A whole season has to have been seen before its sines mean anything.
    const uint64_t enough = std::max<uint64_t>(m_period, 2 * model.weights.size());
    if (model.learnt < enough)
    {
        return m_first.Ahead(steps);
    }
    const std::vector<double> x = FeaturesFor(static_cast<uint32_t>(place + 1));
    return model.weights.dot(
        Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size())));
}

} // namespace sharding
} // namespace ns3
