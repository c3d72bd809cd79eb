// SPDX-License-Identifier: GPL-2.0-only
//
//     traffic --> ShardProber --- two paths --- the receiver (this test)
//                      |
//                ShardTierClient --- the tier (this test)
//
// What is proved of who speaks with the receiver:
//  1. there are probes only with traffic, at most every Interval, one on every path at a time; they
//     say the time, the report that came last and how long ago that was
//  2. a receiver that says nothing for longer than Patience while there is traffic is silent, not
//     before; after a pause of more than half of that it is given time anew; without traffic
//     nobody is silent
//  3. a report that something is delivered, or that nothing was expected, ends that; one that
//     nothing of what was expected is delivered does not, and counts as silence
//  4. stale and malformed reports are counted, change nothing, and are not passed on
//  5. what is good is passed on to the tier as it came, by path 0
//  6. silence and its end are traced once each
//  7. a transformer sends datagrams as they are while the receiver is silent, and shards them again
//     afterwards, blocks counting on
//  8. of several receivers each is probed, reports and falls silent by itself; the tier is told
//  what
//     the first says

#include "transform/scripted-transport.h"
#include "transform/transformer-fixture.h"

#include "ns3/shard-prober.h"

#include <utility>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using namespace transformtest;

class Prober : public TransformerStory
{
  protected:
    Prober()
    {
        transport->paths = 2;
        prober->SetTransport(transport);
        client->SetTransport(toTier);
        prober->SetTier(client);
        prober->TraceConnectWithoutContext("Silent", MakeCallback(&Prober::TraceSilent, this));
    }

    ~Prober() override
    {
        prober->Dispose();
        client->Dispose();
        transport->Dispose();
        toTier->Dispose();
    }

    void At(int64_t ms)
    {
        Simulator::Stop(MilliSeconds(ms) - Simulator::Now());
        Simulator::Run();
    }

    /// A packet passes. @return whether the receiver is silent then
    bool Pass(int64_t ms)
    {
        At(ms);
        prober->Passing(Simulator::Now());
        return prober->IsSilent(Simulator::Now());
    }

    /// Packets pass every 10 ms. @return whether the receiver is silent after the last
    bool PassFrom(int64_t ms, int64_t until)
    {
        bool isSilent = false;
        for (; ms <= until; ms += 10)
        {
            isSilent = Pass(ms);
        }
        return isSilent;
    }

    void Report(uint32_t number, uint32_t expected = 10, uint64_t delivered = 1000)
    {
        ShardReport report;
        report.number = number;
        report.expected = expected;
        report.delivered = delivered;
        transport->Deliver(SHARD_CONTROL_REPORT, report.Write());
    }

    std::vector<int64_t> ProbeTimes() const
    {
        std::vector<int64_t> times;
        for (const ScriptedTransport::Sent& sent : transport->sent)
        {
            EXPECT_EQ(sent.type, SHARD_CONTROL_PROBE);
            if (sent.path == 0)
            {
                times.push_back(sent.us / 1000);
            }
        }
        return times;
    }

    ShardProbe LastProbe() const
    {
        ShardProbe probe;
        const std::vector<uint8_t>& body = transport->sent.back().body;
        EXPECT_EQ(probe.Read(body.data(), static_cast<uint32_t>(body.size())), SHARD_OK);
        return probe;
    }

    void TraceSilent(Time now, bool isSilent)
    {
        traced.emplace_back(now.GetMilliSeconds(), isSilent);
    }

    Ptr<ScriptedTransport> transport = CreateObject<ScriptedTransport>();
    Ptr<ScriptedTransport> toTier = CreateObject<ScriptedTransport>();
    Ptr<ShardTierClient> client = CreateObject<ShardTierClient>();
    Ptr<ShardProber> prober = CreateObject<ShardProber>();
    std::vector<std::pair<int64_t, bool>> traced; ///< ms
};

using Times = std::vector<int64_t>;
using Traced = std::vector<std::pair<int64_t, bool>>;

TEST_F(Prober, ProbesWithTrafficAndNotMoreOftenThanItsInterval)
{
    At(1000);
    EXPECT_TRUE(transport->sent.empty());
    PassFrom(1005, 1305);
    EXPECT_EQ(ProbeTimes(), (Times{1005, 1105, 1205, 1305}));
    At(5000);
    EXPECT_EQ(transport->sent.size(), 8u) << "no traffic, no probes";
    Pass(5001);
    Pass(5100);
    Pass(5101);
    EXPECT_EQ(ProbeTimes(), (Times{1005, 1105, 1205, 1305, 5001, 5101}));
    EXPECT_EQ(prober->GetCounters().probes, 12u);
}

