// SPDX-License-Identifier: GPL-2.0-only
//
// What buffers allocated cold, ahead and in a pool must show.
#include "analysis/latency-forms.h"
#include "validate-row.h"

namespace shardsim
{

std::vector<ValidationRow>
BufferValidation()
{
    using Set = std::vector<std::pair<std::string, std::string>>;
    // A datagram of 9000 bytes in eight shards of 1125, with 50 bytes around each, over one link of
    // 100 Mbit/s and 5 ms; on the access links it is whole.
    const auto with = [](Set more)
    {
        Set set = {{"traffic.size", "8972"}, {"sharding.shards", "8"}, {"topology.hops", "1"}};
        set.insert(set.end(), more.begin(), more.end());
        return set;
    };
    const double access = 2 * 9002 * 8 / 100e9;
    const double shard = 1175 * 8 / 100e6;
    constexpr double NANOSECONDS = 20e-6; // of a millisecond
    std::vector<ValidationRow> rows;
    const auto latency = [&](const char* name, const char* form, double seconds, const Set& set) {
        rows.push_back({name, form, "latency.max_ms", 1e3 * seconds, NANOSECONDS, 1, set, ""});
    };
    latency("8 shards that wait 2 ms for a cold buffer",
            "first shard + cold time",
            access + 5e-3 + shard + 2e-3,
            with({{"traffic.datagrams", "50"}, {"reassembly.cold_time", "2ms"}}));
    latency("the same with 0.5 ms, less than 7 s",
            "last shard",
            access + 5e-3 + 8 * shard,
            with({{"traffic.datagrams", "50"}, {"reassembly.cold_time", "500us"}}));
    rows.push_back({"datagrams at constant distance that find a buffer",
                    "1 - 2 / n",
                    "reassembly.prealloc_hit_ratio",
                    1 - 2.0 / 50,
                    1e-12,
                    1,
                    with({{"traffic.datagrams", "50"},
                          {"reassembly.cold_time", "2ms"},
                          {"reassembly.prealloc", "predictive"}}),
                    ""});
    // Poisson arrivals that are displaced independently are Poisson again, and a buffer is in use
    // from the first to the eighth of ten arrivals with exponential jitter.
    const double use = ExponentialOrderMean(10, 8, 10e-3) - ExponentialOrderMean(10, 1, 10e-3);
    rows.push_back({"Poisson datagrams that find one of 4 pooled buffers",
                    "1 - Erlang B",
                    "reassembly.prealloc_hit_ratio",
                    1 - ErlangLoss(20e6 / (8972 * 8) * use, 4),
                    std::nullopt,
                    30,
                    with({{"fec.code", "rs"},
                          {"fec.repair", "2"},
                          {"topology.paths", "10"},
                          {"jitter.model", "exponential"},
                          {"jitter.mean", "10ms"},
                          {"traffic.kind", "poisson"},
                          {"traffic.rate", "20Mbps"},
                          {"traffic.datagrams", "3000"},
                          {"reassembly.prealloc", "fixed"},
                          {"reassembly.prealloc_buffers", "4"}}),
                    ""});
    return rows;
}

} // namespace shardsim
