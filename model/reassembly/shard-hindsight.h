// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_HINDSIGHT_H
#define SHARD_HINDSIGHT_H

#include "shard-block.h"

#include "ns3/shard-block-decoder.h"
#include "ns3/shard-index.h"
#include "ns3/shard-pool.h"
#include "ns3/shard.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Was it a mistake to give up a block? Remembers those that were given up last, and adds their late
 * shards to what was there, without the bytes: a block that becomes decodable would have been
 * released, had it been waited for.
 */
class ShardHindsight
{
  public:
    static constexpr uint32_t MOST = 4096; ///< blocks remembered, the latest

    /// @param block that is given up  @param isEarly before its time
    void GivenUp(const ShardBlock& block, bool isEarly);

    /// @param shard late, and not to be trusted
    void Late(const Shard& shard);

    /// @return blocks given up before their time that would have been complete
    uint64_t EarlyWrong() const
    {
        return m_wrong[true];
    }

    /// @return blocks given up at the timeout that would have been complete
    uint64_t TimeoutWrong() const
    {
        return m_wrong[false];
    }

  private:
    /// A block that was given up.
    struct Entry
    {
        ShardBlockId id;                          ///< which
        ShardCode code{SHARD_CODE_NONE};          ///< erasure code
        bool isEarly{false};                      ///< before its time
        std::optional<ShardBlockDecoder> decoder; ///< what came of it, no bytes
        ShardLinks byAge;                         ///< in the order of giving up
    };

    static uint32_t Hash(const ShardBlockId& id);
    void Forget(uint32_t handle);

    ShardPool<Entry> m_pool;
    ShardList<Entry, &Entry::byAge> m_byAge;
    ShardIndex m_index;
    uint64_t m_wrong[2]{}; ///< [isEarly]
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_HINDSIGHT_H
