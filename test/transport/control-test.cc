// SPDX-License-Identifier: GPL-2.0-only
//
//      A ===== path 0: one link of 8 Mbit/s, 1 ms ===== B        A (by hand) ...> B (by hand)
//        ===== path 1: the same, 3 ms             =====
//
// What is proved of control messages, over computed paths and handed over by hand:
//  1. a message comes once, to the receiver of its type and no other, with its body, number, path
//     and sender, when its 44 bytes of headers and tag and its body have crossed the link
//  2. it waits behind shards in the same queue, is lost where that is full, and counts as no shard
//  3. one under another key is dropped and counted as forged; the receiver hears nothing
//  4. one that came before, or is 64 or more behind the latest of its sender, is dropped and
//  counted
//     as replayed; others come in any order; senders are told apart; what is forged moves nothing
//  5. what is too short, of another version, of an unknown type, or not as long as it says is
//     dropped, and counted once under its own reason
//  6. the key is an attribute: what was set is read; what is no key ends the program with a clear
//     line; keys that differ in any digit do not understand each other
//  7. without a receiver a message is taken and nothing happens; after Dispose nobody is called

#include "ns3/shard-octets.h"
#include "ns3/shard-path-transport.h"
#include <ns3/simulator.h>
#include <ns3/string.h>

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

using Bytes = std::vector<uint8_t>;

/// Keeps the control messages that come out of a transport.
class Listener : public ShardControlSink
{
  public:
    struct Heard
    {
        int64_t us;
        ShardControlType type;
        uint32_t number;
        uint16_t path;
        uint32_t peer;
        Bytes body;
    };

    void AcceptControl(Time now, const ShardControlMessage& message) override
    {
        heard.push_back(Heard{now.GetMicroSeconds(),
                              message.type,
                              message.number,
                              message.path,
                              message.peer,
                              {message.body, message.body + message.size}});
    }

    std::vector<Heard> heard;
};

class NoShards : public ShardSink
{
  public:
    void Accept(Time, Shard&&) override
    {
        ++count;
    }

    int count{0};
};

/// Does not send, but keeps what it would; takes what the test hands in.
class HandTransport : public ShardTransport
{
  public:
    uint32_t GetPathCount() const override
    {
        return 2;
    }

    ShardPathInfo GetPath(uint32_t) const override
    {
        return {};
    }

    uint32_t GetOverhead() const override
    {
        return 48;
    }

    void Accept(Time, Shard&&) override
    {
    }

    /// @return the bytes of a message as they would leave
    Bytes Make(ShardControlType type, const Bytes& body)
    {
        SendControl(Time(0), 0, type, body);
        return m_last;
    }

    ShardError Take(const Bytes& bytes, uint32_t peer = 1)
    {
        return TakeControl(Seconds(1), 0, peer, bytes.data(), static_cast<uint32_t>(bytes.size()));
    }

  protected:
    void DoSendControl(Time, uint16_t, uint32_t, const Bytes& message) override
    {
        m_last = message;
    }

  private:
    Bytes m_last;
};

class ControlOverPaths : public ::testing::Test
{
  protected:
    ControlOverPaths()
    {
        ShardPathTransport::Connect(m_a, m_b);
        m_a->SetNumber(41);
        m_b->SetNumber(42);
        for (const Ptr<ShardPathTransport>& end : {m_a, m_b})
        {
            AddPath(end, 1, "100p");
            AddPath(end, 3, "1p");
        }
        m_b->SetReceiver(&m_shards);
        m_b->SetControlReceiver(SHARD_CONTROL_PROBE, &m_probes);
        m_b->SetControlReceiver(SHARD_CONTROL_ASK, &m_asks);
        m_a->SetControlReceiver(SHARD_CONTROL_REPORT, &m_reports);
    }

    ~ControlOverPaths() override
    {
        m_a->Dispose();
        m_b->Dispose();
        Simulator::Destroy();
    }

    static void AddPath(Ptr<ShardPathTransport> end, int64_t delayMs, const std::string& queue)
    {
        ShardPathLinkSettings settings;
        settings.rate = DataRate("8Mbps");
        settings.delay = MilliSeconds(delayMs);
        settings.queue = QueueSize(queue);
        ShardPathModel way;
        way.AddLink(ShardPathLink(settings));
        end->AddPath(way, ShardPathInfo());
    }

    Ptr<ShardPathTransport> m_a = CreateObject<ShardPathTransport>();
    Ptr<ShardPathTransport> m_b = CreateObject<ShardPathTransport>();
    Listener m_probes;  ///< at B
    Listener m_asks;    ///< at B
    Listener m_reports; ///< at A
    NoShards m_shards;  ///< at B
};

