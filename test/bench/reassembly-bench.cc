// SPDX-License-Identifier: GPL-2.0-only
/**
 * What reassembly costs per shard, and what an open block costs in memory. The claims are ratios
 * within one run: 10,000 flows against 10, a million open blocks against a thousand.
 */
#include "ns3/shard-block-table.h"

#include <benchmark/benchmark.h>
#include <cstdint>
#include <malloc.h>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

constexpr uint32_t K = 8;
constexpr uint32_t N = 10;
constexpr uint32_t SIZE = K * 150;

/// Counts what is released and forgets it.
class Nobody : public ShardBlockListener
{
  public:
    void Release(Time, const ShardRelease& release) override
    {
        bytes += release.size;
    }

    void Ended(Time, const ShardBlockEnd&) override
    {
    }

    uint64_t bytes{0};
};

/// A shard of 150 bytes of a Reed-Solomon block, 8 + 2 where not told otherwise, virtual payload.
Shard
Make(uint32_t flow, uint32_t block, uint32_t index, uint32_t k = K, uint32_t n = N)
{
    Shard shard;
    shard.fields.flow = flow;
    shard.fields.block = block;
    shard.fields.datagram = k * 150;
    shard.fields.index = static_cast<uint8_t>(index);
    shard.fields.k = static_cast<uint8_t>(k);
    shard.fields.n = static_cast<uint8_t>(n);
    shard.fields.code = SHARD_CODE_REED_SOLOMON;
    shard.size = 150;
    return shard;
}

ShardTableSettings
Roomy(ShardOrder order)
{
    ShardTableSettings settings;
    settings.order = order;
    settings.linger = MilliSeconds(100);
    settings.memory.node = uint64_t(16) << 30;
    settings.memory.flow = uint64_t(16) << 30;
    settings.memory.unproven = uint64_t(16) << 30;
    return settings;
}

/// The shards of a datagram come one after the other; the datagrams' flows take turns.
void
Bursts(benchmark::State& state)
{
    const uint32_t flows = static_cast<uint32_t>(state.range(0));
    Nobody nobody;
    ShardBlockTable table(nobody);
    table.Configure(Roomy(static_cast<ShardOrder>(state.range(1))));
    uint64_t datagrams = 0;
    for (auto _ : state)
    {
        const uint32_t flow = static_cast<uint32_t>(datagrams % flows);
        const uint32_t block = static_cast<uint32_t>(datagrams / flows);
        for (uint32_t index = 0; index < N; ++index)
        {
            table.Accept(NanoSeconds(1000 * (datagrams * N + index)), Make(flow, block, index));
        }
        ++datagrams;
    }
    state.SetItemsProcessed(static_cast<int64_t>(datagrams * N));
    state.counters["per_shard"] =
        benchmark::Counter(static_cast<double>(datagrams * N),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// As many datagrams as there are flows are under way, shard by shard in turn: every shard meets
/// a block that was last touched as many shards ago.
void
Interleaved(benchmark::State& state)
{
    const uint32_t flows = static_cast<uint32_t>(state.range(0));
    Nobody nobody;
    ShardBlockTable table(nobody);
    table.Configure(Roomy(SHARD_ORDER_ANY));
    uint64_t shards = 0;
    for (auto _ : state)
    {
        const uint32_t flow = static_cast<uint32_t>(shards % flows);
        const uint32_t round = static_cast<uint32_t>(shards / flows);
        table.Accept(NanoSeconds(1000 * shards), Make(flow, round / N, round % N));
        ++shards;
    }
    state.SetItemsProcessed(static_cast<int64_t>(shards));
    state.counters["per_shard"] =
        benchmark::Counter(static_cast<double>(shards),
                           benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

/// Half-finished blocks only, with memory for so many of them: every shard opens one and evicts
/// one.
void
Flood(benchmark::State& state)
{
    const uint64_t blocks = static_cast<uint64_t>(state.range(0));
    Nobody nobody;
    ShardBlockTable table(nobody);
    ShardTableSettings settings = Roomy(SHARD_ORDER_ANY);
    settings.timeout = Hours(1);
    settings.memory.unproven = blocks * (ShardBlockStore::BLOCK_COST + SIZE + 2 * (N - K)) +
                               16 * ShardBlockStore::FLOW_COST;
    table.Configure(settings);
    uint64_t shards = 0;
    const auto one = [&]
    {
        table.Accept(NanoSeconds(shards),
                     Make(static_cast<uint32_t>(shards % 16), static_cast<uint32_t>(shards), 0));
        ++shards;
    };
    while (shards < 2 * blocks)
    {
        one();
    }
    for (auto _ : state)
    {
        one();
    }
    state.SetItemsProcessed(static_cast<int64_t>(shards));
    state.counters["open"] = static_cast<double>(table.Counters().open);
    state.counters["evicted"] = static_cast<double>(table.Counters().Evictions());
}

/// Bytes of heap for one open block beside its payload, all told: state, indexes, decoder and what
/// the allocator adds. One data shard of k and, if asked for, one repair shard of each have come.
void
MemoryPerOpenBlock(benchmark::State& state)
{
    const uint32_t blocks = static_cast<uint32_t>(state.range(0));
    const bool real = state.range(1) != 0;
    const bool repair = state.range(2) != 0;
    const uint32_t k = static_cast<uint32_t>(state.range(3));
    const uint32_t n = static_cast<uint32_t>(state.range(4));
    Ptr<ShardBytes> bytes = Create<ShardBytes>(150);
    double extra = 0;
    for (auto _ : state)
    {
        const size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
        Nobody nobody;
        ShardBlockTable table(nobody);
        table.Configure(Roomy(SHARD_ORDER_ANY));
        for (uint32_t i = 0; i < blocks; ++i)
        {
            for (uint32_t index = 0; index < (repair ? n : 1); index += k)
            {
                Shard shard = Make(i % 10, i / 10, index, k, n);
                if (real)
                {
                    shard.bytes = bytes;
                }
                table.Accept(NanoSeconds(i), shard);
            }
        }
        const size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
        extra = static_cast<double>(after - before) / blocks - (real ? 150 * k : 0);
    }
    state.counters["bytes_beside_payload"] = extra;
}

BENCHMARK(Bursts)
    ->ArgNames({"flows", "order"})
    ->Args({10, SHARD_ORDER_ANY})
    ->Args({10000, SHARD_ORDER_ANY})
    ->Args({10, SHARD_ORDER_IN_ORDER})
    ->Args({10000, SHARD_ORDER_IN_ORDER});
BENCHMARK(Interleaved)->ArgName("flows")->Arg(10)->Arg(10000);
BENCHMARK(Flood)->ArgName("blocks")->Arg(1000)->Arg(10000)->Arg(100000)->Arg(1000000);
BENCHMARK(MemoryPerOpenBlock)
    ->ArgNames({"blocks", "real", "repair", "k", "n"})
    ->Args({100000, 0, 0, 8, 10})
    ->Args({100000, 0, 1, 8, 10})
    ->Args({100000, 1, 0, 8, 10})
    ->Args({100000, 1, 1, 8, 10})
    ->Args({150000, 1, 1, 8, 10})
    ->Args({190000, 1, 1, 8, 10})
    ->Args({100000, 0, 1, 20, 30})
    ->Args({100000, 1, 1, 20, 30})
    ->Iterations(1);

} // namespace

int
main(int argc, char** argv)
{
    // Until a simulation runs or this is said, ns-3 keeps a list of every Time that exists.
    Time::SetResolution(Time::NS);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
    {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
