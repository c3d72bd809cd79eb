// SPDX-License-Identifier: GPL-2.0-only
#include "codec-fixture.h"

#include "ns3/shard-block-decoder.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <malloc.h>

using namespace codectest;

namespace
{

using Decoder = ShardBlockDecoder;

Decoder::Verdict
AddShard(Decoder& decoder, const CutBlock& block, uint32_t index)
{
    return decoder.Add(index, block.shards[index].data(), uint32_t(block.shards[index].size()));
}

/// The shards in the order given must give the datagram back, and not one shard earlier.
void
ExpectDecodedFrom(const CutBlock& block, const std::vector<uint32_t>& order)
{
    const uint32_t k = block.layout.DataShards();
    Decoder decoder(block.layout, block.code, k + block.r, true);
    uint32_t data = 0;
    for (uint32_t i : order)
    {
        ASSERT_FALSE(decoder.Decodable());
        ASSERT_EQ(decoder.Decode(), nullptr);
        ASSERT_EQ(AddShard(decoder, block, i), Decoder::STORED);
        data += i < k;
    }
    ASSERT_TRUE(decoder.Decodable());
    const uint8_t* bytes = decoder.Decode();
    ASSERT_NE(bytes, nullptr);
    ASSERT_EQ(std::memcmp(bytes, block.datagram.data(), block.datagram.size()), 0)
        << "k " << k << " r " << block.r << " datagram " << block.datagram.size() << " first "
        << block.layout.FirstSize();
    ASSERT_EQ(decoder.RecoveredShards(), k - data);
    ASSERT_TRUE(decoder.Missing().Empty());
}

TEST(ShardBlockDecoder, AnyKOfNReedSolomonShardsGiveTheDatagramBack)
{
    // Every erasure pattern for n up to 10, each with another datagram and order of arrival.
    Dice dice(11);
    for (uint32_t n = 1; n <= 10; ++n)
    {
        for (uint32_t pattern = 1; pattern < 1u << n; ++pattern)
        {
            std::vector<uint32_t> order;
            for (uint32_t i = 0; i < n; ++i)
            {
                if ((pattern >> i & 1) != 0)
                {
                    order.push_back(i);
                }
            }
            const uint32_t k = uint32_t(order.size());
            dice.Shuffle(order);
            const CutBlock block(dice, SomeLayout(dice, k), SHARD_CODE_REED_SOLOMON, n - k);
            ExpectDecodedFrom(block, order);
            if (HasFatalFailure())
            {
                return;
            }
        }
    }
}

TEST(ShardBlockDecoder, RandomErasurePatternsUpTo255Shards)
{
    Dice dice(12);
    const uint32_t rounds = Rounds(20000, 1000000);
    for (uint32_t round = 0; round < rounds; ++round)
    {
        const uint32_t n = round % 40 == 0 ? dice.Roll(41, 255) : dice.Roll(1, 40);
        const uint32_t k = dice.Roll(1, n);
        const CutBlock block(dice, SomeLayout(dice, k), SHARD_CODE_REED_SOLOMON, n - k);
        std::vector<uint32_t> order;
        for (uint32_t i = 0; i < n; ++i)
        {
            order.push_back(i);
        }
        dice.Shuffle(order);
        order.resize(k);
        ExpectDecodedFrom(block, order);
        if (HasFatalFailure())
        {
            return;
        }
    }
}

TEST(ShardBlockDecoder, LargestDatagramsComeBack)
{
    Dice dice(13);
    for (uint32_t k : {1u, 2u, 45u, 128u, 254u})
    {
        for (uint32_t first : {0u, 40u, 30000u})
        {
            const auto layout = ShardLayout::Make(65535, k, k == 1 ? 0 : first);
            const uint32_t r = std::min(255 - k, 10u);
            const CutBlock block(dice, *layout, SHARD_CODE_REED_SOLOMON, r);
            std::vector<uint32_t> order;
            for (uint32_t i = k + r; i-- > 0;)
            {
                order.push_back(i);
            }
            order.resize(k);
            ExpectDecodedFrom(block, order);
        }
    }
}

/// What is at hand, by the definition of the codes and nothing cleverer: the data shards that can
/// be told from a set of shards.
std::vector<bool>
Known(ShardCode code, uint32_t k, uint32_t r, const std::vector<bool>& came)
{
    std::vector<bool> known(came.begin(), came.begin() + k);
    if (code == SHARD_CODE_REED_SOLOMON && std::count(came.begin(), came.end(), true) >= k)
    {
        known.assign(k, true);
    }
    for (uint32_t i = k; i < k + r; ++i)
    {
        if (!came[i])
        {
            continue;
        }
        if (code == SHARD_CODE_REPETITION)
        {
            known[(i - k) % k] = true;
        }
        if (code == SHARD_CODE_XOR)
        {
            std::vector<uint32_t> lost;
            for (uint32_t j = i - k; j < k; j += r)
            {
                if (!came[j])
                {
                    lost.push_back(j);
                }
            }
            if (lost.size() == 1)
            {
                known[lost[0]] = true;
            }
        }
    }
    return known;
}

TEST(ShardBlockDecoder, InAnyOrderWithDuplicatesItKnowsWhatCanBeKnownAndVirtualAgrees)
{
    // Repair shards come early and are pushed from place to place by the data. After every shard:
    // what is recoverable is what the definition says, and the twin without bytes says the same.
    Dice dice(14);
    const uint32_t rounds = Rounds(6000, 300000);
    for (uint32_t round = 0; round < rounds; ++round)
    {
        const uint32_t k = round % 50 == 0 ? dice.Roll(1, 150) : dice.Roll(1, 12);
        const ShardCode code = ShardCode(dice.Roll(0, 3));
        const uint32_t r = code == SHARD_CODE_NONE  ? 0
                           : code == SHARD_CODE_XOR ? dice.Roll(0, std::min(255 - k, k))
                                                    : dice.Roll(0, std::min(255 - k, 2 * k));
        const uint32_t n = k + r;
        const CutBlock block(dice, SomeLayout(dice, k), code, r);
        ASSERT_EQ(block.refusal, nullptr);
        std::vector<uint32_t> order;
        for (uint32_t i = 0; i < n; ++i)
        {
            order.push_back(i);
            if (dice.Roll(0, 3) == 0)
            {
                order.push_back(i);
            }
        }
        dice.Shuffle(order);
        Decoder real(block.layout, code, n, true);
        Decoder twin(block.layout, code, n, false);
        std::vector<bool> came(n, false);
        bool decodable = false;
        for (uint32_t i : order)
        {
            const Decoder::Verdict verdict = AddShard(real, block, i);
            ASSERT_EQ(twin.Add(i, nullptr, block.layout.WireSize(i)), verdict);
            ASSERT_EQ(verdict == Decoder::DUPLICATE, bool(came[i]));
            if (decodable)
            {
                ASSERT_NE(verdict, Decoder::STORED);
            }
            came[i] = true;
            ASSERT_TRUE(real.Have(i));
            const std::vector<bool> known = Known(code, k, r, came);
            decodable = std::count(known.begin(), known.end(), true) == k;
            ASSERT_EQ(real.Decodable(), decodable) << "code " << int(code) << " " << k << "+" << r;
            const ShardSet recoverable = real.Recoverable();
            for (uint32_t j = 0; j < k; ++j)
            {
                ASSERT_EQ(recoverable.Test(j), bool(known[j]));
            }
            ASSERT_EQ(twin.Decodable(), decodable);
            ASSERT_EQ(twin.Missing(), real.Missing());
            ASSERT_EQ(twin.BytesHeld(), real.BytesHeld());
            ASSERT_EQ(twin.RepairShardsHeld(), real.RepairShardsHeld());
            if (block.layout.FirstSize() == 0)
            {
                ASSERT_LE(real.BytesHeld() + sizeof(Decoder),
                          block.datagram.size() + 136 + 2 * std::min(k, r));
            }
            if (decodable && dice.Roll(0, 2) == 0)
            {
                const uint8_t* bytes = real.Decode();
                ASSERT_EQ(twin.Decode(), nullptr);
                ASSERT_EQ(twin.RecoveredShards(), real.RecoveredShards());
                ASSERT_EQ(std::memcmp(bytes, block.datagram.data(), block.datagram.size()), 0);
            }
        }
        ASSERT_TRUE(decodable);
        const uint8_t* bytes = real.Decode();
        ASSERT_EQ(std::memcmp(bytes, block.datagram.data(), block.datagram.size()), 0);
    }
}

TEST(ShardBlockDecoder, SalvageGivesWhatCanBeComputedAndZeroesTheRest)
{
    // Six data shards of 4 bytes, parity groups {0, 2, 4} and {1, 3, 5}.
    Dice dice(15);
    const CutBlock block(dice, *ShardLayout::Make(24, 6), SHARD_CODE_XOR, 2);
    Decoder decoder(block.layout, SHARD_CODE_XOR, 8, true);
    for (uint32_t i : {6, 7, 0, 2, 5}) // 4 follows from 6; 1 and 3 stay unknown
    {
        ASSERT_EQ(AddShard(decoder, block, i), Decoder::STORED);
    }
    EXPECT_FALSE(decoder.Decodable());
    EXPECT_EQ(decoder.TakeBytes(), nullptr);
    const uint8_t* bytes = decoder.Salvage();
    std::vector<uint8_t> expected = block.datagram;
    std::fill(expected.begin() + 4, expected.begin() + 8, 0);
    std::fill(expected.begin() + 12, expected.begin() + 16, 0);
    EXPECT_EQ(std::vector<uint8_t>(bytes, bytes + 24), expected);
    EXPECT_EQ(decoder.RecoveredShards(), 1u);
    ShardSet lost;
    lost.Set(1);
    lost.Set(3);
    EXPECT_EQ(decoder.Missing(), lost);
    EXPECT_EQ(AddShard(decoder, block, 1), Decoder::USELESS);
    EXPECT_EQ(decoder.BytesHeld(), 24u + 4u); // and two bytes for each repair shard
    const std::unique_ptr<uint8_t[]> taken = decoder.TakeBytes();
    EXPECT_EQ(taken.get(), bytes);
    EXPECT_EQ(decoder.BytesHeld(), 0u);
    EXPECT_EQ(AddShard(decoder, block, 3), Decoder::USELESS);
}

TEST(ShardBlockDecoder, NothingCameAndSalvageGivesZeros)
{
    Decoder decoder(*ShardLayout::Make(5, 2), SHARD_CODE_NONE, 2, true);
    const uint8_t* bytes = decoder.Salvage();
    EXPECT_EQ(std::vector<uint8_t>(bytes, bytes + 5), std::vector<uint8_t>(5, 0));
    EXPECT_EQ(decoder.Missing().Count(), 2u);
}

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
TEST(ShardBlockDecoder, AnOpenBlockTakesItsPayloadAnd256BytesOnTheHeap)
{
    // As the heap counts it, its own overhead included: the object, the buffer, everything.
    Dice dice(21);
    for (uint32_t datagram : {9600u, 9597u, 1001u})
    {
        const CutBlock block(dice, *ShardLayout::Make(datagram, 8), SHARD_CODE_REED_SOLOMON, 2);
        const uint32_t blocks = 1000;
        std::vector<std::unique_ptr<Decoder>> open(blocks);
        const size_t before = mallinfo2().uordblks;
        for (auto& decoder : open)
        {
            decoder.reset(new Decoder(block.layout, block.code, 10, true));
            for (uint32_t i : {9, 8, 1, 2, 3, 4, 5})
            {
                ASSERT_EQ(AddShard(*decoder, block, i), Decoder::STORED);
            }
        }
        const size_t after = mallinfo2().uordblks;
        EXPECT_GT(after - before, size_t(blocks) * datagram);
        EXPECT_LE(after - before, size_t(blocks) * (datagram + 256));
    }
}
#endif

TEST(ShardBlockDecoder, HeaderFirstSparesMemoryUnlessARepairShardHasNoPlaceLeft)
{
    // 40 bytes of headers, 4 x 1000 bytes: repair symbols fit everywhere but in the first place.
    Dice dice(22);
    const CutBlock block(dice, *ShardLayout::Make(4040, 5, 40), SHARD_CODE_REED_SOLOMON, 3);
    Decoder decoder(block.layout, block.code, 8, true);
    for (uint32_t i : {5, 6, 7, 1})
    {
        ASSERT_EQ(AddShard(decoder, block, i), Decoder::STORED);
    }
    EXPECT_LE(decoder.BytesHeld(), 4040u + 6u);
    ASSERT_EQ(AddShard(decoder, block, 2), Decoder::STORED); // now one has to go elsewhere
    EXPECT_GE(decoder.BytesHeld(), 5040u);
    EXPECT_LE(decoder.BytesHeld(), 5040u + 64u);
    const uint8_t* bytes = decoder.Decode();
    EXPECT_EQ(std::vector<uint8_t>(bytes, bytes + 4040), block.datagram);
    EXPECT_EQ(decoder.BytesHeld(), 4040u + 6u);
}

/// A code of one's own: the one repair shard is the parity of all, bit-inverted.
class InvertedParity : public ErasureCode
{
  public:
    const char* Refusal(uint32_t, uint32_t r) const override
    {
        return r == 1 ? nullptr : "one";
    }

