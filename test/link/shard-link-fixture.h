// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_LINK_FIXTURE_H
#define SHARD_LINK_FIXTURE_H

#include <ns3/data-rate.h>
#include <ns3/drop-tail-queue.h>
#include <ns3/mac48-address.h>
#include <ns3/node.h>
#include <ns3/nstime.h>
#include <ns3/packet.h>
#include <ns3/point-to-point-channel.h>
#include <ns3/point-to-point-net-device.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/simulator.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <ostream>
#include <tuple>
#include <vector>

namespace linktest
{

/// A packet that came out of a device.
struct Arrival
{
    int64_t ns;     ///< when
    uint32_t to;    ///< which device, 0 or 1
    uint32_t id;    ///< of the packet, as given to Send
    uint32_t bytes; ///< of the IP packet

    bool operator==(const Arrival& o) const
    {
        return std::tie(ns, to, id, bytes) == std::tie(o.ns, o.to, o.id, o.bytes);
    }
};

inline std::ostream&
operator<<(std::ostream& os, const Arrival& a)
{
    return os << "packet " << a.id << " (" << a.bytes << " B) at device " << a.to << " at " << a.ns
              << " ns";
}

/**
 * Two nodes and one channel:
 *
 *     device 0 ----direction 0---> device 1
 *              <---direction 1----
 *
 * Every arrival is recorded.
 */
class TwoNodes
{
  public:
    TwoNodes(ns3::Ptr<ns3::PointToPointChannel> channel,
             const char* rate,
             ns3::Time delay,
             const char* queue = "1000p")
    {
        channel->SetAttribute("Delay", ns3::TimeValue(delay));
        for (uint32_t i = 0; i < 2; ++i)
        {
            auto node = ns3::CreateObject<ns3::Node>();
            auto& device = m_devices[i];
            device = ns3::CreateObject<ns3::PointToPointNetDevice>();
            device->SetDataRate(ns3::DataRate(rate));
            device->SetAddress(ns3::Mac48Address::Allocate());
            auto fifo = ns3::CreateObject<ns3::DropTailQueue<ns3::Packet>>();
            fifo->SetMaxSize(ns3::QueueSize(queue));
            device->SetQueue(fifo);
            node->AddDevice(device);
            device->Attach(channel);
            device->SetReceiveCallback(ns3::MakeCallback(&TwoNodes::Receive, this));
        }
    }

    ns3::Ptr<ns3::PointToPointNetDevice> Device(uint32_t i) const
    {
        return m_devices[i];
    }

    /// Send a packet of an IP size of at least 4 bytes at a time.
    void Send(ns3::Time at, uint32_t from, uint32_t id, uint32_t bytes)
    {
        ns3::Simulator::ScheduleWithContext(m_devices[from]->GetNode()->GetId(),
                                            at,
                                            &TwoNodes::DoSend,
                                            this,
                                            from,
                                            id,
                                            bytes);
    }

    const std::vector<Arrival>& Arrivals() const
    {
        return m_arrivals;
    }

    /// @return the id that Send wrote into a packet, after `header` bytes
    static uint32_t IdOf(ns3::Ptr<const ns3::Packet> packet, uint32_t header)
    {
        std::array<uint8_t, 6> bytes{};
        packet->CopyData(bytes.data(), header + 4);
        uint32_t id = 0;
        std::memcpy(&id, bytes.data() + header, sizeof(id));
        return id;
    }

  private:
    void DoSend(uint32_t from, uint32_t id, uint32_t bytes)
    {
        std::vector<uint8_t> data(bytes);
        std::memcpy(data.data(), &id, sizeof(id));
        m_devices[from]->Send(ns3::Create<ns3::Packet>(data.data(), bytes),
                              m_devices[from]->GetBroadcast(),
                              0x0800);
    }

    bool Receive(ns3::Ptr<ns3::NetDevice> device,
                 ns3::Ptr<const ns3::Packet> packet,
                 uint16_t protocol,
                 const ns3::Address& /* from */)
    {
        EXPECT_EQ(protocol, 0x0800);
        const uint32_t to = device == m_devices[0] ? 0 : 1;
        EXPECT_EQ(ns3::Simulator::GetContext(), device->GetNode()->GetId());
        m_arrivals.push_back(
            {ns3::Simulator::Now().GetNanoSeconds(), to, IdOf(packet, 0), packet->GetSize()});
        return true;
    }

    std::array<ns3::Ptr<ns3::PointToPointNetDevice>, 2> m_devices;
    std::vector<Arrival> m_arrivals;
};

/// Leaves no simulation behind, and fixes the seed.
class LinkTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        ns3::RngSeedManager::SetSeed(42);
        ns3::RngSeedManager::SetRun(1);
    }

    void TearDown() override
    {
        ns3::Simulator::Destroy();
    }
};

} // namespace linktest

#endif // SHARD_LINK_FIXTURE_H
