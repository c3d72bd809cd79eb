// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stage in front of a real reassembler; an allocation takes 100 us. Expected values by hand.
 * 1. shards of a block wait for a cold allocation and then pass in order; later ones pass at once
 * 2. a free buffer of the pool lets a block pass at once, before others that wait; it comes back
 *    when the block ends, however that is
 * 3. a buffer that is too small is none; a shard that is refused keeps none
 * 4. what comes late of a block that has ended opens nothing
 * 5. buffers allocated ahead: the wait is spared, or a part of it; what is gained, by hand
 * 6. when no more shards may wait they are dropped, counted and traced; what need not wait passes
 * 7. told late (slack), it gives the same log as in time, over random stories, and loses nothing
 * 8. in a simulation its one timer passes shards at their time, later by the slack only
 */
#include "reassembly-story.h"

#include "ns3/shard-preallocator.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <functional>
#include <random>

namespace ns3
{
namespace sharding
{
namespace
{

/// Allocates at once for the next datagram, as large as this one.
class EagerPolicy : public ShardPreallocationPolicy
{
  public:
    ShardBufferPlan Plan(Time now,
                         const ShardArrivalPattern& pattern,
                         uint32_t ahead,
                         Time) override
    {
        return ahead == 1 ? ShardBufferPlan{pattern.size, now, now + Seconds(1)}
                          : ShardBufferPlan();
    }
};

/// Writes down what leaves reassembly.
class Diary : public ShardDatagramSink
{
  public:
    void Release(Time now, const ShardRelease& release) override
    {
        text << now.GetMicroSeconds() << ": " << release.id.flow << "/" << release.id.block << "\n";
        noticed = std::max(noticed, Simulator::Now() - now);
    }

    std::ostringstream text;
    Time noticed; ///< the latest
};

class Preallocator : public ::testing::Test
{
  protected:
    Preallocator()
        : stage(CreateObject<ShardPreallocator>()),
          reassembler(CreateObject<ShardReassembler>())
    {
        stage->SetNext(reassembler);
        stage->SetAttribute("ColdTime", TimeValue(MicroSeconds(100)));
        reassembler->SetReceiver(&diary);
        reassembler->SetAttribute("Timeout", TimeValue(MicroSeconds(1000)));
    }

    ~Preallocator() override
    {
        stage->Dispose();
        Simulator::Destroy();
    }

    void Pool(uint32_t buffers, uint32_t size)
    {
        stage->SetAttribute("PoolBuffers", UintegerValue(buffers));
        stage->SetAttribute("PoolBufferSize", UintegerValue(size));
    }

    /// A shard comes, of a datagram of 100 bytes in two.
    void Come(int64_t us, uint32_t block, uint32_t index, uint32_t flow = 7)
    {
        Recipe recipe;
        recipe.flow = flow;
        recipe.k = recipe.n = 2;
        stage->Accept(MicroSeconds(us), Shard(MakeCut(recipe, block).shards[index]));
    }

    void At(int64_t us)
    {
        stage->Advance(MicroSeconds(us));
        reassembler->Advance(MicroSeconds(us));
    }

    ShardPreallocatorCounters Counted() const
    {
        const ShardPreallocatorCounters counters = stage->GetCounters();
        EXPECT_EQ(counters.received, counters.passed + counters.held + counters.dropped);
        EXPECT_EQ(counters.passed, reassembler->GetCounters().received);
        return counters;
    }

