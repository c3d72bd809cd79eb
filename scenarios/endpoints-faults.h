// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_FAULTS_H
#define SHARDSIM_ENDPOINTS_FAULTS_H

#include "scenario.h"

#include "ns3/endpoint-instance.h"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace shardsim
{

/**
 * What befalls endpoints on a network, and which clients it touches. A client is touched when it
 * has a channel to a faulty endpoint as the fault begins, shows a token there while it lasts, or
 * has a request answered there or given up.
 */
class EndpointsFaults
{
  public:
    /**
     * Plans the events.
     * @param values of the run, which outlive it
     * @param endpoints by number
     * @param start when the first request may be sent
     */
    EndpointsFaults(const Values& values,
                    const std::vector<ns3::Ptr<ns3::sharding::EndpointInstance>>& endpoints,
                    ns3::Time start);

    /// @param client that asked for something
    void Asked(uint64_t client);

    /// @param client with a request that is over  @param endpoint that had it
    void Answered(uint64_t client, uint32_t endpoint);

    /// @return clients touched, of those that had a channel as it began or asked while it lasted;
    /// nothing where there was no fault
    std::optional<double> BlastRatio() const;

  private:
    void Begin();
    void End();
    void Shown(uint32_t endpoint, uint64_t client, uint8_t verdict);
    bool IsFaulty(uint32_t endpoint) const;

    const Values& m_values;
    const std::vector<ns3::Ptr<ns3::sharding::EndpointInstance>>& m_endpoints; ///< by number
    bool m_isOn{false};                                                        ///< the fault lasts
    std::set<uint64_t> m_there;   ///< clients that could have been touched
    std::set<uint64_t> m_touched; ///< of these
};

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_FAULTS_H
