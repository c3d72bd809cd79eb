// SPDX-License-Identifier: GPL-2.0-only
//
// A shard of 1400 bytes (or arg 0) sealed and opened, by ShardSealer and ShardOpener and by direct
// calls of libsodium with the key made ready beforehand, on payload of the same size. To be read
// as ratios within one run: Direct/... over Module/... of the same work. Virtual/... is what
// sealing and opening cost where there are no bytes.

#include "ns3/shard-opener.h"
#include "ns3/shard-sealer.h"
#include <ns3/boolean.h>
#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <benchmark/benchmark.h>
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
          sealed(bytes + 16),
          isAes(ShardAead::Resolve(SHARD_AEAD_FASTEST) == SHARD_AEAD_AES_256_GCM)
    {
        if (isAes)
        {
            crypto_aead_aes256gcm_beforenm(&state, key);
        }
    }

    void Seal()
    {
        ++nonce[11];
        if (isAes)
        {
            crypto_aead_aes256gcm_encrypt_afternm(sealed.data(),
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
        crypto_aead_chacha20poly1305_ietf_encrypt(sealed.data(),
                                                  nullptr,
                                                  plain.data(),
                                                  size,
                                                  ad,
                                                  sizeof(ad),
                                                  nullptr,
                                                  nonce,
                                                  key);
    }

    bool Open()
    {
        if (isAes)
        {
            return crypto_aead_aes256gcm_decrypt_afternm(plain.data(),
                                                         nullptr,
                                                         nullptr,
                                                         sealed.data(),
                                                         size + 16,
                                                         ad,
                                                         sizeof(ad),
                                                         nonce,
                                                         &state) == 0;
        }
        return crypto_aead_chacha20poly1305_ietf_decrypt(plain.data(),
                                                         nullptr,
                                                         nullptr,
                                                         sealed.data(),
                                                         size + 16,
                                                         ad,
                                                         sizeof(ad),
                                                         nonce,
                                                         key) == 0;
    }

    crypto_aead_aes256gcm_state state;
    uint32_t size;
    std::vector<uint8_t> plain;
    std::vector<uint8_t> sealed;
    bool isAes;
    uint8_t key[32] = {1};
    uint8_t nonce[12] = {};
    uint8_t ad[28] = {};
};

void
DirectSeal(benchmark::State& state)
{
    MakeShard(1, false);
    Direct direct(static_cast<uint32_t>(state.range(0)));
    for (auto _ : state)
    {
        direct.Seal();
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * state.range(0));
}

void
DirectSealAndOpen(benchmark::State& state)
{
    MakeShard(1, false);
    Direct direct(static_cast<uint32_t>(state.range(0)));
    for (auto _ : state)
    {
        direct.Seal();
        if (!direct.Open())
        {
            state.SkipWithError("refused");
        }
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * state.range(0));
}

void
Seal(benchmark::State& state, bool isReal)
{
    const Shard plain = MakeShard(static_cast<uint32_t>(state.range(0)), isReal);
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
SealAndOpen(benchmark::State& state, bool isReal)
{
    const Shard plain = MakeShard(static_cast<uint32_t>(state.range(0)), isReal);
    Ptr<ShardSealer> sealer = CreateObject<ShardSealer>();
    Ptr<ShardOpener> opener = CreateObject<ShardOpener>();
    opener->SetAttribute("RealPayload", BooleanValue(isReal));
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

BENCHMARK(DirectSeal)->Name("Direct/Seal")->Arg(1400);
BENCHMARK_CAPTURE(Seal, real, true)->Name("Module/Seal")->Arg(1400);
BENCHMARK_CAPTURE(Seal, virtual, false)->Name("Virtual/Seal")->Arg(1400);
BENCHMARK(DirectSealAndOpen)->Name("Direct/SealAndOpen")->Arg(1400);
BENCHMARK_CAPTURE(SealAndOpen, real, true)->Name("Module/SealAndOpen")->Arg(1400);
BENCHMARK_CAPTURE(SealAndOpen, virtual, false)->Name("Virtual/SealAndOpen")->Arg(1400);

} // namespace
