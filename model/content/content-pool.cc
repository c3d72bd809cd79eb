// SPDX-License-Identifier: GPL-2.0-only
// The manager's beginning and end, and what it answers; its orders are in content-pool-orders.cc.
#include "content-pool.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/shard-compat.h"
#include "ns3/shard-octets.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentPool);

TypeId
ContentPool::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentPool")
            .SetParent<ContentServer>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentPool>()
            .AddAttribute("CheckInterval",
                          "Time between two looks at the encoders' health.",
                          TimeValue(MilliSeconds(50)),
                          MakeTimeAccessor(&ContentPool::m_check),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("Patience",
                          "An encoder of which nothing was heard for so long is given up.",
                          TimeValue(MilliSeconds(350)),
                          MakeTimeAccessor(&ContentPool::m_patience),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("Deadline",
                          "Time in which a shard should be there, from when it can be encoded, or "
                          "is asked for.",
                          TimeValue(Seconds(2)),
                          MakeTimeAccessor(&ContentPool::m_deadline),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Firm",
                          "Live, what is not begun by its deadline is not encoded any more: where "
                          "there is more to do than can be done, some shards are there in time "
                          "instead of all too late.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&ContentPool::m_firm),
                          MakeBooleanChecker())
            .AddAttribute("HoldBack",
                          "With Firm, for which a rendition of a stream and those above it are not "
                          "encoded after one of its shards could not be in time.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&ContentPool::m_holdBack),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Keep",
                          "Live, a shard is kept for so long after it was captured.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&ContentPool::m_keep),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("Encodings",
                          "Encoders that a shard is given to.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&ContentPool::m_encodings),
                          MakeUintegerChecker<uint32_t>(1, 255))
            .AddAttribute("Reassign",
                          "What a failed encoder had is given to others.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&ContentPool::m_reassigns),
                          MakeBooleanChecker())
            .AddAttribute("ContributionRate",
                          "Rate of the pictures that encoders are sent, bit/s; counts for each "
                          "order.",
                          DoubleValue(8e6),
                          MakeDoubleAccessor(&ContentPool::m_contribution),
                          MakeDoubleChecker<double>(0, 1e12))
            .AddAttribute("CopyBudget",
                          "Mean number of holders of a shard that the replication policy may use.",
                          DoubleValue(1),
                          MakeDoubleAccessor(&ContentPool::m_budget),
                          MakeDoubleChecker<double>(1, 255))
            .AddAttribute("Preencode",
                          "When streams on demand are encoded.",
                          ShardEnumValue<ContentPreencode>(CONTENT_PREENCODE_ALL),
                          ShardMakeEnumAccessor<ContentPreencode>(&ContentPool::m_preencode),
                          ShardMakeEnumChecker<ContentPreencode>(CONTENT_PREENCODE_ALL,
                                                                 "All",
                                                                 CONTENT_PREENCODE_NONE,
                                                                 "None",
                                                                 CONTENT_PREENCODE_DEMAND,
                                                                 "Demand"))
            .AddAttribute("OffPeak",
                          "It is off peak while the requests expected are at most this share of "
                          "the most there were in a period.",
                          DoubleValue(0.6),
                          MakeDoubleAccessor(&ContentPool::m_offPeak),
                          MakeDoubleChecker<double>(0, 1))
            .AddAttribute("DemandPeriod",
                          "Period in which requests are counted.",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&ContentPool::m_period),
                          MakeTimeChecker(MilliSeconds(10)))
            .AddTraceSource("Repaired",
                            "A shard that a failure had taken away is there again.",
                            MakeTraceSourceAccessor(&ContentPool::m_repairedTrace),
                            "ns3::sharding::ContentPool::RepairedCallback")
            .AddTraceSource("Failure",
                            "An encoder is given up, or is back.",
                            MakeTraceSourceAccessor(&ContentPool::m_failureTrace),
                            "ns3::sharding::ContentPool::FailureCallback");
    return tid;
}

ContentPool::ContentPool()
    : m_assign(CreateObject<ContentLeastLoaded>()),
      m_replicate(CreateObject<ContentNoReplicas>())
{
}

void
ContentPool::DoDispose()
{
    ContentServer::DoDispose();
    m_assign = nullptr;
    m_replicate = nullptr;
}

