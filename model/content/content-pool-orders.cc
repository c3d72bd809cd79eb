// SPDX-License-Identifier: GPL-2.0-only
// What a pool's manager has its encoders do.
#include "content-pool.h"

#include "ns3/shard-octets.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// When what is wanted for ever expires.
const Time NEVER = NanoSeconds(int64_t(1) << 61);
/// Of sound that is sent to an encoder, bit/s: 48,000 samples of two channels a second, 16 bits.
constexpr double PLAIN_SOUND = 1.536e6;

} // namespace

uint64_t
ContentPoolStream::Bits(uint32_t segment, uint32_t rendition) const
{
    return rendition < movie->Bitrates().size()
               ? movie->Bits(segment, rendition)
               : static_cast<uint64_t>(encodings[rendition].bitrate *
                                       movie->DurationOf(segment).GetSeconds());
}

const ContentMapEntry*
ContentPool::EntryOf(uint64_t key) const
{
    const ContentMap* const map = GetMap(ContentKey::Of(key).stream);
    return map != nullptr ? map->FindId(ContentKey::Of(key).id) : nullptr;
}

ContentDemand::Kind
ContentPool::KindOf(uint64_t key) const
{
    const Stream& stream = m_streams.at(ContentKey::Of(key).stream);
    return {ContentKey::Of(key).stream,
            static_cast<uint8_t>(ContentKey::Of(key).id % stream.map.Renditions())};
}

Time
ContentPool::ExpiresAt(uint64_t key) const
{
    const Stream& stream = m_streams.at(ContentKey::Of(key).stream);
    if (!stream.what.live)
    {
        return NEVER;
    }
    const uint32_t segment = ContentKey::Of(key).id / stream.map.Renditions();
    return stream.what.begin + NanoSeconds(stream.map.Stream().duration * (segment + 1)) + m_keep;
}

ContentEncodeTask
ContentPool::TaskOf(uint64_t key) const
{
    const Stream& stream = m_streams.at(ContentKey::Of(key).stream);
    const ContentMovie& movie = *stream.what.movie;
    const uint32_t renditions = stream.map.Renditions();
    ContentEncodeTask task;
    task.key = ContentKey::Of(key);
    task.segment = task.key.id / renditions;
    task.rendition = static_cast<uint8_t>(task.key.id % renditions);
    const ContentEncoding& encoding = stream.what.encodings[task.rendition];
    task.codec = encoding.codec;
    task.width = encoding.width;
    task.height = encoding.height;
    task.duration = movie.DurationOf(task.segment);
    task.bytes = static_cast<uint32_t>((stream.what.Bits(task.segment, task.rendition) + 7) / 8);
    // Scenes that take more bits take more time: the bits of the best rendition by its nominal
    // ones.
    if (!ContentIsAudio(task.codec))
    {
        const double nominal = movie.Bitrates().back() * task.duration.GetSeconds();
        const auto best = static_cast<uint32_t>(movie.Bitrates().size() - 1);
        const auto bits = static_cast<double>(movie.Bits(task.segment, best));
        task.complexity = std::clamp(bits / nominal, 0.2, 5.0);
    }
    const auto work = m_work.find(key);
    task.deadline = work != m_work.end() ? work->second.deadline : NEVER;
    task.expires = ExpiresAt(key);
    if (m_firm && stream.what.live)
    {
        task.expires = std::min(task.expires, task.deadline);
    }
    return task;
}

void
ContentPool::NameSegment(uint32_t number)
{
    if (HasFailed())
    {
        return;
    }
    Stream& stream = m_streams.at(number);
    const uint32_t segment = stream.next++;
    std::vector<uint64_t> keys;
    for (uint32_t r = 0; r < stream.map.Renditions(); ++r)
    {
        const ContentKey key{number, segment * stream.map.Renditions() + r};
        const uint64_t bits = stream.what.Bits(segment, r);
        stream.map.Append(key.id,
                          segment,
                          static_cast<uint16_t>(r),
                          static_cast<uint32_t>((bits + 7) / 8));
        ++m_counters.shards;
        const bool isHeldBack = r > stream.best && Simulator::Now() < stream.holdBack &&
                                !ContentIsAudio(stream.what.encodings[r].codec);
        if (isHeldBack)
        {
            ++m_counters.heldBack;
            continue;
        }
        keys.push_back(key.Number());
    }
    Want(keys, Simulator::Now() + m_deadline);
    const int64_t duration = stream.map.Stream().duration;
    const auto kept = static_cast<uint32_t>(m_keep.GetNanoSeconds() / duration);
    if (segment > kept)
    {
        Forget(stream, segment - kept);
    }
    if (stream.next < stream.map.Stream().segments)
    {
        const Time end = stream.what.begin + NanoSeconds(duration * stream.next) +
                         stream.what.movie->DurationOf(stream.next);
        Simulator::Schedule(std::max(end - Simulator::Now(), Time(0)),
                            &ContentPool::NameSegment,
                            this,
                            number);
    }
}

