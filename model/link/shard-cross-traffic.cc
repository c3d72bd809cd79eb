// SPDX-License-Identifier: GPL-2.0-only
#include "shard-cross-traffic.h"

#include "shard-link-channel.h"

#include "ns3/abort.h"
#include "ns3/packet.h"
#include "ns3/pointer.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace sharding
{

namespace
{

/// EtherType of IPv4, as which the device frames the packets.
constexpr uint16_t IPV4 = 0x0800;

} // namespace

NS_OBJECT_ENSURE_REGISTERED(ShardCrossTraffic);

TypeId
ShardCrossTraffic::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardCrossTraffic")
            .SetParent<Application>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardCrossTraffic>()
            .AddAttribute("Device",
                          "Device to send on, of a ShardLinkChannel.",
                          PointerValue(),
                          MakePointerAccessor(&ShardCrossTraffic::m_device),
                          MakePointerChecker<PointToPointNetDevice>())
            .AddAttribute("DataRate",
                          "Mean rate in bit/s of IP packets, without the link's header of 2 bytes "
                          "a packet; 0 sends nothing.",
                          DataRateValue(DataRate("1Mbps")),
                          MakeDataRateAccessor(&ShardCrossTraffic::m_rate),
                          MakeDataRateChecker())
            .AddAttribute("PacketSize",
                          "Size of an IP packet in bytes, 1 to 65535.",
                          UintegerValue(1500),
                          MakeUintegerAccessor(&ShardCrossTraffic::m_size),
                          MakeUintegerChecker<uint32_t>(1, 65535))
            .AddAttribute("Arrivals",
                          "How packets arrive: Poisson (exponential gaps), Cbr (constant gaps), "
                          "OnOff (constant gaps during exponential on periods).",
                          ShardEnumValue<ShardArrivals::Kind>(ShardArrivals::POISSON),
                          ShardMakeEnumAccessor<ShardArrivals::Kind>(&ShardCrossTraffic::m_kind),
                          ShardMakeEnumChecker<ShardArrivals::Kind>(ShardArrivals::POISSON,
                                                                    "Poisson",
                                                                    ShardArrivals::CBR,
                                                                    "Cbr",
                                                                    ShardArrivals::ONOFF,
                                                                    "OnOff"))
            .AddAttribute("MeanOnTime",
                          "Mean on period of OnOff arrivals, at least 1 us. The rate while on is "
                          "DataRate * (MeanOnTime + MeanOffTime) / MeanOnTime, so that DataRate "
                          "stays the mean: twice DataRate with equal periods.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&ShardCrossTraffic::m_meanOn),
                          MakeTimeChecker(MicroSeconds(1)))
            .AddAttribute("MeanOffTime",
                          "Mean off period of OnOff arrivals, 0 or more.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&ShardCrossTraffic::m_meanOff),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("StepFrom",
                          "From then on, since the start, the mean rate is StepRate.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ShardCrossTraffic::m_stepFrom),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("StepUntil",
                          "Until then; not later than StepFrom: never.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ShardCrossTraffic::m_stepUntil),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("StepRate",
                          "Mean rate from StepFrom to StepUntil, as DataRate; not 0.",
                          DataRateValue(DataRate("1Mbps")),
                          MakeDataRateAccessor(&ShardCrossTraffic::m_stepRate),
                          MakeDataRateChecker())
            .AddTraceSource("Tx",
                            "A packet handed to the device, and whether the device took it (false: "
                            "its queue was full).",
                            MakeTraceSourceAccessor(&ShardCrossTraffic::m_txTrace),
                            "ns3::sharding::ShardCrossTraffic::TxTracedCallback");
    return tid;
}

ShardCrossTraffic::ShardCrossTraffic()
    : m_uniform(CreateObject<UniformRandomVariable>())
{
}

void
ShardCrossTraffic::SetDevice(Ptr<PointToPointNetDevice> device)
{
    m_device = device;
}

int64_t
ShardCrossTraffic::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

void
ShardCrossTraffic::DoDispose()
{
    m_event.Cancel();
    m_device = nullptr;
    Application::DoDispose();
}

void
ShardCrossTraffic::StartApplication()
{
    NS_ABORT_MSG_UNLESS(m_device && DynamicCast<ShardLinkChannel>(m_device->GetChannel()),
                        "ShardCrossTraffic: its device has no ShardLinkChannel, allowed is a "
                        "device that does (another would deliver cross traffic to the node)");
    if (m_rate.GetBitRate() == 0)
    {
        return;
    }
    m_start = Simulator::Now();
    ShardArrivals::Shape shape;
    shape.kind = m_kind;
    shape.gap = m_size * 8.0 / static_cast<double>(m_rate.GetBitRate());
    shape.stepFrom = m_stepFrom.GetSeconds();
    shape.stepUntil = m_stepUntil.GetSeconds();
    shape.stepGap = m_size * 8.0 / static_cast<double>(m_stepRate.GetBitRate());
    shape.meanOn = m_meanOn.GetSeconds();
    shape.meanOff = m_meanOff.GetSeconds();
    m_arrivals = ShardArrivals(shape, m_uniform);
    ScheduleNext();
}

void
ShardCrossTraffic::StopApplication()
{
    m_event.Cancel();
}

void
ShardCrossTraffic::ScheduleNext()
{
    const Time wait = m_start + NanoSeconds(m_arrivals.Next()) - Simulator::Now();
    m_event = Simulator::Schedule(wait, &ShardCrossTraffic::Send, this);
}

void
ShardCrossTraffic::Send()
{
    Ptr<Packet> packet = Create<Packet>(m_size);
    packet->AddPacketTag(ShardCrossTrafficTag());
    ++m_offered;
    // The device adds its header to the packet that it takes.
    const bool accepted = m_device->Send(packet, m_device->GetBroadcast(), IPV4);
    m_txTrace(packet, accepted);
    ScheduleNext();
}

} // namespace sharding
} // namespace ns3
