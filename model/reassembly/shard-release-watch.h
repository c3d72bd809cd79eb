// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_RELEASE_WATCH_H
#define SHARD_RELEASE_WATCH_H

#include "shard-release-policy.h"

#include "ns3/shard-index.h"
#include "ns3/shard-pool.h"
#include "ns3/shard-turns.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Asks a release policy about blocks that are not complete, when it is to be asked, and has done
 * what it says. It reads no clock: every call says when it is, and NextDeadline() until when a call
 * is due.
 */
class ShardReleaseWatch
{
  public:
    /// Says what is known of a block; nothing when it has ended or is complete.
    using Look = std::function<std::optional<ShardReleaseState>(const ShardBlockId& id)>;
    /// Does what the policy says.
    using Act =
        std::function<void(int64_t now, const ShardBlockId& id, const ShardReleaseAnswer& answer)>;

    /// Nothing is due.
    static constexpr int64_t NEVER = ShardTurns::NEVER;

    /// @param policy to ask  @param look knows the blocks  @param act does what is to be done
    ShardReleaseWatch(Ptr<ShardReleasePolicy> policy, Look look, Act act)
        : m_policy(std::move(policy)),
          m_look(std::move(look)),
          m_act(std::move(act))
    {
    }

    /// A shard was kept, and its block is not complete. @param now ticks  @param id of the block
    void Kept(int64_t now, const ShardBlockId& id);

    /// Something has changed for a block. @param now ticks; it is asked about then  @param id which
    void Changed(int64_t now, const ShardBlockId& id);

    /// @param id of a block that has ended
    void Ended(const ShardBlockId& id);

    /// @param now when it is, ticks; what is due until then is done
    void Advance(int64_t now);

    /// @return when Advance is to be called next, ticks; not later than needed, NEVER for nothing
    int64_t NextDeadline() const
    {
        return m_turns.Next();
    }

  private:
    /// A block that is not complete.
    struct Entry : ShardTurns::Slot
    {
        ShardBlockId id;           ///< which
        bool skipsArrivals{false}; ///< not to be asked when a shard comes before then
        ShardReleaseAnswer last;   ///< what the policy said
    };

    static uint32_t Hash(const ShardBlockId& id);
    uint32_t Find(const ShardBlockId& id) const;
    void SetDue(uint32_t handle, int64_t due);
    void Judge(int64_t now, uint32_t handle);

    Ptr<ShardReleasePolicy> m_policy;
    Look m_look;
    Act m_act;
    ShardPool<Entry> m_pool;
    ShardIndex m_index;
    ShardTurns m_turns; ///< when to look at which
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_RELEASE_WATCH_H
