// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_METER_H
#define SHARDSIM_TUNNEL_METER_H

#include "tunnel-ends.h"
#include "tunnel-topology.h"

#include "ns3/packet.h"

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

    /// @return what was counted so far
    TunnelCounts Counts() const;

  private:
    void Enter(ns3::Ptr<const ns3::Packet> packet);
    void Leave(ns3::Ptr<const ns3::Packet> packet);
    void Drop(ns3::Ptr<const ns3::Packet> packet);
    void Connect(bool on);

    const std::vector<TunnelPath>& m_paths;
    TunnelCounts m_counts; ///< but for losses, which the channels count
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_METER_H
