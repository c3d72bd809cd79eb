// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_TCP_H
#define SHARDSIM_TUNNEL_TCP_H

#include "parameter.h"

#include "ns3/address.h"
#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/packet.h"

#include <cstdint>

namespace shardsim
{

/** Bulk transfers through the tunnel by unmodified ns-3 TCP. */
class TunnelTcp
{
  public:
    /**
     * @param values the scenario's parameters
     * @param sender sending host
     * @param receiver receiving host
     * @param to its address
     */
    TunnelTcp(const Values& values,
              ns3::Ptr<ns3::Node> sender,
              ns3::Ptr<ns3::Node> receiver,
              ns3::Ipv4Address to);

    /// @return whether all bytes came, or none has for so long that none will
    bool IsSettled() const;

    /// @return bytes to transfer
    uint64_t Total() const
    {
        return m_total;
    }

    /// @return bytes received
    uint64_t Received() const
    {
        return m_received;
    }

    /// @return when the last of them came, ns
    int64_t LastNs() const
    {
        return m_lastNs;
    }

  private:
    void Receive(ns3::Ptr<const ns3::Packet> packet, const ns3::Address& from);

    uint64_t m_total{0};
    uint64_t m_received{0};
    int64_t m_lastNs{0};
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_TCP_H
