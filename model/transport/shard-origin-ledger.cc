// SPDX-License-Identifier: GPL-2.0-only
#include "shard-origin-ledger.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardOriginTag);
NS_OBJECT_ENSURE_REGISTERED(ShardOriginLedger);

TypeId
ShardOriginTag::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShardOriginTag")
                            .SetParent<Tag>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ShardOriginTag>();
    return tid;
}

TypeId
ShardOriginTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t
ShardOriginTag::GetSerializedSize() const
{
    return sizeof(m_number);
}

void
ShardOriginTag::Serialize(TagBuffer buffer) const
{
    buffer.WriteU64(m_number);
}

void
ShardOriginTag::Deserialize(TagBuffer buffer)
{
    m_number = buffer.ReadU64();
}

void
ShardOriginTag::Print(std::ostream& os) const
{
    os << "origin " << m_number;
}

TypeId
ShardOriginLedger::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardOriginLedger")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardOriginLedger>()
            .AddAttribute("Horizon",
                          "How long after its first shard was sent a datagram can still be "
                          "recognised at the far end; longer than any shard can be on its way.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&ShardOriginLedger::m_horizon),
                          MakeTimeChecker(MilliSeconds(1)));
    return tid;
}

uint64_t
ShardOriginLedger::Enter(Time now, Ptr<const Datagram> datagram, Ptr<const ShardWindow> window)
{
    while (!m_entries.empty() &&
           (!m_entries.front().content || m_entries.front().entered + m_horizon < now))
    {
        m_entries.pop_front();
        ++m_first;
    }
    m_entries.push_back(Entry{now, datagram, window, 0});
    return m_first + m_entries.size() - 1;
}

Ptr<const Datagram>
ShardOriginLedger::Find(uint64_t number) const
{
    if (number < m_first || number - m_first >= m_entries.size())
    {
        return nullptr;
    }
    return m_entries[number - m_first].content;
}

Ptr<const ShardWindow>
ShardOriginLedger::FindWindow(uint64_t number) const
{
    if (number < m_first || number - m_first >= m_entries.size())
    {
        return nullptr;
    }
    return m_entries[number - m_first].window;
}

void
ShardOriginLedger::Depart(uint64_t number)
{
    if (number >= m_first && number - m_first < m_entries.size())
    {
        ++m_entries[number - m_first].packets;
    }
}

Ptr<const Datagram>
ShardOriginLedger::Arrive(uint64_t number)
{
    if (number < m_first || number - m_first >= m_entries.size())
    {
        return nullptr;
    }
    Entry& entry = m_entries[number - m_first];
    Ptr<const Datagram> content = entry.content;
    if (entry.packets <= 1)
    {
        entry.content = nullptr; // its memory is of use to the next one
        entry.window = nullptr;
    }
    entry.packets -= entry.packets > 0 ? 1 : 0;
    return content;
}

} // namespace sharding
} // namespace ns3
