// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_ASSIGN_H
#define CONTENT_ASSIGN_H

#include "content-message.h"

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/shard-key-ring.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// A shard that is to be given to an encoder.
struct ContentAssignTask
{
    ContentKey key;                 ///< of the shard
    uint8_t rendition{0};           ///< number
    double pixels{0};               ///< work
    Time deadline;                  ///< when it should be there
    std::vector<uint16_t> excluded; ///< encoders that have it, or were given it already
};

/// What is known of an encoder that works.
struct ContentAssignEncoder
{
    uint16_t number{0}; ///< in the pool
    double capacity{1}; ///< pixels a second
    Time backlog;       ///< until it will have done what it was given, by what is known
    uint32_t shards{0}; ///< that it has or was given
};

/// What is known when shards are given to encoders.
struct ContentAssignView
{
    Time now;                                   ///< the time
    uint32_t pool{0};                           ///< encoders, those that have failed included
    std::vector<ContentAssignTask> tasks;       ///< to be given
    std::vector<ContentAssignEncoder> encoders; ///< that work, by number
};

/**
 * @ingroup sharding
 * Plug-point: which encoder gets which shard? A policy holds no host and reads no clock.
 */
class ContentAssign : public Object
{
  public:
    /// The encoder of a task that is not given to any.
    static constexpr uint32_t NONE = UINT32_MAX;

    /// @return the TypeId
    static TypeId GetTypeId();

    /// @param view what is known  @return of each task, an index into the encoders, or NONE
    virtual std::vector<uint32_t> Assign(const ContentAssignView& view) = 0;
};

/// @ingroup sharding
/// One after the other.
class ContentRoundRobin : public ContentAssign
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    std::vector<uint32_t> Assign(const ContentAssignView& view) override;

  private:
    uint32_t m_last{0}; ///< number of the encoder that got something last
};

/// @ingroup sharding
/// The encoder that would have done it first, by what is known of backlogs and capacities.
class ContentLeastLoaded : public ContentAssign
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    std::vector<uint32_t> Assign(const ContentAssignView& view) override;
};

/// @ingroup sharding
/// The encoder of the shard's place on a ring (ShardKeyRing): where a shard belongs changes only
/// with its own encoder.
class ContentHashed : public ContentAssign
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    std::vector<uint32_t> Assign(const ContentAssignView& view) override;

  private:
    ShardKeyRing m_ring; ///< of encoders that work
};

/**
 * @ingroup sharding
 * All tasks at once at least cost, by a minimum-cost flow (AssignAtLeastCost): a task at the k-th
 * place behind an encoder's backlog costs the time until it is done, as if those before it were as
 * large as itself, and a multiple of the time that it comes too late. Tasks beyond `MostTasks` at
 * once are taken in parts, the most urgent first.
 */
class ContentLeastCost : public ContentAssign
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    std::vector<uint32_t> Assign(const ContentAssignView& view) override;

  private:
    uint32_t m_mostTasks{0}; ///< attribute
    double m_lateness{0};    ///< attribute
};

/**
 * @ingroup sharding
 * What sharding replaces: every rendition is a stream of its own, which certain encoders encode
 * whole. With r renditions, encoders i, i + r, i + 2r, ... belong to rendition i; where they have
 * failed, nobody does it.
 */
class ContentWholeStreams : public ContentAssign
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    std::vector<uint32_t> Assign(const ContentAssignView& view) override;

  private:
    uint32_t m_renditions{1}; ///< attribute
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_ASSIGN_H
