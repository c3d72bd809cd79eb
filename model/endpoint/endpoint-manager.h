// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_MANAGER_H
#define ENDPOINT_MANAGER_H

#include "endpoint-load.h"
#include "endpoint-message.h"
#include "endpoint-scale.h"

#include "ns3/nstime.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Bounds and patience of the shard manager.
struct EndpointPoolConfig
{
    uint32_t groups{1};            ///< of shards
    uint32_t least{1};             ///< units of each group
    uint32_t most{16};             ///< units of all groups together
    uint32_t begin{1};             ///< units of each group at the start
    Time interval{Seconds(5)};     ///< between decisions
    Time patience{Seconds(2)};     ///< without a report, after which an endpoint is given up
    Time minimumLife{Seconds(30)}; ///< before which none is ended for want of work
    Time inactivity{Seconds(60)};  ///< without a session, after which one is ended
    bool isVertical{false};        ///< groups are given larger units, not more of them
    uint32_t mostPermille{4000};   ///< resource of the largest unit
};

/**
 * @ingroup sharding
 * Shard manager: creates, watches and ends endpoints in slots, group by group, by a scaling policy
 * and a forecast. All that it knows of them came in reports; all that it wants is said in commands,
 * again until reports show that it was heard.
 */
class EndpointManager
{
  public:
    /// A slot, as it is known here.
    struct Slot
    {
        EndpointPlace place;               ///< where
        uint32_t life{0};                  ///< how often created
        bool isWanted{false};              ///< to run; else to end, or to be none
        bool isSpent{false};               ///< its quota is used up: it cannot be had back
        bool isOpen{false};                ///< a life is going on, as far as is known
        EndpointState state{ENDPOINT_OFF}; ///< by the last report of this life
        uint32_t group{0};                 ///< that it is of
        uint32_t permille{1000};           ///< resource
        Time created;                      ///< this life
        Time heard;                        ///< last report, or command that began it
        Time idleSince;        ///< no session since then; Time::Max() where there is one
        bool isSuspect{false}; ///< a client says that it does not answer
        uint32_t failures{0};  ///< lives given up
        uint32_t sessions{0};  ///< by the last report, and granted since
        uint32_t inSystem{0};  ///< by the last report
        uint64_t busy{0};      ///< us, in the reports since the last decision
        uint64_t spoken{0};    ///< us, that these reports spoke of
    };

    /// What was decided for a group, for traces and timelines.
    struct Decision
    {
        Time at;                ///< when
        EndpointScaleView view; ///< what was known
        uint32_t wanted{0};     ///< units, within the bounds
    };

    /// @param group which  @param at when  @return its true demand, in units
    using Truth = std::function<double(uint32_t group, Time at)>;

    /**
     * @param config bounds
     * @param scale policy
     * @param load how demand is predicted
     * @param truth for the oracle; may be empty
     */
    EndpointManager(const EndpointPoolConfig& config,
                    Ptr<EndpointScale> scale,
                    const EndpointLoadConfig& load,
                    Truth truth);

    /// @param place of a slot; its number is how many there were before
    void AddSlot(const EndpointPlace& place);

    /**
     * @param now when
     * @param report that came
     * @return whether who may be chosen has changed
     */
    bool Take(Time now, const EndpointReport& report);

    /// @param endpoint that does not answer, a client says  @return whether who may be chosen
    /// changed
    bool Suspect(uint32_t endpoint);

    /**
     * Give up who is silent, end who is idle, begin and end as the policy says.
     * @param now when
     * @param committed demand of the sessions that were granted, by group, in units; empty: it has
     *        no part in the forecast
     * @return commands to send
     */
    std::vector<EndpointCommand> Decide(Time now, const std::vector<double>& committed);

    /**
     * Between decisions: begin others in place of those that have ended of themselves or were given
     * up.
     * @param now when
     * @return commands to send
     */
    std::vector<EndpointCommand> Replace(Time now);

    /// Between decisions: who is silent? @param now when  @return numbers of those given up
    std::vector<uint32_t> GiveUp(Time now);

    /// @param slot which  @return whether clients may be sent there
    static bool IsEligible(const Slot& slot)
    {
        return slot.isOpen && slot.isWanted && !slot.isSuspect &&
               (slot.state == ENDPOINT_WARMING || slot.state == ENDPOINT_WARM);
    }

    /// @return all slots, by number
    const std::vector<Slot>& GetSlots() const
    {
        return m_slots;
    }

    /// @param endpoint that a session was granted at
    void Granted(uint32_t endpoint)
    {
        ++m_slots[endpoint].sessions;
    }

    /// @return the last decision for each group
    const std::vector<Decision>& GetDecisions() const
    {
        return m_decisions;
    }

    /// @param group which  @return its load predictor
    const EndpointLoad& GetLoad(uint32_t group) const
    {
        return m_loads[group];
    }

  private:
    static bool IsNews(const Slot& slot, const Slot& before);
    void DecideGroup(Time now, uint32_t group, double committed);
    void Grow(Time now, uint32_t group, uint32_t by);
    void Shrink(Time now, uint32_t group, uint32_t by);
    uint32_t Present(uint32_t group) const;
    EndpointCommand CommandFor(uint32_t number) const;

    EndpointPoolConfig m_config;       ///< bounds
    Ptr<EndpointScale> m_scale;        ///< policy
    std::vector<EndpointLoad> m_loads; ///< by group
    std::vector<Slot> m_slots;         ///< by number
    std::vector<uint64_t> m_work;      ///< ns that came since the last decision, by group
    std::vector<bool> m_isServing;     ///< whether any work has come, by group
    std::vector<uint32_t> m_goals;     ///< endpoints that were decided upon, by group
    Time m_decided;                    ///< when that was
    std::vector<Decision> m_decisions; ///< by group
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_MANAGER_H