TEST_F(ControlOverPaths, AMessageComesOnceToTheReceiverOfItsType)
{
    m_a->SendControl(Time(0), 1, SHARD_CONTROL_PROBE, {7, 8, 9, 10});
    m_b->SendControl(Time(0), 0, SHARD_CONTROL_REPORT, Bytes(54, 1));
    Simulator::Run();
    ASSERT_EQ(m_probes.heard.size(), 1u);
    const Listener::Heard& probe = m_probes.heard[0];
    EXPECT_EQ(probe.us, 3050) << "4 + 44 bytes, and 2 of the link";
    EXPECT_EQ(probe.type, SHARD_CONTROL_PROBE);
    EXPECT_EQ(probe.number, 1u);
    EXPECT_EQ(probe.path, 1u);
    EXPECT_EQ(probe.peer, 41u);
    EXPECT_EQ(probe.body, (Bytes{7, 8, 9, 10}));
    EXPECT_TRUE(m_asks.heard.empty());
    ASSERT_EQ(m_reports.heard.size(), 1u);
    EXPECT_EQ(m_reports.heard[0].us, 1100);
    EXPECT_EQ(m_reports.heard[0].peer, 42u);
    EXPECT_EQ(m_reports.heard[0].body, Bytes(54, 1));
    EXPECT_EQ(m_a->GetControlSent(), 1u);
    EXPECT_EQ(m_b->GetControlReceived(), 1u);
    EXPECT_EQ(m_a->GetSent(), 0u);
    EXPECT_EQ(m_b->GetReceived(), 0u);
    EXPECT_EQ(m_shards.count, 0);
}

TEST_F(ControlOverPaths, NumbersCountOnOverTypesAndPaths)
{
    m_a->SendControl(Time(0), 0, SHARD_CONTROL_PROBE, {1});
    m_a->SendControl(Time(0), 1, SHARD_CONTROL_PROBE, {2});
    m_a->SendControl(Time(0), 0, SHARD_CONTROL_ASK, {3});
    Simulator::Run();
    ASSERT_EQ(m_probes.heard.size(), 2u);
    ASSERT_EQ(m_asks.heard.size(), 1u);
    EXPECT_EQ(m_probes.heard[0].number, 1u);
    EXPECT_EQ(m_asks.heard[0].number, 3u);
    EXPECT_EQ(m_probes.heard[1].number, 2u) << "the slower path: it comes last, and is taken";
    EXPECT_EQ(m_probes.heard[1].body, Bytes{2});
    EXPECT_EQ(m_b->GetRejected(SHARD_REPLAYED), 0u);
}

TEST_F(ControlOverPaths, WaitsBehindShardsAndIsLostWithThem)
{
    const auto piece = [](uint16_t path)
    {
        Shard shard;
        shard.fields.k = shard.fields.n = 1;
        shard.size = 950; // 1000 bytes on the link: 1 ms
        shard.path = path;
        return shard;
    };
    m_a->Accept(Time(0), piece(0));
    m_a->SendControl(Time(0), 0, SHARD_CONTROL_PROBE, Bytes(54));
    m_a->Accept(Time(0), piece(1));
    m_a->Accept(Time(0), piece(1)); // waits
    m_a->SendControl(Time(0), 1, SHARD_CONTROL_PROBE, Bytes(54));
    Simulator::Run();
    ASSERT_EQ(m_probes.heard.size(), 1u);
    EXPECT_EQ(m_probes.heard[0].us, 1000 + 100 + 1000);
    EXPECT_EQ(m_shards.count, 3);
    EXPECT_EQ(m_a->GetPathCounters(1, Simulator::Now()).queueDrops, 1u);
    EXPECT_EQ(m_a->GetControlSent(), 2u);
    EXPECT_EQ(m_b->GetControlReceived(), 1u);
}

TEST_F(ControlOverPaths, UnderAnotherKeyItIsForged)
{
    m_a->SetAttribute("ControlKey", StringValue("000102030405060708090a0b0c0d0e0f"));
    m_a->SendControl(Time(0), 0, SHARD_CONTROL_PROBE, {1});
    Simulator::Run();
    EXPECT_TRUE(m_probes.heard.empty());
    EXPECT_EQ(m_b->GetRejected(SHARD_FORGED), 1u);
    EXPECT_EQ(m_b->GetControlReceived(), 0u);
    m_b->SetAttribute("ControlKey", StringValue("000102030405060708090a0b0c0d0e0f"));
    m_a->SendControl(Simulator::Now(), 0, SHARD_CONTROL_PROBE, {2});
    Simulator::Run();
    ASSERT_EQ(m_probes.heard.size(), 1u);
    EXPECT_EQ(m_probes.heard[0].body, Bytes{2});
}

