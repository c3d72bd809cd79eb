// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_CRYPTO_POOL_H
#define SHARD_CRYPTO_POOL_H

#include "shard-crypto-unit.h"
#include "shard-dispatcher.h"

#include "ns3/data-rate.h"
#include "ns3/event-id.h"
#include "ns3/object.h"
#include "ns3/random-variable-stream.h"
#include "ns3/shard-agenda.h"
#include "ns3/shard-cipher.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <deque>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Distribution of the time that a unit takes.
enum ShardServiceKind : uint8_t
{
    SHARD_SERVICE_DETERMINISTIC = 0, ///< always the mean
    SHARD_SERVICE_EXPONENTIAL,       ///< a draw for each shard
};

/// What becomes of the shards of a unit that fails.
enum ShardUnitFailure : uint8_t
{
    SHARD_FAILURE_REDISPATCH = 0, ///< given to others, from scratch
    SHARD_FAILURE_LOST,           ///< lost
};

/// A shard's service is over.
struct ShardServed
{
    Time at;          ///< when
    uint16_t unit{0}; ///< where
    Time wait;        ///< from its coming to the pool until its service began
    Time service;     ///< from then on
};

/// A unit has changed.
struct ShardUnitChanged
{
    Time at;          ///< when
    uint16_t unit{0}; ///< which
    bool isAlive{};   ///< it takes shards
    double speed{1};  ///< its factor; 0: it stalls
};

/**
 * @ingroup sharding
 * What a pool has counted. Shards received = served + dropped + lost + held, and
 * served = passed + rejected.
 */
struct ShardCryptoCounters
{
    uint64_t received{0};     ///< shards that came
    uint64_t served{0};       ///< shards whose service is over
    uint64_t passed{0};       ///< of these, handed on
    uint64_t rejected{0};     ///< of these, dropped by the cipher
    uint64_t dropped{0};      ///< shards for which a unit had no room
    uint64_t lost{0};         ///< shards of a unit, or of the node, that failed
    uint64_t redispatched{0}; ///< times that a shard went from a unit that failed to another
    uint64_t reorderMax{0};   ///< most by which a shard that left was behind the latest one that
                              ///< had, in shards: what a replay window has to be for
    uint64_t held{0};         ///< shards that wait or are served
};

/**
 * @ingroup sharding
 * Cryptographic units side by side: a stage that gives each shard to one of them, by a dispatcher,
 * and hands it on when its service is over. A shard takes Fixed + its payload's bits / Rate, or a
 * draw with this mean, at a unit of speed 1. There is one draw for each shard that comes, so all
 * dispatchers have the same work to do.
 *
 * When a service will be over is computed at once, and again where a unit changes; there is one
 * event at most for each shard that leaves. At the receiving end of computed paths it hands on late
 * by Slack at most, with the time when it was, as ShardPreallocator does.
 */
class ShardCryptoPool : public Object, public ShardSink
{
  public:
    static constexpr uint32_t MAX_UNITS = 256; ///< most units

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardCryptoPool();
    ~ShardCryptoPool() override;

    /// @param speeds factors of the units' speeds, one after the other, over and over; all 1 where
    ///        there are none. Before the first shard comes, as all that is set.
    void SetSpeeds(const std::vector<double>& speeds);

    /// @param dispatcher chooses a unit for each shard
    void SetDispatcher(Ptr<ShardDispatcher> dispatcher);

    /// @param cipher numbers shards as they come, and is applied at the end of their service; not
    ///        owned; null: none
    void SetCipher(ShardCipher* cipher);

    /// @param next the stage that takes the shards; not owned
    void SetNext(ShardSink* next);

    /**
     * @param stream number of the first random stream to use
     * @return how many were used
     */
    int64_t AssignStreams(int64_t stream);

    void Accept(Time now, Shard&& shard) override;

    /**
     * A unit changes its speed, for as long as nothing else is said.
     * @param at when, not before now: it may be said long before
     * @param unit which  @param factor of SetSpeeds(); 0 stalls it
     */
    void ChangeSpeed(Time at, uint16_t unit, double factor);

    /**
     * A unit fails, and what it holds goes to others or is lost (attribute OnFailure).
     * @param at when, not before now  @param unit which
     */
    void FailUnit(Time at, uint16_t unit);

    /// A unit works again. @param at when, not before now  @param unit which
    void RecoverUnit(Time at, uint16_t unit);

    /// The node fails: what all units hold is lost.
    void Fail();

