// SPDX-License-Identifier: GPL-2.0-only
#include "shard-packet-header.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardPacketHeader);

TypeId
ShardPacketHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShardPacketHeader")
                            .SetParent<Header>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ShardPacketHeader>();
    return tid;
}

TypeId
ShardPacketHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
ShardPacketHeader::GetSerializedSize() const
{
    return ShardHeader::SIZE;
}

void
ShardPacketHeader::Serialize(Buffer::Iterator start) const
{
    start.Write(m_bytes.data(), ShardHeader::SIZE);
}

uint32_t
ShardPacketHeader::Deserialize(Buffer::Iterator start)
{
    if (start.GetRemainingSize() < ShardHeader::SIZE)
    {
        return 0;
    }
    start.Read(m_bytes.data(), ShardHeader::SIZE);
    return ShardHeader::SIZE;
}

void
ShardPacketHeader::Print(std::ostream& os) const
{
    ShardFields fields;
    if (ShardHeader::Peek(m_bytes.data(), ShardHeader::SIZE, fields) != SHARD_OK)
    {
        os << "malformed";
        return;
    }
    os << "flow " << fields.flow << " block " << fields.block << " shard " << +fields.index << " k "
       << +fields.k << " n " << +fields.n << " code " << +fields.code << " datagram "
       << fields.datagram;
}

} // namespace sharding
} // namespace ns3