    Diary diary;
    Ptr<ShardPreallocator> stage;
    Ptr<ShardReassembler> reassembler;
};

TEST_F(Preallocator, ABlockWaitsForAColdAllocation)
{
    Come(0, 0, 0);
    Come(30, 0, 1);
    Come(50, 1, 0);
    EXPECT_EQ(Counted().held, 3u);
    At(99);
    EXPECT_EQ(diary.text.str(), "");
    Come(160, 1, 1); // its buffer has been ready since 150
    EXPECT_EQ(diary.text.str(), "100: 7/0\n160: 7/1\n");
    EXPECT_EQ(Counted().held, 0u);
    EXPECT_EQ(Counted().opened, 2u);
    EXPECT_EQ(Counted().hits, 0u);
    EXPECT_EQ(Counted().released, 2u);
    EXPECT_EQ(Counted().gained, Time(0));
}

TEST_F(Preallocator, APooledBlockPassesOthersAndItsBufferComesBack)
{
    Pool(1, 100);
    std::vector<ShardBufferSource> sources;
    std::function<void(const ShardBufferGrant&)> note = [&](const ShardBufferGrant& grant)
    { sources.push_back(grant.source); };
    stage->TraceConnectWithoutContext("Grant", Callback<void, const ShardBufferGrant&>(note));
    Come(0, 0, 0);  // takes the buffer
    Come(10, 1, 0); // cold
    Come(11, 1, 1);
    Come(20, 0, 1); // done: the buffer is free
    Come(30, 2, 0); // takes it
    Come(31, 2, 1); // done
    Come(40, 3, 0); // takes it, and is never completed: until 1040
    Come(50, 4, 0); // cold
    Come(60, 4, 1);
    Come(1039, 5, 0); // cold
    Come(1040, 6, 0); // takes it
    EXPECT_EQ(diary.text.str(), "20: 7/0\n31: 7/2\n110: 7/1\n150: 7/4\n");
    EXPECT_EQ(sources,
              (std::vector<ShardBufferSource>{SHARD_BUFFER_POOL,
                                              SHARD_BUFFER_COLD,
                                              SHARD_BUFFER_POOL,
                                              SHARD_BUFFER_POOL,
                                              SHARD_BUFFER_COLD,
                                              SHARD_BUFFER_COLD,
                                              SHARD_BUFFER_POOL}));
    EXPECT_EQ(Counted().hits, 4u);
    // Free from 20 to 30 and from 31 to 40 us: 19 us of 100 bytes.
    EXPECT_DOUBLE_EQ(Counted().wasteByteTicks, 100.0 * 19000);
    // Without, 0 and 2 would have left at 100 and 130 instead of 20 and 31; 1 and 4 did wait.
    EXPECT_EQ(Counted().released, 4u);
    EXPECT_EQ(Counted().gained, MicroSeconds(80 + 99));
}

TEST_F(Preallocator, TooSmallIsNoneAndWhatIsRefusedKeepsNone)
{
    Pool(1, 99);
    Come(0, 0, 0);
    EXPECT_EQ(Counted().hits, 0u);
    At(200);
    Pool(1, 100);
    Recipe recipe;
    Shard bad = MakeCut(recipe, 1).shards[0];
    bad.size += 1;
    stage->Accept(MicroSeconds(200), std::move(bad));
    EXPECT_EQ(reassembler->GetCounters().shards[SHARD_MALFORMED], 1u);
    EXPECT_EQ(Counted().hits, 1u);
    Come(201, 2, 0);
    EXPECT_EQ(Counted().hits, 2u) << "the buffer was not given back";
}

TEST_F(Preallocator, WhatComesLateOpensNothing)
{
    Pool(2, 100);
    Come(0, 0, 0);
    Come(10, 0, 1);
    Come(20, 0, 0);
    Come(30, 0, 1);
    EXPECT_EQ(Counted().opened, 1u);
    EXPECT_EQ(reassembler->GetCounters().shards[SHARD_LATE], 2u);
    Come(40, 1, 0);
    Come(50, 2, 0);
    EXPECT_EQ(Counted().hits, 3u);
}

TEST_F(Preallocator, BuffersAllocatedAheadSpareTheWaitOrAPartOfIt)
{
    stage->SetPolicy(CreateObject<EagerPolicy>());
    Come(0, 0, 0);
    Come(1, 0, 1); // cold: released at 100
    Come(60, 1, 0);
    Come(61, 1, 1); // begun at 0: released at 100, 60 us sooner than cold
    Come(200, 2, 0);
    Come(210, 2, 1); // begun at 60: released at 210, 90 us sooner
    Come(450, 3, 0, 8);
    Come(451, 3, 1, 8); // another flow: cold
    At(1000);
    EXPECT_EQ(diary.text.str(), "100: 7/0\n100: 7/1\n210: 7/2\n550: 8/3\n");
    EXPECT_EQ(Counted().hits, 1u);
    EXPECT_EQ(Counted().opened, 4u);
    EXPECT_EQ(Counted().gained, MicroSeconds(60 + 90));
    // Not in use: 60 us, then 140, then 250 until the last datagram begins.
    EXPECT_DOUBLE_EQ(Counted().wasteByteTicks, 100.0 * (60000 + 140000 + 250000));
    EXPECT_EQ(stage->GetAheadCounters().taken, 2u);
}

TEST_F(Preallocator, WhatMayNotWaitIsDropped)
{
    Pool(1, 100);
    stage->SetAttribute("HeldMemory", UintegerValue(2 * (50 + ShardPreallocator::HELD_COST)));
    std::vector<uint32_t> dropped;
    std::function<void(const Shard&)> note = [&](const Shard& shard)
    { dropped.push_back(shard.fields.block); };
    stage->TraceConnectWithoutContext("Drop", Callback<void, const Shard&>(note));
    Come(0, 0, 0); // takes the buffer
    Come(1, 1, 0); // two wait
    Come(2, 2, 0);
    Come(3, 2, 1); // no room
    Come(4, 3, 0); // no room: nothing is opened
    Come(5, 0, 1); // passes, and gives the buffer back
    Come(6, 4, 0); // which lets this one pass
    EXPECT_EQ(dropped, (std::vector<uint32_t>{2, 3}));
    EXPECT_EQ(Counted().dropped, 2u);
    EXPECT_EQ(Counted().opened, 4u);
    EXPECT_EQ(Counted().hits, 2u);
    Come(150, 3, 0); // there is room again
    EXPECT_EQ(Counted().opened, 5u);
    EXPECT_EQ(Counted().held, 1u);
}

/// @param prompt advance in small steps  @return what was released, and how much was gained
std::string
Play(uint32_t seed, bool prompt)
{
    Diary diary;
    Ptr<ShardPreallocator> stage = CreateObject<ShardPreallocator>();
    Ptr<ShardReassembler> reassembler = CreateObject<ShardReassembler>();
    stage->SetNext(reassembler);
    stage->SetAttribute("ColdTime", TimeValue(NanoSeconds(20000)));
    stage->SetAttribute("HeldMemory", UintegerValue(3000));
    if (seed % 3 == 1)
    {
        stage->SetAttribute("PoolBuffers", UintegerValue(2));
    }
    if (seed % 3 == 2)
    {
        stage->SetPolicy(CreateObject<PredictivePreallocation>());
    }
    reassembler->SetReceiver(&diary);
    reassembler->SetAttribute("Timeout", TimeValue(NanoSeconds(50000)));
    reassembler->SetAttribute("Linger", TimeValue(NanoSeconds(80000)));
    std::mt19937 engine(seed);
    int64_t now = 0;
    for (int step = 0; step < 2000; ++step)
    {
        const int64_t next = now + (engine() % 20 == 0 ? engine() % 300000 : engine() % 4000);
        for (; prompt && now < next; now += 500)
        {
            stage->Advance(NanoSeconds(now));
            reassembler->Advance(NanoSeconds(now));
        }
        now = next;
        Recipe recipe;
        recipe.flow = 1 + engine() % 3;
        recipe.n = 6;
        recipe.code = SHARD_CODE_REED_SOLOMON;
        const uint32_t block = static_cast<uint32_t>(step / 15 + engine() % 4);
        stage->Accept(NanoSeconds(now), Shard(MakeCut(recipe, block).shards[engine() % 6]));
    }
    stage->Advance(NanoSeconds(now + 10000000));
    reassembler->Advance(NanoSeconds(now + 10000000));
    const ShardPreallocatorCounters counters = stage->GetCounters();
    EXPECT_EQ(counters.held, 0u);
    EXPECT_EQ(counters.received, 2000u);
    EXPECT_EQ(counters.received, counters.passed + counters.dropped);
    EXPECT_EQ(counters.passed, reassembler->GetCounters().received);
    EXPECT_TRUE(reassembler->CheckConservation());
    EXPECT_GT(counters.released, 10u);
    diary.text << counters.opened << " " << counters.hits << " " << counters.gained << " "
               << counters.wasteByteTicks << " " << counters.dropped << "\n";
    stage->Dispose();
    Simulator::Destroy();
    return diary.text.str();
}

TEST(PreallocatorLate, GivesTheSameLogAsInTimeAndLosesNothing)
{
    for (uint32_t seed = 0; seed < 60; ++seed)
    {
        ASSERT_EQ(Play(seed, true), Play(seed, false)) << seed;
    }
}

TEST_F(Preallocator, ItsTimerIsLateByTheSlackOnly)
{
    for (const int64_t slack : {0, 70})
    {
        SCOPED_TRACE(slack);
        stage->SetAttribute("Slack", TimeValue(MicroSeconds(slack)));
        reassembler->SetAttribute("Slack", TimeValue(MicroSeconds(slack)));
        diary.text.str("");
        diary.noticed = Time(0);
        const int64_t begin = Simulator::Now().GetMicroSeconds();
        const uint32_t flow = 7 + static_cast<uint32_t>(slack);
        for (const auto& [us, block] : std::vector<std::pair<int64_t, uint32_t>>{{5, 0}, {60, 1}})
        {
            for (const uint32_t index : {0, 1})
            {
                // Handed over as late as the slack allows.
                Simulator::Schedule(MicroSeconds(us + slack),
                                    [this, at = begin + us, block = block, index, flow]
                                    { Come(at, block, index, flow); });
            }
        }
        Simulator::Run();
        std::ostringstream expected;
        expected << begin + 105 << ": " << flow << "/0\n" << begin + 160 << ": " << flow << "/1\n";
        EXPECT_EQ(diary.text.str(), expected.str());
        EXPECT_EQ(diary.noticed, MicroSeconds(slack));
    }
}

} // namespace
} // namespace sharding
} // namespace ns3
