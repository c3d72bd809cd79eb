// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_FLOW_TABLE_H
#define SHARD_FLOW_TABLE_H

#include "shard-block.h"

#include "ns3/shard-index.h"
#include "ns3/shard-pool.h"

#include <array>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The flows that a node knows, found by name, by idleness and by weight, all in O(1).
 *
 * Weight is bytes of proven open blocks, in classes of an eighth of an octave: the heaviest flow
 * that is found weighs at least 8/9 of the one that truly is, and no shard pays for a heap.
 */
class ShardFlowTable
{
  public:
    /// @param handle of a flow  @return the flow
    ShardFlow& operator[](uint32_t handle)
    {
        return m_pool[handle];
    }

    /// @param handle of a flow  @return the flow
    const ShardFlow& operator[](uint32_t handle) const
    {
        return m_pool[handle];
    }

    /// @param peer which sender  @param flow id  @return handle, or SHARD_NIL
    uint32_t Find(uint32_t peer, uint32_t flow) const;

    /// @param peer which sender  @param flow id, not in the table  @return handle
    uint32_t Add(uint32_t peer, uint32_t flow);

    /// @param handle of a flow without blocks, which is removed
    void Remove(uint32_t handle);

    /// @param handle of a flow that has no open block  @param now when that came about, ticks
    void MakeIdle(uint32_t handle, int64_t now);

    /// @param handle of a flow that is in use now: it is taken off the idle ones
    void MakeBusy(uint32_t handle);

    /// @param proven which kind  @return handle of the one longest idle, or SHARD_NIL
    uint32_t LongestIdle(bool proven) const
    {
        return m_idle[proven ? 1 : 0].Front();
    }

    /// @param handle of a flow whose proven bytes have changed
    void Reweigh(uint32_t handle);

    /// @return handle of the heaviest flow, or SHARD_NIL when no proven block is open
    uint32_t Heaviest() const;

    /// @return number of flows
    uint32_t Count() const
    {
        return m_pool.Used();
    }

    /// @return bytes that the table has taken from the heap
    size_t HeapBytes() const
    {
        return m_pool.HeapBytes() + m_index.HeapBytes();
    }

  private:
    static constexpr uint32_t CLASSES = 384; ///< 8 an octave, up to 2^47 bytes
    using List = ShardList<ShardFlow, &ShardFlow::links>;

    static uint32_t WeightClass(uint64_t bytes);
    void Leave(uint32_t handle);

    ShardPool<ShardFlow> m_pool;                      ///< the flows
    ShardIndex m_index;                               ///< by name
    std::array<List, 2> m_idle;                       ///< unproven and proven, longest first
    std::array<List, CLASSES> m_weights;              ///< those with proven open blocks
    std::array<uint64_t, CLASSES / 64> m_populated{}; ///< which of the classes hold any
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_FLOW_TABLE_H
