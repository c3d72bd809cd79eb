// SPDX-License-Identifier: GPL-2.0-only
#include "offload-stream-prefetcher.h"

#include "ns3/uinteger.h"

#include <algorithm>
#include <cstdlib>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(StreamPrefetcher);

namespace
{

/// Reads from which on a stream of any distance is believed, and of one whose reads touch.
constexpr uint32_t STRIDE_READS = 3;
constexpr uint32_t TOUCHING_READS = 2;

} // namespace

TypeId
StreamPrefetcher::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::StreamPrefetcher")
            .SetParent<OffloadPrefetcher>()
            .SetGroupName("Sharding")
            .AddConstructor<StreamPrefetcher>()
            .AddAttribute("Streams",
                          "That are followed at a time.",
                          UintegerValue(32),
                          MakeUintegerAccessor(&StreamPrefetcher::m_most),
                          MakeUintegerChecker<uint32_t>(1, 4096))
            .AddAttribute("Slack",
                          "Distances before or behind its place at which a read is of a stream.",
                          UintegerValue(8),
                          MakeUintegerAccessor(&StreamPrefetcher::m_slack),
                          MakeUintegerChecker<uint32_t>(1, 4096))
            .AddAttribute("Reach",
                          "Most bytes from one read of a stream to the next.",
                          UintegerValue(1 << 20),
                          MakeUintegerAccessor(&StreamPrefetcher::m_reach),
                          MakeUintegerChecker<uint64_t>(1, uint64_t{1} << 40));
    return tid;
}

std::optional<int64_t>
StreamPrefetcher::Steps(const Stream& stream, const OffloadRange& range) const
{
    const auto distance = static_cast<int64_t>(range.offset - stream.last.offset);
    const int64_t most = std::abs(stream.stride) * static_cast<int64_t>(m_slack);
    if (distance < -most || distance > most || stream.stride == 0 || distance % stream.stride != 0)
    {
        return std::nullopt;
    }
    return distance / stream.stride;
}

StreamPrefetcher::Stream*
StreamPrefetcher::Continue(const OffloadRange& range)
{
    Stream* behind = nullptr;
    for (Stream& stream : m_streams)
    {
        const std::optional<int64_t> steps = Steps(stream, range);
        if (steps && *steps > 0)
        {
            stream.last = range;
            return &stream;
        }
        behind = steps ? &stream : behind;
    }
    for (Stream& stream : m_streams)
    {
        if (stream.last.offset + stream.last.bytes == range.offset)
        {
            // What was believed of it before was wrong, or it has another size of reads now.
            stream.stride = static_cast<int64_t>(range.bytes);
            stream.last = range;
            stream.reads = std::max(1U, stream.reads / 2);
            return &stream;
        }
    }
    return behind;
}

StreamPrefetcher::Stream&
StreamPrefetcher::Begin(const OffloadRange& range)
{
    // From the nearest read within reach; the stream that it is of stays as it is.
    Stream begun;
    begun.last = range;
    auto nearest = static_cast<int64_t>(m_reach) + 1;
    for (const Stream& stream : m_streams)
    {
        const auto distance = static_cast<int64_t>(range.offset - stream.last.offset);
        if (distance > -nearest && distance < nearest && distance != 0)
        {
            begun.stride = distance;
            begun.reads = 1;
            nearest = std::abs(distance);
        }
    }
    if (m_streams.size() < m_most)
    {
        m_streams.push_back(begun);
        return m_streams.back();
    }
    const auto oldest =
        std::min_element(m_streams.begin(),
                         m_streams.end(),
                         [](const Stream& a, const Stream& b) { return a.seen < b.seen; });
    *oldest = begun;
    return *oldest;
}

std::vector<OffloadRange>
StreamPrefetcher::Next(const OffloadAccess& access, uint32_t depth)
{
    Stream* found = Continue(access.range);
    Stream& current = found != nullptr ? *found : Begin(access.range);
    current.seen = ++m_reads;
    ++current.reads;
    std::vector<const Stream*> streams;
    for (const Stream& stream : m_streams)
    {
        const bool touches = stream.stride == static_cast<int64_t>(stream.last.bytes);
        if (stream.stride != 0 && stream.reads >= (touches ? TOUCHING_READS : STRIDE_READS))
        {
            streams.push_back(&stream);
        }
    }
    std::sort(streams.begin(),
              streams.end(),
              [](const Stream* a, const Stream* b) { return a->seen > b->seen; });
    std::vector<OffloadRange> ranges;
    for (const Stream* stream : streams)
    {
        const std::size_t room = depth - ranges.size();
        const auto count =
            static_cast<uint32_t>(std::min<std::size_t>(room, 2 * std::size_t{stream->reads}));
        const std::vector<OffloadRange> ahead =
            WalkOffloadRanges(stream->last, stream->stride, count);
        ranges.insert(ranges.end(), ahead.begin(), ahead.end());
    }
    return ranges;
}

} // namespace sharding
} // namespace ns3
