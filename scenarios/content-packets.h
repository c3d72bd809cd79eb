// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_CONTENT_PACKETS_H
#define SHARDSIM_CONTENT_PACKETS_H

#include "content-inputs.h"
#include "scenario.h"

#include "ns3/content-client.h"
#include "ns3/content-pool-helper.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace shardsim
{

/** The parameters of a pool whose shards travel in packets. @param set to add them to */
void AddPacketParameters(ParameterSet& set);

/** Their metrics. @param metrics to add them to */
void AddPacketMetrics(std::vector<MetricInfo>& metrics);

/** Refuse values that contradict each other. @throw RequestError */
void CheckPackets(const Values& values, const ContentInputs& inputs);

/** Encoders, their manager, caches and the network of a run with transport = tcp. */
class ContentPackets
{
  public:
    /**
     * @param values the scenario's parameters
     * @param inputs movie and links
     * @param failing holders (numbered from 0) that the faults hit, the first ones first
     */
    ContentPackets(const Values& values,
                   const ContentInputs& inputs,
                   const std::vector<uint32_t>& failing);
    ~ContentPackets();

    /**
     * @param number of the client
     * @param when it begins
     * @param client that is to get its guide and fetcher
     */
    void Add(uint32_t number, ns3::Time when, ns3::Ptr<ns3::sharding::ContentClient> client);

    /** Run until all clients have played all, or none can any more. */
    void Run();

    /** @throw RunCheckError */
    void CheckConservation() const;

    /** @param result gets the metrics */
    void Measure(RunResult& result) const;

  private:
    void MakeFaults(const std::vector<uint32_t>& failing);
    void Repaired(const ns3::sharding::ContentRepair& repair);
    /// @param result gets what tunnels came to
    void MeasureTunnels(RunResult& result) const;
    void CountBytes(ns3::Ptr<const ns3::Packet> packet);
    void CountCoreBytes(ns3::Ptr<const ns3::Packet> packet);
    /// Let a client's link follow its trace. @param number of the client  @param period of it
    void FollowTrace(uint32_t number, std::size_t period);
    void LookForEnd();
    /// @param client number  @return the stream that it watches
    uint32_t StreamOf(uint32_t client) const;

    const Values& m_values;
    const ContentInputs& m_inputs;
    std::unique_ptr<ns3::sharding::ContentPoolHelper> m_helper;
    std::vector<std::shared_ptr<const ns3::sharding::ContentNetworkTrace>> m_links; ///< by client
    std::vector<ns3::sharding::ContentClientSite> m_sites;
    std::vector<ns3::Ptr<ns3::sharding::ContentClient>> m_clients;
    std::vector<double> m_popularity; ///< of each stream, cumulated
    ns3::Time m_lastBegin;            ///< of a client
    uint64_t m_wireBytes{0};          ///< on the clients' links, both directions
    uint64_t m_coreBytes{0};          ///< on the links from the core to edge routers
    uint64_t m_repairs{0};            ///< shards that were there again
    ns3::Time m_repairSum;            ///< since the fault
    ns3::Time m_repairMost;           ///< of these
};

} // namespace shardsim

#endif // SHARDSIM_CONTENT_PACKETS_H
