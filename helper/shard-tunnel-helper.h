// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TUNNEL_HELPER_H
#define SHARD_TUNNEL_HELPER_H

#include "ns3/application.h"
#include "ns3/object-factory.h"
#include "ns3/shard-crypto-pool.h"
#include "ns3/shard-egress.h"
#include "ns3/shard-history.h"
#include "ns3/shard-ingress.h"
#include "ns3/shard-opener.h"
#include "ns3/shard-path-transport.h"
#include "ns3/shard-placement.h"
#include "ns3/shard-policy.h"
#include "ns3/shard-preallocator.h"
#include "ns3/shard-reassembler.h"
#include "ns3/shard-sealer.h"
#include "ns3/shard-send-buffer.h"
#include "ns3/shard-transformer.h"
#include "ns3/shard-udp-transport.h"
#include "ns3/shard-window-recovery.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * One direction of a tunnel between two nodes: the parts that the helper has made and connected.
 * It is an application of the transformation node only so that its life ends with the node's.
 */
class ShardTunnel : public Application
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * Send what the transformation node routes to an address through the tunnel, in place of any
     * static host route that the node has to it.
     * @param destination address of a host behind the reassembly node
     */
    void AddRoute(Ipv4Address destination);

    /**
     * The transformation node fails: all that it holds and remembers is lost, and whatever comes to
     * it. The reassembly node does not notice.
     */
    void Fail();

    /// The transformation node has recovered, without memory.
    void Recover();

    Ptr<ShardIngress> ingress;            ///< takes IP packets off the route; null without nodes
    Ptr<ShardTransformer> transformer;    ///< cuts, codes and places
    Ptr<ShardTierClient> tier;            ///< asks the decisions tier; null where there is none
    Ptr<ShardProber> prober;              ///< likewise
    Ptr<ShardHistory> history;            ///< sends again what is asked for; null without ARQ
    Ptr<ShardSendBuffer> buffer;          ///< holds and paces what goes out
    Ptr<ShardCryptoPool> encryption;      ///< units that encrypt; null without
    Ptr<ShardSealer> sealer;              ///< what they do; null without
    Ptr<ShardTransport> nearTransport;    ///< end at the transformation node
    Ptr<ShardTransport> farTransport;     ///< end at the reassembly node
    Ptr<ShardCryptoPool> decryption;      ///< units that decrypt; null without
    Ptr<ShardOpener> opener;              ///< what they do; null without
    Ptr<ShardWindowRecovery> recovery;    ///< gives back what the sliding window can
    Ptr<ShardPreallocator> preallocator;  ///< buffers; null without pre-allocation
    Ptr<ShardReassembler> reassembler;    ///< puts datagrams together
    Ptr<ShardArrivalPredictor> predictor; ///< of missing shards; null where there is none
    Ptr<ShardEgress> egress;              ///< puts them back on the IP stack; null without nodes
    Ptr<Node> transformationNode;         ///< where it begins; null without nodes
    uint32_t interface = 0;               ///< IPv4 interface of the transformation node's device
    uint32_t peer = 0;                    ///< number of the transformation node for the other
    Ptr<ShardOriginLedger> ledger;        ///< of both transports; null without nodes

  protected:
    void DoDispose() override;
};

/**
 * @ingroup sharding
 * Wires a tunnel in a few lines:
 *
 * @code
 * ShardTunnelHelper helper;
 * helper.SetPolicy("ns3::sharding::StaticPolicy", "Shards", UintegerValue(8));
 * helper.AddPath(Ipv4Address("10.0.0.1"), Ipv4Address("10.0.0.6"), ShardPathInfo());
 * Ptr<ShardTunnel> tunnel = helper.Install(gatewayA, gatewayB);
 * tunnel->AddRoute(serverAddress);
 * @endcode
 */
class ShardTunnelHelper
{
  public:
    ShardTunnelHelper();

    /**
     * @param type TypeId name of a ShardingPolicy
     * @param args names and values of its attributes
     */
    template <typename... Args>
    void SetPolicy(const std::string& type, Args&&... args)
    {
        m_policy = Factory(type, std::forward<Args>(args)...);
    }

    /**
     * @param type TypeId name of a ShardPlacement
     * @param args names and values of its attributes
     */
    template <typename... Args>
    void SetPlacement(const std::string& type, Args&&... args)
    {
        m_placement = Factory(type, std::forward<Args>(args)...);
    }

