// SPDX-License-Identifier: GPL-2.0-only
//
// A shard of 1400 bytes (or arg 0) sealed and opened, by ShardSealer and ShardOpener and by direct
// calls of libsodium with the key made ready beforehand, on payload of the same size. Pair/... does
// both by turns, BATCH shards each, so that whatever else the machine does hits both: its time is
// the module's, `ratio` the median over the turns of direct / module, `direct_ns` and `module_ns`
// the medians of a shard. Virtual/... is what sealing and opening cost where there are no bytes.

#include "ns3/shard-opener.h"
#include "ns3/shard-sealer.h"
#include <ns3/boolean.h>
#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <benchmark/benchmark.h>
#include <ctime>
#include <sodium.h>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

Shard
MakeShard(uint32_t size, bool isReal)
{
    Simulator::Run(); // freezes the resolution of ns-3's time
    Simulator::Destroy();
    Shard shard;
    shard.fields.flow = 1;
    shard.fields.datagram = static_cast<uint16_t>(size);
    shard.fields.k = 1;
    shard.fields.n = 1;
    shard.size = size;
    if (isReal)
    {
        Ptr<ShardBytes> bytes = Create<ShardBytes>(size);
        std::fill(bytes->Data(), bytes->Data() + size, uint8_t{0x5a});
        shard.bytes = bytes;
    }
    return shard;
}

/// libsodium's own state and buffers for the cipher that the module chooses.
struct Direct
{
    explicit Direct(uint32_t bytes)
        : size(bytes),
          plain(bytes, 0x5a),
          isAes(ShardAead::Resolve(SHARD_AEAD_FASTEST) == SHARD_AEAD_AES_256_GCM)
    {
        if (isAes)
        {
            crypto_aead_aes256gcm_beforenm(&state, key);
        }
    }

    /// @param number of a shard, which its nonce is made of  @param sealed room for it
    void Seal(uint8_t number, uint8_t* sealed)
    {
        nonce[11] = number;
        if (isAes)
        {
            crypto_aead_aes256gcm_encrypt_afternm(sealed,
                                                  nullptr,
                                                  plain.data(),
                                                  size,
                                                  ad,
                                                  sizeof(ad),
                                                  nullptr,
                                                  nonce,
                                                  &state);
            return;
        }
        crypto_aead_chacha20poly1305_ietf_encrypt(sealed,
                                                  nullptr,
                                                  plain.data(),
                                                  size,
                                                  ad,
                                                  sizeof(ad),
                                                  nullptr,
                                                  nonce,
                                                  key);
    }

    /// @param number of a shard  @param sealed it  @param opened room for it  @return it is genuine
    bool Open(uint8_t number, const uint8_t* sealed, uint8_t* opened)
    {
        nonce[11] = number;
        if (isAes)
        {
            return crypto_aead_aes256gcm_decrypt_afternm(opened,
                                                         nullptr,
                                                         nullptr,
                                                         sealed,
                                                         size + 16,
                                                         ad,
                                                         sizeof(ad),
                                                         nonce,
                                                         &state) == 0;
        }
        return crypto_aead_chacha20poly1305_ietf_decrypt(opened,
                                                         nullptr,
                                                         nullptr,
                                                         sealed,
                                                         size + 16,
                                                         ad,
                                                         sizeof(ad),
                                                         nonce,
                                                         key) == 0;
    }

    crypto_aead_aes256gcm_state state;
    uint32_t size;
    std::vector<uint8_t> plain;
    bool isAes;
    uint8_t key[32] = {1};
    uint8_t nonce[12] = {};
    uint8_t ad[28] = {};
};

constexpr std::size_t BATCH = 32; ///< shards of one turn: their bytes fit into a second-level cache

/// What is timed.
enum Work
{
    SEAL,
    OPEN,
    BOTH
};

