// SPDX-License-Identifier: GPL-2.0-only
//
//     shards --> ShardSendBuffer (a queue a path, 8 Mbit/s each: 1 us a byte) --> recorded
//
// What is proved of the out-going shard buffer:
//  1. without pacing every shard goes on at once, whatever the path
//  2. with pacing the first leaves at once and each next when the one before has been sent, counted
//     in bytes of IP packets, to the nanosecond; a pause gives no credit
//  3. each path is paced for itself
//  4. of what waits, high priority goes first, data before repair, else first come first served
//  5. where there is no room, repair goes first; every drop is traced with its reason
//  6. at every moment: came = left + dropped + held
//  7. a rate that is no whole number of nanoseconds a byte loses less than one of them a shard

#include "transform/recording-sink.h"

#include "ns3/shard-send-buffer.h"
#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using namespace transformtest;

constexpr uint32_t OVERHEAD = 48;

class SendBuffer : public ::testing::Test
{
  protected:
    ~SendBuffer() override
    {
        buffer->Dispose();
        Simulator::Destroy();
    }

    /// Attributes are read when the paths are set.
    void Start(const std::string& rate, uint32_t paths = 1)
    {
        buffer->SetAttribute("PacingRate", DataRateValue(DataRate(rate)));
        buffer->SetPaths(paths, OVERHEAD);
        buffer->SetNext(&sink);
        buffer->TraceConnectWithoutContext("Drop", MakeCallback(&SendBuffer::Dropped, this));
    }

    void Dropped(const Shard& shard, ShardDrop reason)
    {
        drops += std::to_string(shard.fields.block) + ":" + ShardDropName(reason) + " ";
    }

    /// A shard of a block of its own, `bytes` on the wire.
    static Shard MakeShard(uint32_t name, uint32_t bytes, uint16_t path = 0)
    {
        Shard shard;
        shard.fields.block = name;
        shard.fields.k = 1;
        shard.fields.n = 1;
        shard.size = bytes - OVERHEAD;
        shard.path = path;
        return shard;
    }

    void Send(Shard shard)
    {
        ++came;
        buffer->Accept(Simulator::Now(), std::move(shard));
        Check();
    }

    void At(int64_t us, Shard shard)
    {
        Simulator::Schedule(MicroSeconds(us), [this, shard] { Send(shard); });
    }

    void Check()
    {
        ASSERT_EQ(came, sink.arrivals.size() + buffer->GetDropped() + buffer->GetHeld());
    }

    /// @return block numbers in the order in which they left
    std::vector<uint32_t> Names() const
    {
        return sink.Each([](const RecordingSink::Arrival& a) { return a.shard.fields.block; });
    }

    Ptr<ShardSendBuffer> buffer = CreateObject<ShardSendBuffer>();
    RecordingSink sink;
    std::string drops;
    uint64_t came{0};
};

using Names = std::vector<uint32_t>;
using Times = std::vector<int64_t>;

TEST_F(SendBuffer, WithoutPacingLetsEverythingGoAtOnce)
{
    Start("0bps", 2);
    for (uint32_t name = 0; name < 5000; ++name)
    {
        Send(MakeShard(name, 1500, name % 2));
    }
    EXPECT_EQ(sink.arrivals.size(), 5000U);
    EXPECT_EQ(buffer->GetHeld(), 0U);
}

TEST_F(SendBuffer, PacesByTheBytesOfTheShardBefore)
{
    Start("8Mbps");
    for (uint32_t name = 0; name < 4; ++name)
    {
        At(1000, MakeShard(name, 100 + 50 * name));
    }
    Simulator::Run();
    EXPECT_EQ(Names(), (::Names{0, 1, 2, 3}));
    EXPECT_EQ(sink.Times(), (Times{1000, 1100, 1250, 1450}));
}

TEST_F(SendBuffer, GivesNoCreditForAPauseAndNoneBeforeItsTime)
{
    Start("8Mbps");
    At(0, MakeShard(0, 100));
    At(5000, MakeShard(1, 100)); // long after: at once
    At(5099, MakeShard(2, 100)); // one microsecond too early: waits it
    At(5200, MakeShard(3, 100)); // exactly when the path is free
    At(5200, MakeShard(4, 100)); // behind it
    Simulator::Run();
    EXPECT_EQ(sink.Times(), (Times{0, 5000, 5100, 5200, 5300}));
    EXPECT_EQ(Names(), (::Names{0, 1, 2, 3, 4}));
}

TEST_F(SendBuffer, PacesEachPathForItself)
{
    Start("8Mbps", 3);
    for (uint32_t name = 0; name < 6; ++name)
    {
        At(0, MakeShard(name, name % 2 == 0 ? 100 : 300, name % 2 == 0 ? 0 : 2));
    }
    Simulator::Run();
    EXPECT_EQ(sink.Times(), (Times{0, 0, 100, 200, 300, 600}));
    EXPECT_EQ(sink.Paths(), (std::vector<int>{0, 2, 0, 0, 2, 2}));
}

