// SPDX-License-Identifier: GPL-2.0-only
#include "offload-prefetcher.h"

#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(OffloadPrefetcher);
NS_OBJECT_ENSURE_REGISTERED(NoPrefetcher);
NS_OBJECT_ENSURE_REGISTERED(NextBlockPrefetcher);
NS_OBJECT_ENSURE_REGISTERED(StridePrefetcher);
NS_OBJECT_ENSURE_REGISTERED(MarkovPrefetcher);
NS_OBJECT_ENSURE_REGISTERED(TrendPrefetcher);
NS_OBJECT_ENSURE_REGISTERED(ForecastPrefetcher);
NS_OBJECT_ENSURE_REGISTERED(OraclePrefetcher);

namespace
{

/// @return from one offset to another; those too far apart wrap around, which is no distance that
///         comes twice
int64_t
Distance(uint64_t from, uint64_t to)
{
    return static_cast<int64_t>(to - from);
}

} // namespace

std::vector<OffloadRange>
WalkOffloadRanges(const OffloadRange& from, int64_t stride, uint32_t depth)
{
    std::vector<OffloadRange> ranges;
    uint64_t offset = from.offset;
    for (uint32_t i = 0; i < depth; ++i)
    {
        const uint64_t next = offset + static_cast<uint64_t>(stride);
        if (stride < 0 ? next >= offset
                       : next <= offset || next > std::numeric_limits<uint64_t>::max() - from.bytes)
        {
            break;
        }
        offset = next;
        ranges.push_back({offset, from.bytes});
    }
    return ranges;
}

TypeId
OffloadPrefetcher::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::OffloadPrefetcher").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

TypeId
NoPrefetcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::NoPrefetcher")
                            .SetParent<OffloadPrefetcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<NoPrefetcher>();
    return tid;
}

std::vector<OffloadRange>
NoPrefetcher::Next(const OffloadAccess&, uint32_t)
{
    return {};
}

TypeId
NextBlockPrefetcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::NextBlockPrefetcher")
                            .SetParent<OffloadPrefetcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<NextBlockPrefetcher>();
    return tid;
}

std::vector<OffloadRange>
NextBlockPrefetcher::Next(const OffloadAccess& access, uint32_t depth)
{
    return WalkOffloadRanges(access.range, access.range.bytes, depth);
}

TypeId
StridePrefetcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::StridePrefetcher")
                            .SetParent<OffloadPrefetcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<StridePrefetcher>();
    return tid;
}

std::vector<OffloadRange>
StridePrefetcher::Next(const OffloadAccess& access, uint32_t depth)
{
    const int64_t stride = Distance(m_last, access.range.offset);
    m_steady = m_reads > 1 && stride == m_stride;
    m_stride = stride;
    m_last = access.range.offset;
    m_reads = std::min(m_reads + 1, 2U);
    return m_steady ? WalkOffloadRanges(access.range, stride, depth) : std::vector<OffloadRange>();
}

TypeId
MarkovPrefetcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::MarkovPrefetcher")
                            .SetParent<OffloadPrefetcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<MarkovPrefetcher>()
                            .AddAttribute("Blocks",
                                          "Blocks that it remembers.",
                                          UintegerValue(4096),
                                          MakeUintegerAccessor(&MarkovPrefetcher::m_blocks),
                                          MakeUintegerChecker<uint32_t>(1))
                            .AddAttribute("Successors",
                                          "That it remembers of each.",
                                          UintegerValue(4),
                                          MakeUintegerAccessor(&MarkovPrefetcher::m_successors),
                                          MakeUintegerChecker<uint32_t>(1, 64));
    return tid;
}

void
MarkovPrefetcher::Forget()
{
    while (m_table.size() > m_blocks)
    {
        m_table.erase(m_bySeen.begin()->second);
        m_bySeen.erase(m_bySeen.begin());
    }
}

void
MarkovPrefetcher::Learn(uint64_t from, const OffloadRange& to)
{
    Block& block = m_table[from];
    m_bySeen.erase(block.seen);
    block.seen = m_reads;
    m_bySeen[m_reads] = from;
    auto found = std::find_if(block.successors.begin(),
                              block.successors.end(),
                              [&to](const Successor& s) { return s.range.offset == to.offset; });
    if (found == block.successors.end())
    {
        if (block.successors.size() == m_successors)
        {
            // The least frequent one, which is the last, gives way.
            block.successors.pop_back();
        }
        block.successors.push_back({to, 0});
        found = block.successors.end() - 1;
    }
    ++found->count;
    found->range = to;
    // The most frequent one in front; the newer one of equals.
    while (found != block.successors.begin() && (found - 1)->count <= found->count)
    {
        std::swap(*(found - 1), *found);
        --found;
    }
    Forget();
}