void
ContentPool::Forget(Stream& stream, uint32_t segment)
{
    const ContentKey first{stream.what.number, 0};
    const ContentKey end{stream.what.number, segment * stream.map.Renditions()};
    stream.map.ForgetBefore(segment);
    ContentMessage message;
    message.type = CONTENT_FORGET;
    message.key = {stream.what.number, segment};
    for (auto& [number, encoder] : m_encoders)
    {
        for (std::set<uint64_t>* keys : {&encoder.shards, &encoder.copies})
        {
            keys->erase(keys->lower_bound(first.Number()), keys->lower_bound(end.Number()));
        }
        if (encoder.works && encoder.connection)
        {
            encoder.connection->Send(message);
        }
    }
    for (auto at = m_waiting.lower_bound(first.Number());
         at != m_waiting.end() && *at < end.Number();)
    {
        m_work.erase(*at);
        at = m_waiting.erase(at);
    }
}

std::vector<ContentAssignEncoder>
ContentPool::KnownEncoders() const
{
    std::vector<ContentAssignEncoder> known;
    for (const auto& [number, encoder] : m_encoders)
    {
        if (encoder.works)
        {
            ContentAssignEncoder one;
            one.number = number;
            one.capacity = encoder.capacity;
            one.backlog =
                NanoSeconds(static_cast<int64_t>(encoder.pixels / encoder.capacity * 1e9));
            one.shards = static_cast<uint32_t>(encoder.shards.size() + encoder.orders.size());
            known.push_back(one);
        }
    }
    return known;
}

void
ContentPool::Want(const std::vector<uint64_t>& keys, Time deadline)
{
    for (const uint64_t key : keys)
    {
        m_work[key].deadline = deadline;
    }
    Order(keys, m_encodings);
}

void
ContentPool::Order(const std::vector<uint64_t>& keys, uint32_t copies)
{
    for (uint32_t copy = 0; copy < copies; ++copy)
    {
        ContentAssignView view;
        view.now = Simulator::Now();
        view.pool = m_poolSize;
        view.encoders = KnownEncoders();
        for (const uint64_t key : keys)
        {
            ContentAssignTask task;
            const ContentEncodeTask what = TaskOf(key);
            task.key = what.key;
            task.rendition = what.rendition;
            task.pixels = what.Pixels();
            task.deadline = what.deadline;
            const std::set<uint16_t>& avoid = m_work.at(key).avoid;
            task.excluded.assign(avoid.begin(), avoid.end());
            for (const auto& [number, encoder] : m_encoders)
            {
                if (encoder.orders.count(key) > 0 || encoder.shards.count(key) > 0)
                {
                    task.excluded.push_back(number);
                }
            }
            view.tasks.push_back(std::move(task));
        }
        const std::vector<uint32_t> chosen = m_assign->Assign(view);
        for (std::size_t i = 0; i < keys.size(); ++i)
        {
            Work& work = m_work.at(keys[i]);
            const uint32_t stream = ContentKey::Of(keys[i]).stream;
            if (copy > 0 && Simulator::Now() < m_streams.at(stream).holdBack)
            {
                continue; // no time for it even once
            }
            if (chosen[i] < view.encoders.size())
            {
                const uint16_t number = view.encoders[chosen[i]].number;
                ++work.orders;
                m_waiting.erase(keys[i]);
                ContentEncodeTask what = TaskOf(keys[i]);
                if (copy > 0)
                {
                    // What is encoded once more must not keep others from being encoded at all.
                    what.deadline = std::min(what.deadline + m_keep / 2, NEVER);
                }
                SendOrder(number, what);
            }
            else if (work.orders == 0)
            {
                // Who did not succeed may, when there is nobody else.
                work.avoid.clear();
                m_waiting.insert(keys[i]);
            }
        }
    }
}

