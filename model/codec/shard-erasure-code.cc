// SPDX-License-Identifier: GPL-2.0-only
#include "shard-erasure-code.h"

#include "shard-layout.h"
#include "shard-reed-solomon.h"

#include <cstring>

namespace ns3
{
namespace sharding
{

namespace
{

/// target ^= source, eight bytes at a time: memcpy is how unaligned words are read lawfully.
void
XorInto(uint8_t* target, const uint8_t* source, uint32_t length)
{
    uint32_t i = 0;
    for (; i + 8 <= length; i += 8)
    {
        uint64_t a;
        uint64_t b;
        std::memcpy(&a, target + i, 8);
        std::memcpy(&b, source + i, 8);
        a ^= b;
        std::memcpy(target + i, &a, 8);
    }
    for (; i < length; ++i)
    {
        target[i] ^= source[i];
    }
}

/// No repair shards at all.
class NoCode : public ErasureCode
{
  public:
    const char* Refusal(uint32_t /* k */, uint32_t r) const override
    {
        return r == 0 ? nullptr : "code none has no repair shards: their number must be 0";
    }

    ShardSet Covers(uint32_t /* k */, uint32_t /* r */, uint32_t /* index */) const override
    {
        return ShardSet();
    }

    uint32_t CopyOf(uint32_t k, uint32_t /* r */, uint32_t /* index */) const override
    {
        return k;
    }

    ShardSet Recoverable(uint32_t k, uint32_t /* r */, const ShardSet& held) const override
    {
        return held & ShardSet::Below(k);
    }

    void Encode(uint32_t /* k */,
                uint32_t /* r */,
                const uint8_t* const* /* data */,
                uint32_t /* length */,
                uint8_t* const* /* repair */) const override
    {
    }

    void Recover(uint32_t /* k */,
                 uint32_t /* r */,
                 const ShardSet& /* held */,
                 const uint8_t* const* /* symbols */,
                 uint32_t /* length */,
                 uint8_t* const* /* out */) const override
    {
    }
};

/// Repair shard i is a copy of data shard (i - k) mod k: whole copies of the block, one after the
/// other, the last of them perhaps not finished.
class RepetitionCode : public ErasureCode
{
  public:
    const char* Refusal(uint32_t /* k */, uint32_t /* r */) const override
    {
        return nullptr;
    }

    ShardSet Covers(uint32_t k, uint32_t r, uint32_t index) const override
    {
        ShardSet set;
        set.Set(CopyOf(k, r, index));
        return set;
    }

    uint32_t CopyOf(uint32_t k, uint32_t /* r */, uint32_t index) const override
    {
        return (index - k) % k;
    }

    ShardSet Recoverable(uint32_t k, uint32_t r, const ShardSet& held) const override
    {
        ShardSet set = held & ShardSet::Below(k);
        for (uint32_t i = held.Next(k); i < k + r; i = held.Next(i + 1))
        {
            set.Set(CopyOf(k, r, i));
        }
        return set;
    }

    void Encode(uint32_t k,
                uint32_t r,
                const uint8_t* const* data,
                uint32_t length,
                uint8_t* const* repair) const override
    {
        for (uint32_t i = 0; i < r; ++i)
        {
            std::memcpy(repair[i], data[i % k], length);
        }
    }

    void Recover(uint32_t k,
                 uint32_t r,
                 const ShardSet& held,
                 const uint8_t* const* symbols,
                 uint32_t length,
                 uint8_t* const* out) const override
    {
        ShardSet done = held;
        for (uint32_t i = held.Next(k); i < k + r; i = held.Next(i + 1))
        {
            const uint32_t j = CopyOf(k, r, i);
            if (!done.Test(j))
            {
                std::memcpy(out[j], symbols[i], length);
                done.Set(j);
            }
        }
    }
};

/// r interleaved parity groups (as RFC 8627's column FEC): repair shard k + g is the sum of the
/// data shards g, g + r, g + 2r ..., so a burst of up to r lost data shards hits r groups once.
class XorCode : public ErasureCode
{
  public:
    const char* Refusal(uint32_t k, uint32_t r) const override
    {
        return r <= k ? nullptr
                      : "code xor has at most one repair shard for each data shard: repair shards "
                        "must not outnumber data shards";
    }

    ShardSet Covers(uint32_t k, uint32_t r, uint32_t index) const override
    {
        ShardSet set;
        for (uint32_t j = index - k; j < k; j += r)
        {
            set.Set(j);
        }
        return set;
    }

    uint32_t CopyOf(uint32_t k, uint32_t r, uint32_t index) const override
    {
        // The parity of a group of one is that one.
        return index - k + r >= k ? index - k : k;
    }

    ShardSet Recoverable(uint32_t k, uint32_t r, const ShardSet& held) const override
    {
        ShardSet set = held & ShardSet::Below(k);
        for (uint32_t i = held.Next(k); i < k + r; i = held.Next(i + 1))
        {
            const ShardSet missing = Covers(k, r, i) - held;
            const uint32_t lost = missing.Next(0);
            if (lost < k && missing.Next(lost + 1) >= k)
            {
                set.Set(lost);
            }
        }
        return set;
    }

    void Encode(uint32_t k,
                uint32_t r,
                const uint8_t* const* data,
                uint32_t length,
                uint8_t* const* repair) const override
    {
        for (uint32_t g = 0; g < r; ++g)
        {
            std::memcpy(repair[g], data[g], length);
            for (uint32_t j = g + r; j < k; j += r)
            {
                XorInto(repair[g], data[j], length);
            }
        }
    }

    void Recover(uint32_t k,
                 uint32_t r,
                 const ShardSet& held,
                 const uint8_t* const* symbols,
                 uint32_t length,
                 uint8_t* const* out) const override
    {
        for (uint32_t i = held.Next(k); i < k + r; i = held.Next(i + 1))
        {
            const ShardSet group = Covers(k, r, i);
            const ShardSet missing = group - held;
            const uint32_t lost = missing.Next(0);
            if (lost >= k || missing.Next(lost + 1) < k)
            {
                continue;
            }
            std::memcpy(out[lost], symbols[i], length);
            for (uint32_t j = i - k; j < k; j += r)
            {
                if (j != lost)
                {
                    XorInto(out[lost], symbols[j], length);
                }
            }
        }
    }
};

} // namespace

const ErasureCode*
GetErasureCode(ShardCode code)
{
    static const NoCode none;
    static const RepetitionCode repetition;
    static const XorCode parity;
    static const ReedSolomonCode reedSolomon;
    switch (code)
    {
    case SHARD_CODE_NONE:
        return &none;
    case SHARD_CODE_REPETITION:
        return &repetition;
    case SHARD_CODE_XOR:
        return &parity;
    case SHARD_CODE_REED_SOLOMON:
        return &reedSolomon;
    case SHARD_CODE_SLIDING_WINDOW:
        break;
    }
    return nullptr;
}

const char*
ShardCodeRefusal(ShardCode code, uint32_t k, uint32_t r)
{
    const ErasureCode* object = GetErasureCode(code);
    if (object == nullptr)
    {
        return code == SHARD_CODE_SLIDING_WINDOW
                   ? "code sliding-window codes across blocks, not one: none, repetition, xor and "
                     "rs do"
                   : "no such code: none, repetition, xor and rs are allowed";
    }
    if (k < 1 || k > MAX_BLOCK_SHARDS)
    {
        return "a block has 1 to 255 data shards";
    }
    if (r > MAX_BLOCK_SHARDS - k)
    {
        return "a block has at most 255 shards, data and repair together";
    }
    return object->Refusal(k, r);
}

} // namespace sharding
} // namespace ns3
