// SPDX-License-Identifier: GPL-2.0-only

/**
 * @file
 * A queue that marks congestion experienced (ShardMarkingQueue). What is proved:
 * 1. What is ECN-capable, ECT(0) or ECT(1), and finds the threshold waiting is marked; below it,
 *    and what is not ECN-capable, is as it was. CE stays CE.
 * 2. A threshold of 0 marks nothing; a packet that is dropped is not marked.
 * 3. Nothing but the two bits changes: DSCP, size and payload stay, and the checksum, where there
 *    is one, is right.
 * 4. What is no IPv4 is let through.
 */

#include "ns3/shard-marking-queue.h"
#include <ns3/boolean.h>
#include <ns3/global-value.h>
#include <ns3/ipv4-header.h>
#include <ns3/ppp-header.h>
#include <ns3/uinteger.h>

#include <gtest/gtest.h>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

constexpr uint16_t IPV4 = 0x0021;

Ptr<Packet>
Framed(Ipv4Header::EcnType ecn, uint16_t protocol = IPV4, bool checksum = false)
{
    const std::vector<uint8_t> bytes = {1, 2, 3, 4, 5};
    Ptr<Packet> packet = Create<Packet>(bytes.data(), 5);
    Ipv4Header ip;
    ip.SetSource(Ipv4Address("10.0.0.1"));
    ip.SetDestination(Ipv4Address("10.0.0.2"));
    ip.SetDscp(Ipv4Header::DSCP_EF);
    ip.SetEcn(ecn);
    ip.SetPayloadSize(5);
    if (checksum)
    {
        ip.EnableChecksum();
    }
    packet->AddHeader(ip);
    PppHeader ppp;
    ppp.SetProtocol(protocol);
    packet->AddHeader(ppp);
    return packet;
}

Ipv4Header
HeaderOf(Ptr<const Packet> framed, bool checksum = false)
{
    Ptr<Packet> packet = framed->Copy();
    PppHeader ppp;
    packet->RemoveHeader(ppp);
    Ipv4Header ip;
    if (checksum)
    {
        ip.EnableChecksum();
    }
    packet->RemoveHeader(ip);
    std::vector<uint8_t> bytes(packet->GetSize());
    packet->CopyData(bytes.data(), packet->GetSize());
    EXPECT_EQ(bytes, (std::vector<uint8_t>{1, 2, 3, 4, 5}));
    EXPECT_EQ(ip.GetDscp(), Ipv4Header::DSCP_EF);
    EXPECT_EQ(ip.GetPayloadSize(), 5U);
    return ip;
}

Ptr<ShardMarkingQueue>
QueueOf(const std::string& size, uint32_t threshold)
{
    Ptr<ShardMarkingQueue> queue = CreateObject<ShardMarkingQueue>();
    queue->SetMaxSize(QueueSize(size));
    queue->SetAttribute("MarkThreshold", UintegerValue(threshold));
    return queue;
}

TEST(MarkingQueue, MarksWhatIsCapableFromTheThresholdOn)
{
    Ptr<ShardMarkingQueue> queue = QueueOf("10p", 2);
    const std::vector<Ipv4Header::EcnType> sent = {Ipv4Header::ECN_ECT0,
                                                   Ipv4Header::ECN_ECT1,
                                                   Ipv4Header::ECN_ECT0,
                                                   Ipv4Header::ECN_ECT1,
                                                   Ipv4Header::ECN_NotECT,
                                                   Ipv4Header::ECN_CE};
    for (const Ipv4Header::EcnType ecn : sent)
    {
        EXPECT_TRUE(queue->Enqueue(Framed(ecn)));
    }
    std::vector<Ipv4Header::EcnType> got;
    for (std::size_t i = 0; i < sent.size(); ++i)
    {
        got.push_back(HeaderOf(queue->Dequeue()).GetEcn());
    }
    EXPECT_EQ(got,
              (std::vector<Ipv4Header::EcnType>{Ipv4Header::ECN_ECT0,
                                                Ipv4Header::ECN_ECT1,
                                                Ipv4Header::ECN_CE,
                                                Ipv4Header::ECN_CE,
                                                Ipv4Header::ECN_NotECT,
                                                Ipv4Header::ECN_CE}));
    EXPECT_EQ(queue->GetMarked(), 3U);
}

TEST(MarkingQueue, WithoutAThresholdItIsDropTail)
{
    Ptr<ShardMarkingQueue> queue = QueueOf("3p", 0);
    for (uint32_t i = 0; i < 3; ++i)
    {
        EXPECT_TRUE(queue->Enqueue(Framed(Ipv4Header::ECN_ECT0)));
    }
    EXPECT_FALSE(queue->Enqueue(Framed(Ipv4Header::ECN_ECT0)));
    EXPECT_EQ(queue->GetMarked(), 0U);
    EXPECT_EQ(HeaderOf(queue->Dequeue()).GetEcn(), Ipv4Header::ECN_ECT0);
}

TEST(MarkingQueue, WhatIsDroppedIsNotMarked)
{
    Ptr<ShardMarkingQueue> queue = QueueOf("2p", 1);
    Ptr<Packet> last = Framed(Ipv4Header::ECN_ECT0);
    queue->Enqueue(Framed(Ipv4Header::ECN_NotECT));
    queue->Enqueue(Framed(Ipv4Header::ECN_NotECT));
    EXPECT_FALSE(queue->Enqueue(last));
    EXPECT_EQ(HeaderOf(last).GetEcn(), Ipv4Header::ECN_ECT0);
    EXPECT_EQ(queue->GetMarked(), 0U);
}

TEST(MarkingQueue, TheChecksumStaysRight)
{
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(true));
    Ptr<ShardMarkingQueue> queue = QueueOf("2p", 1);
    queue->Enqueue(Framed(Ipv4Header::ECN_ECT0, IPV4, true));
    queue->Enqueue(Framed(Ipv4Header::ECN_ECT0, IPV4, true));
    queue->Dequeue();
    const Ipv4Header ip = HeaderOf(queue->Dequeue(), true);
    GlobalValue::Bind("ChecksumEnabled", BooleanValue(false));
    EXPECT_EQ(ip.GetEcn(), Ipv4Header::ECN_CE);
    EXPECT_TRUE(ip.IsChecksumOk());
}

TEST(MarkingQueue, LetsThroughWhatIsNoIpv4)
{
    Ptr<ShardMarkingQueue> queue = QueueOf("2p", 1);
    Ptr<Packet> other = Framed(Ipv4Header::ECN_ECT0, 0x0057);
    const uint32_t size = other->GetSize();
    queue->Enqueue(Framed(Ipv4Header::ECN_ECT0));
    EXPECT_TRUE(queue->Enqueue(other));
    queue->Dequeue();
    Ptr<Packet> got = queue->Dequeue();
    EXPECT_EQ(got->GetSize(), size);
    EXPECT_EQ(HeaderOf(got).GetEcn(), Ipv4Header::ECN_ECT0);
    EXPECT_EQ(queue->GetMarked(), 0U);
}

} // namespace
