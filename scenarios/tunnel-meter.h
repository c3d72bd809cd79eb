// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_METER_H
#define SHARDSIM_TUNNEL_METER_H

#include "tunnel-topology.h"

#include "ns3/packet.h"

#include <cstdint>
#include <vector>

namespace shardsim
{

/**
 * Counts what enters, leaves and is lost on the paths, data direction, cross traffic not included.
 * Every packet is counted by the device that sees it, independently of what the tunnel counts.
 */
class TunnelMeter
{
  public:
    /// @param paths to watch; they outlive the meter's use
    explicit TunnelMeter(const std::vector<TunnelPath>& paths);
    ~TunnelMeter();
    TunnelMeter(const TunnelMeter&) = delete;
    TunnelMeter& operator=(const TunnelMeter&) = delete;

    /// @return IP packets dropped by full queues
    uint64_t QueueDrops() const
    {
        return m_queueDrops;
    }

    /// @return IP packets lost on links
    uint64_t LinkLosses() const;

    /// @return IP packets that are on their way
    uint64_t InFlight() const
    {
        return m_entered - m_left - m_queueDrops - LinkLosses();
    }

    /// @return IP packets that entered
    uint64_t Entered() const
    {
        return m_entered;
    }

    /// @return bytes of IP packets that entered
    uint64_t EnteredBytes() const
    {
        return m_enteredBytes;
    }

    /// @return IP packets that came out at the far end
    uint64_t Left() const
    {
        return m_left;
    }

  private:
    void Enter(ns3::Ptr<const ns3::Packet> packet);
    void Leave(ns3::Ptr<const ns3::Packet> packet);
    void Drop(ns3::Ptr<const ns3::Packet> packet);
    void Connect(bool on);

    const std::vector<TunnelPath>& m_paths;
    uint64_t m_entered{0};
    uint64_t m_enteredBytes{0};
    uint64_t m_left{0};
    uint64_t m_queueDrops{0};
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_METER_H
