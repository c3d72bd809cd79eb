// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-parts.h"

namespace shardsim
{

using namespace ns3::sharding;

void
TunnelParts::Release(ns3::Time now, const ShardRelease& release)
{
    uint64_t there = release.size;
    for (const ShardByteRange& hole : release.holes)
    {
        there -= hole.end - hole.begin;
    }
    const Key key{release.id.peer, release.id.flow, release.id.block};
    if (release.isLast)
    {
        m_open.erase(key);
        ++m_datagrams;
        m_bytes += there;
        return;
    }
    Part& part = m_open[key];
    part.byteTimes +=
        static_cast<double>(there - part.bytes) * static_cast<double>(now.GetNanoSeconds());
    part.bytes = there;
}

void
TunnelParts::Ended(const ShardBlockEnd& end)
{
    if (m_open.empty() || end.outcome == SHARD_PARTIAL)
    {
        return; // the last part is still to come
    }
    const auto found = m_open.find({end.id.peer, end.id.flow, end.id.block});
    if (found == m_open.end())
    {
        return;
    }
    const Part part = found->second;
    m_open.erase(found);
    if (end.outcome == SHARD_RELEASED)
    {
        m_leadBytes += part.bytes;
        m_leadNs +=
            static_cast<double>(part.bytes) * static_cast<double>(end.ended.GetNanoSeconds()) -
            part.byteTimes;
        return;
    }
    ++m_datagrams;
    m_bytes += part.bytes;
}

uint64_t
TunnelParts::Bytes() const
{
    uint64_t bytes = m_bytes;
    for (const auto& [key, part] : m_open)
    {
        bytes += part.bytes;
    }
    return bytes;
}

std::optional<double>
TunnelParts::LeadNs() const
{
    return m_leadBytes > 0 ? std::optional<double>(m_leadNs / static_cast<double>(m_leadBytes))
                           : std::nullopt;
}

} // namespace shardsim
