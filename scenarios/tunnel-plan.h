// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_PLAN_H
#define SHARDSIM_TUNNEL_PLAN_H

#include "parameter.h"

#include "ns3/queue-size.h"
#include "ns3/shard-arrivals.h"
#include "ns3/shard-capacity-trace.h"
#include "ns3/shard-error-models.h"
#include "ns3/shard-transport.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace shardsim
{

/** One path of the tunnel as the parameters want it. */
struct PlannedPath
{
    std::vector<uint32_t> nodes;       ///< of the graph, from the transformation node on
    std::vector<ns3::Time> delays;     ///< propagation, link by link
    ns3::sharding::ShardPathInfo info; ///< what the transformation node knows
};

/**
 * The links of the tunnel scenario and their weather, before anything of it is made: what a
 * simulated and a computed network have in common, draw for draw.
 */
class TunnelPlan
{
  public:
    /// Access links are to be out of the way: a 9 kB packet takes 0.72 us, and none is dropped.
    static constexpr uint64_t ACCESS_RATE = 100000000000;
    /// Packets that wait for an access link.
    static constexpr uint32_t ACCESS_QUEUE = 10000000;

    /**
     * @param values the scenario's parameters
     * @throw RequestError for a file that is not what it should be, or has too few paths
     */
    explicit TunnelPlan(const Values& values);

    uint16_t mtu{0};                ///< of every link
    ns3::DataRate rate;             ///< of every link
    ns3::QueueSize queue;           ///< of every link, drop-tail
    uint32_t mark{0};               ///< packets in it from which on it marks; 0: never
    std::vector<PlannedPath> paths; ///< shortest first
    /// Capacity of the paths' last links in place of the rate; null where it does not vary.
    std::shared_ptr<const ns3::sharding::ShardCapacityTrace> trace;

    /**
     * @param path its number
     * @param back of the reverse direction
     * @return what loses packets of a direction on its last link; null for none
     */
    ns3::Ptr<ns3::sharding::GilbertElliottErrorModel> MakeLoss(std::size_t path, bool back) const;

    /**
     * @param path its number
     * @return what delays packets on the last link of the data direction; null for none
     */
    ns3::Ptr<ns3::RandomVariableStream> MakeJitter(std::size_t path) const;

    /// @return mean rate of cross traffic on a path's last link; 0 for none
    ns3::DataRate CrossRate() const;

    /// @return how cross traffic arrives, in packets of the MTU's size; CrossRate() must not be 0
    ns3::sharding::ShardArrivals::Shape CrossShape() const;

    /// @param path its number  @return random stream of its cross traffic
    static int64_t CrossStream(std::size_t path);

    /// @param key of a parameter of a step  @return whether there is a step in that
    bool HasStep(const char* key) const;

    /// @return when the step begins; there must be one
    ns3::Time StepFrom() const;

    /// @return when it ends
    ns3::Time StepUntil() const;

    /// @return rate of cross traffic in between
    ns3::DataRate StepCrossRate() const;

  private:
    const Values& m_values;
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_PLAN_H
