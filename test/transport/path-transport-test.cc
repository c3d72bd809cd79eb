// SPDX-License-Identifier: GPL-2.0-only
//
//      A ===== path 0: two links of 8 Mbit/s, 1 ms each ===== B
//        ===== path 1: the same, 3 ms each              =====
//
// What is proved of shards over computed paths:
//  1. a shard arrives with the fields, origin, bytes, sender and path that it was sent with, when
//     its 48 bytes of headers and its payload have crossed both links; and back as well
//  2. over the MTU it comes in fragments, with the last of them; where one is lost it does not
//  come,
//     and the others are counted as packets that came out
//  3. a plain packet comes piece by piece, and the last of the pieces completes it
//  4. over several paths and with jitter, arrivals are handed over in the order of their times
//  5. with slack the same calls are made with the same times, later by at most the slack, in far
//     fewer events; Flush waits for nothing
//  6. two ends that share paths wait in the same queues, bear numbers of their own, and each hears
//     what is meant for it; one whose node has failed hears nothing
#include "ns3/shard-path-transport.h"
#include <ns3/double.h>
#include <ns3/simulator.h>

#include <gtest/gtest.h>
#include <string>
#include <tuple>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// Keeps what comes out of a transport.
class Receiver : public ShardSink
{
  public:
    void Accept(Time now, Shard&& shard) override
    {
        EXPECT_LE(now, Simulator::Now());
        latest = std::max(latest, Simulator::Now() - now);
        times.push_back(now.GetMicroSeconds());
        shards.push_back(std::move(shard));
    }

    std::vector<int64_t> times; ///< us
    std::vector<Shard> shards;
    Time latest; ///< longest time from an arrival to its call
};

class PathTransport : public ::testing::Test
{
  protected:
    PathTransport()
    {
        ShardPathTransport::Connect(m_a, m_b);
        m_a->SetNumber(41);
        m_a->SetReceiver(&m_atA);
        m_b->SetReceiver(&m_atB);
        m_b->SetPlainReceiver(MakeCallback(&PathTransport::TakePlain, this));
    }

    ~PathTransport() override
    {
        m_a->Dispose();
        m_b->Dispose();
        Simulator::Destroy();
    }

    static ShardPathModel Way(int64_t delayMs, const std::string& queue = "100p")
    {
        ShardPathLinkSettings settings;
        settings.rate = DataRate("8Mbps");
        settings.delay = MilliSeconds(delayMs);
        settings.queue = QueueSize(queue);
        ShardPathModel way;
        way.AddLink(ShardPathLink(settings));
        way.AddLink(ShardPathLink(settings));
        return way;
    }

    void AddPaths(const std::string& queue = "100p", Ptr<RandomVariableStream> jitter = nullptr)
    {
        for (int64_t delay : {1, 3})
        {
            ShardPathModel out = Way(delay, queue);
            out.SetJitter(jitter);
            m_a->AddPath(out, ShardPathInfo());
            m_b->AddPath(Way(delay), ShardPathInfo());
        }
    }

    static Shard Piece(uint32_t size, uint8_t index = 0, uint16_t path = 0)
    {
        Shard shard;
        shard.fields.flow = 9;
        shard.fields.block = 77;
        shard.fields.index = index;
        shard.fields.k = 8;
        shard.fields.n = 10;
        shard.size = size;
        shard.path = path;
        return shard;
    }

    void TakePlain(Time now, uint32_t bytes, Ptr<const Datagram> datagram)
    {
        m_pieces.emplace_back(now.GetMicroSeconds(), bytes, datagram != nullptr);
    }

    Ptr<ShardPathTransport> m_a = CreateObject<ShardPathTransport>();
    Ptr<ShardPathTransport> m_b = CreateObject<ShardPathTransport>();
    Receiver m_atA;
    Receiver m_atB;
    std::vector<std::tuple<int64_t, uint32_t, bool>> m_pieces; ///< us, bytes, complete
};

