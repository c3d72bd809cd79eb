// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_REWRITING_POLICY_H
#define SHARD_REWRITING_POLICY_H

#include "shard-policy.h"

#include "ns3/ipv4-address.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Substitution and replication, before whatever another policy says of sharding: packets go to
 * another address or port, and a copy of each to a further one. And where their shards are put
 * together.
 */
class RewritingPolicy : public ShardingPolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardDirective Decide(Time now, const ShardFlowView& view) override;

  protected:
    void DoDispose() override;

  private:
    Ptr<ShardingPolicy> m_then;      ///< attribute
    Ipv4Address m_address;           ///< attribute
    uint16_t m_port;                 ///< attribute
    Ipv4Address m_replicaAddress;    ///< attribute
    uint16_t m_replicaPort;          ///< attribute
    Ipv4Address m_reassemblyAddress; ///< attribute
    uint16_t m_reassemblyPort;       ///< attribute
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_REWRITING_POLICY_H
