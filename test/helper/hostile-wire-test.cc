// SPDX-License-Identifier: GPL-2.0-only
//
//                          /== r0 =M=\           M: whoever sits on path 0 reads every sealed
//                          shard,
//     sender --- near ----<           >--- far --- receiver      holds it back, changes copies of
//     it
//                          \== r1 ==/            and sends them to the far gateway
//
// What is proved of a whole tunnel with units and real payload:
//  1. each shard that was tampered with, cut, sent again or held back beyond the replay window is
//     refused, and the counter of that reason says how many; every packet arrives once, as sent
//  2. a sender with another key gets nothing through, and every shard of it is counted
//  3. what an end without the key makes up is refused, and changes nothing for the others
#include "helper/tunnel-fixture.h"

#include "ns3/shard-octets.h"
#include "ns3/shard-opener.h"
#include "ns3/shard-udp-transport.h"

#include <functional>
#include <random>
#include <set>
#include <utility>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using namespace tunneltest;

using Bytes = std::vector<uint8_t>;

constexpr uint16_t PORT = 5000;
/// In front of a shard on this link: PPP, IPv4, UDP.
constexpr uint32_t BEFORE = 2 + 20 + 8;
constexpr uint32_t PACKETS = 800;
constexpr uint32_t WINDOW = 64;

/// Sees the packets that come to a device, and says which of them get lost.
class Foe : public ErrorModel
{
  public:
    /// Handed a packet's bytes; says whether it is lost.
    std::function<bool(const Bytes&)> sees;

  private:
    bool DoCorrupt(Ptr<Packet> packet) override
    {
        Bytes bytes(packet->GetSize());
        packet->CopyData(bytes.data(), packet->GetSize());
        return sees(bytes);
    }

    void DoReset() override
    {
    }
};

class HostileWire : public TunnelStory
{
  protected:
    void Begin(const std::string& nearKey, const std::string& farKey)
    {
        helper.SetPolicy("ns3::sharding::StaticPolicy",
                         "Shards",
                         UintegerValue(4),
                         "Repair",
                         UintegerValue(1),
                         "Code",
                         StringValue("rs"));
        helper.SetRealPayload(true);
        helper.SetCrypto(true);
        helper.SetCryptoAttribute("Units", UintegerValue(4));
        helper.SetSealerAttribute("Key", StringValue(nearKey));
        helper.SetOpenerAttribute("Key", StringValue(farKey));
        helper.SetOpenerAttribute("ReplayWindow", UintegerValue(WINDOW));
        Install();
        in = Socket::CreateSocket(nodes.Get(RECEIVER), UdpSocketFactory::GetTypeId());
        in->Bind(InetSocketAddress(Ipv4Address::GetAny(), PORT));
        in->SetRecvCallback(MakeCallback(&HostileWire::Take, this));
        out = Socket::CreateSocket(nodes.Get(SENDER), UdpSocketFactory::GetTypeId());
        out->Connect(InetSocketAddress(Ipv4Address("10.4.0.2"), PORT));
        for (uint32_t number = 0; number < PACKETS; ++number)
        {
            Simulator::Schedule(MilliSeconds(3 * number),
                                [this, number]
                                {
                                    const Bytes bytes = Content(number);
                                    out->Send(Create<Packet>(bytes.data(), bytes.size()));
                                });
        }
        Ptr<Foe> foe = CreateObject<Foe>();
        foe->sees = [this](const Bytes& packet)
        {
            const bool isShard = packet.size() > BEFORE + 20 && packet[2 + 9] == 17 &&
                                 ShardGet16(&packet[2 + 20 + 2]) == ShardUdpTransport::DEFAULT_PORT;
            return isShard && !m_isSending && Sees(packet);
        };
        Arriving(0)->SetReceiveErrorModel(foe);
    }

    /// The bytes of packet `number`, which stands in front of them.
    static Bytes Content(uint32_t number)
    {
        Bytes bytes(500 + number % 1000);
        for (std::size_t i = 0; i < bytes.size(); ++i)
        {
            bytes[i] = static_cast<uint8_t>(i * 7 + number * 13);
        }
        ShardPut32(bytes.data(), number);
        return bytes;
    }

    void Take(Ptr<Socket> socket)
    {
        while (Ptr<Packet> packet = socket->Recv())
        {
            Bytes bytes(packet->GetSize());
            packet->CopyData(bytes.data(), packet->GetSize());
            ASSERT_GE(bytes.size(), 4U);
            EXPECT_EQ(bytes, Content(ShardGet32(bytes.data())));
            EXPECT_TRUE(got.insert(ShardGet32(bytes.data())).second) << "twice";
        }
    }

    /// Bring a packet to the far gateway as if over path 0, now.
    void Send(const Bytes& packet)
    {
        m_isSending = true;
        Arriving(0)->Receive(Create<Packet>(packet.data(), static_cast<uint32_t>(packet.size())));
        m_isSending = false;
    }

    /// Make lengths and checksum of a changed packet right again.
    static void Mend(Bytes& packet)
    {
        ShardPut16(&packet[2 + 2], static_cast<uint16_t>(packet.size() - 2));
        ShardPut16(&packet[2 + 20 + 4], static_cast<uint16_t>(packet.size() - 2 - 20));
        uint8_t* const shard = &packet[BEFORE];
        const auto size = static_cast<uint32_t>(packet.size()) - BEFORE;
        const uint32_t crc = ShardCrc32c(0xffffffff, shard, 16);
        ShardPut32(shard + 16, ~ShardCrc32c(crc, shard + 20, size - 20));
    }

