// SPDX-License-Identifier: GPL-2.0-only
//
// Erasure coding at 8+2 shards of 1200 bytes (or k = arg 0, r = arg 1), through the module and by
// direct ISA-L calls with tables built beforehand, on the same buffers. To be read as ratios
// within one run: Direct/... over Module/... of the same work.

#include "ns3/shard-block-decoder.h"
#include "ns3/shard-block-encoder.h"
#include "ns3/shard-erasure-code.h"

#include <benchmark/benchmark.h>
#include <isa-l/erasure_code.h>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace
{

using namespace ns3::sharding;

constexpr uint32_t SYMBOL = 1200;

/// A datagram with its repair symbols, and ISA-L's tables for both directions: the first r data
/// shards are those that get lost.
struct Block
{
    Block(uint32_t dataShards, uint32_t repairShards)
        : k(dataShards),
          r(repairShards),
          layout(*ShardLayout::Make(k * SYMBOL, k)),
          datagram(k * SYMBOL),
          repair(r * SYMBOL),
          matrix((k + r) * k),
          encodeTables(32 * k * r),
          decodeTables(32 * k * r)
    {
        std::mt19937 random(1);
        for (uint8_t& b : datagram)
        {
            b = uint8_t(random());
        }
        gf_gen_cauchy1_matrix(matrix.data(), int(k + r), int(k));
        ec_init_tables(int(k), int(r), matrix.data() + k * k, encodeTables.data());

        // Rows of the shards at hand, inverted; its rows of lost shards give these back.
        std::vector<uint8_t> square(matrix.begin() + r * k, matrix.end());
        std::vector<uint8_t> inverse(k * k);
        gf_invert_matrix(square.data(), inverse.data(), int(k));
        ec_init_tables(int(k), int(r), inverse.data(), decodeTables.data());

        for (uint32_t i = 0; i < k + r; ++i)
        {
            symbols.push_back(i < k ? datagram.data() + i * SYMBOL
                                    : repair.data() + (i - k) * SYMBOL);
        }
        ec_encode_data(SYMBOL, int(k), int(r), encodeTables.data(), symbols.data(), &symbols[k]);
    }

    uint32_t k;
    uint32_t r;
    ShardLayout layout;
    std::vector<uint8_t> datagram;
    std::vector<uint8_t> repair;
    std::vector<uint8_t> matrix;
    std::vector<uint8_t> encodeTables;
    std::vector<uint8_t> decodeTables;
    std::vector<uint8_t*> symbols;
};

/// One for each (k, r), so that all benchmarks work on the same memory: where it happens to lie
/// would otherwise decide more than what is compared.
Block&
TheBlock(const benchmark::State& state)
{
    static std::map<std::pair<int64_t, int64_t>, std::unique_ptr<Block>> blocks;
    std::unique_ptr<Block>& block = blocks[{state.range(0), state.range(1)}];
    if (!block)
    {
        block.reset(new Block(uint32_t(state.range(0)), uint32_t(state.range(1))));
    }
    return *block;
}

void
Report(benchmark::State& state, const Block& block)
{
    state.SetBytesProcessed(int64_t(state.iterations()) * block.layout.DatagramSize());
}

void
DirectEncode(benchmark::State& state)
{
    Block& b = TheBlock(state);
    for (auto _ : state)
    {
        ec_encode_data(SYMBOL,
                       int(b.k),
                       int(b.r),
                       b.encodeTables.data(),
                       b.symbols.data(),
                       &b.symbols[b.k]);
        benchmark::ClobberMemory();
    }
    Report(state, b);
}

void
ModuleEncode(benchmark::State& state)
{
    Block& b = TheBlock(state);
    ShardBlockEncoder encoder;
    for (auto _ : state)
    {
        encoder.Encode(SHARD_CODE_REED_SOLOMON, b.layout, b.datagram.data(), b.r, b.repair.data());
        benchmark::ClobberMemory();
    }
    Report(state, b);
}

/// The same with a datagram that k does not divide: one more stretch, of one byte.
void
ModuleEncodeUneven(benchmark::State& state)
{
    Block& b = TheBlock(state);
    const ShardLayout uneven = *ShardLayout::Make(b.k * SYMBOL - 3, b.k);
    ShardBlockEncoder encoder;
    for (auto _ : state)
    {
        encoder.Encode(SHARD_CODE_REED_SOLOMON, uneven, b.datagram.data(), b.r, b.repair.data());
        benchmark::ClobberMemory();
    }
    Report(state, b);
}

void
DirectDecode(benchmark::State& state)
{
    Block& b = TheBlock(state);
    for (auto _ : state)
    {
        ec_encode_data(SYMBOL,
                       int(b.k),
                       int(b.r),
                       b.decodeTables.data(),
                       &b.symbols[b.r],
                       b.symbols.data());
        benchmark::ClobberMemory();
    }
    Report(state, b);
}

/// The code alone, as the block decoder calls it.
void
ModuleDecode(benchmark::State& state)
{
    Block& b = TheBlock(state);
    const ErasureCode* code = GetErasureCode(SHARD_CODE_REED_SOLOMON);
    const ShardSet held = ShardSet::Below(b.k + b.r) - ShardSet::Below(b.r);
    for (auto _ : state)
    {
        code->Recover(b.k, b.r, held, b.symbols.data(), SYMBOL, b.symbols.data());
        benchmark::ClobberMemory();
    }
    Report(state, b);
}

/// What a receiver does whichever way it decodes: memory for the datagram, shards copied into it
/// and to scratch memory, then direct ISA-L. To be compared with ModuleReceive.
void
DirectReceive(benchmark::State& state)
{
    Block& b = TheBlock(state);
    std::vector<uint8_t> kept(b.r * SYMBOL);
    for (auto _ : state)
    {
        std::unique_ptr<uint8_t[]> place(new uint8_t[b.k * SYMBOL]);
        std::vector<uint8_t*> in;
        std::vector<uint8_t*> out;
        for (uint32_t i = b.r; i < b.k + b.r; ++i)
        {
            in.push_back(i < b.k ? place.get() + i * SYMBOL : kept.data() + (i - b.k) * SYMBOL);
            std::copy(b.symbols[i], b.symbols[i] + SYMBOL, in.back());
        }
        for (uint32_t i = 0; i < b.r; ++i)
        {
            out.push_back(place.get() + i * SYMBOL);
        }
        ec_encode_data(SYMBOL, int(b.k), int(b.r), b.decodeTables.data(), in.data(), out.data());
        benchmark::DoNotOptimize(place.get());
        benchmark::ClobberMemory();
    }
    Report(state, b);
}

/// A whole block through the receiver's state: memory taken, k shards stored, decoded, released.
void
ModuleReceive(benchmark::State& state)
{
    Block& b = TheBlock(state);
    for (auto _ : state)
    {
        ShardBlockDecoder decoder(b.layout, SHARD_CODE_REED_SOLOMON, b.k + b.r, true);
        for (uint32_t i = b.r; i < b.k + b.r; ++i)
        {
            decoder.Add(i, b.symbols[i], SYMBOL);
        }
        benchmark::DoNotOptimize(decoder.Decode());
        benchmark::ClobberMemory();
    }
    Report(state, b);
}

/// The same without bytes: what a shard costs in bookkeeping.
void
ModuleReceiveVirtual(benchmark::State& state)
{
    Block& b = TheBlock(state);
    for (auto _ : state)
    {
        ShardBlockDecoder decoder(b.layout, SHARD_CODE_REED_SOLOMON, b.k + b.r, false);
        for (uint32_t i = b.r; i < b.k + b.r; ++i)
        {
            decoder.Add(i, nullptr, SYMBOL);
        }
        benchmark::DoNotOptimize(decoder.Decode());
        benchmark::DoNotOptimize(decoder.Decodable());
    }
    state.SetItemsProcessed(int64_t(state.iterations()) * b.k);
}

void
XorEncode(benchmark::State& state)
{
    Block& b = TheBlock(state);
    ShardBlockEncoder encoder;
    for (auto _ : state)
    {
        encoder.Encode(SHARD_CODE_XOR, b.layout, b.datagram.data(), b.r, b.repair.data());
        benchmark::ClobberMemory();
    }
    Report(state, b);
}

BENCHMARK(DirectEncode)->Args({8, 2})->Args({20, 10});
BENCHMARK(ModuleEncode)->Args({8, 2})->Args({20, 10});
BENCHMARK(ModuleEncodeUneven)->Args({8, 2});
BENCHMARK(DirectDecode)->Args({8, 2})->Args({20, 10});
BENCHMARK(ModuleDecode)->Args({8, 2})->Args({20, 10});
BENCHMARK(DirectReceive)->Args({8, 2});
BENCHMARK(ModuleReceive)->Args({8, 2});
BENCHMARK(ModuleReceiveVirtual)->Args({8, 2});
BENCHMARK(XorEncode)->Args({8, 2});

} // namespace

BENCHMARK_MAIN();
