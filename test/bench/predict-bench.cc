// SPDX-License-Identifier: GPL-2.0-only
//
// What predictors cost. The core: a network of 16 cells with the arrival predictor's 7 inputs and
// 12 outputs, a prediction, and a training step, which is one new sample: forward through it, back
// through the window (the argument) and one step of Adam. The whole: for each kind of arrival
// predictor one shard, that is Came() and one Quantile(), at a level of the grid and between
// (Arrival); and Quantile() alone, at one level all the time, or by turns at two (Forecast).

#include "ns3/predict-arrival.h"
#include "ns3/predict-lstm.h"

#include <array>
#include <benchmark/benchmark.h>
#include <random>
#include <vector>

namespace
{

using namespace ns3::sharding;

constexpr std::size_t SAMPLES = 4096;

std::vector<float>
Noise(uint32_t count)
{
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> noise(count);
    for (float& value : noise)
    {
        value = normal(random);
    }
    return noise;
}

PredictLstmSettings
NetworkOf(int64_t window)
{
    PredictLstmSettings settings;
    settings.inputs = 7;
    settings.hidden = 16;
    settings.outputs = 12;
    settings.window = static_cast<uint32_t>(window);
    return settings;
}

void
LstmPredict(benchmark::State& state)
{
    const PredictLstm network(NetworkOf(4), 1);
    PredictLstmMemory memory(network.Settings());
    const std::vector<float> inputs = Noise(SAMPLES + 7);
    std::array<float, 12> outputs;
    network.Step(memory, inputs.data(), outputs.data());
    std::size_t next = 0;
    for (auto _ : state)
    {
        network.Predict(memory, &inputs[next++ % SAMPLES], outputs.data());
        benchmark::DoNotOptimize(outputs);
    }
}

void
LstmTrain(benchmark::State& state)
{
    PredictLstm network(NetworkOf(state.range(0)), 1);
    PredictLstmMemory memory(network.Settings());
    const std::vector<float> inputs = Noise(SAMPLES + 12);
    std::array<float, 12> outputs;
    std::size_t next = 0;
    for (auto _ : state)
    {
        network.Step(memory, &inputs[next % SAMPLES], outputs.data());
        for (std::size_t i = 0; i < outputs.size(); ++i)
        {
            outputs[i] -= inputs[next % SAMPLES + i];
        }
        network.Train(memory, outputs.data());
        ++next;
    }
}

void
Arrival(benchmark::State& state)
{
    const auto predictor = PredictArrival::Make(static_cast<PredictArrivalKind>(state.range(0)), 1);
    const double level = static_cast<double>(state.range(1)) / 100;
    std::mt19937 random(1);
    std::exponential_distribution<double> exponential(200);
    std::vector<double> delays(SAMPLES);
    for (double& delay : delays)
    {
        delay = exponential(random);
    }
    PredictArrivalFeatures features;
    features.spacing = 0.001;
    features.rtt = 0.05;
    std::size_t next = 0;
    for (auto _ : state)
    {
        features.ahead = static_cast<double>(next % 8);
        predictor->Came(features, delays[next++ % SAMPLES]);
        benchmark::DoNotOptimize(predictor->Quantile(features, level));
    }
}

void
Forecast(benchmark::State& state)
{
    const auto predictor = PredictArrival::Make(static_cast<PredictArrivalKind>(state.range(0)), 1);
    const double levels[] = {static_cast<double>(state.range(1)) / 100,
                             static_cast<double>(state.range(2)) / 100};
    PredictArrivalFeatures features;
    for (int i = 0; i < 100; ++i)
    {
        predictor->Came(features, 0.001 * (1 + i % 7));
    }
    std::size_t next = 0;
    for (auto _ : state)
    {
        benchmark::DoNotOptimize(predictor->Quantile(features, levels[next++ % 2]));
    }
}

BENCHMARK(LstmPredict);
BENCHMARK(LstmTrain)->Arg(1)->Arg(4)->Arg(8);
BENCHMARK(Arrival)
    ->ArgNames({"kind", "level"})
    ->ArgsProduct({benchmark::CreateDenseRange(0, 5, 1), {95, 93}});
BENCHMARK(Forecast)
    ->ArgNames({"kind", "level", "other"})
    ->ArgsProduct({{PREDICT_ARRIVAL_EWMA}, {95, 93}, {95, 93, 97}});

} // namespace
