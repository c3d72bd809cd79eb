// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_PACKET_HEADER_H
#define SHARD_PACKET_HEADER_H

#include "shard-header.h"

#include "ns3/header.h"

#include <array>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * ShardHeader as an ns3::Header, so that shards can be put on packets and printed from them.
 */
class ShardPacketHeader : public Header
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardPacketHeader() = default;

    /**
     * @param fields what to say
     * @param payload the shard's payload, or nullptr when only its size is modelled
     * @param payloadSize bytes of payload
     */
    ShardPacketHeader(const ShardFields& fields, const uint8_t* payload, uint32_t payloadSize)
    {
        ShardHeader::Write(fields, payload, payloadSize, m_bytes.data());
    }

    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;
    /// Takes a whole header, or nothing where fewer bytes are left.
    uint32_t Deserialize(Buffer::Iterator start) override;
    void Print(std::ostream& os) const override;

  private:
    std::array<uint8_t, ShardHeader::SIZE> m_bytes{}; ///< as on the wire
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_PACKET_HEADER_H