TEST_F(PathTransport, AShardArrivesAsItWasSent)
{
    AddPaths();
    Shard shard = Piece(950, 3, 1); // 950 + 48 + 2 bytes: 1 ms a link
    Ptr<ShardBytes> bytes = Create<ShardBytes>(1000);
    Ptr<Datagram> origin = Create<Datagram>();
    shard.bytes = bytes;
    shard.offset = 50;
    shard.origin = origin;
    m_a->Accept(Time(0), std::move(shard));
    m_b->Accept(Time(0), Piece(450)); // the other way: half a millisecond a link
    Simulator::Run();
    ASSERT_EQ(m_atB.times, std::vector<int64_t>{8000});
    const Shard& came = m_atB.shards[0];
    EXPECT_EQ(came.fields.flow, 9u);
    EXPECT_EQ(came.fields.block, 77u);
    EXPECT_EQ(came.fields.index, 3u);
    EXPECT_EQ(came.bytes, bytes);
    EXPECT_EQ(came.offset, 50u);
    EXPECT_EQ(came.origin, origin);
    EXPECT_EQ(came.peer, 41u);
    EXPECT_EQ(came.path, 1u);
    EXPECT_EQ(m_atA.times, std::vector<int64_t>{3000});
    EXPECT_EQ(m_a->GetSent(), 1u);
    EXPECT_EQ(m_b->GetReceived(), 1u);
    EXPECT_EQ(m_a->GetPathCounters(1, Simulator::Now()).enteredBytes, 998u);
}

TEST_F(PathTransport, OverTheMtuItComesWithItsLastFragment)
{
    AddPaths();
    // 3000 bytes of IP payload in 1480 + 1480 + 40: with headers 1502, 1502 and 62 bytes.
    m_a->Accept(Time(0), Piece(3000 - 28));
    Simulator::Run();
    // The second leaves the second link at 1502 + 1502 + 1000 + 1502 us, the small one behind it.
    EXPECT_EQ(m_atB.times, std::vector<int64_t>{5506 + 62 + 1000});
    EXPECT_EQ(m_b->GetPackets(), 3u);
    EXPECT_EQ(m_a->GetPathCounters(0, Simulator::Now()).entered, 3u);
}

TEST_F(PathTransport, WhereAFragmentIsLostTheShardDoesNotCome)
{
    AddPaths("1p"); // one in service, one waits, the third has no place
    m_a->Accept(Time(0), Piece(3000 - 28));
    Simulator::Run();
    EXPECT_TRUE(m_atB.shards.empty());
    EXPECT_EQ(m_b->GetReceived(), 0u);
    EXPECT_EQ(m_b->GetPackets(), 2u);
    EXPECT_EQ(m_a->GetPathCounters(0, Simulator::Now()).queueDrops, 1u);
}

TEST_F(PathTransport, APlainPacketComesPieceByPiece)
{
    AddPaths();
    Ptr<Datagram> datagram = Create<Datagram>();
    datagram->size = 3020;
    m_a->SendPlain(Time(0), datagram);
    Simulator::Run();
    const std::vector<std::tuple<int64_t, uint32_t, bool>> expected = {
        {5004, 1500, false},
        {6506, 1500, false},
        {1502 * 2 + 62 * 2 + 2000, 60, true}};
    // The small one leaves the first link 62 us behind the second, and the second link is busy
    // then.
    EXPECT_EQ(m_pieces.size(), 3u);
    EXPECT_EQ(m_pieces[0], expected[0]);
    EXPECT_EQ(m_pieces[1], expected[1]);
    EXPECT_EQ(std::get<1>(m_pieces[2]), 60u);
    EXPECT_EQ(std::get<0>(m_pieces[2]), 6506 + 62);
    EXPECT_TRUE(std::get<2>(m_pieces[2]));
}

TEST_F(PathTransport, WithSlackTheCallsAreTheSameInFewerEvents)
{
    std::vector<std::vector<std::tuple<int64_t, uint32_t, uint16_t>>> calls;
    std::vector<uint64_t> events;
    for (const int64_t slackMs : {0, 10})
    {
        Ptr<ShardPathTransport> a = CreateObject<ShardPathTransport>();
        Ptr<ShardPathTransport> b = CreateObject<ShardPathTransport>();
        ShardPathTransport::Connect(a, b);
        b->SetAttribute("Slack", TimeValue(MilliSeconds(slackMs)));
        Receiver receiver;
        b->SetReceiver(&receiver);
        Ptr<ExponentialRandomVariable> jitter = CreateObject<ExponentialRandomVariable>();
        jitter->SetAttribute("Mean", DoubleValue(0.004));
        jitter->SetStream(5);
        for (int64_t delay : {1, 3})
        {
            ShardPathModel out = Way(delay);
            out.SetJitter(jitter);
            a->AddPath(out, ShardPathInfo());
        }
        for (int64_t i = 0; i < 400; ++i)
        {
            Simulator::Schedule(MicroSeconds(600 * i),
                                [a, i]
                                {
                                    a->Accept(Simulator::Now(),
                                              Piece(static_cast<uint32_t>(200 + i % 300),
                                                    static_cast<uint8_t>(i % 10),
                                                    static_cast<uint16_t>(i / 3 % 2)));
                                });
        }
        Simulator::Run();
        events.push_back(Simulator::GetEventCount());
        ASSERT_EQ(receiver.times.size(), 400u);
        EXPECT_TRUE(std::is_sorted(receiver.times.begin(), receiver.times.end()));
        EXPECT_LE(receiver.latest, MilliSeconds(slackMs));
        calls.emplace_back();
        for (std::size_t i = 0; i < 400; ++i)
        {
            calls.back().emplace_back(receiver.times[i],
                                      receiver.shards[i].size,
                                      receiver.shards[i].path);
        }
        a->Dispose();
        b->Dispose();
        Simulator::Destroy();
    }
    EXPECT_EQ(calls[0], calls[1]);
    EXPECT_LT(events[1], events[0] - 300);
}