void
ContentPool::SendOrder(uint16_t number, const ContentEncodeTask& task)
{
    Encoder& encoder = m_encoders.at(number);
    ++m_counters.orders;
    encoder.orders.insert(task.key.Number());
    encoder.pixels += task.Pixels();
    ContentMessage message;
    message.type = CONTENT_ENCODE;
    message.key = task.key;
    message.body = task.Write();
    const double rate =
        ContentIsAudio(task.codec) ? std::min(m_contribution, PLAIN_SOUND) : m_contribution;
    const double bytes = rate * task.duration.GetSeconds() / 8;
    message.media = static_cast<uint32_t>(std::min<double>(bytes, ContentMap::MAX_SHARD_BYTES));
    encoder.connection->Send(message);
}

bool
ContentPool::CloseOrder(uint16_t number, uint64_t key)
{
    Encoder& encoder = m_encoders.at(number);
    if (encoder.orders.erase(key) == 0)
    {
        return false;
    }
    const double pixels = TaskOf(key).Pixels();
    encoder.pixels = encoder.orders.empty() ? 0 : std::max(0.0, encoder.pixels - pixels);
    const auto work = m_work.find(key);
    if (work != m_work.end() && work->second.orders > 0)
    {
        --work->second.orders;
    }
    return true;
}

void
ContentPool::TakeEncoded(uint16_t number, const ContentMessage& message)
{
    ShardOctetReader in(message.body.data(), static_cast<uint32_t>(message.body.size()));
    const uint32_t bytes = in.Get32();
    const uint64_t took = in.Get64();
    const uint64_t key = message.key.Number();
    if (!in.IsExact() || took >> 62 != 0 || bytes == 0 || bytes > ContentMap::MAX_SHARD_BYTES ||
        m_streams.count(message.key.stream) == 0 || !CloseOrder(number, key))
    {
        return;
    }
    const Time time = NanoSeconds(took);
    m_counters.encoding += time;
    const ContentMapEntry* const entry = EntryOf(key);
    switch (message.status)
    {
    case CONTENT_OK:
        ++m_counters.done;
        if (entry == nullptr || !entry->holders.empty())
        {
            ++m_counters.spare;
            m_counters.wasted += time;
        }
        AddShard(number, key, bytes);
        break;
    case CONTENT_FAILED:
        ++m_counters.failed;
        m_counters.wasted += time;
        m_work[key].avoid.insert(number);
        WantAgain(key);
        break;
    default:
        ++m_counters.expired;
        HoldBack(key);
        if (m_work.count(key) > 0 && m_work.at(key).orders == 0)
        {
            m_work.erase(key);
        }
        break;
    }
}

void
ContentPool::WantAgain(uint64_t key)
{
    const ContentMapEntry* const entry = EntryOf(key);
    Work& work = m_work[key];
    const bool isMade = entry != nullptr && !entry->holders.empty();
    if (work.orders > 0)
    {
        return;
    }
    if (entry == nullptr || isMade || !m_reassigns || ExpiresAt(key) <= Simulator::Now())
    {
        m_waiting.erase(key);
        m_work.erase(key);
        if (isMade && m_reassigns)
        {
            Replicate(key);
        }
        return;
    }
    ++m_counters.reassigned;
    Order({key}, 1);
}

void
ContentPool::AddShard(uint16_t number, uint64_t key, uint32_t bytes)
{
    const ContentMapEntry* const entry = EntryOf(key);
    const auto work = m_work.find(key);
    if (entry != nullptr)
    {
        Stream& stream = m_streams.at(ContentKey::Of(key).stream);
        if (entry->holders.empty())
        {
            m_counters.made += work == m_work.end() || !work->second.isLost ? 1 : 0;
            if (work != m_work.end() && work->second.isLost)
            {
                m_repairedTrace({ContentKey::Of(key),
                                 work->second.failed,
                                 work->second.noticed,
                                 Simulator::Now()});
                work->second.isLost = false;
            }
        }
        stream.map.AddHolder(ContentKey::Of(key).id, number, bytes);
        m_encoders.at(number).shards.insert(key);
    }
    if (work != m_work.end() && work->second.orders == 0)
    {
        m_waiting.erase(key);
        m_work.erase(work);
    }
    if (entry != nullptr)
    {
        Replicate(key);
    }
}

} // namespace sharding
} // namespace ns3
