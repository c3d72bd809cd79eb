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
    return m_size;
}

void
ShardPacketHeader::Serialize(Buffer::Iterator start) const
{
    start.Write(m_bytes.data(), m_size);
}

uint32_t
ShardPacketHeader::Deserialize(Buffer::Iterator start)
{
    if (start.GetRemainingSize() < ShardHeader::SIZE)
    {
        return 0;
    }
    start.Read(m_bytes.data(), ShardHeader::SIZE);
    m_size = ShardHeader::SIZE;
    if (m_bytes[0] >> 4 == ShardHeader::SEALED_VERSION)
    {
        if (start.GetRemainingSize() < ShardSeal::PREFIX)
        {
            return 0;
        }
        start.Read(m_bytes.data() + ShardHeader::SIZE, ShardSeal::PREFIX);
        m_size = MOST;
    }
    return m_size;
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
    if (m_size == MOST)
    {
        const ShardSeal seal = ShardSeal::Read(m_bytes.data() + ShardHeader::SIZE);
        os << " key " << +seal.key << " unit " << +seal.unit << " counter " << seal.counter
           << " sequence " << seal.sequence;
    }
}

} // namespace sharding
} // namespace ns3
