// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TIER_HELPER_H
#define SHARD_TIER_HELPER_H

#include "shard-tunnel-helper.h"

#include "ns3/data-rate.h"
#include "ns3/ipv4-address.h"
#include "ns3/object-factory.h"
#include "ns3/shard-control-plane.h"

#include <string>
#include <utility>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Puts a decisions tier with its control plane beside tunnels, whose transformation nodes then ask
 * it over the network instead of a policy of their own:
 *
 * @code
 * ShardTunnelHelper tunnels;
 * tunnels.SetReports(MilliSeconds(100));
 * ...
 * ShardTierHelper tiers;
 * tiers.SetPolicy("ns3::sharding::AdaptivePolicy", "Budget", DoubleValue(1.5));
 * Ptr<ShardControlPlane> plane = tiers.Create();
 * tiers.Connect(plane, tunnel, tierNode, addressOfTheTransformationNode, addressOfTheTier);
 * @endcode
 */
class ShardTierHelper
{
  public:
    static constexpr uint16_t DEFAULT_PORT = 4755; ///< UDP port of the tier's messages

    ShardTierHelper();

    /**
     * @param type TypeId name of a ShardingPolicy
     * @param args names and values of its attributes
     */
    template <typename... Args>
    void SetPolicy(const std::string& type, Args&&... args)
    {
        m_policy = ObjectFactory();
        m_policy.SetTypeId(type);
        m_policy.Set(std::forward<Args>(args)...);
    }

    /// @param name of an attribute of ShardDecisionTier  @param value of it
    void SetTierAttribute(const std::string& name, const AttributeValue& value);

    /// @param name of an attribute of ShardControlPlane  @param value of it
    void SetPlaneAttribute(const std::string& name, const AttributeValue& value);

    /// @param name of an attribute of ShardTierClient  @param value of it
    void SetClientAttribute(const std::string& name, const AttributeValue& value);

    /// @param name of an attribute of ShardProber  @param value of it
    void SetProberAttribute(const std::string& name, const AttributeValue& value);

    /// @param port UDP port of the messages at either end; tunnels that ask the same tier's node
    /// need different ones
    void SetPort(uint16_t port);

    /// @return a control plane with its tier; it serves nobody yet. Dispose it at the end.
    Ptr<ShardControlPlane> Create() const;

    /**
     * Have a tunnel's transformation node ask a tier on a node. The routes between the two are the
     * caller's.
     * @param plane of the tier
     * @param tunnel made by ShardTunnelHelper::Install
     * @param node where the tier is, with an IPv4 stack
     * @param atTransformation address of the transformation node
     * @param atTier address of the tier's node
     */
    void Connect(Ptr<ShardControlPlane> plane,
                 Ptr<ShardTunnel> tunnel,
                 Ptr<Node> node,
                 Ipv4Address atTransformation,
                 Ipv4Address atTier) const;

    /**
     * Have a computed tunnel ask a tier over a computed link.
     * @param plane of the tier
     * @param tunnel made by ShardTunnelHelper::InstallComputed
     * @param number of its transformation node, different for each
     * @param rate of the link  @param delay of it, one way
     */
    void ConnectComputed(Ptr<ShardControlPlane> plane,
                         Ptr<ShardTunnel> tunnel,
                         uint32_t number,
                         DataRate rate,
                         Time delay) const;

  private:
    void Wire(Ptr<ShardControlPlane> plane,
              Ptr<ShardTunnel> tunnel,
              uint32_t number,
              Ptr<ShardTransport> near,
              Ptr<ShardTransport> far) const;

    ObjectFactory m_policy;
    ObjectFactory m_tier;
    ObjectFactory m_plane;
    ObjectFactory m_client;
    ObjectFactory m_prober;
    uint16_t m_port{DEFAULT_PORT};
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_TIER_HELPER_H
