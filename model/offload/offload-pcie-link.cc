// SPDX-License-Identifier: GPL-2.0-only
#include "offload-pcie-link.h"

#include "ns3/abort.h"
#include "ns3/log.h"
#include "ns3/packet.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("OffloadPcieLink");

NS_OBJECT_ENSURE_REGISTERED(OffloadPcieLink);

TypeId
OffloadPcieLink::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::OffloadPcieLink")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<OffloadPcieLink>()
            .AddAttribute("Rate",
                          "Of each direction, line code taken off. Eight lanes of generation 3: "
                          "8 x 8 GT/s x 128/130.",
                          DataRateValue(DataRate("63015384615bps")),
                          MakeDataRateAccessor(&OffloadPcieLink::m_rate),
                          MakeDataRateChecker())
            .AddAttribute("Delay",
                          "Of a packet on its way, each direction.",
                          TimeValue(NanoSeconds(150)),
                          MakeTimeAccessor(&OffloadPcieLink::m_delay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("HostLatency",
                          "In which the host reads its memory, or takes a write.",
                          TimeValue(NanoSeconds(400)),
                          MakeTimeAccessor(&OffloadPcieLink::m_hostLatency),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("MaxPayload",
                          "Most bytes of data of a packet.",
                          UintegerValue(256),
                          MakeUintegerAccessor(&OffloadPcieLink::m_maxPayload),
                          MakeUintegerChecker<uint32_t>(16, 4096))
            .AddAttribute("MaxRead",
                          "Most bytes that a memory read asks for.",
                          UintegerValue(512),
                          MakeUintegerAccessor(&OffloadPcieLink::m_maxRead),
                          MakeUintegerChecker<uint32_t>(16, 4096))
            .AddAttribute("Tags",
                          "Memory reads under way at a time, at most.",
                          UintegerValue(32),
                          MakeUintegerAccessor(&OffloadPcieLink::m_tags),
                          MakeUintegerChecker<uint32_t>(1, 1024))
            .AddAttribute("HeaderCredits",
                          "Memory writes that the host has room for.",
                          UintegerValue(64),
                          MakeUintegerAccessor(&OffloadPcieLink::m_headCredits),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("DataCredits",
                          "Units of 16 bytes of data of memory writes that the host has room for; "
                          "at least those of MaxPayload.",
                          UintegerValue(1024),
                          MakeUintegerAccessor(&OffloadPcieLink::m_dataCredits),
                          MakeUintegerChecker<uint32_t>(1))
            .AddTraceSource("Tlp",
                            "A packet takes the line: whether towards the engine, its fields, "
                            "bytes.",
                            MakeTraceSourceAccessor(&OffloadPcieLink::m_tlpTrace),
                            "ns3::sharding::OffloadPcieLink::TlpCallback");
    return tid;
}

void
OffloadPcieLink::DoDispose()
{
    m_disc = nullptr;
    m_operations.clear();
    Object::DoDispose();
}

void
OffloadPcieLink::SetDisc(Ptr<QueueDisc> disc)
{
    m_disc = disc;
}

void
OffloadPcieLink::Read(uint16_t requester, uint64_t address, uint32_t bytes, Done done)
{
    Split(OFFLOAD_READ, requester, address, bytes, done);
}

void
OffloadPcieLink::Write(uint16_t requester, uint64_t address, uint32_t bytes, Done done)
{
    Split(OFFLOAD_WRITE, requester, address, bytes, done);
}

void
OffloadPcieLink::Split(OffloadType type,
                       uint16_t requester,
                       uint64_t address,
                       uint32_t bytes,
                       Done done)
{
    NS_LOG_FUNCTION(this << +type << requester << address << bytes);
    NS_ABORT_MSG_IF(bytes == 0, "OffloadPcieLink: a read or write has at least 1 byte");
    if (!m_hasTags)
    {
        NS_ABORT_MSG_IF(m_dataCredits * CREDIT_BYTES < m_maxPayload,
                        "OffloadPcieLink: DataCredits are for less than MaxPayload: no full packet "
                        "could ever be sent");
        m_hasTags = true;
        for (uint32_t tag = 0; tag < m_tags; ++tag)
        {
            m_freeTags.push_back(static_cast<uint16_t>(tag));
        }
    }
    const uint64_t operation = m_next++;
    m_operations[operation] = {bytes, done};
    const uint32_t most = type == OFFLOAD_READ ? m_maxRead : m_maxPayload;
    for (uint32_t at = 0; at < bytes;)
    {
        Waiting packet;
        packet.operation = operation;
        packet.tlp.type = type;
        packet.tlp.requester = requester;
        packet.tlp.address = address + at;
        packet.tlp.length = std::min(most, bytes - at);
        at += packet.tlp.length;
        m_toHost.push_back(packet);
    }
    SendToHost();
}

uint32_t
OffloadPcieLink::LineBytes(const OffloadTlp& tlp)
{
    return (tlp.type == OFFLOAD_COMPLETION ? COMPLETION_OVERHEAD : REQUEST_OVERHEAD) +
           (tlp.type == OFFLOAD_READ ? 0 : tlp.length);
}

uint32_t
OffloadPcieLink::DataCredits(const OffloadTlp& tlp)
{
    return (tlp.length + CREDIT_BYTES - 1) / CREDIT_BYTES;
}

Time
OffloadPcieLink::Occupy(const OffloadTlp& tlp, bool isToEngine)
{
    const uint32_t bytes = LineBytes(tlp);
    m_counters.lineBytes += bytes;
    ++m_flying;
    m_tlpTrace(isToEngine, tlp, bytes);
    return m_rate.CalculateBytesTxTime(bytes);
}

void
OffloadPcieLink::SendToHost()
{
    if (m_isHostLineBusy || m_toHost.empty())
    {
        return;
    }
    // Requests keep their order: who has no credit or tag holds up those behind.
    Waiting packet = m_toHost.front();
    if (packet.tlp.type == OFFLOAD_WRITE)
    {
        const uint32_t data = DataCredits(packet.tlp);
        if (m_headsUsed + 1 > m_headCredits || m_dataUsed + data > m_dataCredits)
        {
            return;
        }
        ++m_headsUsed;
        m_dataUsed += data;
        ++m_counters.writes;
    }
    else
    {
        if (m_freeTags.empty())
        {
            return;
        }
        packet.tlp.tag = m_freeTags.front();
        m_freeTags.pop_front();
        m_outstanding[packet.tlp.tag] = {packet.tlp.length, packet.operation};
        ++m_counters.reads;
    }
    m_toHost.pop_front();
    m_isHostLineBusy = true;
    const Time taken = Occupy(packet.tlp, false);
    Simulator::Schedule(taken, &OffloadPcieLink::FreeHostLine, this);
    Simulator::Schedule(taken + m_delay, &OffloadPcieLink::ReachHost, this, packet);
}

void
OffloadPcieLink::FreeHostLine()
{
    m_isHostLineBusy = false;
    SendToHost();
}

void
OffloadPcieLink::ReachHost(const Waiting& packet)
{
    if (packet.tlp.type == OFFLOAD_WRITE)
    {
        Simulator::Schedule(m_hostLatency, &OffloadPcieLink::Took, this, packet);
        return;
    }
    Simulator::Schedule(m_hostLatency, &OffloadPcieLink::Serve, this, packet.tlp);
}

void
OffloadPcieLink::Took(const Waiting& packet)
{
    --m_flying;
    --m_headsUsed;
    m_dataUsed -= DataCredits(packet.tlp);
    Progress(packet.operation, packet.tlp.length);
    SendToHost();
}

void
OffloadPcieLink::Serve(const OffloadTlp& tlp)
{
    --m_flying;
    for (uint32_t at = 0; at < tlp.length;)
    {
        OffloadTlp completion = tlp;
        completion.type = OFFLOAD_COMPLETION;
        completion.address = tlp.address + at;
        completion.length = std::min(m_maxPayload, tlp.length - at);
        at += completion.length;
        if (!m_disc)
        {
            m_toEngine.push_back(completion);
        }
        else if (!m_disc->Enqueue(
                     Create<OffloadTlpItem>(Create<Packet>(LineBytes(completion)), completion)))
        {
            // The read never ends, as with a completion that is lost on a link: its owner has the
            // timeouts.
            ++m_counters.dropped;
        }
    }
    SendToEngine();
}

void
OffloadPcieLink::SendToEngine()
{
    if (m_isEngineLineBusy)
    {
        return;
    }
    OffloadTlp tlp;
    if (m_disc)
    {
        const Ptr<QueueDiscItem> item = m_disc->Dequeue();
        if (!item)
        {
            return;
        }
        tlp = DynamicCast<OffloadTlpItem>(item)->GetTlp();
    }
    else if (m_toEngine.empty())
    {
        return;
    }
    else
    {
        tlp = m_toEngine.front();
        m_toEngine.pop_front();
    }
    ++m_counters.completions;
    m_isEngineLineBusy = true;
    const Time taken = Occupy(tlp, true);
    Simulator::Schedule(taken, &OffloadPcieLink::FreeEngineLine, this);
    Simulator::Schedule(taken + m_delay, &OffloadPcieLink::ReachEngine, this, tlp);
}

void
OffloadPcieLink::FreeEngineLine()
{
    m_isEngineLineBusy = false;
    SendToEngine();
}

void
OffloadPcieLink::ReachEngine(const OffloadTlp& tlp)
{
    --m_flying;
    const auto found = m_outstanding.find(tlp.tag);
    const uint64_t operation = found->second.operation;
    found->second.left -= tlp.length;
    if (found->second.left == 0)
    {
        m_freeTags.push_back(tlp.tag);
        m_outstanding.erase(found);
    }
    Progress(operation, tlp.length);
    SendToHost();
}

void
OffloadPcieLink::Progress(uint64_t operation, uint32_t bytes)
{
    m_counters.payload += bytes;
    const auto found = m_operations.find(operation);
    found->second.left -= bytes;
    if (found->second.left == 0)
    {
        const Done done = found->second.done;
        m_operations.erase(found);
        if (!done.IsNull())
        {
            done();
        }
    }
}

bool
OffloadPcieLink::IsIdle() const
{
    return m_flying == 0 && m_operations.empty() && m_toHost.empty() && m_toEngine.empty() &&
           m_outstanding.empty() && m_headsUsed == 0 && m_dataUsed == 0;
}

} // namespace sharding
} // namespace ns3