    /**
     * Hand on what is due until a time, without waiting for slack to pass.
     * @param now when it is; never decreases
     */
    void Advance(Time now);

    /// @param now when  @return how long a shard would wait at the least loaded unit; Time::Max()
    ///        where none works
    Time GetWait(Time now) const;

    /// @return what was counted
    ShardCryptoCounters GetCounters() const;

    /// @return the units
    const std::vector<ShardCryptoUnit>& GetUnits() const
    {
        return m_units;
    }

    /// @return when the first shard came
    Time GetFirst() const
    {
        return m_first;
    }

    /// @return when the last one left
    Time GetLast() const
    {
        return m_last;
    }

    /// @return whether every shard is accounted for
    bool CheckConservation() const;

    /**
     * A shard is given to a unit.
     * @param now when  @param shard which  @param unit to whom
     */
    typedef void (*DispatchedTracedCallback)(Time now, const Shard& shard, uint16_t unit);

    /**
     * A shard's service is over.
     * @param shard which, before the cipher  @param served how
     */
    typedef void (*ServedTracedCallback)(const Shard& shard, const ShardServed& served);

    /**
     * A shard is dropped for want of room at a unit, or lost with it.
     * @param now when  @param shard which  @param isLost it is lost
     */
    typedef void (*DroppedTracedCallback)(Time now, const Shard& shard, bool isLost);

    /// A unit has changed. @param change how
    typedef void (*UnitStateTracedCallback)(const ShardUnitChanged& change);

  protected:
    void DoDispose() override;

  private:
    /// What will happen to a unit.
    struct Change
    {
        /// What that is.
        enum Kind : uint8_t
        {
            SPEED,   ///< another speed
            FAIL,    ///< it fails
            RECOVER, ///< it works again
        };

        int64_t at{0};    ///< ticks
        uint16_t unit{0}; ///< which
        Kind kind{SPEED}; ///< what
        double factor{1}; ///< of its speed
    };

    static constexpr std::size_t NOBODY = SIZE_MAX;

    void Configure();
    double WorkOf(const Shard& shard);
    void Dispatch(int64_t now, ShardUnitJob&& job);
    void Drop(int64_t now, const Shard& shard, bool isLost);
    void Serve();
    void Plan(const Change& change);
    void Apply(const Change& change);
    void Touch(std::size_t unit);
    void FindNext();
    int64_t NextTurn() const;
    void PassTo(int64_t now);
    void Schedule();
    void Due();

    uint32_t m_count{1};                                     ///< attribute
    DataRate m_rate;                                         ///< attribute
    Time m_fixed;                                            ///< attribute
    ShardServiceKind m_service{SHARD_SERVICE_DETERMINISTIC}; ///< attribute
    uint32_t m_mostWaiting{0};                               ///< attribute
    ShardUnitFailure m_onFailure{SHARD_FAILURE_REDISPATCH};  ///< attribute
    Time m_slack;                                            ///< attribute

    std::vector<double> m_speeds;             ///< factors
    Ptr<ShardDispatcher> m_dispatcher;        ///< chooses
    ShardCipher* m_cipher{nullptr};           ///< not owned
    ShardSink* m_next{nullptr};               ///< takes the shards; not owned
    Ptr<ExponentialRandomVariable> m_draw;    ///< of mean 1
    std::vector<ShardCryptoUnit> m_units;     ///< from the first shard or change on
    std::vector<ShardUnitState> m_states;     ///< theirs
    std::deque<Change> m_changes;             ///< to come, in order
    double m_bitTime{0};                      ///< ticks at speed 1
    std::size_t m_nextUnit{NOBODY};           ///< that will be done first
    uint64_t m_order{0};                      ///< of the next shard that is given to a unit
    uint64_t m_latest{0};                     ///< greatest order that has left
    Time m_first;                             ///< when the first shard came
    Time m_last;                              ///< when the last one left
    int64_t m_dueFor{ShardCryptoUnit::NEVER}; ///< for which an event is pending, ticks
    ShardAgenda::Event m_turn;                ///< that event, without slack
    EventId m_due;                            ///< that event, with slack
    ShardCryptoCounters m_counters;

    TracedCallback<Time, const Shard&, uint16_t> m_dispatchedTrace; ///< given to a unit
    TracedCallback<const Shard&, const ShardServed&> m_servedTrace; ///< service is over
    TracedCallback<Time, const Shard&, bool> m_droppedTrace;        ///< dropped or lost
    TracedCallback<const ShardUnitChanged&> m_unitTrace;            ///< a unit has changed
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_CRYPTO_POOL_H