    uint64_t Refused(ShardSealVerdict why) const
    {
        return tunnel->opener->GetRejected(why);
    }

    /// @return whether the packet is lost
    virtual bool Sees(const Bytes&)
    {
        return false;
    }

    Ptr<Socket> in;
    Ptr<Socket> out;
    std::set<uint32_t> got; ///< packets

  private:
    bool m_isSending{false};
};

/// One kind of attack after the other, and sometimes none.
class EveryAttack : public HostileWire
{
  protected:
    bool Sees(const Bytes& packet) override
    {
        const auto size = static_cast<uint32_t>(packet.size()) - BEFORE;
        Bytes copy = packet;
        switch (m_seen++ % 8)
        {
        case 0: // damaged, and the checksum is left as it was
            copy[BEFORE + 20 + random() % (size - 20)] ^= 0x10;
            Send(copy);
            ++damaged;
            return false;
        case 1: // changed with care, anywhere in what is encrypted or in the tag
            copy[BEFORE + 32 + random() % (size - 32)] ^= static_cast<uint8_t>(1 + random() % 255);
            Mend(copy);
            Send(copy);
            ++forged;
            return false;
        case 2: // given out for another datagram's
            ShardPut32(&copy[BEFORE + 8], ShardGet32(&copy[BEFORE + 8]) ^ 0x4000);
            Mend(copy);
            Send(copy);
            ++forged;
            return false;
        case 3: // cut, down to its header
            copy.resize(BEFORE + 20 + random() % (size - 20));
            Mend(copy);
            Send(copy);
            ++cut;
            return false;
        case 4: // again, a little later
            Simulator::Schedule(MicroSeconds(random() % 5000), [this, copy] { Send(copy); });
            ++again;
            return false;
        case 5: // held back for long, so that it is new and too old
            if (m_seen % 32 == 6 && Simulator::Now() < Seconds(2)) // while others follow
            {
                Simulator::Schedule(MilliSeconds(300), [this, copy] { Send(copy); });
                ++old;
                return true;
            }
            return false;
        default:
            return false;
        }
    }

    std::mt19937 random{7};
    uint32_t damaged{0};
    uint32_t forged{0};
    uint32_t cut{0};
    uint32_t again{0};
    uint32_t old{0};

  private:
    uint32_t m_seen{0};
};

const std::string KEY(64, 'a');
const std::string OTHER = std::string(63, 'a') + "b";

TEST_F(EveryAttack, IsRefusedCountedForWhatItIsAndHarmsNothing)
{
    Begin(KEY, KEY);
    Simulator::Run();
    ASSERT_GT(damaged + cut, 300U);
    ASSERT_GT(forged, 300U);
    ASSERT_GT(again, 150U);
    ASSERT_GT(old, 30U);
    EXPECT_EQ(tunnel->farTransport->GetRejected(SHARD_CHECKSUM), damaged);
    // The fields say how long a shard is: the transport notices, or else the opener.
    EXPECT_EQ(tunnel->farTransport->GetRejected(SHARD_LENGTH) +
                  tunnel->farTransport->GetRejected(SHARD_TRUNCATED) + Refused(SHARD_SEAL_LENGTH),
              cut);
    EXPECT_EQ(Refused(SHARD_SEAL_FORGED), forged);
    EXPECT_EQ(Refused(SHARD_SEAL_REPLAYED), again);
    EXPECT_EQ(Refused(SHARD_SEAL_TOO_OLD), old);
    EXPECT_EQ(tunnel->opener->GetAccepted() + old, tunnel->nearTransport->GetSent());
    EXPECT_EQ(tunnel->opener->GetRejected(), forged + again + old + Refused(SHARD_SEAL_LENGTH));
    EXPECT_EQ(got.size(), PACKETS);
    EXPECT_EQ(tunnel->reassembler->GetCounters().mismatches, 0U);
    EXPECT_TRUE(tunnel->reassembler->CheckConservation());
    EXPECT_TRUE(tunnel->decryption->CheckConservation());
}

TEST_F(HostileWire, ASenderWithAnotherKeyGetsNothingThrough)
{
    Begin(OTHER, KEY);
    Simulator::Run();
    EXPECT_EQ(got.size(), 0U);
    EXPECT_EQ(tunnel->opener->GetAccepted(), 0U);
    EXPECT_GT(tunnel->nearTransport->GetSent(), 3 * PACKETS);
    EXPECT_EQ(Refused(SHARD_SEAL_FORGED), tunnel->nearTransport->GetSent());
    EXPECT_EQ(tunnel->reassembler->GetCounters().received, 0U);
}

/// Sends before each genuine shard one that it made up itself, under the same number.
class MadeUp : public HostileWire
{
  protected:
    bool Sees(const Bytes& packet) override
    {
        Bytes copy = packet;
        for (std::size_t i = BEFORE + 32; i < copy.size(); ++i)
        {
            copy[i] = static_cast<uint8_t>(random());
        }
        Mend(copy);
        Send(copy);
        ++made;
        return false;
    }

    std::mt19937 random{8};
    uint32_t made{0};
};

TEST_F(MadeUp, ShardsAreRefusedAndTakeNoPlaceOfGenuineOnes)
{
    Begin(KEY, KEY);
    Simulator::Run();
    ASSERT_GT(made, PACKETS);
    EXPECT_EQ(Refused(SHARD_SEAL_FORGED), made);
    EXPECT_EQ(tunnel->opener->GetRejected(), made);
    EXPECT_EQ(tunnel->opener->GetAccepted(), tunnel->nearTransport->GetSent());
    EXPECT_EQ(got.size(), PACKETS);
}

} // namespace
