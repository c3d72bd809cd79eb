// SPDX-License-Identifier: GPL-2.0-only
#include "offload-workload-header.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(OffloadIoHeader);

namespace
{

constexpr uint8_t FLAG_LAST = 1;
constexpr uint8_t FLAG_PREFETCH = 2;
constexpr uint8_t FLAG_URGENT = 4;

/// @param kind of message  @return whether it carries a chunk
bool
CarriesChunk(OffloadIoKind kind)
{
    return kind == OFFLOAD_IO_DATA || kind == OFFLOAD_IO_WRITE;
}

} // namespace

TypeId
OffloadIoHeader::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::OffloadIoHeader")
                            .SetParent<Header>()
                            .SetGroupName("Sharding")
                            .AddConstructor<OffloadIoHeader>();
    return tid;
}

TypeId
OffloadIoHeader::GetInstanceTypeId() const
{
    return GetTypeId();
}

void
OffloadIoHeader::Print(std::ostream& os) const
{
    os << "kind=" << +m_fields.kind << " function=" << m_fields.function
       << " request=" << m_fields.request << " try=" << m_fields.tryNumber
       << " offset=" << m_fields.offset << " bytes=" << m_fields.bytes;
}

uint32_t
OffloadIoHeader::GetSerializedSize() const
{
    return SIZE;
}

void
OffloadIoHeader::Serialize(Buffer::Iterator start) const
{
    start.WriteU8(m_fields.kind);
    start.WriteU8((m_fields.isLast ? FLAG_LAST : 0) | (m_fields.isPrefetch ? FLAG_PREFETCH : 0) |
                  (m_fields.isUrgent ? FLAG_URGENT : 0));
    start.WriteHtonU16(m_fields.function);
    start.WriteHtonU16(m_fields.tryNumber);
    start.WriteHtonU16(0);
    start.WriteHtonU32(m_fields.chunkBytes);
    start.WriteHtonU32(m_fields.bytes);
    start.WriteHtonU64(m_fields.request);
    start.WriteHtonU64(m_fields.offset);
    start.WriteHtonU64(m_fields.mask);
}

uint32_t
OffloadIoHeader::Deserialize(Buffer::Iterator start)
{
    m_fields.kind = static_cast<OffloadIoKind>(start.ReadU8());
    const uint8_t flags = start.ReadU8();
    m_fields.isLast = (flags & FLAG_LAST) != 0;
    m_fields.isPrefetch = (flags & FLAG_PREFETCH) != 0;
    m_fields.isUrgent = (flags & FLAG_URGENT) != 0;
    m_fields.function = start.ReadNtohU16();
    m_fields.tryNumber = start.ReadNtohU16();
    start.ReadNtohU16();
    m_fields.chunkBytes = start.ReadNtohU32();
    m_fields.bytes = start.ReadNtohU32();
    m_fields.request = start.ReadNtohU64();
    m_fields.offset = start.ReadNtohU64();
    m_fields.mask = start.ReadNtohU64();
    return SIZE;
}

Ptr<Packet>
OffloadIoHeader::Make(const OffloadIoFields& fields)
{
    const uint32_t payload = CarriesChunk(fields.kind) ? fields.BytesOf(fields.Chunk()) : 0;
    Ptr<Packet> packet = Create<Packet>(payload);
    packet->AddHeader(OffloadIoHeader(fields));
    return packet;
}

std::optional<OffloadIoFields>
OffloadIoHeader::Read(Ptr<const Packet> packet)
{
    if (packet->GetSize() < SIZE)
    {
        return std::nullopt;
    }
    OffloadIoHeader header;
    packet->PeekHeader(header);
    const OffloadIoFields& fields = header.m_fields;
    // Divided, not added up: no sum overflows.
    if (fields.kind > OFFLOAD_IO_ACK || fields.bytes == 0 || fields.chunkBytes == 0 ||
        (fields.bytes - 1) / fields.chunkBytes >= OFFLOAD_IO_CHUNKS ||
        (fields.mask & ~fields.All()) != 0)
    {
        return std::nullopt;
    }
    const uint32_t payload = packet->GetSize() - SIZE;
    if (!CarriesChunk(fields.kind))
    {
        return payload == 0 ? std::optional<OffloadIoFields>(fields) : std::nullopt;
    }
    const bool isOne = fields.mask != 0 && (fields.mask & (fields.mask - 1)) == 0;
    return isOne && payload == fields.BytesOf(fields.Chunk())
               ? std::optional<OffloadIoFields>(fields)
               : std::nullopt;
}

} // namespace sharding
} // namespace ns3
