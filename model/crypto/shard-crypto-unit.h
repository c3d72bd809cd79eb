// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_CRYPTO_UNIT_H
#define SHARD_CRYPTO_UNIT_H

#include "ns3/nstime.h"
#include "ns3/shard-ring.h"
#include "ns3/shard.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a dispatcher is told of a unit.
 */
struct ShardUnitState
{
    uint32_t held{0};   ///< shards that wait or are served
    Time free;          ///< when all of these are served, at its present speed; Time::Max(): never
    double speed{1};    ///< factor of its speed; 0: it stalls
    bool isAlive{true}; ///< takes shards
};

/// A shard at a unit.
struct ShardUnitJob
{
    Shard shard;        ///< it
    int64_t arrived{0}; ///< when it came to the pool, ticks
    double work{0};     ///< time that it takes at speed 1, ticks
    uint64_t order{0};  ///< among all that were given to units of the pool
};

/**
 * @ingroup sharding
 * A queueing server: one shard at a time is served, the others wait in order of arrival. When it
 * will be done is known as long as its speed does not change, so nothing has to be scheduled here:
 * whoever owns it asks for NextDone() and takes what is served in time.
 */
class ShardCryptoUnit
{
  public:
    static constexpr int64_t NEVER = INT64_MAX; ///< no time

    /// What was counted. Shards taken = served + taken back + held.
    struct Counters
    {
        uint64_t taken{0};     ///< shards that came and found room
        uint64_t refused{0};   ///< shards that found none
        uint64_t served{0};    ///< shards whose service is over
        uint64_t takenBack{0}; ///< shards that were here when it failed
        int64_t busy{0};       ///< time spent serving, ticks
    };

    /// What is known of a service that is over.
    struct Service
    {
        int64_t begun{0}; ///< ticks
        int64_t done{0};  ///< ticks
    };

    /**
     * @param most shards that may wait, beside the one that is served
     * @param speed factor
     */
    explicit ShardCryptoUnit(uint32_t most = UINT32_MAX - 1, double speed = 1);

    /**
     * Take a shard, unless there is no room. All that is done until now must have been taken.
     * @param now when, ticks; never decreases
     * @param job the shard; untouched where it is refused
     * @return whether it is taken
     */
    bool Accept(int64_t now, ShardUnitJob&& job);

    /// @return when the shard in service is done, ticks; NEVER for none
    int64_t NextDone() const
    {
        return m_done;
    }

    /// @return order of the shard in service; there must be one
    uint64_t NextOrder() const
    {
        return m_jobs.Front().order;
    }

    /**
     * Take the shard whose service is over, at NextDone(); the next one's begins.
     * @param service gets when it was served
     * @return it
     */
    ShardUnitJob Pop(Service& service);

    /**
     * @param now when, ticks
     * @param speed factor from now on; 0 stalls it
     */
    void SetSpeed(int64_t now, double speed);

    /**
     * It fails: takes nothing until it recovers. What was done on the shard in service is lost.
     * @param now when, ticks
     * @return the shards that were here, in order
     */
    std::vector<ShardUnitJob> Fail(int64_t now);

    /// It works again.
    void Recover();

    /// @return what a dispatcher is told
    const ShardUnitState& GetState() const
    {
        return m_state;
    }

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /// @return whether every shard is accounted for
    bool CheckConservation() const;

  private:
    int64_t TimeOf(double work) const;
    void Begin(int64_t now);
    void Pause(int64_t now);
    void Foresee(int64_t now);
    void SetFree(int64_t free);

    uint32_t m_most;                ///< that may wait
    ShardRing<ShardUnitJob> m_jobs; ///< the first is served
    int64_t m_begun{0};             ///< when the first one's service began
    int64_t m_resumed{0};           ///< since when it is served at this speed
    int64_t m_done{NEVER};          ///< when it will be over
    int64_t m_free{0};              ///< when that of the last one will be
    ShardUnitState m_state;
    Counters m_counters;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_CRYPTO_UNIT_H
