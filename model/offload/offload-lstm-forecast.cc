// SPDX-License-Identifier: GPL-2.0-only
#include "offload-lstm-forecast.h"

#include "ns3/double.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(LstmForecast);

namespace
{

constexpr double FAST_GAIN = 0.25;     ///< of the mean that is corrected
constexpr double SLOW_GAIN = 1.0 / 64; ///< of the longer mean, and of what is usual
constexpr double MOST_INPUT = 4;       ///< larger ones are cut
constexpr float MOST_SLOPE = 1; ///< of a sample's loss: squared near its minimum, then straight

/// Outputs of the network.
enum
{
    BYTES,
    ELEMENTS,
    REQUESTS,
    START,
};

float
Cut(double input)
{
    return static_cast<float>(std::clamp(input, -MOST_INPUT, MOST_INPUT));
}

} // namespace

TypeId
LstmForecast::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::LstmForecast")
            .SetParent<OffloadForecast>()
            .SetGroupName("Sharding")
            .AddConstructor<LstmForecast>()
            .AddAttribute("Hidden",
                          "Cells of the network.",
                          UintegerValue(16),
                          MakeUintegerAccessor(&LstmForecast::m_hidden),
                          MakeUintegerChecker<uint32_t>(1, 256))
            .AddAttribute("Window",
                          "Intervals that a gradient goes back through.",
                          UintegerValue(4),
                          MakeUintegerAccessor(&LstmForecast::m_window),
                          MakeUintegerChecker<uint32_t>(1, 256))
            .AddAttribute("Rate",
                          "Step of the training (Adam).",
                          DoubleValue(2e-3),
                          MakeDoubleAccessor(&LstmForecast::m_rate),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("Season",
                          "Intervals after which traffic may recur; 1 for none known.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&LstmForecast::m_season),
                          MakeUintegerChecker<uint32_t>(1, 1U << 20))
            .AddAttribute("TrainFunctions",
                          "Functions that give a gradient in each interval; 0 for no training.",
                          UintegerValue(2),
                          MakeUintegerAccessor(&LstmForecast::m_trainFunctions),
                          MakeUintegerChecker<uint32_t>());
    return tid;
}

LstmForecast::LstmForecast()
    : m_random(CreateObject<UniformRandomVariable>())
{
}

LstmForecast::Function::Function(const PredictLstmSettings& settings, uint32_t season)
    : memory(settings),
      past(season)
{
}

int64_t
LstmForecast::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

void
LstmForecast::Begin(uint32_t functions, Time)
{
    PredictLstmSettings settings;
    settings.inputs = INPUTS;
    settings.hidden = m_hidden;
    settings.outputs = OUTPUTS;
    settings.window = m_window;
    settings.rate = m_rate;
    const auto seed = m_random->GetInteger(0, std::numeric_limits<uint32_t>::max() - 1);
    m_network = std::make_unique<PredictLstm>(settings, seed);
    m_functions.clear();
    m_functions.resize(functions, Function(settings, m_season));
    m_turn = 0;
    m_samples = 0;
}

void
LstmForecast::Take(uint32_t function, Time, const OffloadTraffic& seen)
{
    Function& known = m_functions[function];
    const std::array<double, OUTPUTS> came{seen.bytes, seen.elements, seen.requests, seen.start};
    const auto functions = static_cast<uint32_t>(m_functions.size());
    const bool isItsTurn = (function + functions - m_turn) % functions < m_trainFunctions;
    if (known.hasStepped && isItsTurn)
    {
        std::array<float, OUTPUTS> slope;
        for (uint32_t i = 0; i < OUTPUTS; ++i)
        {
            const double wanted = (came[i] - known.base[i]) / known.unit[i];
            slope[i] = std::clamp(known.output[i] - Cut(wanted), -MOST_SLOPE, MOST_SLOPE);
        }
        m_network->Backward(known.memory, slope.data());
        ++m_samples;
    }
    for (uint32_t i = 0; i < OUTPUTS; ++i)
    {
        const bool isNew = known.unit[i] == 0;
        known.fast[i] += (isNew ? 1 : FAST_GAIN) * (came[i] - known.fast[i]);
        // What is usual is remembered through a pause, or the first burst after it were beyond all.
        const double gain = isNew ? 1 : came[i] > 0 ? SLOW_GAIN : SLOW_GAIN / 8;
        known.unit[i] += gain * (std::fabs(came[i]) - known.unit[i]);
    }
    known.unit[START] = 1;
    for (std::size_t type = 0; type < known.types.size(); ++type)
    {
        known.types[type] += SLOW_GAIN * 8 * (seen.types[type] - known.types[type]);
    }
    if (known.unit[BYTES] == 0)
    {
        return; // nothing has come yet
    }
    known.hasStepped = true;
    known.slow += SLOW_GAIN * (came[BYTES] - known.slow);
    known.past[known.place] = static_cast<float>(came[BYTES]);
    known.place = known.place + 1 < m_season ? known.place + 1 : 0;
    const auto share = [&known](double value, uint32_t i)
    { return Cut((value - known.fast[i]) / known.unit[i]); };
    const std::array<float, INPUTS> input{share(came[BYTES], BYTES),
                                          share(came[ELEMENTS], ELEMENTS),
                                          share(came[REQUESTS], REQUESTS),
                                          static_cast<float>(seen.start),
                                          Cut(known.fast[BYTES] / known.unit[BYTES] - 1),
                                          Cut(known.slow / known.unit[BYTES] - 1),
                                          share(known.past[known.place], BYTES),
                                          seen.bytes > 0 ? 1.0F : 0.0F};
    known.base = known.fast;
    m_network->Step(known.memory, input.data(), known.output.data());
}

OffloadTraffic
LstmForecast::Expect(uint32_t function, Time)
{
    const Function& known = m_functions[function];
    OffloadTraffic traffic;
    if (!known.hasStepped)
    {
        return traffic;
    }
    std::array<double, OUTPUTS> said;
    for (uint32_t i = 0; i < OUTPUTS; ++i)
    {
        const double value = known.base[i] + known.output[i] * known.unit[i];
        said[i] = value < 0 ? 0 : value; // what is no number stays none
    }
    traffic.bytes = said[BYTES];
    traffic.elements = said[ELEMENTS];
    traffic.requests = said[REQUESTS];
    traffic.start = std::min(said[START], 1.0);
    const double all = std::accumulate(known.types.begin(), known.types.end(), 0.0);
    for (std::size_t type = 0; type < known.types.size(); ++type)
    {
        traffic.types[type] = all > 0 ? traffic.elements * known.types[type] / all : 0;
    }
    return traffic;
}

uint32_t
LstmForecast::Train()
{
    m_turn = (m_turn + m_trainFunctions) % static_cast<uint32_t>(m_functions.size());
    const uint32_t samples = m_samples;
    m_samples = 0;
    if (samples > 0)
    {
        m_network->Update();
    }
    return samples;
}

} // namespace sharding
} // namespace ns3