    ShardSet Covers(uint32_t k, uint32_t, uint32_t) const override
    {
        return ShardSet::Below(k);
    }

    uint32_t CopyOf(uint32_t k, uint32_t, uint32_t) const override
    {
        return k;
    }

    ShardSet Recoverable(uint32_t k, uint32_t r, const ShardSet& held) const override
    {
        return held.CountBelow(k + r) >= k ? ShardSet::Below(k) : held & ShardSet::Below(k);
    }

    void Encode(uint32_t k,
                uint32_t,
                const uint8_t* const* data,
                uint32_t length,
                uint8_t* const* repair) const override
    {
        for (uint32_t b = 0; b < length; ++b)
        {
            repair[0][b] = 0xff;
            for (uint32_t j = 0; j < k; ++j)
            {
                repair[0][b] ^= data[j][b];
            }
        }
    }

    void Recover(uint32_t k,
                 uint32_t,
                 const ShardSet& held,
                 const uint8_t* const* symbols,
                 uint32_t length,
                 uint8_t* const* out) const override
    {
        const uint32_t lost = (ShardSet::Below(k) - held).Next(0);
        for (uint32_t b = 0; lost < k && b < length; ++b)
        {
            uint8_t sum = uint8_t(symbols[k][b] ^ 0xff);
            for (uint32_t j = 0; j < k; ++j)
            {
                sum ^= j == lost ? 0 : symbols[j][b];
            }
            out[lost][b] = sum;
        }
    }
};

TEST(ErasureCode, OneOfTheUsersOwnPlugsIn)
{
    const InvertedParity code;
    const ShardLayout layout = *ShardLayout::Make(10, 3);
    const std::vector<uint8_t> datagram{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    std::vector<uint8_t> repair(4);
    ShardBlockEncoder().Encode(code, layout, datagram.data(), 1, repair.data());
    // Shards {1,2,3,4} {5,6,7} {8,9,10}: 1^5^8 = 12, 2^6^9 = 13, 3^7^10 = 14, 4.
    EXPECT_EQ(repair, (std::vector<uint8_t>{0xff ^ 12, 0xff ^ 13, 0xff ^ 14, 0xff ^ 4}));
    Decoder decoder(layout, &code, 4, true);
    EXPECT_EQ(decoder.Add(3, repair.data(), 4), Decoder::STORED);
    EXPECT_EQ(decoder.Add(0, datagram.data(), 4), Decoder::STORED);
    EXPECT_EQ(decoder.Add(2, datagram.data() + 7, 3), Decoder::STORED);
    const uint8_t* bytes = decoder.Decode();
    EXPECT_EQ(std::vector<uint8_t>(bytes, bytes + 10), datagram);
}

} // namespace
