// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_NODES_H
#define SHARDSIM_TUNNEL_NODES_H

#include "parameter.h"
#include "scenario.h"

#include "ns3/nstime.h"
#include "ns3/shard-spreader.h"
#include "ns3/shard-tunnel-helper.h"

#include <cstdint>
#include <vector>

namespace shardsim
{

/// @param set gets the parameters nodes.*
void AddNodeParameters(ParameterSet& set);

/// @return the metrics nodes.*
std::vector<MetricInfo> NodeMetrics();

/// @param values refused with a RequestError where nodes.* contradict each other
void CheckNodes(const Values& values);

/// @param values the scenario's parameters  @return how many transformation nodes there are
uint32_t NodeCount(const Values& values);

/**
 * The transformation nodes of a run, what spreads flows over them where there are several, and the
 * one that fails. They have the receiving parts of the tunnel in common.
 */
class TunnelNodes
{
  public:
    /// @param values the scenario's parameters
    explicit TunnelNodes(const Values& values);
    ~TunnelNodes();
    TunnelNodes(const TunnelNodes&) = delete;
    TunnelNodes& operator=(const TunnelNodes&) = delete;

    /// @param node the next one
    void Add(ns3::Ptr<ns3::sharding::ShardTunnel> node);

    /// All nodes were added: have fail what is to fail, and recover.
    void Begin();

    /// @return the nodes
    const std::vector<ns3::Ptr<ns3::sharding::ShardTunnel>>& All() const
    {
        return m_nodes;
    }

    /// @return the first node, and the receiving parts of all
    ns3::sharding::ShardTunnel& First() const
    {
        return *m_nodes.front();
    }

    /// @return what spreads flows; null where there is one node
    ns3::Ptr<ns3::sharding::ShardSpreader> Spreader() const
    {
        return m_spreader;
    }

    /// @return what was spread; nothing where there is one node
    ns3::sharding::ShardSpreader::Counters Spread() const;

    /// @return datagrams that came to the nodes, or to none of them
    uint64_t Taken() const;

    /// @return datagrams and shards that nodes hold now
    uint64_t Held() const;

    /**
     * @param count of a node
     * @return the sum over all of them
     */
    template <typename Count>
    uint64_t Sum(Count count) const
    {
        uint64_t sum = 0;
        for (const auto& node : m_nodes)
        {
            sum += count(*node);
        }
        return sum;
    }

    /// @throw RunCheckError where a node, or what spreads, has lost count
    void CheckConservation() const;

    /// @param result gets the metrics nodes.*
    void Measure(RunResult& result) const;

  private:
    void SetState(bool isUp);

    const Values& m_values;
    ns3::Ptr<ns3::sharding::ShardSpreader> m_spreader;         ///< null where there is one node
    std::vector<ns3::Ptr<ns3::sharding::ShardTunnel>> m_nodes; ///< by number
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_NODES_H