void
ContentPool::SetAssign(Ptr<ContentAssign> assign)
{
    m_assign = assign;
}

void
ContentPool::SetReplicate(Ptr<ContentReplicate> replicate)
{
    m_replicate = replicate;
}

void
ContentPool::AddStream(const ContentPoolStream& stream)
{
    const ContentMovie& movie = *stream.movie;
    const bool hasSound =
        !stream.encodings.empty() && ContentIsAudio(stream.encodings.back().codec);
    NS_ABORT_MSG_UNLESS(stream.encodings.size() == movie.Bitrates().size() + (hasSound ? 1 : 0),
                        "ContentPool: " << stream.encodings.size() << " encodings for "
                                        << movie.Bitrates().size() << " renditions"
                                        << (hasSound ? " and sound" : ""));
    ContentMapStream what;
    what.stream = stream.number;
    what.duration = movie.Duration().GetNanoSeconds();
    what.lastLength = movie.DurationOf(movie.Segments() - 1).GetNanoSeconds();
    what.segments = movie.Segments();
    what.live = stream.live;
    what.beginAt = stream.live ? stream.begin.GetNanoSeconds() : 0;
    Stream& added = m_streams[stream.number];
    added.what = stream;
    added.map = ContentMap(what, stream.encodings);
    added.ahead.assign(stream.encodings.size(), 0);
}

const ContentMap*
ContentPool::GetMap(uint32_t stream) const
{
    const auto found = m_streams.find(stream);
    return found != m_streams.end() ? &found->second.map : nullptr;
}

bool
ContentPool::CheckConservation() const
{
    const ContentPoolCounters& c = m_counters;
    uint64_t open = 0;
    uint64_t copies = 0;
    for (const auto& [number, encoder] : m_encoders)
    {
        open += encoder.orders.size();
        copies += encoder.copies.size();
    }
    return c.orders == c.done + c.failed + c.lost + c.expired + open &&
           c.copied + copies <= c.copyOrders && c.wasted <= c.encoding;
}

void
ContentPool::Begin()
{
    ContentServer::Begin();
    const ContentAddress here = GetAddress();
    for (auto& [number, stream] : m_streams)
    {
        // Holder 0 is the manager: who asks it for a shard wants that to be made.
        stream.map.SetHolder(0, here);
        const uint32_t segments = stream.map.Stream().segments;
        if (!stream.what.live)
        {
            for (; stream.next < segments; ++stream.next)
            {
                for (uint32_t r = 0; r < stream.map.Renditions(); ++r)
                {
                    const uint64_t bits = stream.what.Bits(stream.next, r);
                    const ContentMapError error =
                        stream.map.Append(stream.next * stream.map.Renditions() + r,
                                          stream.next,
                                          static_cast<uint16_t>(r),
                                          static_cast<uint32_t>((bits + 7) / 8));
                    NS_ABORT_MSG_IF(error != CONTENT_MAP_OK,
                                    "ContentPool: " << ContentMapErrorName(error));
                    ++m_counters.shards;
                }
            }
            continue;
        }
        const Time first = stream.what.begin + stream.what.movie->DurationOf(0);
        Simulator::Schedule(std::max(first - Simulator::Now(), Time(0)),
                            &ContentPool::NameSegment,
                            this,
                            number);
    }
    m_checkEvent = Simulator::Schedule(m_check, &ContentPool::CheckHealth, this);
    m_aheadEvent = Simulator::Schedule(m_period, &ContentPool::LookAhead, this);
}

void
ContentPool::Cease()
{
    m_checkEvent.Cancel();
    m_aheadEvent.Cancel();
    for (auto& [number, encoder] : m_encoders)
    {
        encoder.connection = nullptr;
    }
    ContentServer::Cease();
}