/// @return processor time of this thread, ns
double
Used()
{
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double
Median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// The same work for libsodium alone, a turn at a time.
class DirectTurn
{
  public:
    explicit DirectTurn(uint32_t size)
        : m_direct(size),
          m_sealed(BATCH, std::vector<uint8_t>(size + 16)),
          m_opened(BATCH, std::vector<uint8_t>(size))
    {
    }

    /// @param work what to do  @return time of it, ns; below 0: a shard was refused
    double Take(Work work)
    {
        const double begun = Used();
        Seal();
        const double sealed = Used();
        bool isOpen = true;
        for (std::size_t i = 0; work != SEAL && i < BATCH; ++i)
        {
            isOpen =
                m_direct.Open(static_cast<uint8_t>(i), m_sealed[i].data(), m_opened[i].data()) &&
                isOpen;
        }
        benchmark::ClobberMemory();
        const double opened = Used();
        return !isOpen        ? -1
               : work == SEAL ? sealed - begun
                              : opened - (work == OPEN ? sealed : begun);
    }

  private:
    void Seal()
    {
        for (std::size_t i = 0; i < BATCH; ++i)
        {
            m_direct.Seal(static_cast<uint8_t>(i), m_sealed[i].data());
        }
        benchmark::ClobberMemory();
    }

    Direct m_direct;
    std::vector<std::vector<uint8_t>> m_sealed;
    std::vector<std::vector<uint8_t>> m_opened;
};

/// The same work for the module.
class ModuleTurn
{
  public:
    explicit ModuleTurn(uint32_t size)
        : m_plain(MakeShard(size, true)),
          m_shards(BATCH)
    {
        m_opener->SetAttribute("RealPayload", BooleanValue(true));
    }

    /// @param work what to do  @return time of it, ns; below 0: a shard was refused
    double Take(Work work)
    {
        std::fill(m_shards.begin(), m_shards.end(), m_plain);
        bool isDone = true;
        const double begun = Used();
        for (Shard& shard : m_shards)
        {
            m_sealer->Number(shard);
            isDone = m_sealer->Apply(Time(0), 0, shard) && isDone;
        }
        const double sealed = Used();
        for (Shard& shard : m_shards)
        {
            isDone = (work == SEAL || m_opener->Apply(Time(0), 0, shard)) && isDone;
        }
        const double opened = Used();
        return !isDone        ? -1
               : work == SEAL ? sealed - begun
                              : opened - (work == OPEN ? sealed : begun);
    }

  private:
    const Shard m_plain;
    std::vector<Shard> m_shards;
    Ptr<ShardSealer> m_sealer = CreateObject<ShardSealer>();
    Ptr<ShardOpener> m_opener = CreateObject<ShardOpener>();
};

void
Pair(benchmark::State& state, Work work)
{
    const auto size = static_cast<uint32_t>(state.range(0));
    MakeShard(1, false);
    DirectTurn direct(size);
    ModuleTurn module(size);
    std::vector<double> ratios;
    std::vector<double> directs;
    std::vector<double> modules;
    for (auto _ : state)
    {
        const bool isDirectFirst = ratios.size() % 2 == 0;
        double one = isDirectFirst ? direct.Take(work) : 0;
        const double other = module.Take(work);
        one = isDirectFirst ? one : direct.Take(work);
        if (one < 0 || other < 0)
        {
            state.SkipWithError("refused");
            break;
        }
        state.SetIterationTime(other * 1e-9);
        ratios.push_back(one / other);
        directs.push_back(one / BATCH);
        modules.push_back(other / BATCH);
    }
    if (!ratios.empty())
    {
        state.counters["ratio"] = Median(ratios);
        state.counters["direct_ns"] = Median(directs);
        state.counters["module_ns"] = Median(modules);
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * BATCH));
}

void
VirtualSeal(benchmark::State& state)
{
    const Shard plain = MakeShard(static_cast<uint32_t>(state.range(0)), false);
    Ptr<ShardSealer> sealer = CreateObject<ShardSealer>();
    for (auto _ : state)
    {
        Shard shard = plain;
        sealer->Number(shard);
        benchmark::DoNotOptimize(sealer->Apply(Time(0), 0, shard));
    }
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * state.range(0));
}

void
VirtualSealAndOpen(benchmark::State& state)
{
    const Shard plain = MakeShard(static_cast<uint32_t>(state.range(0)), false);
    Ptr<ShardSealer> sealer = CreateObject<ShardSealer>();
    Ptr<ShardOpener> opener = CreateObject<ShardOpener>();
    for (auto _ : state)
    {
        Shard shard = plain;
        sealer->Number(shard);
        if (!sealer->Apply(Time(0), 0, shard) || !opener->Apply(Time(0), 0, shard))
        {
            state.SkipWithError("refused");
        }
    }
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * state.range(0));
}

BENCHMARK_CAPTURE(Pair, seal, SEAL)->Name("Pair/Seal")->Arg(1400)->UseManualTime();
BENCHMARK_CAPTURE(Pair, open, OPEN)->Name("Pair/Open")->Arg(1400)->UseManualTime();
BENCHMARK_CAPTURE(Pair, both, BOTH)->Name("Pair/SealAndOpen")->Arg(1400)->UseManualTime();
BENCHMARK(VirtualSeal)->Name("Virtual/Seal")->Arg(1400);
BENCHMARK(VirtualSealAndOpen)->Name("Virtual/SealAndOpen")->Arg(1400);

} // namespace