    /**
     * @param name of an attribute of ShardReassembler
     * @param value of it
     */
    void SetReassemblyAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @param name of an attribute of ShardWindowRecovery
     * @param value of it
     */
    void SetRecoveryAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @param name of an attribute of ShardSendBuffer
     * @param value of it
     */
    void SetBufferAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @param name of an attribute of ShardTransformer
     * @param value of it
     */
    void SetTransformerAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @param port UDP port of the shards at either end; tunnels that share a node need different
     *        ones, as the two directions between two nodes do
     */
    void SetPort(uint16_t port);

    /**
     * @param enabled the receiver asks for what is missing, and the sender remembers what it sent
     */
    void SetArq(bool enabled);

    /// @param interval between the receiver's reports of what comes; 0 (the default): none
    void SetReports(Time interval);

    /**
     * @param name of an attribute of ShardHistory
     * @param value of it
     */
    void SetHistoryAttribute(const std::string& name, const AttributeValue& value);

    /// @param enabled allocating a buffer for a datagram takes time, which may be spared
    void SetPreallocation(bool enabled);

    /**
     * @param name of an attribute of ShardPreallocator
     * @param value of it
     */
    void SetPreallocatorAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @param type TypeId name of a ShardPreallocationPolicy; without one nothing is predicted
     * @param args names and values of its attributes
     */
    template <typename... Args>
    void SetPreallocationPolicy(const std::string& type, Args&&... args)
    {
        m_preallocationPolicy = Factory(type, std::forward<Args>(args)...);
    }

    /// @param enabled shards are encrypted by units at one end and decrypted by units at the other
    void SetCrypto(bool enabled);

    /**
     * @param name of an attribute of ShardCryptoPool, for both ends
     * @param value of it
     */
    void SetCryptoAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @param name of an attribute of ShardSealer
     * @param value of it
     */
    void SetSealerAttribute(const std::string& name, const AttributeValue& value);

    /**
     * @param name of an attribute of ShardOpener
     * @param value of it
     */
    void SetOpenerAttribute(const std::string& name, const AttributeValue& value);

    /// @param speeds factors of the units' speeds at both ends (ShardCryptoPool::SetSpeeds)
    void SetCryptoSpeeds(const std::vector<double>& speeds);

    /**
     * @param type TypeId name of a ShardDispatcher, for both ends
     * @param args names and values of its attributes
     */
    template <typename... Args>
    void SetDispatcher(const std::string& type, Args&&... args)
    {
        m_dispatcher = Factory(type, std::forward<Args>(args)...);
    }

    /**
     * @param type TypeId name of a ShardReleasePolicy; without one, datagrams are waited for until
     *        they are complete
     * @param args names and values of its attributes
     */
    template <typename... Args>
    void SetReleasePolicy(const std::string& type, Args&&... args)
    {
        m_releasePolicy = Factory(type, std::forward<Args>(args)...);
    }

    /**
     * @param type TypeId name of a ShardArrivalPredictor; without one nothing is predicted
     * @param args names and values of its attributes
     */
    template <typename... Args>
    void SetArrivalPredictor(const std::string& type, Args&&... args)
    {
        m_arrivalPredictor = Factory(type, std::forward<Args>(args)...);
    }

    /// @param isCapable shards and control messages are ECN-capable: queues may mark them
    void SetEcn(bool isCapable);

    /// @param real true: bytes are cut, coded and compared; false: sizes only, faster
    void SetRealPayload(bool real);

    /**
     * Add a path. Routes between the two addresses are the caller's.
     * @param near address at the transformation node
     * @param far address at the reassembly node
     * @param info what the transformation node knows of it
     */
    void AddPath(Ipv4Address near, Ipv4Address far, const ShardPathInfo& info);

    /**
     * Wire a tunnel over the paths added so far. What stays plain leaves by `plainInterface`.
     * @param transformation node with an IPv4 stack where packets are sharded
     * @param reassembly node with an IPv4 stack where they are put together
     * @param plainInterface IPv4 interface of the transformation node for plain packets
     * @param plainGateway next hop there
     * @return the tunnel
     */
    Ptr<ShardTunnel> Install(Ptr<Node> transformation,
                             Ptr<Node> reassembly,
                             uint32_t plainInterface = 1,
                             Ipv4Address plainGateway = Ipv4Address::GetZero()) const;

    /**
     * Wire a further transformation node to the reassembly node of a tunnel, over the same paths.
     * It has sending parts of its own, a peer number and addresses of its own; the receiving parts
     * are the tunnel's.
     * @param tunnel made by Install()
     * @param transformation the further node, with an IPv4 stack
     * @param nearAddresses its address for each path; the routes are the caller's
     * @param plainInterface as with Install()
     * @param plainGateway as with Install()
     * @return a tunnel that has its receiving parts in common with the other
     */
    Ptr<ShardTunnel> Join(Ptr<ShardTunnel> tunnel,
                          Ptr<Node> transformation,
                          const std::vector<Ipv4Address>& nearAddresses,
                          uint32_t plainInterface,
                          Ipv4Address plainGateway) const;

