// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_OPENER_H
#define SHARD_OPENER_H

#include "shard-tunnel-cipher.h"

#include "ns3/shard-replay-guard.h"
#include "ns3/traced-callback.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>

namespace ns3
{
namespace sharding
{

/// What an opener says of a shard.
enum ShardSealVerdict : uint8_t
{
    SHARD_SEAL_ACCEPTED = 0, ///< opened
    SHARD_SEAL_MISSING,      ///< came unsealed
    SHARD_SEAL_LENGTH,       ///< cut, or otherwise not as long as its header says
    SHARD_SEAL_KEY,          ///< of a key epoch that is over, or much too far ahead
    SHARD_SEAL_TOO_OLD,      ///< further behind than the replay window reaches
    SHARD_SEAL_REPLAYED,     ///< came before
    SHARD_SEAL_FORGED,       ///< not sealed with this key, or changed on the way
    SHARD_SEAL_VERDICTS,     ///< how many there are
};

/**
 * @ingroup sharding
 * Opens what ShardSealers have sealed, and makes the shard again what it was before. Refuses what
 * was changed, came before, or is too old to tell. Keeps, for each peer, the key epoch furthest on
 * and the one before, each with the replay windows of its flows. State is made and moved on by
 * genuine shards only.
 *
 * With virtual payload there is nothing to decrypt: what comes is taken to be genuine, and
 * everything else is checked.
 */
class ShardOpener : public ShardTunnelCipher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardOpener();
    ~ShardOpener() override;

    /**
     * Open a shard.
     * @param now when
     * @param unit which unit does it
     * @param shard sealed, if it is genuine
     * @return false when it was refused, counted and traced
     */
    bool Apply(Time now, uint16_t unit, Shard& shard) override;

    /// @return shards opened
    uint64_t GetAccepted() const
    {
        return m_counts[SHARD_SEAL_ACCEPTED];
    }

    /**
     * @param verdict a reason
     * @return shards refused for it
     */
    uint64_t GetRejected(ShardSealVerdict verdict) const
    {
        return m_counts[verdict];
    }

    /// @return shards refused
    uint64_t GetRejected() const;

    /// @return the furthest that a shard taken was behind its flow's highest number
    uint32_t GetLargestReordering() const
    {
        return m_largestReordering;
    }

    /**
     * How far shards came behind their flow's highest number, to size the window by.
     * @param bits 0: those in order; b from 1: those behind by 2^(b-1) to 2^b - 1
     * @return shards
     */
    uint64_t GetReordered(uint32_t bits) const
    {
        return m_reordered.at(bits);
    }

    /**
     * A shard was refused.
     * @param shard as it came
     * @param verdict why
     */
    typedef void (*RejectedTracedCallback)(const Shard& shard, ShardSealVerdict verdict);

  protected:
    void DoDispose() override;

  private:
    /// A key epoch of a peer.
    struct Epoch
    {
        uint64_t number;              ///< of the epoch
        std::optional<ShardAead> key; ///< made when it is needed
        ShardReplayGuard guard;       ///< of its sequence numbers
    };

    /// What is known of a sender.
    struct Peer
    {
        ShardKeySchedule schedule;     ///< its keys
        Epoch current;                 ///< the epoch furthest on
        std::optional<Epoch> previous; ///< the one before
    };

    ShardSealVerdict Open(Shard& shard);
    Peer MakePeer(uint32_t peer, uint64_t epoch) const;
    Epoch MakeEpoch(uint64_t number) const;
    void MoveOn(Peer& peer, Epoch&& next) const;
    bool Decrypt(const Peer& peer, Epoch& epoch, const Shard& shard, Ptr<ShardBytes>& plain);

    uint32_t m_window{0};                                 ///< attribute
    uint32_t m_maxFlows{0};                               ///< attribute
    bool m_realPayload{false};                            ///< attribute
    std::map<uint32_t, Peer> m_peers;                     ///< by number
    std::array<uint64_t, SHARD_SEAL_VERDICTS> m_counts{}; ///< shards
    std::array<uint64_t, 33> m_reordered{};               ///< shards, by bits of their distance
    uint32_t m_largestReordering{0};                      ///< numbers
    TracedCallback<const Shard&, ShardSealVerdict> m_rejectedTrace; ///< refused
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_OPENER_H
