// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TUNNEL_CIPHER_H
#define SHARD_TUNNEL_CIPHER_H

#include "ns3/object.h"
#include "ns3/shard-aead.h"
#include "ns3/shard-cipher.h"
#include "ns3/shard-key-schedule.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What the two ends of a sealed direction have in common: the master key, what is derived from it,
 * and how nonce and associated data are put together (docs/wire-format.md).
 */
class ShardTunnelCipher : public Object, public ShardCipher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

  protected:
    /// What of a sealed shard is authenticated without being encrypted.
    using AssociatedData = std::array<uint8_t, ShardHeader::CHECKED + ShardSeal::PREFIX>;

    /// @param seal of a shard  @return the nonce: unit and counter
    static ShardAeadNonce NonceOf(const ShardSeal& seal);

    /// @param shard with its seal  @return header before the checksum, then the seal's prefix
    static AssociatedData AssociatedDataOf(const Shard& shard);

    /// @param peer number of a sender  @return its keys in this direction
    ShardKeySchedule MakeSchedule(uint32_t peer) const;

    /// @return the cipher
    ShardAeadKind Kind() const
    {
        return m_kind;
    }

    /// @param size bytes  @return memory for at least so many that nobody else holds
    Ptr<ShardBytes> MakeBytes(uint32_t size);

  private:
    void SetKey(const std::string& digits);
    std::string GetKey() const;
    void SetKind(ShardAeadKind kind);
    ShardAeadKind GetKind() const;

    ShardAeadKey m_key{};                     ///< attribute
    ShardAeadKind m_kind{SHARD_AEAD_FASTEST}; ///< attribute
    uint32_t m_direction{0};                  ///< attribute
    std::vector<Ptr<ShardBytes>> m_buffers;   ///< handed out lately, perhaps free again
    std::size_t m_buffer{0};                  ///< the one handed out last
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_TUNNEL_CIPHER_H