TEST_F(ControlOverPaths, WithoutAReceiverNothingHappens)
{
    m_a->SendControl(Time(0), 0, SHARD_CONTROL_EPOCH, {0, 0, 0, 1});
    Simulator::Run();
    EXPECT_EQ(m_b->GetControlReceived(), 1u);
    EXPECT_TRUE(m_probes.heard.empty());
    EXPECT_TRUE(m_asks.heard.empty());
}

class ControlByHand : public ::testing::Test
{
  protected:
    ControlByHand()
    {
        m_b->SetControlReceiver(SHARD_CONTROL_ASK, &m_asks);
    }

    ~ControlByHand() override
    {
        m_a->Dispose();
        m_b->Dispose();
    }

    Ptr<HandTransport> m_a = CreateObject<HandTransport>();
    Ptr<HandTransport> m_b = CreateObject<HandTransport>();
    Listener m_asks; ///< at B
};

TEST_F(ControlByHand, WhatCameBeforeIsReplayed)
{
    const Bytes message = m_a->Make(SHARD_CONTROL_ASK, {1, 2, 3});
    EXPECT_EQ(m_b->Take(message), SHARD_OK);
    EXPECT_EQ(m_b->Take(message), SHARD_REPLAYED);
    EXPECT_EQ(m_b->Take(message), SHARD_REPLAYED);
    EXPECT_EQ(m_asks.heard.size(), 1u);
    EXPECT_EQ(m_b->GetRejected(SHARD_REPLAYED), 2u);
    EXPECT_EQ(m_b->GetControlReceived(), 1u);
}

TEST_F(ControlByHand, ComesInAnyOrderButNot64Behind)
{
    std::vector<Bytes> messages;
    for (uint8_t i = 0; i < 100; ++i)
    {
        messages.push_back(m_a->Make(SHARD_CONTROL_ASK, {i}));
    }
    EXPECT_EQ(m_b->Take(messages[99]), SHARD_OK);
    EXPECT_EQ(m_b->Take(messages[99 - 64]), SHARD_REPLAYED) << "too old to tell";
    EXPECT_EQ(m_b->Take(messages[99 - 63]), SHARD_OK);
    EXPECT_EQ(m_b->Take(messages[99 - 63]), SHARD_REPLAYED);
    EXPECT_EQ(m_b->Take(messages[98]), SHARD_OK);
    EXPECT_EQ(m_b->Take(messages[50]), SHARD_OK);
    EXPECT_EQ(m_b->Take(messages[98]), SHARD_REPLAYED);
    ASSERT_EQ(m_asks.heard.size(), 4u);
    EXPECT_EQ(m_asks.heard[1].body, Bytes{36});
    EXPECT_EQ(m_asks.heard[3].body, Bytes{50});
}

TEST_F(ControlByHand, SendersAreToldApart)
{
    Ptr<HandTransport> c = CreateObject<HandTransport>();
    const Bytes fromA = m_a->Make(SHARD_CONTROL_ASK, {1});
    const Bytes fromC = c->Make(SHARD_CONTROL_ASK, {3}); // number 1, too
    EXPECT_EQ(m_b->Take(fromA, 1), SHARD_OK);
    EXPECT_EQ(m_b->Take(fromC, 3), SHARD_OK);
    EXPECT_EQ(m_b->Take(fromC, 3), SHARD_REPLAYED);
    ASSERT_EQ(m_asks.heard.size(), 2u);
    EXPECT_EQ(m_asks.heard[1].peer, 3u);
    c->Dispose();
}

TEST_F(ControlByHand, WhatIsForgedMovesNothing)
{
    const Bytes genuine = m_a->Make(SHARD_CONTROL_ASK, {1});
    Bytes forged = genuine;
    forged[4] = 0x7f; // far ahead of all that is genuine
    EXPECT_EQ(m_b->Take(forged), SHARD_FORGED);
    EXPECT_EQ(m_b->Take(genuine), SHARD_OK);
    for (std::size_t at = 4; at < genuine.size(); ++at)
    {
        for (int bit = 0; bit < 8; ++bit)
        {
            Bytes changed = genuine;
            changed[at] ^= static_cast<uint8_t>(1 << bit);
            EXPECT_EQ(m_b->Take(changed), SHARD_FORGED) << at << " " << bit;
        }
    }
    EXPECT_EQ(m_asks.heard.size(), 1u);
}

