// SPDX-License-Identifier: GPL-2.0-only
#include "content-encode-task.h"

#include "ns3/shard-octets.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

double
ContentEncodeTask::Pixels() const
{
    const double frame = ContentIsAudio(codec) ? 1920.0 * 1080 / 500 : double(width) * height;
    const double factor = codec == CONTENT_HEVC ? 3 : codec == CONTENT_AV1 ? 8 : 1;
    return frame * frameRate * duration.GetSeconds() * complexity * factor;
}

std::vector<uint8_t>
ContentEncodeTask::Write() const
{
    ShardOctetWriter out;
    out.Put32(segment).Put8(rendition).Put8(codec).Put16(width).Put16(height).Put16(frameRate);
    out.Put32(bytes).Put32(static_cast<uint32_t>(std::lround(complexity * 1000)));
    out.Put64(static_cast<uint64_t>(duration.GetNanoSeconds()));
    out.Put64(static_cast<uint64_t>(deadline.GetNanoSeconds()));
    out.Put64(static_cast<uint64_t>(expires.GetNanoSeconds()));
    return out.Take();
}

std::optional<ContentEncodeTask>
ContentEncodeTask::Read(const ContentMessage& message)
{
    ShardOctetReader in(message.body.data(), static_cast<uint32_t>(message.body.size()));
    ContentEncodeTask task;
    task.key = message.key;
    task.segment = in.Get32();
    task.rendition = in.Get8();
    const uint8_t codec = in.Get8();
    task.width = in.Get16();
    task.height = in.Get16();
    task.frameRate = in.Get16();
    task.bytes = in.Get32();
    task.complexity = in.Get32() / 1000.0;
    const uint64_t duration = in.Get64();
    const uint64_t deadline = in.Get64();
    const uint64_t expires = in.Get64();
    if (!in.IsExact() || codec < CONTENT_H264 || codec > CONTENT_OPUS || task.bytes == 0 ||
        task.bytes > ContentMap::MAX_SHARD_BYTES || duration == 0 ||
        duration > static_cast<uint64_t>(ContentMap::MAX_DURATION) || deadline >> 62 != 0 ||
        expires >> 62 != 0)
    {
        return std::nullopt;
    }
    task.codec = static_cast<ContentCodec>(codec);
    task.duration = NanoSeconds(duration);
    task.deadline = NanoSeconds(deadline);
    task.expires = NanoSeconds(expires);
    return task;
}

bool
ContentEncoderQueue::Earlier::operator()(const ContentEncodeTask& a,
                                         const ContentEncodeTask& b) const
{
    if (a.deadline != b.deadline)
    {
        return a.deadline < b.deadline;
    }
    // Of those that are as urgent the sound, then the lower rendition: better a poor picture than
    // none.
    if (ContentIsAudio(a.codec) != ContentIsAudio(b.codec))
    {
        return ContentIsAudio(a.codec);
    }
    return a.rendition != b.rendition ? a.rendition < b.rendition : a.key.Number() < b.key.Number();
}

void
ContentEncoderQueue::Add(const ContentEncodeTask& task)
{
    m_pixels = Pixels() + task.Pixels();
    m_tasks.insert(task);
}

std::optional<ContentEncodeTask>
ContentEncoderQueue::Take()
{
    if (m_tasks.empty())
    {
        return std::nullopt;
    }
    const ContentEncodeTask task = *m_tasks.begin();
    m_tasks.erase(m_tasks.begin());
    m_pixels -= task.Pixels();
    return task;
}

std::vector<ContentEncodeTask>
ContentEncoderQueue::Forget(uint32_t stream, uint32_t segment)
{
    std::vector<ContentEncodeTask> gone;
    for (auto at = m_tasks.begin(); at != m_tasks.end();)
    {
        if (at->key.stream == stream && at->segment < segment)
        {
            m_pixels -= at->Pixels();
            gone.push_back(*at);
            at = m_tasks.erase(at);
        }
        else
        {
            ++at;
        }
    }
    return gone;
}

void
ContentEncoderQueue::Clear()
{
    m_tasks.clear();
    m_pixels = 0;
}

std::vector<uint8_t>
ContentHealth::Write() const
{
    ShardOctetWriter out;
    out.Put32(queued).Put64(static_cast<uint64_t>(backlog.GetNanoSeconds()));
    const std::size_t count = std::min<std::size_t>(asked.size(), MAX_ASKED);
    out.Put16(static_cast<uint16_t>(count));
    for (std::size_t i = 0; i < count; ++i)
    {
        out.Put32(asked[i].stream).Put8(asked[i].rendition).Put32(asked[i].requests);
    }
    return out.Take();
}

std::optional<ContentHealth>
ContentHealth::Read(const ContentMessage& message)
{
    ShardOctetReader in(message.body.data(), static_cast<uint32_t>(message.body.size()));
    ContentHealth health;
    health.queued = in.Get32();
    const uint64_t backlog = in.Get64();
    const uint16_t count = in.Get16();
    if (in.IsShort() || backlog >> 62 != 0 || count > MAX_ASKED)
    {
        return std::nullopt;
    }
    health.backlog = NanoSeconds(backlog);
    for (uint32_t i = 0; i < count && !in.IsShort(); ++i)
    {
        Asked asked;
        asked.stream = in.Get32();
        asked.rendition = in.Get8();
        asked.requests = in.Get32();
        health.asked.push_back(asked);
    }
    return in.IsExact() ? std::optional<ContentHealth>(std::move(health)) : std::nullopt;
}

} // namespace sharding
} // namespace ns3