TEST_F(SendBuffer, SendsHighPriorityFirstAndDataBeforeRepair)
{
    Start("8Mbps");
    const auto shard = [](uint32_t name, uint8_t index, uint8_t dscp)
    {
        Shard s = MakeShard(name, 100);
        s.fields.k = 2;
        s.fields.n = 3;
        s.fields.code = SHARD_CODE_XOR;
        s.fields.index = index;
        s.dscp = dscp;
        return s;
    };
    At(0, shard(0, 0, 0));  // leaves at once
    At(1, shard(1, 2, 0));  // repair, no priority
    At(2, shard(2, 0, 0));  // data, no priority
    At(3, shard(3, 2, 46)); // repair, expedited forwarding
    At(4, shard(4, 1, 46)); // data, expedited forwarding
    At(5, shard(5, 1, 0));  // data, no priority
    Simulator::Run();
    EXPECT_EQ(Names(), (::Names{0, 4, 3, 2, 5, 1}));
    EXPECT_EQ(sink.Times(), (Times{0, 100, 200, 300, 400, 500}));
}

TEST_F(SendBuffer, DropsRepairFirstAndSaysWhy)
{
    buffer->SetAttribute("MaxPackets", UintegerValue(3));
    Start("8Mbps");
    Shard repair = MakeShard(2, 100);
    repair.fields.n = 2;
    repair.fields.index = 1;
    repair.fields.code = SHARD_CODE_REPETITION;
    At(0, MakeShard(0, 100)); // leaves at once
    At(1, MakeShard(1, 100));
    At(2, repair);
    At(3, MakeShard(3, 100)); // three wait now
    At(4, MakeShard(4, 100)); // takes the place of the repair shard
    At(5, MakeShard(5, 100)); // nothing of less worth is there
    Simulator::Run();
    EXPECT_EQ(Names(), (::Names{0, 1, 3, 4}));
    EXPECT_EQ(drops,
              std::string("2:") + ShardDropName(SHARD_DROP_REPAIR) +
                  " 5:" + ShardDropName(SHARD_DROP_FULL) + " ");
    EXPECT_EQ(buffer->GetDropped(), 2U);
    EXPECT_EQ(buffer->GetHeld(), 0U);
}

TEST_F(SendBuffer, IsBoundedInBytesToo)
{
    buffer->SetAttribute("MaxBytes", UintegerValue(1000));
    Start("8Mbps");
    At(0, MakeShard(0, 500)); // leaves at once
    At(1, MakeShard(1, 600));
    At(2, MakeShard(2, 400)); // exactly full
    At(3, MakeShard(3, 49));
    Simulator::Run();
    EXPECT_EQ(Names(), (::Names{0, 1, 2}));
    EXPECT_EQ(sink.Times(), (Times{0, 500, 1100}));
    EXPECT_EQ(buffer->GetDropped(), 1U);
}

TEST_F(SendBuffer, LosesTrackOfNothingUnderAFlood)
{
    buffer->SetAttribute("MaxPackets", UintegerValue(20));
    buffer->SetAttribute("MaxBytes", UintegerValue(15000));
    Start("8Mbps", 2);
    std::mt19937 random(3);
    int64_t us = 0;
    for (uint32_t name = 0; name < 5000; ++name)
    {
        us += random() % 700; // 350 us between shards of 775 us on two paths: a tenth too much
        Shard shard = MakeShard(name / 4, 49 + random() % 1452, random() % 2);
        shard.fields.k = 3;
        shard.fields.n = 4;
        shard.fields.code = SHARD_CODE_XOR;
        shard.fields.index = name % 4;
        shard.dscp = static_cast<uint8_t>(8 * (random() % 2));
        At(us, shard);
    }
    Simulator::Run();
    Check();
    EXPECT_EQ(buffer->GetHeld(), 0U);
    EXPECT_GT(buffer->GetDropped(), 100U) << "the story is too easy";
    EXPECT_GT(sink.arrivals.size(), 3000U);
    // On each path no shard leaves before the one before it has been sent.
    int64_t free[2] = {0, 0};
    for (const auto& arrival : sink.arrivals)
    {
        int64_t& until = free[arrival.shard.path];
        ASSERT_GE(arrival.us, until);
        until = arrival.us + arrival.shard.size + OVERHEAD;
    }
}

/// Only the last time counts here.
class LastTime : public ShardSink
{
  public:
    void Accept(Time now, Shard&&) override
    {
        last = now;
        ++count;
    }

    Time last;
    int count{0};
};

TEST_F(SendBuffer, AtAnAwkwardRateLosesLessThanANanosecondAShard)
{
    LastTime end;
    Start("7Mbps");
    buffer->SetNext(&end);
    for (uint32_t name = 0; name < 701; ++name)
    {
        buffer->Accept(Seconds(0), MakeShard(name, 1001));
    }
    Simulator::Run();
    // 700 * 1001 * 8 bit at 7 Mbit/s: 0.8008 s
    EXPECT_EQ(end.count, 701);
    EXPECT_NEAR(static_cast<double>(end.last.GetNanoSeconds()), 800800000.0, 700.0);
}

} // namespace
