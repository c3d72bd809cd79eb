// SPDX-License-Identifier: GPL-2.0-only
//
//     shards of a flow, some lost, late or twice --> ShardWindowDecoder --> data shards
//
// What is proved of it, against a solver of its own (slow-window.h) that keeps every equation and
// solves all of them anew after every shard:
//  1. every loss pattern of small windows: what can be computed is computed, with the right bytes,
//     by the very shard that makes it possible
//  2. the same for random flows with reordering and copies, block numbers that wrap around
//  3. virtual payload gives the same answers and the same bytes held
//  4. what is older than twice the window is dropped, and shards of it are late; memory is bounded
//  5. shards that contradict what is at hand are refused and change nothing
//  6. forged bytes are noticed where padding or a second equation tells, and never lead astray

#include "window-fixture.h"

#include <algorithm>
#include <gtest/gtest.h>

using namespace codectest;

namespace
{

using Decoder = ShardWindowDecoder;
using Name = SlowWindow::Name;

/// Both decoders and the slow one side by side.
class Trial
{
  public:
    explicit Trial(const WindowSender& sender)
        : real(sender.flow, true),
          sizes(sender.flow, false),
          m_sender(sender)
    {
    }

    void Add(const WindowShard& shard)
    {
        const uint32_t number = shard.block - m_sender.first;
        m_latest = std::max(m_latest, int64_t(number));
        if (shard.IsRepair())
        {
            m_horizon = 2 * int64_t(m_sender.most);
        }
        // What is dropped stays dropped when the window is found to be larger.
        m_floor = std::max(m_floor, m_latest + 1 - m_horizon);
        const bool isLate =
            int64_t(number) - (shard.IsRepair() ? int64_t(shard.prefix.count) - 1 : 0) < m_floor;

        const Decoder::Verdict verdict = AddShard(real, shard);
        ASSERT_EQ(verdict, AddShard(sizes, shard));
        ASSERT_EQ(verdict == Decoder::LATE, isLate);
        if (!isLate)
        {
            Tell(shard, number);
        }
        Compare();
        ASSERT_EQ(real.Bytes(), sizes.Bytes());
        ASSERT_EQ(real.Equations(), sizes.Equations());
        ASSERT_LE(real.Blocks(), uint32_t(m_horizon));
        ASSERT_EQ(real.Contradictions(), 0u);
    }

    Decoder real;
    Decoder sizes;
    SlowWindow slow;
    uint32_t recovered{0};

  private:
    void Tell(const WindowShard& shard, uint32_t number)
    {
        if (!shard.IsRepair())
        {
            slow.AddData({number, shard.index}, shard.bytes);
            return;
        }
        std::map<Name, uint8_t> factors;
        uint32_t position = 0;
        for (uint32_t i = 0; i < shard.prefix.count; ++i)
        {
            for (uint32_t j = 0; j < shard.prefix.blocks[i].k; ++j, ++position)
            {
                factors[{number + 1 + i - shard.prefix.count, j}] =
                    SlowFactor(m_sender.flow, shard.block, shard.index, position);
            }
        }
        slow.AddEquation(factors, shard.bytes);
    }

    /// What the decoders have just computed is what could be computed, of blocks that are kept.
    void Compare()
    {
        std::set<Name> expected;
        for (const auto& [name, symbol] : slow.Solve())
        {
            if (int64_t(name.first) >= m_floor)
            {
                expected.insert(name);
            }
        }
        std::set<Name> got;
        for (const Decoder::Solved& solved : real.Recovered())
        {
            const uint32_t number = solved.block - m_sender.first;
            const ShardLayout& layout = m_sender.layouts[number];
            const auto truth =
                m_sender.datagrams[number].begin() + std::ptrdiff_t(layout.Offset(solved.index));
            const uint32_t size = layout.Size(solved.index);
            ASSERT_EQ(solved.layout.Size(solved.index), size);
            ASSERT_TRUE(std::equal(truth, truth + size, solved.data));
            got.insert({number, solved.index});
            slow.AddData({number, solved.index}, {truth, truth + size});
        }
        ASSERT_EQ(got, expected);
        std::set<Name> alike;
        for (const Decoder::Solved& solved : sizes.Recovered())
        {
            ASSERT_EQ(solved.data, nullptr);
            alike.insert({solved.block - m_sender.first, solved.index});
        }
        ASSERT_EQ(alike, got);
        recovered += uint32_t(got.size());
    }

