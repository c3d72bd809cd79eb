// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_SEALER_H
#define SHARD_SEALER_H

#include "shard-tunnel-cipher.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Seals shards: numbers them, encrypts what payload they have, and lengthens it by
 * ShardSeal::OVERHEAD. Every unit counts its own seals, and the count is the nonce: no two units
 * need to agree on anything, and no nonce comes twice under a key.
 */
class ShardSealer : public ShardTunnelCipher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardSealer();
    ~ShardSealer() override;

    /**
     * Give a shard its sequence number and its key, before units that work side by side bring
     * shards into another order: in the order in which they are handed to units. A shard that is
     * sent again gets a new number.
     * @param shard not sealed
     */
    void Number(Shard& shard);

    /**
     * Seal a shard. One that has no number gets its number now.
     * @param now when
     * @param unit which unit does it, below ShardSeal::UNITS
     * @param shard not sealed
     * @return false when its number is from before a restart
     */
    bool Apply(Time now, uint16_t unit, Shard& shard) override;

    /**
     * The node has failed and begins again: it has forgotten everything but which key epoch it was
     * in, and goes on to the next one.
     */
    void Restart();

    /// @return the key epoch, from 0
    uint64_t GetEpoch() const
    {
        return m_epoch;
    }

    /// @return shards sealed
    uint64_t GetSealed() const
    {
        return m_sealed;
    }

    /// @return shards dropped because they were numbered before a restart
    uint64_t GetStale() const
    {
        return m_stale;
    }

  protected:
    void DoDispose() override;

  private:
    /// A key in use.
    struct Key
    {
        uint64_t epoch; ///< its number
        ShardAead aead; ///< ready
    };

    void NextEpoch();
    const ShardAead& KeyOf(uint64_t epoch);
    void Encrypt(uint64_t epoch, Shard& shard);

    uint32_t m_peer{0};                         ///< attribute
    uint32_t m_rekeyAfter{0};                   ///< attribute
    std::optional<ShardKeySchedule> m_schedule; ///< made when it is needed
    std::vector<Key> m_keys;                    ///< the latest, and one before
    std::vector<uint64_t> m_counters;           ///< of seals, by unit
    uint64_t m_epoch{0};                        ///< of the key for the shard numbered next
    uint64_t m_bootEpoch{0};                    ///< that began with the last restart
    uint32_t m_sequence{0};                     ///< of the shard numbered last
    uint64_t m_sealed{0};                       ///< shards
    uint64_t m_stale{0};                        ///< shards
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_SEALER_H