TEST_F(ControlByHand, MalformedOnesAreCountedUnderTheirReason)
{
    const Bytes good = m_a->Make(SHARD_CONTROL_ASK, {1, 2, 3, 4});
    ASSERT_EQ(good.size(), 20u);
    for (std::ptrdiff_t size = 0; size < 16; ++size)
    {
        EXPECT_EQ(m_b->Take({good.begin(), good.begin() + size}), SHARD_TRUNCATED) << size;
    }
    for (std::ptrdiff_t size = 16; size < 20; ++size)
    {
        EXPECT_EQ(m_b->Take({good.begin(), good.begin() + size}), SHARD_LENGTH) << size;
    }
    Bytes longer = good;
    longer.push_back(0);
    EXPECT_EQ(m_b->Take(longer), SHARD_LENGTH);
    for (uint8_t first : {0x0f, 0x2f, 0x10})
    {
        Bytes other = good;
        other[0] = first;
        EXPECT_EQ(m_b->Take(other), SHARD_VERSION) << int(first);
    }
    for (uint8_t type : {0, 8, 255})
    {
        Bytes other = good;
        other[1] = type;
        EXPECT_EQ(m_b->Take(other), SHARD_VERSION) << int(type);
    }
    EXPECT_EQ(m_b->GetRejected(SHARD_TRUNCATED), 16u);
    EXPECT_EQ(m_b->GetRejected(SHARD_LENGTH), 5u);
    EXPECT_EQ(m_b->GetRejected(SHARD_VERSION), 6u);
    EXPECT_EQ(m_b->GetRejected(SHARD_FORGED), 0u);
    EXPECT_EQ(m_b->GetControlReceived(), 0u);
    EXPECT_TRUE(m_asks.heard.empty());
    EXPECT_EQ(m_b->Take(good), SHARD_OK);
}

TEST_F(ControlByHand, AnEmptyBodyIsHandedOver)
{
    EXPECT_EQ(m_b->Take(m_a->Make(SHARD_CONTROL_ASK, {})), SHARD_OK);
    ASSERT_EQ(m_asks.heard.size(), 1u);
    EXPECT_TRUE(m_asks.heard[0].body.empty());
}

TEST_F(ControlByHand, AfterDisposeNobodyIsCalled)
{
    const Bytes message = m_a->Make(SHARD_CONTROL_ASK, {1});
    m_b->Dispose();
    m_b->Take(message);
    EXPECT_TRUE(m_asks.heard.empty());
}

TEST_F(ControlByHand, TheKeyIsReadAsItWasSet)
{
    StringValue value;
    m_a->GetAttribute("ControlKey", value);
    EXPECT_EQ(value.Get(), std::string(32, '0'));
    const std::string key = "0123456789abcdef00112233445566ff";
    m_a->SetAttribute("ControlKey", StringValue(key));
    m_a->GetAttribute("ControlKey", value);
    EXPECT_EQ(value.Get(), key);
}

TEST_F(ControlByHand, TheKeyIsThatOfItsDigits)
{
    m_a->SetAttribute("ControlKey", StringValue("0123456789abcdef00112233445566ff"));
    const Bytes message = m_a->Make(SHARD_CONTROL_ASK, {1});
    const ShardTagKey key = {{0x01,
                              0x23,
                              0x45,
                              0x67,
                              0x89,
                              0xab,
                              0xcd,
                              0xef,
                              0x00,
                              0x11,
                              0x22,
                              0x33,
                              0x44,
                              0x55,
                              0x66,
                              0xff}};
    // The tag alone is held against SipHash's own test vectors elsewhere.
    EXPECT_EQ(ShardGet64(&message[9]), ShardTag(key, message.data(), 9));
    for (std::size_t digit = 0; digit < 32; ++digit)
    {
        std::string other = "0123456789abcdef00112233445566ff";
        other[digit] = other[digit] == '7' ? '8' : '7';
        m_b->SetAttribute("ControlKey", StringValue(other));
        EXPECT_EQ(m_b->Take(message), SHARD_FORGED) << digit;
    }
}

TEST_F(ControlByHand, WhatIsNoKeyEndsTheProgramWithAClearLine)
{
    for (const char* digits : {"",
                               "0123",
                               "0123456789ABCDEF0123456789abcdef",
                               "0123456789abcdef0123456789abcdef0",
                               "0123456789abcdef0123456789abcdeg"})
    {
        EXPECT_DEATH(m_a->SetAttribute("ControlKey", StringValue(digits)), "32 digits 0-9 and a-f");
    }
}

} // namespace