    const WindowSender& m_sender;
    int64_t m_latest{-1};
    int64_t m_floor{INT64_MIN};
    int64_t m_horizon{2 * MAX_WINDOW};
};

/// Every subset of the shards of a flow.
void
TryEveryPattern(uint32_t blocks, uint32_t k, uint32_t r, uint32_t window)
{
    Dice dice(7);
    WindowSender sender(3, 0xfffffffe, window);
    for (uint32_t n = 0; n < blocks; ++n)
    {
        sender.Cut(dice, 3 * k + n % 4, k, r);
    }
    uint32_t recovered = 0;
    const uint32_t patterns = 1u << sender.shards.size();
    for (uint32_t pattern = 0; pattern < patterns; ++pattern)
    {
        Trial trial(sender);
        for (std::size_t i = 0; i < sender.shards.size(); ++i)
        {
            if ((pattern >> i & 1) != 0)
            {
                trial.Add(sender.shards[i]);
                ASSERT_FALSE(testing::Test::HasFatalFailure()) << "pattern " << pattern;
            }
        }
        recovered += trial.recovered;
    }
    EXPECT_GT(recovered, patterns / 4);
}

TEST(ShardWindowDecoder, EveryPatternOfOneShardABlockAndAWindowOfTwo)
{
    TryEveryPattern(6, 1, 1, 2);
}

TEST(ShardWindowDecoder, EveryPatternOfOneShardABlockAndAWindowOfThree)
{
    TryEveryPattern(6, 1, 1, 3);
}

TEST(ShardWindowDecoder, EveryPatternOfTwoShardsABlock)
{
    TryEveryPattern(4, 2, 1, 2);
}

TEST(ShardWindowDecoder, EveryPatternOfTwoRepairShardsABlock)
{
    TryEveryPattern(4, 1, 2, 3);
}

TEST(ShardWindowDecoder, RandomFlowsWithReorderingAndCopies)
{
    uint32_t recovered = 0;
    const uint32_t rounds = Rounds(60, 2000);
    for (uint32_t round = 0; round < rounds; ++round)
    {
        SCOPED_TRACE(round);
        Dice dice(100 + round);
        const uint32_t window = dice.Roll(1, 5);
        const uint32_t most = dice.Roll(1, 5);
        WindowSender sender(dice.Roll(0, 5), dice.Roll(0, 1) == 0 ? 0 : 0xfffffff0, window);
        const uint32_t repair = dice.Roll(1, 3);
        for (uint32_t n = 0; n < 16; ++n)
        {
            const uint32_t k = dice.Roll(1, most);
            sender.Cut(dice, dice.Roll(k, 20 * k), k, repair);
        }
        std::vector<WindowShard> way;
        const uint32_t loss = dice.Roll(5, 60);
        for (const WindowShard& shard : sender.shards)
        {
            if (dice.Roll(1, 100) > loss)
            {
                way.push_back(shard);
                if (dice.Roll(1, 20) == 1)
                {
                    way.push_back(shard);
                }
            }
        }
        const uint32_t reach = dice.Roll(0, 12);
        for (std::size_t i = 0; reach > 0 && i < way.size(); ++i)
        {
            std::swap(way[i], way[std::min<std::size_t>(way.size() - 1, i + dice.Roll(0, reach))]);
        }
        Trial trial(sender);
        for (const WindowShard& shard : way)
        {
            trial.Add(shard);
            if (HasFatalFailure())
            {
                return;
            }
        }
        recovered += trial.recovered;
    }
    EXPECT_GT(recovered, 5 * rounds);
}

TEST(ShardWindowDecoder, DropsWhatIsOlderThanTwiceTheWindow)
{
    Dice dice(5);
    WindowSender sender(1, 0, 2);
    for (uint32_t n = 0; n < 8; ++n)
    {
        sender.Cut(dice, 30, 3, 1);
    }
    const auto shard = [&](uint32_t block, uint32_t index) -> const WindowShard&
    { return sender.shards[4 * block + index]; };
    Decoder decoder(1, true);
    EXPECT_EQ(AddShard(decoder, shard(0, 0)), Decoder::STORED);
    EXPECT_EQ(AddShard(decoder, shard(0, 3)), Decoder::STORED); // two of block 0 are unknown
    EXPECT_EQ(decoder.Equations(), 1u);
    EXPECT_EQ(AddShard(decoder, shard(3, 0)), Decoder::STORED);
    EXPECT_EQ(AddShard(decoder, shard(0, 1)), Decoder::STORED) << "3 ahead of 0: still there";
    EXPECT_EQ(decoder.Recovered().size(), 1u);
    EXPECT_EQ(AddShard(decoder, shard(1, 3)), Decoder::STORED);
    EXPECT_EQ(AddShard(decoder, shard(4, 0)), Decoder::STORED);
    EXPECT_EQ(AddShard(decoder, shard(0, 1)), Decoder::LATE);
    EXPECT_EQ(AddShard(decoder, shard(1, 3)), Decoder::LATE) << "it covers block 0";
    EXPECT_EQ(decoder.Equations(), 1u) << "what it said before of block 1 is kept";
    EXPECT_EQ(AddShard(decoder, shard(7, 0)), Decoder::STORED);
    EXPECT_EQ(decoder.Equations(), 0u);
    EXPECT_EQ(decoder.Blocks(), 4u);
    // Blocks 4 and 7 have been heard of.
    EXPECT_EQ(decoder.Bytes(), 2 * (Decoder::BLOCK_COST + 30u));
    while (decoder.Blocks() > 0)
    {
        decoder.DropOldest();
    }
    EXPECT_EQ(decoder.Bytes(), 0u);
    EXPECT_EQ(AddShard(decoder, shard(7, 1)), Decoder::LATE);
}

TEST(ShardWindowDecoder, MemoryIsBoundedWhateverComes)
{
    Dice dice(6);
    Decoder decoder(9, false);
    for (uint32_t n = 0; n < 3000; ++n)
    {
        ShardWindowPrefix prefix;
        prefix.window = prefix.count = MAX_WINDOW;
        for (ShardWindowPrefix::Block& block : prefix.blocks)
        {
            block = {255, 510};
        }
        decoder.AddRepair(n / 200, 255, prefix, nullptr);
        ASSERT_LE(decoder.Equations(), Decoder::MOST_ROWS);
        ASSERT_LE(decoder.Blocks(), 2 * MAX_WINDOW);
    }
    for (uint32_t n = 0; n < 20000; ++n)
    {
        ShardWindowPrefix prefix;
        prefix.window = dice.Roll(1, MAX_WINDOW);
        prefix.count = dice.Roll(1, prefix.window);
        for (ShardWindowPrefix::Block& block : prefix.blocks)
        {
            block = {uint8_t(dice.Roll(0, 3)), uint16_t(dice.Roll(0, 9))};
        }
        const uint32_t block = dice.Roll(0, 3) == 0 ? dice.Roll(0, 0xfffffffe) : n / 10;
        decoder.AddRepair(block, dice.Roll(0, 300), prefix, nullptr);
        decoder.AddData(block + 1,
                        *ShardLayout::Make(9, dice.Roll(1, 3)),
                        dice.Roll(0, 3),
                        nullptr);
        ASSERT_LE(decoder.Equations(), Decoder::MOST_ROWS);
        ASSERT_LE(decoder.Blocks(), 2 * MAX_WINDOW);
    }
    while (decoder.Blocks() > 0)
    {
        decoder.DropOldest();
    }
    EXPECT_EQ(decoder.Bytes(), 0u) << "what is charged is given back";
}

TEST(ShardWindowDecoder, RefusesContradictionsAndIsNotChangedByThem)
{
    Dice dice(8);
    WindowSender sender(1, 0, 4);
    for (uint32_t n = 0; n < 3; ++n)
    {
        sender.Cut(dice, 31, 3, 1);
    }
    Decoder decoder(1, true);
    ASSERT_EQ(AddShard(decoder, sender.shards[0]), Decoder::STORED);
    ASSERT_EQ(AddShard(decoder, sender.shards[1]), Decoder::STORED);
    const uint64_t bytes = decoder.Bytes();
    const auto refused = [&](uint32_t block, uint32_t size, uint32_t k, uint32_t index)
    {
        const std::vector<uint8_t> payload(65535);
        return decoder.AddData(block, *ShardLayout::Make(size, k), index, payload.data()) ==
                   Decoder::REFUSED &&
               decoder.Bytes() == bytes;
    };
    EXPECT_TRUE(refused(0, 31, 3, 3)) << "no such data shard";
    EXPECT_TRUE(refused(0, 32, 3, 2)) << "another datagram";
    EXPECT_TRUE(refused(0, 31, 4, 2)) << "cut otherwise";
    EXPECT_EQ(decoder.AddData(0, *ShardLayout::Make(31, 3, 5), 2, nullptr), Decoder::REFUSED);
    EXPECT_EQ(decoder.AddData(0, *ShardLayout::Make(31, 3), 2, nullptr), Decoder::REFUSED);

    WindowShard lie = sender.shards[7]; // covers blocks 0 and 1
    EXPECT_EQ(decoder.AddRepair(1, 3, lie.prefix, nullptr), Decoder::REFUSED);
    lie.prefix.blocks[0].datagram = 32;
    EXPECT_EQ(AddShard(decoder, lie), Decoder::REFUSED);
    lie.prefix.blocks[0] = {4, 31};
    EXPECT_EQ(AddShard(decoder, lie), Decoder::REFUSED);
    EXPECT_EQ(decoder.Bytes(), bytes);
    EXPECT_EQ(decoder.Blocks(), 1u);
    EXPECT_EQ(AddShard(decoder, sender.shards[7]), Decoder::STORED);
    EXPECT_EQ(AddShard(decoder, sender.shards[3]), Decoder::STORED);
    EXPECT_EQ(decoder.Recovered().size(), 1u);
}

TEST(ShardWindowDecoder, NoticesForgedBytesWhereSomethingTells)
{
    Dice dice(9);
    WindowSender sender(1, 0, 1);
    sender.Cut(dice, 31, 3, 3); // 11, 10 and 10 bytes; symbols of 11
    {
        Decoder decoder(1, true);
        AddShard(decoder, sender.shards[0]);
        AddShard(decoder, sender.shards[1]);
        WindowShard forged = sender.shards[3];
        forged.bytes[10] ^= 1; // where the missing shard has no byte
        EXPECT_EQ(AddShard(decoder, forged), Decoder::STORED);
        EXPECT_TRUE(decoder.Recovered().empty());
        EXPECT_EQ(decoder.Contradictions(), 1u);
        EXPECT_EQ(AddShard(decoder, sender.shards[4]), Decoder::STORED) << "the true one serves";
        ASSERT_EQ(decoder.Recovered().size(), 1u);
        EXPECT_TRUE(std::equal(sender.shards[2].bytes.begin(),
                               sender.shards[2].bytes.end(),
                               decoder.Recovered().front().data));
    }
    {
        Decoder decoder(1, true);
        AddShard(decoder, sender.shards[0]);
        AddShard(decoder, sender.shards[3]);
        WindowShard forged = sender.shards[3];
        forged.bytes[0] ^= 1;
        EXPECT_EQ(AddShard(decoder, forged), Decoder::REFUSED) << "two sums of the same";
        EXPECT_EQ(decoder.Contradictions(), 1u);
        EXPECT_EQ(AddShard(decoder, sender.shards[3]), Decoder::USELESS);
    }
    // Bytes at random, for the sanitizers.
    Decoder decoder(1, true);
    for (uint32_t n = 0; n < 20000; ++n)
    {
        ShardWindowPrefix prefix;
        prefix.window = 4;
        prefix.count = dice.Roll(1, 4);
        for (uint32_t i = 0; i < prefix.count; ++i)
        {
            const uint32_t of = (n / 9 + 1 + i - prefix.count) % 5;
            prefix.blocks[i] = {uint8_t(1 + of % 3), uint16_t(5 + 7 * of)};
        }
        const std::vector<uint8_t> coded = dice.Bytes(prefix.SymbolSize());
        decoder.AddRepair(n / 9, 3 + n % 9, prefix, coded.data());
        for (const Decoder::Solved& solved : decoder.Recovered())
        {
            ASSERT_LE(solved.layout.Offset(solved.index) + solved.layout.Size(solved.index),
                      solved.layout.DatagramSize());
        }
    }
}

} // namespace
