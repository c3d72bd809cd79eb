// SPDX-License-Identifier: GPL-2.0-only
//
// When will a missing shard come? Six predictors are trained on the first half of some shards and
// scored on the second, where they go on learning: share of delays not above a quantile, and share
// of ewma's pinball loss saved. Delays are independent, bursty (two regimes), and, with --trace,
// those of blocks of 8 shards at 70 % of a measured link's mean rate. With --curve: more levels.

#include "ns3/core-module.h"
#include "ns3/predict-arrival.h"
#include "ns3/predict-score.h"
#include "ns3/shard-capacity-trace.h"

#include <cmath>
#include <functional>
#include <iomanip>
#include <iostream>
#include <memory>
#include <vector>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

const char* const NAMES[] = {"ewma", "histogram", "quantile", "rls", "kalman", "lstm"};

struct Arrival
{
    PredictArrivalFeatures features;
    double delay{0};
};

std::vector<Arrival>
Drawn(uint32_t count, Ptr<UniformRandomVariable> uniform, double change)
{
    std::vector<Arrival> arrivals(count);
    bool isBad = false;
    for (Arrival& arrival : arrivals)
    {
        isBad = uniform->GetValue() < (isBad ? 5 * change : change) ? !isBad : isBad;
        const double shape = -std::log(1 - uniform->GetValue());
        arrival.delay = isBad ? 0.020 + 0.010 * shape : 0.001 + 0.002 * shape;
    }
    return arrivals;
}

std::vector<Arrival>
Traced(uint32_t count, Ptr<UniformRandomVariable> uniform, const ShardCapacityTrace& trace)
{
    ShardCapacityServer server(std::make_shared<const ShardCapacityTrace>(trace));
    std::vector<Arrival> arrivals;
    Time sent;
    Time done;
    double least = 1e9;
    double spacing = 0;
    while (arrivals.size() < count)
    {
        const double gap = 8 * 1400 * 8 / (0.7 * trace.MeanRate());
        sent += Seconds(-gap * std::log(1 - uniform->GetValue()));
        done = server.Serve(Max(sent, done), 1400);
        const Time first = done;
        least = std::min(least, (first - sent).GetSeconds());
        for (int place = 1; place < 8; ++place)
        {
            Arrival arrival;
            arrival.features.ahead = place;
            arrival.features.spacing = spacing;
            arrival.features.probe = (first - sent).GetSeconds() - least;
            done = server.Serve(done, 1400);
            arrival.delay = (done - first).GetSeconds();
            spacing += 0.125 * (arrival.delay / place - spacing);
            arrivals.push_back(arrival);
        }
    }
    return arrivals;
}

} // namespace

int
main(int argc, char* argv[])
{
    uint32_t count = 40000;
    double correction = 0.01;
    std::string file;
    bool isCurve = false;
    CommandLine cmd(__FILE__);
    cmd.AddValue("arrivals", "shards of each condition", count);
    cmd.AddValue("correction", "gain of the conformal correction; 0 for none", correction);
    cmd.AddValue("trace", "file of a capacity trace in mahimahi's format", file);
    cmd.AddValue("curve", "whether to print coverage at many levels instead", isCurve);
    cmd.Parse(argc, argv);

    auto uniform = CreateObject<UniformRandomVariable>();
    uniform->SetStream(1);
    std::vector<std::pair<std::string, std::vector<Arrival>>> conditions{
        {"independent", Drawn(count, uniform, 0)},
        {"bursty", Drawn(count, uniform, 0.005)}};
    if (!file.empty())
    {
        std::string why;
        const auto trace = ShardCapacityTrace::Load(file, &why);
        if (!trace)
        {
            std::cerr << why << "\n";
            return 2;
        }
        conditions.emplace_back("trace", Traced(count, uniform, *trace));
    }
    using Levels = std::vector<double>;
    const Levels levels = isCurve ? Levels{0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99}
                                  : Levels{0.5, 0.9, 0.95};
    PredictArrivalSettings settings;
    settings.correction = correction;
    std::cout << std::fixed << std::setprecision(3);
    for (const auto& [condition, arrivals] : conditions)
    {
        std::vector<PredictPinball> reference;
        for (int kind = PREDICT_ARRIVAL_EWMA; kind <= PREDICT_ARRIVAL_LSTM; ++kind)
        {
            const auto predictor =
                PredictArrival::Make(static_cast<PredictArrivalKind>(kind), 1, settings);
            std::vector<PredictPinball> scores(levels.begin(), levels.end());
            for (std::size_t i = 0; i < arrivals.size(); ++i)
            {
                for (std::size_t j = 0; 2 * i >= arrivals.size() && j < levels.size(); ++j)
                {
                    scores[j].Add(predictor->Quantile(arrivals[i].features, levels[j]),
                                  arrivals[i].delay);
                }
                predictor->Came(arrivals[i].features, arrivals[i].delay);
            }
            reference = kind == PREDICT_ARRIVAL_EWMA ? scores : reference;
            std::cout << std::left << std::setw(12) << condition << std::setw(10) << NAMES[kind]
                      << std::right;
            for (std::size_t j = 0; j < levels.size(); ++j)
            {
                std::cout << " " << levels[j] << ":" << scores[j].Coverage();
                if (!isCurve)
                {
                    std::cout << std::showpos << std::setw(7)
                              << PredictSkill(scores[j].Loss(), reference[j].Loss())
                              << std::noshowpos << " ";
                }
            }
            std::cout << "\n";
        }
    }
}
