// SPDX-License-Identifier: GPL-2.0-only
//
// What cryptographic units must show: the waits of the queues that they are.
#include "analysis/latency-forms.h"
#include "analysis/queue-forms.h"
#include "validate-row.h"

namespace shardsim
{

namespace
{

using Set = std::vector<std::pair<std::string, std::string>>;

/// A shard takes a unit 1 ms on average, whatever its size.
constexpr double SERVICE = 1e-3;

/// Datagrams of one shard, over a path that is out of the way.
Set
With(double rate, const Set& more)
{
    // 100 bytes of payload: 800 bit each.
    Set set = {{"traffic.size", "100"},
               {"traffic.rate", std::to_string(static_cast<long>(rate * 800)) + "bps"},
               {"traffic.kind", "poisson"},
               {"traffic.datagrams", "40000"},
               {"sharding.shards", "1"},
               {"topology.rate", "10Gbps"},
               {"topology.hops", "1"},
               {"topology.queue", "100000p"},
               {"transport", "path"},
               {"crypto.rate", "1000Gbps"},
               {"crypto.fixed", "1ms"},
               {"crypto.queue", "1000000"}};
    set.insert(set.end(), more.begin(), more.end());
    return set;
}

} // namespace

std::vector<ValidationRow>
CryptoValidation()
{
    std::vector<ValidationRow> rows;
    const auto random =
        [&rows](const std::string& name, const char* form, double mean, double p99, const Set& set)
    {
        rows.push_back({"mean wait, " + name,
                        form,
                        "crypto.wait_mean_us",
                        1e6 * mean,
                        std::nullopt,
                        20,
                        set,
                        ""});
        rows.push_back({"99th percentile of it",
                        form,
                        "crypto.wait_p99_us",
                        1e6 * p99,
                        std::nullopt,
                        20,
                        set,
                        ""});
    };
    random("1 unit at 80 % load",
           "M/D/1, Franx",
           MD1MeanWait(0.8, SERVICE),
           MD1WaitQuantile(0.8, SERVICE, 0.99),
           With(800, {{"crypto.units", "1"}}));
    random("4 units, dealt at random",
           "M/D/1 each",
           MD1MeanWait(0.7, SERVICE),
           MD1WaitQuantile(0.7, SERVICE, 0.99),
           With(2800, {{"crypto.units", "4"}, {"crypto.dispatch", "random"}}));
    const Set exponential = {{"crypto.service", "exponential"}};
    const auto with = [&](double rate, const char* units, const char* dispatch)
    {
        Set set = With(rate, exponential);
        set.emplace_back("crypto.units", units);
        set.emplace_back("crypto.dispatch", dispatch);
        return set;
    };
    random("4 exponential units, least work first",
           "M/M/c, Erlang C",
           MMcMeanWait(3200, SERVICE, 4),
           MMcWaitQuantile(3200, SERVICE, 4, 0.99),
           with(3200, "4", "weighted"));
    const GiM1Wait turns = RoundRobinWait(2800, SERVICE, 4);
    random("4 exponential units, round-robin",
           "E4/M/1 each",
           turns.Mean(),
           turns.Quantile(0.99),
           with(2800, "4", "round-robin"));
    const ShorterQueueWait shorter(1600, SERVICE);
    random("2 exponential units, shortest queue",
           "Markov chain of both queues",
           shorter.Mean(),
           shorter.Quantile(0.99),
           with(1600, "2", "shortest-queue"));

    // A block of ten shards at once, dealt to four units: 0, 1 or 2 services before it.
    const std::vector<double> waits = BatchWaits(10, 4, SERVICE);
    double mean = 0;
    for (double wait : waits)
    {
        mean += wait / static_cast<double>(waits.size());
    }
    Set batch = {{"traffic.size", "972"},
                 {"traffic.rate", "777600bps"}, // a datagram each 10 ms
                 {"traffic.datagrams", "100"},
                 {"sharding.shards", "10"},
                 {"crypto.units", "4"},
                 {"crypto.rate", "1000Gbps"},
                 {"crypto.fixed", "1ms"}};
    constexpr double NANOSECONDS = 5e-3; // of a microsecond
    rows.push_back({"mean wait of 10 shards at once at 4 units",
                    "D/D/c",
                    "crypto.wait_mean_us",
                    1e6 * mean,
                    NANOSECONDS,
                    1,
                    batch,
                    ""});
    rows.push_back({"99th percentile of it",
                    "D/D/c",
                    "crypto.wait_p99_us",
                    1e6 * waits.back(),
                    NANOSECONDS,
                    1,
                    batch,
                    ""});
    return rows;
}

} // namespace shardsim
