// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TEST_SYNTHETIC_STORE_H
#define SHARDSIM_TEST_SYNTHETIC_STORE_H

/**
 * @file
 * A results file with plausible numbers: four cases, packet loss by link load or by MTU, five
 * replications, all drawn from one fixed generator. No simulation is run.
 */

#include "analysis/results-store.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

namespace shardsim
{
namespace test
{

/** What the file shall hold. */
struct SyntheticSweep
{
    std::vector<std::string> cases{"plain IP", "2 copies", "XOR 8+1", "RS 8+2"};
    std::vector<double> loss{0.0, 0.001, 0.01, 0.03, 0.1};
    std::vector<double> load{0.5}; ///< a second swept key when it has several values
    int runs{5};
    int datagrams{2000};
    std::string figures{"[]"};
    bool samples{true};
};

/** @param path of the file to make @param sweep what it shall hold */
inline void
MakeSyntheticStore(const std::string& path, const SyntheticSweep& sweep)
{
    std::remove(path.c_str());
    auto store = ResultsStore::Open(path, ResultsStore::CREATE);
    const bool two = sweep.load.size() > 1;
    store.SetInfo("scenario", "tunnel");
    store.SetInfo("sweep_name", "synthetic");
    store.SetInfo("keys", two ? R"(["loss.rate","congestion.load"])" : R"(["loss.rate"])");
    store.SetInfo("figures", sweep.figures);
    store.SetInfo("metrics",
                  R"([{"name":"datagrams.sent","unit":"datagrams","meaning":"sent"},
{"name":"latency.p50_ms","unit":"ms","meaning":"median latency of delivered datagrams"},
{"name":"latency.p99_ms","unit":"ms","meaning":"99th percentile of latency, delivered datagrams"},
{"name":"datagrams.loss_ratio","unit":"ratio","meaning":"share of datagrams not delivered"},
{"name":"goodput_mbps","unit":"Mbps","meaning":"payload delivered per time"},
{"name":"wire.overhead_ratio","unit":"ratio","meaning":"bytes into the paths / delivered"}])");
    std::mt19937_64 generator(20240607);
    std::exponential_distribution<double> exponential(1.0);
    std::uniform_real_distribution<double> uniform(0.0, 1.0);
    int64_t id = 0;
    for (const double load : sweep.load)
    {
        for (const double loss : sweep.loss)
        {
            for (std::size_t c = 0; c < sweep.cases.size(); ++c)
            {
                PointRecord point;
                point.id = ++id;
                point.name = sweep.cases[c];
                nlohmann::ordered_json swept{{"loss.rate", loss}};
                if (two)
                {
                    swept["congestion.load"] = load;
                }
                point.swept = swept.dump();
                point.parameters = swept.dump();
                store.AddPoint(point);
                for (int run = 1; run <= sweep.runs; ++run)
                {
                    const double sizes[] = {1.0, 2.0, 1.125, 1.25};
                    const double lost[] = {1 - std::pow(1 - loss, 7),
                                           std::pow(1 - std::pow(1 - loss, 7), 2),
                                           18 * loss * loss,
                                           60 * loss * loss * loss};
                    const double share =
                        std::min(0.95, lost[c % 4] * (0.8 + 0.4 * uniform(generator)));
                    const double wait =
                        0.4 * sizes[c % 4] * load / (1 - std::min(0.97, load * sizes[c % 4] * 0.5));
                    std::vector<int64_t> latency;
                    for (int i = 0; i < sweep.datagrams; ++i)
                    {
                        if (uniform(generator) >= share)
                        {
                            const double ms = 11.5 + 0.3 * static_cast<double>(c) +
                                              wait * exponential(generator) +
                                              (uniform(generator) < 3 * loss ? 2 * wait : 0);
                            latency.push_back(std::llround(ms * 1e6));
                        }
                    }
                    std::sort(latency.begin(), latency.end());
                    RunRecord record;
                    record.point = id;
                    record.seed = 1;
                    record.run = static_cast<uint64_t>(run);
                    record.done = true;
                    const double n = static_cast<double>(latency.size());
                    const auto quantile = [&](double q) -> std::optional<double>
                    {
                        if (latency.empty())
                        {
                            return std::nullopt;
                        }
                        return static_cast<double>(latency[static_cast<std::size_t>(q * (n - 1))]) /
                               1e6;
                    };
                    record.metrics = {
                        {"datagrams.sent", sweep.datagrams},
                        {"latency.p50_ms", quantile(0.5)},
                        {"latency.p99_ms", quantile(0.99)},
                        {"datagrams.loss_ratio", 1 - n / sweep.datagrams},
                        {"goodput_mbps", 10 * n / sweep.datagrams},
                        {"wire.overhead_ratio", 1.04 * sizes[c % 4] * sweep.datagrams / n}};
                    if (sweep.samples)
                    {
                        record.samples = {{"latency", latency}};
                    }
                    store.Append(record);
                }
            }
        }
    }
}

} // namespace test
} // namespace shardsim

#endif // SHARDSIM_TEST_SYNTHETIC_STORE_H
