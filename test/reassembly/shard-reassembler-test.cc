// SPDX-License-Identifier: GPL-2.0-only
/**
 * The reassembler in a simulation: attributes reach the mechanism, deadlines are met by one pending
 * event, traces tell what the counters count, and a receiver may hand shards in while it receives.
 */
#include "reassembly-story.h"

#include "ns3/enum.h"
#include "ns3/shard-reassembler.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <functional>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

const Recipe PLAIN{1, 7, 100, 2, 2, SHARD_CODE_NONE, true, 0};

class Inbox : public ShardDatagramSink
{
  public:
    void Release(Time now, const ShardRelease& release) override
    {
        EXPECT_EQ(now, Simulator::Now());
        blocks.push_back(release.id.block);
        times.push_back(now);
        if (onRelease)
        {
            onRelease(release);
        }
    }

    std::vector<uint32_t> blocks;
    std::vector<Time> times;
    std::function<void(const ShardRelease&)> onRelease;
};

/// Schedule a shard.
void
At(Time when, Ptr<ShardReassembler> reassembler, Shard shard)
{
    Simulator::Schedule(when,
                        [reassembler, shard]() mutable
                        { reassembler->Accept(Simulator::Now(), std::move(shard)); });
}

TEST(ShardReassembler, DeadlinesAreMetToTheNanosecondWithNoShardToRemindOfThem)
{
    Ptr<ShardReassembler> reassembler = CreateObject<ShardReassembler>();
    reassembler->SetAttribute("Timeout", TimeValue(MilliSeconds(10)));
    reassembler->SetAttribute("Order", EnumValue(SHARD_ORDER_IN_ORDER));
    Inbox inbox;
    reassembler->SetReceiver(&inbox);
    std::vector<std::pair<Time, ShardOutcome>> ends;
    std::function<void(const ShardBlockEnd&)> note = [&](const ShardBlockEnd& end)
    { ends.emplace_back(Simulator::Now(), end.outcome); };
    reassembler->TraceConnectWithoutContext("BlockEnd", Callback<void, const ShardBlockEnd&>(note));
    At(MilliSeconds(1), reassembler, MakeCut(PLAIN, 0).shards[0]);
    for (const Shard& shard : MakeCut(PLAIN, 1).shards)
    {
        At(MilliSeconds(2), reassembler, shard);
    }
    At(MilliSeconds(4), reassembler, MakeCut(PLAIN, 2).shards[0]);
    Simulator::Run();
    ASSERT_EQ(ends.size(), 3u);
    EXPECT_EQ(ends[0], std::make_pair(MilliSeconds(11), SHARD_TIMED_OUT));
    EXPECT_EQ(ends[1], std::make_pair(MilliSeconds(11), SHARD_RELEASED));
    EXPECT_EQ(ends[2], std::make_pair(MilliSeconds(14), SHARD_TIMED_OUT));
    EXPECT_EQ(inbox.blocks, std::vector<uint32_t>{1});
    EXPECT_EQ(Simulator::Now(), MilliSeconds(14)) << "an event outlives its purpose";
    EXPECT_TRUE(reassembler->CheckConservation());
    Simulator::Destroy();
}

TEST(ShardReassembler, AReceiverMayHandInShardsWhileItReceives)
{
    Ptr<ShardReassembler> reassembler = CreateObject<ShardReassembler>();
    Inbox inbox;
    reassembler->SetReceiver(&inbox);
    inbox.onRelease = [&](const ShardRelease& release)
    {
        if (release.id.block < 5)
        {
            for (Shard shard : MakeCut(PLAIN, release.id.block + 1).shards)
            {
                reassembler->Accept(Simulator::Now(), std::move(shard));
            }
        }
    };
    for (const Shard& shard : MakeCut(PLAIN, 0).shards)
    {
        At(MilliSeconds(2), reassembler, shard);
    }
    Simulator::Run();
    EXPECT_EQ(inbox.blocks, (std::vector<uint32_t>{0, 1, 2, 3, 4, 5}));
    Simulator::Destroy();
}

TEST(ShardReassembler, TracesTellEveryShardAndAMismatch)
{
    Ptr<ShardReassembler> reassembler = CreateObject<ShardReassembler>();
    std::vector<ShardVerdict> verdicts;
    uint32_t mismatches = 0;
    std::function<void(const Shard&, ShardVerdict)> shardTrace =
        [&](const Shard&, ShardVerdict verdict) { verdicts.push_back(verdict); };
    std::function<void(const ShardRelease&)> mismatchTrace = [&](const ShardRelease&)
    { ++mismatches; };
    reassembler->TraceConnectWithoutContext("Shard",
                                            Callback<void, const Shard&, ShardVerdict>(shardTrace));
    reassembler->TraceConnectWithoutContext("Mismatch",
                                            Callback<void, const ShardRelease&>(mismatchTrace));
    Cut cut = MakeCut(PLAIN, 0);
    Ptr<ShardBytes> other = Create<ShardBytes>(cut.shards[1].size);
    std::fill(other->Data(), other->Data() + other->Size(), uint8_t(1));
    cut.shards[1].bytes = other;
    cut.shards[1].offset = 0;
    for (uint32_t index : {0, 0, 1, 1})
    {
        reassembler->Accept(NanoSeconds(0), Shard(cut.shards[index]));
    }
    EXPECT_EQ(
        verdicts,
        (std::vector<ShardVerdict>{SHARD_STORED, SHARD_DUPLICATE, SHARD_COMPLETED, SHARD_LATE}));
    EXPECT_EQ(mismatches, 1u);
    EXPECT_EQ(reassembler->GetCounters().mismatches, 1u);
    Simulator::Destroy();
}

TEST(ShardReassembler, AttributesHaveBoundsAndReachTheMechanism)
{
    Ptr<ShardReassembler> reassembler = CreateObject<ShardReassembler>();
    EXPECT_FALSE(reassembler->SetAttributeFailSafe("NodeMemory", UintegerValue(10)));
    EXPECT_FALSE(reassembler->SetAttributeFailSafe("Timeout", TimeValue(Time(0))));
    EXPECT_TRUE(reassembler->SetAttributeFailSafe("Order", StringValue("InOrder")));
    EXPECT_FALSE(reassembler->SetAttributeFailSafe("Order", StringValue("Sideways")));
    reassembler->SetAttribute("NodeMemory", UintegerValue(4096));
    for (uint32_t block = 0; block < 100; ++block)
    {
        reassembler->Accept(NanoSeconds(0), Shard(MakeCut(PLAIN, block).shards[0]));
        EXPECT_LE(reassembler->GetCounters().bytes, 4096u);
    }
    EXPECT_GT(reassembler->GetCounters().Evictions(), 0u);
    reassembler->Dispose();
    Simulator::Destroy();
}

} // namespace