TEST_F(Prober, ProbesEveryPath)
{
    transport->paths = 3;
    Pass(7);
    ASSERT_EQ(transport->sent.size(), 3u);
    for (uint16_t path = 0; path < 3; ++path)
    {
        EXPECT_EQ(transport->sent[path].path, path);
        EXPECT_EQ(transport->sent[path].us, 7000);
        EXPECT_EQ(transport->sent[path].body, transport->sent[0].body);
    }
}

TEST_F(Prober, SaysWhichReportCameLastAndHowLongAgo)
{
    Pass(7);
    EXPECT_EQ(LastProbe().at, 7000000u);
    EXPECT_EQ(LastProbe().report, 0u);
    EXPECT_EQ(LastProbe().held, 0u);
    At(50);
    Report(3);
    Pass(150);
    EXPECT_EQ(LastProbe().at, 150000000u);
    EXPECT_EQ(LastProbe().report, 3u);
    EXPECT_EQ(LastProbe().held, 100000u);
    At(240);
    Report(2); // stale
    Pass(250);
    EXPECT_EQ(LastProbe().report, 3u);
    EXPECT_EQ(LastProbe().held, 200000u);
}

TEST_F(Prober, NoticesSilenceAfterItsPatience)
{
    EXPECT_FALSE(PassFrom(10, 2010)) << "two seconds";
    EXPECT_TRUE(traced.empty());
    EXPECT_TRUE(Pass(2011));
    EXPECT_TRUE(PassFrom(2020, 4000));
    EXPECT_EQ(prober->GetCounters().silences, 1u);
    EXPECT_EQ(traced, (Traced{{2011, true}}));
    Report(1);
    EXPECT_FALSE(prober->IsSilent(Simulator::Now()));
    EXPECT_EQ(traced, (Traced{{2011, true}, {4000, false}}));
    EXPECT_FALSE(PassFrom(4010, 6000));
    EXPECT_TRUE(Pass(6001)) << "two seconds since it spoke";
    EXPECT_EQ(prober->GetCounters().silences, 2u);
}

TEST_F(Prober, IsPatientWithAReceiverThatSpeaks)
{
    for (uint32_t second = 0; second < 20; ++second)
    {
        EXPECT_FALSE(PassFrom(1000 * second, 1000 * second + 990));
        Report(1 + second);
    }
    EXPECT_EQ(prober->GetCounters().reports, 20u);
    EXPECT_EQ(prober->GetCounters().silences, 0u);
}

TEST_F(Prober, NobodyIsSilentWhoIsNotSpokenTo)
{
    At(10000);
    EXPECT_FALSE(prober->IsSilent(Simulator::Now()));
    EXPECT_FALSE(PassFrom(10000, 11000));
    EXPECT_FALSE(Pass(20000)) << "after a pause it has not been silent yet";
    EXPECT_FALSE(PassFrom(20010, 22000));
    EXPECT_TRUE(Pass(22001));
}

TEST_F(Prober, WhoDeliversNothingOfWhatComesIsSilent)
{
    for (uint32_t number = 1; number <= 20; ++number)
    {
        EXPECT_FALSE(PassFrom(100 * number, 100 * number + 90));
        Report(number, 10, 0);
    }
    EXPECT_TRUE(PassFrom(2100, 2110));
    Report(21, 10, 0);
    EXPECT_TRUE(prober->IsSilent(Simulator::Now()));
    Report(22, 10, 1);
    EXPECT_FALSE(prober->IsSilent(Simulator::Now()));
    EXPECT_TRUE(PassFrom(2120, 4120));
    Report(23, 0, 0);
    EXPECT_FALSE(prober->IsSilent(Simulator::Now())) << "nothing came that it could deliver";
}

TEST_F(Prober, DropsWhatIsStaleOrMalformed)
{
    PassFrom(10, 2020);
    ASSERT_TRUE(prober->IsSilent(Simulator::Now()));
    transport->Deliver(SHARD_CONTROL_REPORT, {1, 2, 3});
    transport->Deliver(SHARD_CONTROL_CAPABILITY, {2});
    Report(0); // there is no such report
    EXPECT_EQ(prober->GetCounters().malformed, 3u);
    EXPECT_TRUE(prober->IsSilent(Simulator::Now()));
    Report(7);
    EXPECT_FALSE(prober->IsSilent(Simulator::Now()));
    PassFrom(2030, 4030);
    ASSERT_TRUE(prober->IsSilent(Simulator::Now()));
    Report(7);
    Report(6);
    EXPECT_EQ(prober->GetCounters().stale, 2u);
    EXPECT_EQ(prober->GetCounters().reports, 1u);
    EXPECT_TRUE(prober->IsSilent(Simulator::Now()));
    EXPECT_EQ(toTier->sent.size(), 1u) << "and the tier hears of none of them";
}