    /**
     * Wire a further reassembly node to the transformation node of a tunnel. Directives send flows
     * there that name it by any of these addresses and the port; others stay as they are. Shards
     * take the tunnel's paths by number: what is known of a path is taken to be true of it to
     * either node. The further node has receiving parts of its own, and sends its requests and
     * reports back over the tunnel's paths; the sending parts are the tunnel's.
     * @param tunnel made by Install()
     * @param reassembly the further node, with an IPv4 stack
     * @param farAddresses its address for each path; the routes to them, and back, are the caller's
     * @param port UDP port of shards there; 0: as at the other. One node is to have one only once.
     * @return a tunnel that has its sending parts in common with the other
     */
    Ptr<ShardTunnel> AddReassembly(Ptr<ShardTunnel> tunnel,
                                   Ptr<Node> reassembly,
                                   const std::vector<Ipv4Address>& farAddresses,
                                   uint16_t port = 0) const;

    /**
     * Add a path that is computed, for InstallComputed().
     * @param out what lies on the way to the reassembly node
     * @param back what lies on the way back
     * @param info what the transformation node knows of it
     */
    void AddPath(const ShardPathModel& out, const ShardPathModel& back, const ShardPathInfo& info);

    /**
     * Wire a tunnel over the computed paths added so far: no nodes, no IP. Datagrams are handed to
     * its transformer (Submit), and what leaves its reassembler is the caller's to receive
     * (SetReceiver), as is what stays plain (SetPlainReceiver of the far transport, an
     * ShardPathTransport); that takes the first path. Dispose it at the end.
     * @return the tunnel
     */
    Ptr<ShardTunnel> InstallComputed() const;

    /**
     * A further transformation node, without nodes: as Join(). It is the same paths that it sends
     * over, not others like them.
     * @param tunnel made by InstallComputed()
     * @return a tunnel that has its receiving parts in common with the other
     */
    Ptr<ShardTunnel> JoinComputed(Ptr<ShardTunnel> tunnel) const;

  private:
    void WireSender(ShardTunnel& tunnel, const std::vector<ShardPathInfo>& infos) const;
    void WireReceiver(ShardTunnel& tunnel) const;
    Ptr<ShardCryptoPool> MakePool(ShardSink* next) const;
    void InstallUdp(Ptr<ShardUdpTransport> end,
                    Ptr<ShardOriginLedger> ledger,
                    Ptr<Node> node,
                    uint16_t port) const;
    void InstallIngress(Ptr<ShardTunnel> tunnel,
                        Ptr<Node> transformation,
                        uint32_t plainInterface,
                        Ipv4Address plainGateway) const;
    static Ptr<ShardTunnel> MakeJoined(const ShardTunnel& tunnel, Ptr<ShardTransport> near);
    static Ptr<ShardTunnel> MakeBranch(const ShardTunnel& tunnel, Ptr<ShardTransport> far);

    template <typename... Args>
    static ObjectFactory Factory(const std::string& type, Args&&... args)
    {
        ObjectFactory factory;
        factory.SetTypeId(type);
        factory.Set(std::forward<Args>(args)...);
        return factory;
    }

    struct Path
    {
        Ipv4Address near;
        Ipv4Address far;
        ShardPathInfo info;
    };

    struct ComputedPath
    {
        ShardPathModel out;
        ShardPathModel back;
        ShardPathInfo info;
    };

    ObjectFactory m_policy;
    ObjectFactory m_placement;
    ObjectFactory m_reassembler;
    ObjectFactory m_recovery;
    ObjectFactory m_buffer;
    ObjectFactory m_transformer;
    ObjectFactory m_history;
    ObjectFactory m_preallocator;
    ObjectFactory m_preallocationPolicy; ///< without a type: none
    ObjectFactory m_pool;
    ObjectFactory m_sealer;
    ObjectFactory m_opener;
    ObjectFactory m_dispatcher;
    std::vector<double> m_speeds;
    bool m_crypto{false};
    ObjectFactory m_releasePolicy;    ///< without a type: none
    ObjectFactory m_arrivalPredictor; ///< without a type: none
    bool m_arq{false};
    Time m_reports;
    bool m_preallocation{false};
    bool m_realPayload{false};
    bool m_ecn{false};
    uint16_t m_port{ShardUdpTransport::DEFAULT_PORT};
    std::vector<Path> m_paths;
    std::vector<ComputedPath> m_computedPaths;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_TUNNEL_HELPER_H
