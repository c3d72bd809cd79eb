// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_PREALLOCATION_POLICY_H
#define SHARD_PREALLOCATION_POLICY_H

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What is known of the datagrams of a flow, at the first shard of one of them.
 */
struct ShardArrivalPattern
{
    uint32_t peer{0};      ///< which sender
    uint32_t flow{0};      ///< flow id at that sender
    uint64_t datagrams{0}; ///< begun, this one included
    uint32_t size{0};      ///< bytes of this one
    uint32_t largest{0};   ///< bytes of the largest of the last eight
    Time gap;              ///< since the first shard of the one before; zero for the first one
    Time gapMean;          ///< smoothed mean of that; zero for the first one
    Time gapDeviation;     ///< mean deviation of that, rounded up
};

/// A buffer to be allocated ahead of a datagram.
struct ShardBufferPlan
{
    uint32_t bytes{0}; ///< of the buffer; 0: there is to be none
    Time begin;        ///< when its allocation begins; at once when that is over
    Time end;          ///< when it is given back, if no datagram has taken it
};

/**
 * @ingroup sharding
 * Plug-point: which buffer for a datagram that has not come? A policy holds no host and reads no
 * clock; it is handed all it needs. Subclass it in your own file to try a rule of your own.
 */
class ShardPreallocationPolicy : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * Asked at the first shard of each datagram: for the next datagram that has no buffer yet, and
     * then for the one after it, until there is to be none. Plans that have not begun by the next
     * datagram are dropped and asked for anew.
     * @param now when
     * @param pattern of the flow
     * @param ahead for the how-manieth datagram from now; 1: the next
     * @param coldTime how long an allocation takes
     * @return the buffer
     */
    virtual ShardBufferPlan Plan(Time now,
                                 const ShardArrivalPattern& pattern,
                                 uint32_t ahead,
                                 Time coldTime) = 0;
};

/**
 * @ingroup sharding
 * Expects the datagrams of a flow at their smoothed mean distance, and none larger than the largest
 * of the last eight. A buffer is ready some deviations before its datagram is expected, and waits
 * for it as long after, and for as long as the next one takes to come.
 */
class PredictivePreallocation : public ShardPreallocationPolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardBufferPlan Plan(Time now,
                         const ShardArrivalPattern& pattern,
                         uint32_t ahead,
                         Time coldTime) override;

  private:
    double m_margin{0}; ///< attribute, mean deviations
    Time m_maxWait;     ///< attribute
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_PREALLOCATION_POLICY_H
