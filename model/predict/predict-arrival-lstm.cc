// SPDX-License-Identifier: GPL-2.0-only
#include "predict-arrival-lstm.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

namespace
{

using Inputs = std::array<float, PredictArrivalInputs::COUNT>;
using Outputs = std::array<float, PredictCurve::LEVELS>;

Inputs
Narrow(const PredictArrivalInputs::Values& values)
{
    Inputs inputs;
    std::transform(values.begin(),
                   values.end(),
                   inputs.begin(),
                   [](double value) { return static_cast<float>(value); });
    return inputs;
}

PredictLstmSettings
NetworkOf(const PredictArrivalSettings& settings)
{
    PredictLstmSettings network;
    network.inputs = PredictArrivalInputs::COUNT;
    network.outputs = PredictCurve::LEVELS;
    network.hidden = settings.lstmHidden;
    network.window = settings.lstmWindow;
    network.rate = settings.lstmRate;
    return network;
}

} // namespace

PredictArrivalLstm::Shared::Shared(const PredictArrivalSettings& settings, uint64_t seed)
    : network(NetworkOf(settings), seed)
{
}

PredictArrivalLstm::PredictArrivalLstm(const PredictArrivalSettings&, Shared& shared)
    : m_network(shared.network),
      m_memory(shared.network.Settings())
{
}

double
PredictArrivalLstm::Say(const PredictArrivalFeatures& features, PredictCurve::Values& curve) const
{
    Outputs outputs;
    m_network.Predict(m_memory, Narrow(m_inputs.Of(features)).data(), outputs.data());
    const double mean = m_inputs.Delay().Mean();
    const double deviation = m_inputs.Delay().Deviation();
    for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
    {
        curve[i] = mean + deviation * (PredictCurve::Laplace()[i] + outputs[i]);
    }
    return deviation;
}

void
PredictArrivalLstm::Learn(const PredictArrivalFeatures& features, double delay)
{
    if (m_some)
    {
        Outputs outputs;
        m_network.Step(m_memory, Narrow(m_inputs.Of(features)).data(), outputs.data());
        const double outcome = m_inputs.Scaled(delay);
        Outputs slopes;
        for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
        {
            const bool isAbove = outcome > PredictCurve::Laplace()[i] + outputs[i];
            slopes[i] = static_cast<float>((isAbove ? 0.0 : 1.0) - PredictCurve::LEVEL[i]);
        }
        m_network.Train(m_memory, slopes.data());
    }
    m_some = true;
    m_inputs.Learn(features, delay);
}

} // namespace sharding
} // namespace ns3