void
ContentPool::ConnectionMessage(ContentConnection& connection, const ContentMessage& message)
{
    switch (message.type)
    {
    case CONTENT_GET_MAP:
        AnswerMap(connection, message);
        return;
    case CONTENT_GET:
        AnswerShard(connection, message);
        return;
    case CONTENT_HELLO:
        TakeHello(connection, message);
        return;
    default:
        break;
    }
    const auto found = m_encoders.find(static_cast<uint16_t>(message.tag));
    if (found == m_encoders.end() || PeekPointer(found->second.connection) != &connection)
    {
        return; // of nobody, or of one that was given up
    }
    found->second.heard = Simulator::Now();
    switch (message.type)
    {
    case CONTENT_HEALTH:
        TakeHealth(found->second, message);
        break;
    case CONTENT_ENCODED:
        TakeEncoded(found->first, message);
        break;
    case CONTENT_COPIED:
        TakeCopied(found->first, message);
        break;
    default:
        break;
    }
}

void
ContentPool::ConnectionEnded(ContentConnection& connection)
{
    ContentServer::ConnectionEnded(connection);
    for (auto& [number, encoder] : m_encoders)
    {
        if (PeekPointer(encoder.connection) == &connection)
        {
            encoder.connection = nullptr;
            GiveUp(number);
            return;
        }
    }
}

void
ContentPool::TakeHello(ContentConnection& connection, const ContentMessage& message)
{
    ShardOctetReader in(message.body.data(), static_cast<uint32_t>(message.body.size()));
    const uint64_t capacity = in.Get64();
    if (!in.IsExact() || capacity == 0 || message.tag == 0 || message.tag > m_poolSize ||
        message.holder.port == 0)
    {
        return;
    }
    const auto number = static_cast<uint16_t>(message.tag);
    Encoder& encoder = m_encoders[number];
    if (encoder.works)
    {
        GiveUp(number); // it has begun anew before it was missed
    }
    if (encoder.heard.IsStrictlyPositive())
    {
        ++m_counters.returns;
        m_failureTrace(number, true);
    }
    encoder.connection = Hold(connection);
    encoder.address = message.holder;
    encoder.capacity = static_cast<double>(capacity);
    encoder.works = true;
    encoder.heard = Simulator::Now();
    for (auto& [stream, known] : m_streams)
    {
        known.map.SetHolder(number, encoder.address);
    }
}

void
ContentPool::TakeHealth(Encoder&, const ContentMessage& message)
{
    const auto health = ContentHealth::Read(message);
    if (!health)
    {
        return;
    }
    ++m_counters.healthReports;
    for (const ContentHealth::Asked& asked : health->asked)
    {
        const auto stream = m_streams.find(asked.stream);
        if (stream != m_streams.end() && asked.rendition < stream->second.map.Renditions())
        {
            m_demand.Add({asked.stream, asked.rendition}, asked.requests);
        }
    }
}

void
ContentPool::AnswerMap(ContentConnection& connection, const ContentMessage& message)
{
    ShardOctetReader in(message.body.data(), static_cast<uint32_t>(message.body.size()));
    ContentMapWindow window;
    window.from = message.key.id;
    window.since = in.Get32();
    window.known = in.Get32();
    window.count = in.Get32();
    ContentMessage answer;
    answer.type = CONTENT_MAP;
    answer.tag = message.tag;
    answer.key = message.key;
    answer.padding = ResponsePadding();
    const ContentMap* const map = GetMap(message.key.stream);
    // A version that there never was is answered from the beginning.
    if (map == nullptr || !in.IsExact())
    {
        answer.status = CONTENT_ABSENT;
    }
    else
    {
        window.since = window.since <= map->Version() ? window.since : 0;
        answer.body = map->Write(window);
        ++m_counters.mapRequests;
        m_counters.mapBytes += answer.body.size();
    }
    connection.Send(answer);
}

void
ContentPool::AnswerShard(ContentConnection& connection, const ContentMessage& message)
{
    ContentMessage answer;
    answer.type = CONTENT_SHARD;
    answer.status = CONTENT_ABSENT;
    answer.tag = message.tag;
    answer.key = message.key;
    answer.padding = ResponsePadding();
    const uint64_t key = message.key.Number();
    if (EntryOf(key) != nullptr)
    {
        m_demand.Add(KindOf(key), 1);
        if (m_preencode != CONTENT_PREENCODE_ALL && !m_streams[message.key.stream].what.live &&
            !EntryOf(key)->made && m_work.count(key) == 0)
        {
            ++m_counters.onDemand;
            Want({key}, Simulator::Now() + m_deadline);
        }
    }
    connection.Send(answer);
}

} // namespace sharding
} // namespace ns3