std::vector<OffloadRange>
MarkovPrefetcher::Next(const OffloadAccess& access, uint32_t depth)
{
    if (m_reads > 0)
    {
        Learn(m_last, access.range);
    }
    ++m_reads;
    m_last = access.range.offset;
    std::vector<OffloadRange> ranges;
    for (uint64_t at = m_last; ranges.size() < depth;)
    {
        const auto found = m_table.find(at);
        if (found == m_table.end())
        {
            break;
        }
        ranges.push_back(found->second.successors.front().range);
        at = ranges.back().offset;
    }
    return ranges;
}

TypeId
TrendPrefetcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::TrendPrefetcher")
                            .SetParent<OffloadPrefetcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<TrendPrefetcher>()
                            .AddAttribute("History",
                                          "Distances that vote at most.",
                                          UintegerValue(32),
                                          MakeUintegerAccessor(&TrendPrefetcher::m_history),
                                          MakeUintegerChecker<uint32_t>(2, 4096));
    return tid;
}

bool
TrendPrefetcher::Vote(const std::deque<int64_t>& distances, std::size_t count, int64_t& winner)
{
    std::size_t lead = 0;
    int64_t candidate = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        if (lead == 0)
        {
            candidate = distances[i];
        }
        lead += distances[i] == candidate ? 1 : std::size_t(-1);
    }
    const auto end = distances.begin() + static_cast<std::ptrdiff_t>(count);
    const auto votes = static_cast<std::size_t>(std::count(distances.begin(), end, candidate));
    winner = candidate;
    return 2 * votes > count;
}

std::vector<OffloadRange>
TrendPrefetcher::Next(const OffloadAccess& access, uint32_t depth)
{
    if (m_some)
    {
        m_distances.push_front(Distance(m_last, access.range.offset));
        if (m_distances.size() > m_history)
        {
            m_distances.pop_back();
        }
    }
    m_some = true;
    m_last = access.range.offset;
    for (std::size_t count = 4; !m_distances.empty(); count *= 2)
    {
        const std::size_t voters = std::min(count, m_distances.size());
        int64_t trend = 0;
        if (voters > 1 && Vote(m_distances, voters, trend) && trend != 0)
        {
            return WalkOffloadRanges(access.range, trend, depth);
        }
        if (voters < count || voters == m_history)
        {
            break;
        }
    }
    return {};
}

TypeId
ForecastPrefetcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ForecastPrefetcher")
                            .SetParent<TrendPrefetcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ForecastPrefetcher>();
    return tid;
}

std::vector<OffloadRange>
ForecastPrefetcher::Next(const OffloadAccess& access, uint32_t depth)
{
    const double wanted = access.expected < 0 ? depth : std::ceil(access.expected);
    return TrendPrefetcher::Next(access, static_cast<uint32_t>(std::min<double>(wanted, depth)));
}

TypeId
OraclePrefetcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::OraclePrefetcher")
                            .SetParent<OffloadPrefetcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<OraclePrefetcher>();
    return tid;
}

void
OraclePrefetcher::Tell(std::vector<OffloadRange> reads)
{
    m_reads = std::move(reads);
    m_next = 0;
}

std::vector<OffloadRange>
OraclePrefetcher::Next(const OffloadAccess& access, uint32_t depth)
{
    // Reads that are tried again, or overtake each other, come out of order: look a little ahead.
    constexpr std::size_t AHEAD = 64;
    const std::size_t end = std::min(m_reads.size(), m_next + AHEAD);
    for (std::size_t i = m_next; i < end; ++i)
    {
        if (m_reads[i].offset == access.range.offset)
        {
            m_next = i + 1;
            break;
        }
    }
    const auto from = m_reads.begin() + static_cast<std::ptrdiff_t>(m_next);
    const std::size_t count = std::min<std::size_t>(depth, m_reads.size() - m_next);
    return {from, from + static_cast<std::ptrdiff_t>(count)};
}

} // namespace sharding
} // namespace ns3
