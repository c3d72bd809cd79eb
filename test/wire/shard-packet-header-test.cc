// SPDX-License-Identifier: GPL-2.0-only
//
//     ns3::Packet: [ shard header | payload ]
//
// What is proved of the shard header on ns-3 packets:
//  1. on a packet it is the same 20 bytes as on the wire, and comes off again as it was put on
//  2. a copied and fragmented packet that is put together again still has it
//  3. of a packet that is too short nothing is taken
//  4. it prints what it says, in words; and "malformed" where it says nothing

#include "wire/wire-fixture.h"

#include "ns3/shard-packet-header.h"
#include <ns3/packet.h>

#include <gtest/gtest.h>
#include <sstream>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using namespace wiretest;

ShardFields
Example()
{
    ShardFields f;
    f.flow = 7;
    f.block = 4000000000U;
    f.datagram = 9000;
    f.index = 9;
    f.k = 8;
    f.n = 10;
    f.code = SHARD_CODE_REED_SOLOMON;
    return f;
}

Bytes
BytesOf(Ptr<const Packet> packet)
{
    Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), packet->GetSize());
    return bytes;
}

std::string
Printed(const ShardPacketHeader& header)
{
    std::ostringstream text;
    header.Print(text);
    return text.str();
}

TEST(ShardPacketHeader, PutsTheBytesOfTheWireOnAPacketAndTakesThemOffAgain)
{
    const Bytes payload(1125, 0x3c);
    Ptr<Packet> packet = Create<Packet>(payload.data(), 1125);
    packet->AddHeader(ShardPacketHeader(Example(), payload.data(), 1125));
    EXPECT_EQ(BytesOf(packet), WriteByHand(Example(), payload));

    ShardPacketHeader off;
    EXPECT_EQ(packet->RemoveHeader(off), 20U);
    EXPECT_EQ(BytesOf(packet), payload);
    Ptr<Packet> again = Create<Packet>(payload.data(), 1125);
    again->AddHeader(off);
    EXPECT_EQ(BytesOf(again), WriteByHand(Example(), payload));
}

TEST(ShardPacketHeader, OfAVirtualPayloadSumsTheHeaderAlone)
{
    Ptr<Packet> packet = Create<Packet>(1125);
    packet->AddHeader(ShardPacketHeader(Example(), nullptr, 1125));
    Bytes header = BytesOf(packet);
    header.resize(20);
    EXPECT_EQ(header, WriteByHand(Example(), {}, false));
}

TEST(ShardPacketHeader, SurvivesThatThePacketIsFragmented)
{
    Ptr<Packet> packet = Create<Packet>(1125);
    packet->AddHeader(ShardPacketHeader(Example(), nullptr, 1125));
    Ptr<Packet> whole = packet->CreateFragment(0, 13);
    whole->AddAtEnd(packet->CreateFragment(13, 500));
    whole->AddAtEnd(packet->CreateFragment(513, 632));
    ASSERT_EQ(whole->GetSize(), 1145U);
    ShardPacketHeader off;
    EXPECT_EQ(whole->RemoveHeader(off), 20U);
    EXPECT_EQ(Printed(off), Printed(ShardPacketHeader(Example(), nullptr, 1125)));
}

TEST(ShardPacketHeader, TakesNothingOffAPacketThatIsTooShort)
{
    for (uint32_t size = 0; size < 20; ++size)
    {
        const Bytes bytes(size, 0x11);
        Ptr<Packet> packet = Create<Packet>(bytes.data(), size);
        ShardPacketHeader off;
        EXPECT_EQ(packet->RemoveHeader(off), 0U) << size << " bytes";
        EXPECT_EQ(BytesOf(packet), bytes);
        EXPECT_EQ(Printed(off), "malformed");
    }
}

TEST(ShardPacketHeader, PrintsWhatItSays)
{
    EXPECT_EQ(Printed(ShardPacketHeader(Example(), nullptr, 1125)),
              "flow 7 block 4000000000 shard 9 k 8 n 10 code 3 datagram 9000");
    ShardFields wrong = Example();
    wrong.index = 10;
    EXPECT_EQ(Printed(ShardPacketHeader(wrong, nullptr, 1125)), "malformed");
    EXPECT_EQ(Printed(ShardPacketHeader()), "malformed");
    EXPECT_EQ(TypeId::LookupByName("ns3::sharding::ShardPacketHeader").GetParent(),
              Header::GetTypeId());
}

} // namespace
