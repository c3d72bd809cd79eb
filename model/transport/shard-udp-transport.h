// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_UDP_TRANSPORT_H
#define SHARD_UDP_TRANSPORT_H

#include "shard-origin-ledger.h"
#include "shard-transport.h"

#include "ns3/ipv4-address.h"
#include "ns3/traced-callback.h"

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace ns3
{

class Ipv4;
class Ipv4Route;
class Node;
class Packet;
class Socket;
class UdpL4Protocol;

namespace sharding
{

/**
 * @ingroup sharding
 * Shards over UDP on the full ns-3 stack, one UDP datagram each. A path is a pair of addresses;
 * where it leads is a matter of routes. A shard larger than the path's MTU is fragmented by IP.
 */
class ShardUdpTransport : public ShardTransport
{
  public:
    static constexpr uint16_t DEFAULT_PORT = 4754; ///< UDP port of shards

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardUdpTransport();
    ~ShardUdpTransport() override;

    /**
     * @param node where this end stands, with an IPv4 stack
     */
    void Install(Ptr<Node> node);

    /**
     * Add a path to the other end.
     * @param local address that its packets come from
     * @param remote address that they go to
     * @param info what is known of it
     * @param port UDP port of the other end; 0: as at this one
     */
    void AddPath(Ipv4Address local,
                 Ipv4Address remote,
                 const ShardPathInfo& info,
                 uint16_t port = 0);

    /**
     * Say who sends from an address, so that all paths of a sender are one peer to the receiver.
     * An address that is not known counts as a peer of its own. Where address and port are not
     * those that AddPath() named for the path, shards and control messages for that peer go to them
     * instead.
     * @param remote address
     * @param peer number of the sender
     * @param path number of the path, added before
     * @param port UDP port that it sends from and listens to, where the address alone does not tell
     *        it from another; 0: as at this end, and whatever other port of the address
     */
    void AddPeer(Ipv4Address remote, uint32_t peer, uint16_t path, uint16_t port = 0);

    /// @param ledger shared by both ends, through which origins are found
    void SetLedger(Ptr<ShardOriginLedger> ledger);

    uint32_t GetPathCount() const override;
    ShardPathInfo GetPath(uint32_t path) const override;
    std::vector<uint32_t> GetPeers() const override;
    std::optional<uint32_t> FindPeer(const ShardTarget& target) const override;
    uint32_t GetOverhead() const override;
    void Accept(Time now, Shard&& shard) override;

    /**
     * Signature of the Reject trace.
     * @param [in] packet what came
     * @param [in] error why it was dropped
     */
    typedef void (*RejectTracedCallback)(Ptr<const Packet> packet, ShardError error);

  protected:
    void DoSendControl(Time now,
                       uint16_t path,
                       uint32_t peer,
                       const std::vector<uint8_t>& message) override;
    void DoDispose() override;

  private:
    struct Path
    {
        Ipv4Address local;    ///< source address
        Ipv4Address remote;   ///< destination address
        uint16_t port;        ///< and port; 0: as at this end
        ShardPathInfo info;   ///< what is known of it
        Ptr<Ipv4Route> route; ///< as found at routeTime
        Time routeTime;       ///< when it was looked up
    };

    struct Peer
    {
        uint32_t number; ///< which sender
        uint16_t path;   ///< on which path
        uint32_t place;  ///< of the number in GetPeers()
    };

    /// Address and port; 0 for that of this end.
    using Origin = std::pair<uint32_t, uint16_t>;

    /// @param port of the other end  @return it, or 0 where it is that of this one
    uint16_t Relative(uint16_t port) const
    {
        return port == m_port ? 0 : port;
    }

    Path& PathTo(uint16_t path, uint32_t peer);
    void SendPacket(Time now, Path& path, Ptr<Packet> packet, uint8_t dscp);
    Ptr<Ipv4Route> FindRoute(Time now, Path& path, Ptr<Packet> packet);
    void Receive(Ptr<Socket> socket);
    void ReceivePacket(Ptr<Packet> packet, const Origin& from);

    uint16_t m_port;                     ///< UDP port of this end
    bool m_realPayload;                  ///< shards have bytes
    Ptr<Node> m_node;                    ///< where this end stands
    Ptr<Ipv4> m_ipv4;                    ///< finds routes
    Ptr<UdpL4Protocol> m_udp;            ///< sends
    std::vector<uint8_t> m_sendScratch;  ///< header and payload in one piece
    Ptr<ShardBytes> m_bytes;             ///< bytes of the shard that came last
    Ptr<Socket> m_socket;                ///< receives
    std::vector<Path> m_paths;           ///< to the other end
    std::map<Origin, Peer> m_peers;      ///< who sends from which address
    std::vector<uint32_t> m_peerNumbers; ///< of these, as they were added
    /// To further peers, by peer and path.
    std::map<std::pair<uint32_t, uint16_t>, Path> m_otherPaths;
    Ptr<ShardOriginLedger> m_ledger; ///< finds origins
    /// Numbers in the ledger of datagrams sent lately, by block number: the shards of a block share
    /// an entry, and at most 64 blocks are interleaved.
    std::array<uint64_t, 64> m_entered{};
    TracedCallback<Ptr<const Packet>, ShardError> m_rejectTrace; ///< dropped
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_UDP_TRANSPORT_H