TEST_F(Prober, PassesOnWhatIsGood)
{
    ShardReport report;
    report.number = 4;
    report.at = 123456789;
    report.paths.resize(2);
    At(30);
    transport->Deliver(SHARD_CONTROL_REPORT, report.Write());
    ShardCapability can;
    can.reassembles = true;
    can.mtu = 1500;
    transport->Deliver(SHARD_CONTROL_CAPABILITY, can.Write());
    ASSERT_EQ(toTier->sent.size(), 2u);
    EXPECT_EQ(toTier->sent[0].us, 30000);
    EXPECT_EQ(toTier->sent[0].path, 0u);
    EXPECT_EQ(toTier->sent[0].type, SHARD_CONTROL_REPORT);
    EXPECT_EQ(toTier->sent[0].body, report.Write());
    EXPECT_EQ(toTier->sent[1].type, SHARD_CONTROL_CAPABILITY);
    EXPECT_EQ(toTier->sent[1].body, can.Write());
    EXPECT_EQ(client->GetCounters().relayed, 2u);
    prober->SetTier(nullptr);
    Report(5); // nobody to pass it on to
    EXPECT_EQ(prober->GetCounters().reports, 2u);
    EXPECT_EQ(toTier->sent.size(), 2u);
}

TEST_F(Prober, KnowsSeveralReceiversApart)
{
    const auto passTo = [this](uint32_t peer)
    {
        prober->Passing(Simulator::Now(), peer);
        return prober->IsSilent(Simulator::Now(), peer);
    };
    const auto reportFrom = [this](uint32_t place, uint32_t number)
    {
        ShardReport report;
        report.number = number;
        report.delivered = 1;
        transport->Deliver(SHARD_CONTROL_REPORT, report.Write(), place);
    };
    At(10);
    passTo(0);
    passTo(1);
    ASSERT_EQ(transport->sent.size(), 4u) << "two paths to each";
    EXPECT_EQ(transport->sent[1].peer, ShardTransport::ANY_PEER);
    EXPECT_EQ(transport->sent[2].peer, 10u);
    EXPECT_EQ(transport->sent[3].peer, 10u);
    reportFrom(0, 5);
    reportFrom(1, 1);
    EXPECT_EQ(prober->GetCounters().stale, 0u) << "each numbers its own";
    EXPECT_EQ(toTier->sent.size(), 1u);
    At(210);
    passTo(1);
    EXPECT_EQ(LastProbe().report, 1u);
    passTo(0);
    EXPECT_EQ(LastProbe().report, 5u);
    for (int64_t ms = 220; ms <= 2300; ms += 10)
    {
        At(ms);
        passTo(0);
        passTo(1);
        if (ms == 1000)
        {
            reportFrom(0, 6);
        }
    }
    EXPECT_FALSE(passTo(0));
    EXPECT_TRUE(passTo(1));
    reportFrom(1, 2);
    EXPECT_FALSE(passTo(1));
}

TEST_F(Prober, WhileTheReceiverIsSilentDatagramsStayAsTheyAre)
{
    transformer->SetProber(prober);
    transformer->SetAttribute("FlowIdle", TimeValue(Seconds(60)));
    Submit(100);
    EXPECT_EQ(transport->sent.size(), 2u) << "a datagram is traffic";
    At(1000);
    Submit(200);
    At(2000);
    Submit(250);
    EXPECT_EQ(sink.Sizes(), (std::vector<uint32_t>{100, 200, 250}));
    At(2001);
    Submit(300);
    EXPECT_EQ(sink.arrivals.size(), 3u);
    ASSERT_EQ(forwarded.size(), 1u);
    EXPECT_EQ(forwarded[0]->size, 300u);
    Report(1);
    Submit(400);
    ASSERT_EQ(sink.arrivals.size(), 4u);
    EXPECT_EQ(sink.arrivals[3].shard.size, 400u);
    EXPECT_EQ(sink.arrivals[3].shard.fields.block, 3u);
    EXPECT_EQ(transformer->GetCounters().datagrams, 5u);
    EXPECT_EQ(transformer->GetCounters().forwarded, 1u);
    EXPECT_EQ(transformer->GetCounters().sharded, 4u);
    EXPECT_EQ(transformer->GetCounters().unshardable, 0u);
}

TEST_F(Prober, APauseShorterThanItsPatienceIsNoSilenceEither)
{
    PassFrom(0, 1000);
    Report(1);
    // Nothing is sent for 1.99 s; what is sent then cannot be answered before a report is due.
    EXPECT_FALSE(Pass(2990));
    EXPECT_FALSE(Pass(3010)) << "it was spoken to for 20 ms";
    EXPECT_FALSE(PassFrom(3020, 3490));
}

} // namespace
