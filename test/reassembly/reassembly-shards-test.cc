// SPDX-License-Identifier: GPL-2.0-only
/**
 * One block and what may happen to its shards. It is shown that
 * 1. every order of arrival gives the datagram, once, with the right bytes;
 * 2. duplicates, useless and late shards change nothing;
 * 3. shards that contradict each other cost the datagram, and it stays lost;
 * 4. what cannot be is refused, whatever it says;
 * 5. giving up comes to the nanosecond.
 */
#include "reassembly-story.h"

#include <algorithm>
#include <numeric>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

const Recipe PLAIN{1, 7, 103, 4, 4, SHARD_CODE_NONE, true, 0};
const Recipe CODED{1, 7, 103, 4, 6, SHARD_CODE_REED_SOLOMON, true, 0};

std::vector<uint8_t>
Bytes(const ShardRelease& release)
{
    return {release.bytes->Data(), release.bytes->Data() + release.bytes->Size()};
}

TEST(ReassemblyShards, EveryPermutationOfPlainShardsGivesTheDatagramOnceWithTheLastOfThem)
{
    std::vector<uint32_t> order{0, 1, 2, 3};
    do
    {
        Story story{ShardTableSettings()};
        const Cut cut = MakeCut(PLAIN, 5);
        for (uint32_t i = 0; i < 4; ++i)
        {
            story.Comes(NanoSeconds(i),
                        cut.shards[order[i]],
                        i < 3 ? SHARD_STORED : SHARD_COMPLETED);
        }
        story.Released(1, 7, {5});
        EXPECT_EQ(Bytes(story.last), cut.bytes) << story.Tale();
        EXPECT_EQ(story.last.recovered, 0);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST(ReassemblyShards, EveryPermutationOfFourPlusTwoCompletesWithTheFourthAndTheRestIsLate)
{
    std::vector<uint32_t> order{0, 1, 2, 3, 4, 5};
    do
    {
        Story story{ShardTableSettings()};
        const Cut cut = MakeCut(CODED, 5);
        uint32_t repair = 0;
        for (uint32_t i = 0; i < 6; ++i)
        {
            story.Comes(NanoSeconds(i),
                        cut.shards[order[i]],
                        i < 3    ? SHARD_STORED
                        : i == 3 ? SHARD_COMPLETED
                                 : SHARD_LATE);
            repair += i < 4 && order[i] >= 4 ? 1 : 0;
        }
        story.Released(1, 7, {5});
        EXPECT_EQ(Bytes(story.last), cut.bytes) << story.Tale();
        EXPECT_EQ(story.last.recovered, repair) << story.Tale();
        EXPECT_EQ(story.table.Counters().recovered, repair);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST(ReassemblyShards, ReleaseNamesTheOriginEvenIfAForgedShardWithoutOneCameFirst)
{
    Story story{ShardTableSettings()};
    Cut cut = MakeCut(PLAIN, 1);
    cut.shards[0].origin = nullptr;
    for (const Shard& shard : cut.shards)
    {
        story.Feed(NanoSeconds(1), shard);
    }
    ASSERT_TRUE(story.last.origin);
    EXPECT_EQ(story.last.origin->id, 1u);
}

TEST(ReassemblyShards, DuplicatesBeforeCompletionChangeNothing)
{
    Story story{ShardTableSettings()};
    const Cut cut = MakeCut(PLAIN, 5);
    story.Comes(NanoSeconds(0), cut.shards[2], SHARD_STORED);
    story.Comes(NanoSeconds(1), cut.shards[2], SHARD_DUPLICATE);
    story.Comes(NanoSeconds(2), cut.shards[0], SHARD_STORED);
    story.Comes(NanoSeconds(3), cut.shards[2], SHARD_DUPLICATE);
    story.Comes(NanoSeconds(4), cut.shards[1], SHARD_STORED);
    story.Comes(NanoSeconds(5), cut.shards[3], SHARD_COMPLETED);
    story.Released(1, 7, {5});
    EXPECT_EQ(Bytes(story.last), cut.bytes);
}

TEST(ReassemblyShards, ACopyOfAShardUnderARepairIndexIsUseless)
{
    Story story{ShardTableSettings()};
    const Cut cut = MakeCut({1, 7, 103, 2, 4, SHARD_CODE_REPETITION, true, 0}, 0);
    story.Comes(NanoSeconds(0), cut.shards[0], SHARD_STORED);
    story.Comes(NanoSeconds(1), cut.shards[2], SHARD_USELESS);   // a copy of 0
    story.Comes(NanoSeconds(2), cut.shards[3], SHARD_COMPLETED); // a copy of 1
    EXPECT_EQ(Bytes(story.last), cut.bytes);
}

TEST(ReassemblyShards, OtherBytesUnderTheSameIndexPoisonTheBlockUntilItIsForgotten)
{
    ShardTableSettings settings;
    settings.linger = MilliSeconds(20);
    Story story(settings);
    const Cut cut = MakeCut(PLAIN, 5);
    Shard forged = cut.shards[1];
    Ptr<ShardBytes> other = Create<ShardBytes>(forged.size);
    std::copy(cut.bytes.begin() + forged.offset,
              cut.bytes.begin() + forged.offset + forged.size,
              other->Data());
    other->Data()[forged.size - 1] ^= 1;
    forged.bytes = other;
    forged.offset = 0;
    story.Comes(MilliSeconds(0), cut.shards[0], SHARD_STORED);
    story.Comes(MilliSeconds(1), cut.shards[1], SHARD_STORED);
    story.Comes(MilliSeconds(2), forged, SHARD_CONFLICT);
    for (const Shard& shard : cut.shards)
    {
        story.Comes(MilliSeconds(3), shard, SHARD_LATE);
    }
    story.Ended(SHARD_POISONED, 1);
    story.Comes(MilliSeconds(22) - NanoSeconds(1), cut.shards[0], SHARD_LATE);
    story.Comes(MilliSeconds(22), cut.shards[0], SHARD_STORED); // lingered out: a new block
    story.Released(1, 7, {});
}

TEST(ReassemblyShards, FieldsThatDisagreePoisonTheBlockWhicheverFieldItIs)
{
    const std::vector<Recipe> others{{1, 7, 104, 4, 6, SHARD_CODE_REED_SOLOMON, true, 0},
                                     {1, 7, 103, 3, 6, SHARD_CODE_REED_SOLOMON, true, 0},
                                     {1, 7, 103, 4, 7, SHARD_CODE_REED_SOLOMON, true, 0},
                                     {1, 7, 103, 4, 6, SHARD_CODE_XOR, true, 0},
                                     {1, 7, 103, 4, 6, SHARD_CODE_REED_SOLOMON, true, 30}};
    for (const Recipe& other : others)
    {
        Story story{ShardTableSettings()};
        story.Comes(NanoSeconds(0), MakeCut(CODED, 5).shards[0], SHARD_STORED);
        story.Comes(NanoSeconds(1), MakeCut(other, 5).shards[1], SHARD_CONFLICT);
        story.Comes(NanoSeconds(2), MakeCut(CODED, 5).shards[2], SHARD_LATE);
        story.Ended(SHARD_POISONED, 1);
    }
}

TEST(ReassemblyShards, SameNumbersOfAnotherPeerOrFlowAreAnotherBlock)
{
    Story story{ShardTableSettings()};
    Recipe other = PLAIN;
    other.peer = 2;
    Recipe third = PLAIN;
    third.flow = 8;
    for (uint32_t i = 0; i < 4; ++i)
    {
        const ShardVerdict expected = i < 3 ? SHARD_STORED : SHARD_COMPLETED;
        story.Comes(NanoSeconds(i), MakeCut(PLAIN, 5).shards[i], expected);
        story.Comes(NanoSeconds(i), MakeCut(other, 5).shards[i], expected);
        story.Comes(NanoSeconds(i), MakeCut(third, 5).shards[i], expected);
    }
    story.Released(1, 7, {5});
    story.Released(2, 7, {5});
    story.Released(1, 8, {5});
}

TEST(ReassemblyShards, WhatCannotBeIsRefusedAndDoesNotHarmTheBlockThatItNames)
{
    Story story{ShardTableSettings()};
    const Cut cut = MakeCut(CODED, 5);
    const auto lie = [&](auto change)
    {
        Shard shard = cut.shards[1];
        change(shard);
        return shard;
    };
    const std::vector<Shard> lies{
        lie([](Shard& s) { s.fields.k = 0; }),
        lie([](Shard& s) { s.fields.n = 3; }),
        lie([](Shard& s) { s.fields.index = 6; }),
        lie([](Shard& s) { s.fields.index = 255; }),
        lie([](Shard& s) { s.fields.datagram = 0; }),
        lie([](Shard& s) { s.fields.datagram = 3; }),
        lie([](Shard& s) { s.fields.first = 103; }),
        lie([](Shard& s) { s.fields.code = SHARD_CODE_NONE; }),
        lie([](Shard& s) { s.fields.code = SHARD_CODE_SLIDING_WINDOW; }),
        lie([](Shard& s) { s.fields.code = static_cast<ShardCode>(200); }),
        lie([](Shard& s) { s.size = 0; }),
        lie([](Shard& s) { ++s.size; }),
        lie([](Shard& s) { s.offset = 1000; }),
        lie([](Shard& s) { s.offset = 0xffffffff; }),
    };
    for (const Shard& shard : lies)
    {
        story.Comes(NanoSeconds(0), shard, SHARD_MALFORMED); // as the first of its block
    }
    EXPECT_EQ(story.table.Counters().opened, 0u);
    EXPECT_EQ(story.table.Counters().bytes, 0u);
    story.Comes(NanoSeconds(1), cut.shards[0], SHARD_STORED);
    for (const Shard& shard : lies)
    {
        story.Comes(NanoSeconds(2), shard, SHARD_MALFORMED); // as a later one
    }
    Shard sizeOnly = cut.shards[1];
    sizeOnly.bytes = nullptr;
    story.Comes(NanoSeconds(2), sizeOnly, SHARD_MIXED);
    for (uint32_t i : {5, 4, 3})
    {
        story.Feed(NanoSeconds(3), cut.shards[i]);
    }
    story.Released(1, 7, {5});
    EXPECT_EQ(Bytes(story.last), cut.bytes);
}

TEST(ReassemblyShards, APayloadThatIsNotWhatWasSentIsReportedAsMismatch)
{
    Story story{ShardTableSettings()};
    Cut cut = MakeCut(PLAIN, 5);
    Ptr<ShardBytes> other = Create<ShardBytes>(cut.shards[3].size);
    std::fill(other->Data(), other->Data() + other->Size(), uint8_t(0xee));
    cut.shards[3].bytes = other;
    cut.shards[3].offset = 0;
    for (uint32_t i = 0; i < 4; ++i)
    {
        story.table.Accept(NanoSeconds(i), cut.shards[i]);
    }
    EXPECT_EQ(story.wrong, 1u);
    EXPECT_EQ(story.table.Counters().mismatches, 1u);
}

TEST(ReassemblyShards, ABlockIsGivenUpTimeoutAfterItsFirstShardToTheNanosecond)
{
    ShardTableSettings settings;
    settings.timeout = NanoSeconds(1000);
    Story story(settings);
    const Cut cut = MakeCut(PLAIN, 5);
    story.Comes(NanoSeconds(17), cut.shards[0], SHARD_STORED);
    story.Comes(NanoSeconds(900), cut.shards[1], SHARD_STORED); // does not put it off
    EXPECT_EQ(story.table.NextDeadline(), NanoSeconds(1017));
    story.Until(NanoSeconds(1016));
    story.Ended(SHARD_TIMED_OUT, 0);
    story.Until(NanoSeconds(1017));
    story.Ended(SHARD_TIMED_OUT, 1);
    EXPECT_EQ(story.table.NextDeadline(), Time::Max());
    story.Comes(NanoSeconds(1018), cut.shards[2], SHARD_LATE);
}

TEST(ReassemblyShards, TheLastShardInTheInstantOfTheDeadlineIsTooLateOneBeforeIsNot)
{
    for (int64_t late : {0, 1})
    {
        ShardTableSettings settings;
        settings.timeout = NanoSeconds(1000);
        Story story(settings);
        const Cut cut = MakeCut({1, 7, 50, 2, 2, SHARD_CODE_NONE, true, 0}, 0);
        story.Comes(NanoSeconds(0), cut.shards[0], SHARD_STORED);
        story.Comes(NanoSeconds(999 + late),
                    cut.shards[1],
                    late == 0 ? SHARD_COMPLETED : SHARD_LATE);
    }
}

TEST(ReassemblyShards, LateShardsNeverDeliverTwiceWhileTheBlockIsRemembered)
{
    ShardTableSettings settings;
    settings.linger = MilliSeconds(50);
    Story story(settings);
    const Cut cut = MakeCut(PLAIN, 5);
    for (int64_t ms : {0, 1, 10, 49})
    {
        for (const Shard& shard : cut.shards)
        {
            story.Feed(MilliSeconds(ms), shard);
        }
    }
    story.Released(1, 7, {5});
    EXPECT_EQ(story.table.Counters().shards[SHARD_LATE], 12u);
}

TEST(ReassemblyShards, VirtualAndRealPayloadHaveTheSameVerdictsMemoryAndReleaseTimes)
{
    for (uint32_t first : {0, 20, 60})
    {
        Recipe recipe{1, 7, 203, 4, 7, SHARD_CODE_REED_SOLOMON, true, first};
        Story real{ShardTableSettings()};
        Story sizes{ShardTableSettings()};
        for (uint32_t block = 0; block < 50; ++block)
        {
            recipe.real = true;
            const Cut a = MakeCut(recipe, block);
            recipe.real = false;
            const Cut b = MakeCut(recipe, block);
            for (uint32_t i = 0; i < 7; ++i)
            {
                const uint32_t index = (i * 3 + block) % 7;
                const Time now = MicroSeconds(block * 10 + i);
                EXPECT_STREQ(Name(real.Feed(now, a.shards[index])),
                             Name(sizes.Feed(now, b.shards[index])));
                EXPECT_EQ(real.table.Counters().bytes, sizes.table.Counters().bytes)
                    << real.Tale() << sizes.Tale();
                EXPECT_EQ(real.releasedAt, sizes.releasedAt);
            }
        }
        EXPECT_EQ(real.table.Counters().recovered, sizes.table.Counters().recovered);
        EXPECT_EQ(real.table.Counters().blocks[SHARD_RELEASED], 50u);
    }
}

} // namespace
