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

    /**
     * A sealed shard whose payload is modelled by its size, of which the seal's prefix becomes a
     * part of the header.
     * @param fields what to say
     * @param seal its seal
     * @param payloadSize bytes of payload, the seal included
     */
    ShardPacketHeader(const ShardFields& fields, const ShardSeal& seal, uint32_t payloadSize)
    {
        ShardHeader::Write(fields, nullptr, payloadSize, m_bytes.data(), seal);
        seal.Write(m_bytes.data() + ShardHeader::SIZE);
        m_size = MOST;
    }

    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;
    /// Takes a whole header, with the prefix of a seal where it says that there is one, or nothing
    /// where fewer bytes are left.
    uint32_t Deserialize(Buffer::Iterator start) override;
    void Print(std::ostream& os) const override;

  private:
    static constexpr uint32_t MOST = ShardHeader::SIZE + ShardSeal::PREFIX;

    std::array<uint8_t, MOST> m_bytes{}; ///< as on the wire
    uint32_t m_size{ShardHeader::SIZE};  ///< how many of them
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_PACKET_HEADER_H