TEST_F(PathTransport, FlushWaitsForNoSlack)
{
    AddPaths();
    m_b->SetAttribute("Slack", TimeValue(Seconds(1)));
    m_a->Accept(Time(0), Piece(950)); // arrives at 4 ms
    Simulator::Stop(MilliSeconds(5));
    Simulator::Run();
    EXPECT_TRUE(m_atB.times.empty());
    m_b->Flush(Simulator::Now());
    EXPECT_EQ(m_atB.times, std::vector<int64_t>{4000});
}

/// Notes where control messages came from, and when.
class Listener : public ShardControlSink
{
  public:
    void AcceptControl(Time now, const ShardControlMessage& message) override
    {
        times.push_back(now.GetMicroSeconds());
        peers.push_back(message.peer);
    }

    std::vector<int64_t> times; ///< us
    std::vector<uint32_t> peers;
};

TEST_F(PathTransport, TwoEndsShareAPathAndEachHearsWhatIsMeantForIt)
{
    AddPaths();
    Ptr<ShardPathTransport> c = CreateObject<ShardPathTransport>();
    c->SetNumber(42);
    c->SharePaths(m_a);
    ShardPathTransport::Connect(c, m_b);
    EXPECT_EQ(c->GetPathCount(), 2u);
    EXPECT_EQ(m_b->GetPeers(), (std::vector<uint32_t>{41, 42}));
    // 1 ms of transmission on each link, and 1 ms of propagation; the second waits for the first.
    m_a->Accept(Time(0), Piece(950));
    c->Accept(Time(0), Piece(950));
    Listener atA;
    Listener atB;
    Listener atC;
    m_a->SetControlReceiver(SHARD_CONTROL_REQUEST, &atA);
    m_b->SetControlReceiver(SHARD_CONTROL_PROBE, &atB);
    c->SetControlReceiver(SHARD_CONTROL_REQUEST, &atC);
    m_a->SendControl(Time(0), 1, SHARD_CONTROL_PROBE, {1});
    c->SendControl(Time(0), 1, SHARD_CONTROL_PROBE, {1});
    m_b->SendControl(Time(0), 0, SHARD_CONTROL_REQUEST, {1}, 42);
    m_b->SendControl(Time(0), 0, SHARD_CONTROL_REQUEST, {1}, 41);
    m_b->SendControl(Time(0), 0, SHARD_CONTROL_REQUEST, {1});
    m_b->SendControl(Time(0), 0, SHARD_CONTROL_REQUEST, {1}, 43); // nobody: the first
    Simulator::Stop(MilliSeconds(50));
    Simulator::Run();
    EXPECT_EQ(m_atB.times, (std::vector<int64_t>{4000, 5000}));
    ASSERT_EQ(m_atB.shards.size(), 2u);
    EXPECT_EQ(m_atB.shards[0].peer, 41u);
    EXPECT_EQ(m_atB.shards[1].peer, 42u);
    EXPECT_EQ(atB.peers, (std::vector<uint32_t>{41, 42}));
    EXPECT_EQ(atA.times.size(), 3u);
    EXPECT_EQ(atC.times.size(), 1u);

    c->SetDown(true);
    m_b->SendControl(Simulator::Now(), 0, SHARD_CONTROL_REQUEST, {1}, 42);
    Simulator::Stop(MilliSeconds(50));
    Simulator::Run();
    EXPECT_EQ(atC.times.size(), 1u);
    EXPECT_EQ(c->GetControlMissed(), 1u);
    c->SetDown(false);
    m_b->SendControl(Simulator::Now(), 0, SHARD_CONTROL_REQUEST, {1}, 42);
    Simulator::Stop(MilliSeconds(50));
    Simulator::Run();
    EXPECT_EQ(atC.times.size(), 2u);
    // One that is gone is no peer any more.
    c->Dispose();
    EXPECT_EQ(m_b->GetPeers(), (std::vector<uint32_t>{41}));
}

} // namespace
