// SPDX-License-Identifier: GPL-2.0-only
#include "shard-classify.h"

#include "ns3/ipv4-header.h"
#include "ns3/ipv4-queue-disc-item.h"
#include "ns3/packet.h"
#include "ns3/queue-item.h"

#include <algorithm>
#include <array>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr uint8_t UDP_PROTOCOL = 17; // IANA protocol number
constexpr uint32_t UDP_HEADER = 8;   // RFC 768
constexpr uint32_t WANTED = UDP_HEADER + ShardHeader::SIZE;

ShardBlockKey
KeyOf(const ShardFields& fields, uint64_t source)
{
    ShardBlockKey key;
    key.source = source;
    key.flow = fields.flow;
    key.block = fields.block;
    key.k = fields.k;
    key.n = fields.n;
    key.code = fields.code;
    return key;
}

uint32_t
Get16(const uint8_t* in)
{
    return static_cast<uint32_t>(in[0]) << 8 | in[1];
}

} // namespace

ShardView
ViewShard(const Shard& shard, uint64_t source, uint32_t overhead)
{
    ShardView view;
    view.block = KeyOf(shard.fields, source);
    view.index = shard.fields.index;
    view.dscp = shard.dscp;
    view.bytes = shard.size + overhead;
    return view;
}

ShardView
ViewPacket(const QueueDiscItem& item, uint16_t port)
{
    ShardView view;
    view.bytes = item.GetSize();
    uint8_t tos = 0;
    if (item.GetUint8Value(QueueItem::IP_DSFIELD, tos))
    {
        view.dscp = tos >> 2;
    }
    const auto* ipv4 = dynamic_cast<const Ipv4QueueDiscItem*>(&item);
    if (ipv4 == nullptr)
    {
        return view;
    }
    const Ipv4Header& header = ipv4->GetHeader();
    if (header.GetProtocol() != UDP_PROTOCOL || header.GetFragmentOffset() != 0 ||
        !header.IsLastFragment())
    {
        return view;
    }
    std::array<uint8_t, WANTED> bytes;
    const Ptr<Packet> packet = item.GetPacket();
    if (packet->CopyData(bytes.data(), WANTED) < WANTED || Get16(&bytes[2]) != port ||
        Get16(&bytes[4]) < WANTED || Get16(&bytes[4]) > packet->GetSize())
    {
        return view;
    }
    ShardFields fields;
    if (ShardHeader::Peek(&bytes[UDP_HEADER], ShardHeader::SIZE, fields) != SHARD_OK)
    {
        return view;
    }
    view.block =
        KeyOf(fields, static_cast<uint64_t>(header.GetSource().Get()) << 16 | Get16(&bytes[0]));
    view.index = fields.index;
    return view;
}

} // namespace sharding
} // namespace ns3
