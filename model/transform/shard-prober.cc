// SPDX-License-Identifier: GPL-2.0-only
#include "shard-prober.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardProber);

TypeId
ShardProber::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardProber")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardProber>()
            .AddAttribute("Interval",
                          "Shortest time between probes; without traffic there are none.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&ShardProber::m_interval),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("Patience",
                          "A receiver that has not said for so long, while there was traffic, that "
                          "it delivers something is taken for one that does not reassemble: "
                          "packets are sent as they are until it speaks.",
                          TimeValue(Seconds(2)),
                          MakeTimeAccessor(&ShardProber::m_patience),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddTraceSource("Silent",
                            "The receiver does not reassemble, as it seems, or does again.",
                            MakeTraceSourceAccessor(&ShardProber::m_silentTrace),
                            "ns3::sharding::ShardProber::SilentTracedCallback");
    return tid;
}

ShardProber::ShardProber() = default;
ShardProber::~ShardProber() = default;

void
ShardProber::SetTransport(Ptr<ShardTransport> transport)
{
    m_transport = transport;
    for (ShardControlType type : {SHARD_CONTROL_REPORT, SHARD_CONTROL_CAPABILITY})
    {
        transport->SetControlReceiver(type, this);
    }
}

void
ShardProber::SetTier(Ptr<ShardTierClient> tier)
{
    m_tier = tier;
}

ShardProber::Receiver&
ShardProber::Of(uint32_t peer)
{
    if (peer >= m_receivers.size())
    {
        m_receivers.resize(peer + 1);
    }
    return m_receivers[peer];
}

void
ShardProber::Passing(Time now, uint32_t peer)
{
    Receiver& receiver = Of(peer);
    if (receiver.isSpokenTo && now - receiver.lastProbe < m_interval)
    {
        return;
    }
    // After a pause nobody has been silent yet; after a shorter one than this there is as much time
    // left to speak.
    if (!receiver.isSpokenTo || now - receiver.lastProbe > m_patience / 2)
    {
        receiver.heard = now;
    }
    receiver.isSpokenTo = true;
    receiver.lastProbe = now;
    ShardProbe probe;
    probe.number = ++receiver.probes;
    probe.at = static_cast<uint64_t>(now.GetTimeStep());
    probe.report = receiver.lastReport;
    probe.held = receiver.lastReport == 0
                     ? 0
                     : static_cast<uint32_t>((now - receiver.lastReportAt).GetMicroSeconds());
    const std::vector<uint8_t> body = probe.Write();
    const uint32_t number = peer == 0 ? ShardTransport::ANY_PEER : m_transport->GetPeers().at(peer);
    for (uint32_t path = 0; path < m_transport->GetPathCount(); ++path)
    {
        ++m_counters.probes;
        m_transport->SendControl(now,
                                 static_cast<uint16_t>(path),
                                 SHARD_CONTROL_PROBE,
                                 body,
                                 number);
    }
}

void
ShardProber::SetSilent(Time now, Receiver& receiver, bool isSilent)
{
    if (receiver.isSilent != isSilent)
    {
        receiver.isSilent = isSilent;
        m_counters.silences += isSilent;
        m_silentTrace(now, isSilent);
    }
}

bool
ShardProber::IsSilent(Time now, uint32_t peer)
{
    Receiver& receiver = Of(peer);
    if (receiver.isSpokenTo && now - receiver.heard > m_patience)
    {
        SetSilent(now, receiver, true);
    }
    return receiver.isSilent;
}

void
ShardProber::AcceptControl(Time now, const ShardControlMessage& message)
{
    if (message.type == SHARD_CONTROL_REPORT)
    {
        ShardReport report;
        if (report.Read(message.body, message.size) != SHARD_OK)
        {
            ++m_counters.malformed;
            return;
        }
        Receiver& receiver = Of(message.place);
        if (report.number <= receiver.lastReport)
        {
            ++m_counters.stale;
            return;
        }
        receiver.lastReport = report.number;
        receiver.lastReportAt = now;
        ++m_counters.reports;
        // One that shards come to and that delivers nothing of them might as well be silent.
        if (report.delivered > 0 || report.expected == 0)
        {
            receiver.heard = now;
            SetSilent(now, receiver, false);
        }
    }
    else
    {
        ShardCapability can;
        if (can.Read(message.body, message.size) != SHARD_OK)
        {
            ++m_counters.malformed;
            return;
        }
    }
    if (m_tier && message.place == 0)
    {
        m_tier->Relay(now, message);
    }
}

void
ShardProber::Fail()
{
    m_receivers.clear();
}

void
ShardProber::DoDispose()
{
    m_transport = nullptr;
    m_tier = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
