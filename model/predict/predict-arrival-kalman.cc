// SPDX-License-Identifier: GPL-2.0-only
#include "predict-arrival-kalman.h"

#include "predict-arrival-ewma.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

/// Quantiles of the normal distribution at PredictCurve::LEVEL.
constexpr PredictCurve::Values NORMAL{-2.3263478740408408,
                                      -1.6448536269514722,
                                      -1.2815515655446004,
                                      -0.6744897501960817,
                                      -0.2533471031357997,
                                      0,
                                      0.2533471031357997,
                                      0.6744897501960817,
                                      1.2815515655446004,
                                      1.6448536269514722,
                                      1.9599639845400545,
                                      2.3263478740408408};
constexpr double NOISE_GAIN = 1.0 / 32;
constexpr double MOST_DEVIATIONS = 5;
/// Places in which the spacing drifts about as far as the offset.
constexpr double PLACES = 8;
/// Largest variance of a state, in that of the noise.
constexpr double MOST_VARIANCE = 100;
constexpr double LEAST_NOISE = PREDICT_LEAST_SCALE * PREDICT_LEAST_SCALE;

} // namespace

PredictArrivalKalman::PredictArrivalKalman(const PredictArrivalSettings& settings, Shared&)
    : m_drift(settings.kalmanDrift)
{
}

double
PredictArrivalKalman::Variance(double ahead) const
{
    return m_offsets + 2 * ahead * m_both + ahead * ahead * m_places;
}

const PredictCurve::Values&
PredictArrivalKalman::Shape()
{
    return NORMAL;
}

double
PredictArrivalKalman::Say(const PredictArrivalFeatures& features, double& mean) const
{
    mean = m_offset + features.ahead * m_place;
    return std::sqrt(std::max(Variance(features.ahead), 0.0) + m_noise);
}

void
PredictArrivalKalman::Learn(const PredictArrivalFeatures& features, double delay)
{
    const double ahead = features.ahead;
    if (!m_some)
    {
        m_some = true;
        m_offset = delay;
        m_noise = std::max(delay * delay / 4, LEAST_NOISE);
        m_offsets = m_noise;
        m_places = m_noise / (PLACES * PLACES);
        return;
    }
    const double own = std::max(Variance(ahead), 0.0);
    const double all = own + m_noise;
    const double most = MOST_DEVIATIONS * std::sqrt(all);
    const double innovation = std::clamp(delay - m_offset - ahead * m_place, -most, most);
    const double byOffset = m_offsets + ahead * m_both;
    const double byPlace = m_both + ahead * m_places;
    m_offset += byOffset / all * innovation;
    m_place += byPlace / all * innovation;
    m_offsets -= byOffset * byOffset / all;
    m_both -= byOffset * byPlace / all;
    m_places -= byPlace * byPlace / all;
    m_noise =
        std::max(m_noise + NOISE_GAIN * (std::max(innovation * innovation - own, 0.0) - m_noise),
                 LEAST_NOISE);
    // Rounding, and places that are not seen, must not take the variances out of bounds.
    m_offsets = std::clamp(m_offsets + m_drift * m_noise, 0.0, MOST_VARIANCE * m_noise);
    m_places = std::clamp(m_places + m_drift * m_noise / (PLACES * PLACES),
                          0.0,
                          MOST_VARIANCE * m_noise / (PLACES * PLACES));
    const double mostBoth = std::sqrt(m_offsets * m_places);
    m_both = std::clamp(m_both, -mostBoth, mostBoth);
}

} // namespace sharding
} // namespace ns3
