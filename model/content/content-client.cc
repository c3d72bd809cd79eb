// SPDX-License-Identifier: GPL-2.0-only
// What a client asks for, and when; what becomes of its requests is in content-client-requests.cc.
#include "content-client.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentClient);

TypeId
ContentClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentClient")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentClient>()
            .AddAttribute("Buffer",
                          "Most that is ever buffered, the segment asked for included.",
                          TimeValue(Seconds(25)),
                          MakeTimeAccessor(&ContentClient::m_bufferLimit),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("Parallel",
                          "Segments that are asked for at a time.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&ContentClient::m_parallel),
                          MakeUintegerChecker<uint32_t>(1, 1000))
            .AddAttribute("Abandon",
                          "A segment may be given up for a lower rendition, where the rule of "
                          "adaptation says so. Not with Parallel above 1: such rules take a fetch "
                          "that waits its turn for one that is slow.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&ContentClient::m_abandons),
                          MakeBooleanChecker())
            .AddAttribute("Timeout",
                          "A request of which nothing comes for so long has failed.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&ContentClient::m_timeout),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("Shun",
                          "A holder of which nothing came is asked last for so long.",
                          TimeValue(Seconds(30)),
                          MakeTimeAccessor(&ContentClient::m_shun),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Attempts",
                          "Requests for a segment after which it is interpolated, whatever the "
                          "policy says: no session goes on for ever.",
                          UintegerValue(100),
                          MakeUintegerAccessor(&ContentClient::m_attempts),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("LiveDelay",
                          "Live, how far behind the first picture of the newest segment a session "
                          "begins.",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&ContentClient::m_liveDelay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("MostLatency",
                          "Live, segments that are older than this are skipped.",
                          TimeValue(Seconds(30)),
                          MakeTimeAccessor(&ContentClient::m_mostLatency),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("QuickHalfLife",
                          "Half life of the quicker of two means of the throughput.",
                          TimeValue(Seconds(3)),
                          MakeTimeAccessor(&ContentClient::m_quick),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("SlowHalfLife",
                          "Half life of the slower of two means of the throughput.",
                          TimeValue(Seconds(8)),
                          MakeTimeAccessor(&ContentClient::m_slow),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddTraceSource("Decision",
                            "A shard is asked for.",
                            MakeTraceSourceAccessor(&ContentClient::m_decisionTrace),
                            "ns3::sharding::ContentClient::DecisionCallback");
    return tid;
}

ContentClient::ContentClient() = default;

ContentClient::~ContentClient() = default;

void
ContentClient::DoDispose()
{
    m_wait.Cancel();
    for (auto& [fetch, flight] : m_flights)
    {
        flight.timer.Cancel();
    }
    for (auto& [segment, pause] : m_pauses)
    {
        pause.Cancel();
    }
    m_fetcher = nullptr;
    m_abr = nullptr;
    m_missing = nullptr;
    Object::DoDispose();
}

void
ContentClient::SetGuide(std::shared_ptr<const ContentGuide> guide)
{
    m_guide = std::move(guide);
}

void
ContentClient::SetFetcher(Ptr<ContentFetcher> fetcher)
{
    m_fetcher = fetcher;
}

void
ContentClient::SetAbr(Ptr<ContentAbr> abr)
{
    m_abr = abr;
}

void
ContentClient::SetMissing(Ptr<ContentMissing> missing)
{
    m_missing = missing;
}

void
ContentClient::Start()
{
    NS_ABORT_MSG_UNLESS(m_guide && m_fetcher && m_abr && m_missing,
                        "ContentClient: guide, fetcher, rule or policy is missing");
    NS_ABORT_MSG_IF(m_playout, "ContentClient: begun twice");
    NS_ABORT_MSG_IF(m_guide->Duration() > m_bufferLimit,
                    "ContentClient: a buffer of " << m_bufferLimit << ", allowed is a segment, "
                                                  << m_guide->Duration() << ", or more");
    const Time now = Simulator::Now();
    if (m_guide->IsLive())
    {
        const int64_t behind = (now - m_liveDelay).GetTimeStep();
        const int64_t newest = std::max<int64_t>(0, behind) / m_guide->Duration().GetTimeStep();
        m_begin = static_cast<uint32_t>(std::min<int64_t>(newest, m_guide->Segments() - 1));
    }
    m_next = m_begin;
    m_playout.emplace(now, m_begin, m_guide->Segments());
    m_throughput.emplace(m_quick, m_slow, m_guide->Duration());
    Proceed();
}

std::optional<ContentPlayoutTotals>
ContentClient::Totals()
{
    if (!m_playout)
    {
        return std::nullopt;
    }
    if (!m_finished)
    {
        m_playout->Advance(Simulator::Now());
    }
    return m_playout->Totals();
}

Time
ContentClient::Finish()
{
    const Time now = Simulator::Now();
    if (!m_playout)
    {
        return now;
    }
    m_playout->Advance(now);
    m_playout->Advance(now + m_playout->Level());
    m_finished = true;
    return m_playout->PlayedUpTo();
}

ContentAbrView
ContentClient::View(uint32_t segment) const
{
    ContentAbrView view;
    view.guide = m_guide.get();
    view.segment = segment;
    view.begin = m_begin;
    view.buffer = m_playout->Level();
    view.bufferLimit = m_bufferLimit;
    view.throughput = m_throughput->Rate();
    view.latency = m_throughput->Latency();
    return view;
}

Time
ContentClient::Expected(uint64_t bits) const
{
    const double rate = m_throughput->Rate();
    return rate > 0 ? m_throughput->Latency() + Seconds(static_cast<double>(bits) / rate) : Time(0);
}

std::optional<uint32_t>
ContentClient::NextSegment() const
{
    if (!m_again.empty())
    {
        return m_again.front();
    }
    return m_next < m_guide->Segments() ? std::optional<uint32_t>(m_next) : std::nullopt;
}

void
ContentClient::TakeSegment(uint32_t segment)
{
    if (!m_again.empty() && m_again.front() == segment)
    {
        m_again.pop_front();
        return;
    }
    ++m_next;
}

void
ContentClient::CatchUp()
{
    if (!m_guide->IsLive())
    {
        return;
    }
    // What is on its way may still be of use to a client that is late; what was not asked for is
    // not.
    while (m_next < m_guide->Segments() &&
           m_guide->CapturedAt(m_next) + m_mostLatency < Simulator::Now())
    {
        Settle(m_next, CONTENT_SKIPPED, 0);
        ++m_next;
    }
}

void
ContentClient::Proceed()
{
    while (m_wait.IsExpired())
    {
        const Time now = Simulator::Now();
        m_playout->Advance(now);
        CatchUp();
        const auto segment = NextSegment();
        const std::size_t busy = CountBusy();
        // Before the first segment is there nothing is known by which to choose the next ones.
        const std::size_t most = m_throughput->Rate() > 0 ? m_parallel : 1;
        if (!segment || busy >= most)
        {
            return;
        }
        const Time available = m_guide->AvailableAt(*segment);
        if (available > now)
        {
            m_wait = Simulator::Schedule(available - now, &ContentClient::Proceed, this);
            return;
        }
        const Time buffered = m_playout->Held() + m_guide->DurationOf(*segment) + TimeUnderWay();
        if (buffered > m_bufferLimit && m_playout->Level().IsStrictlyPositive())
        {
            const Time delay = std::min(buffered - m_bufferLimit, m_playout->Level());
            m_wait = Simulator::Schedule(delay, &ContentClient::WaitedForRoom, this, delay);
            return;
        }
        if (buffered > m_bufferLimit && busy > 0)
        {
            return; // full beyond a gap: what fills it is on its way
        }
        TakeSegment(*segment);
        Decide(*segment);
    }
}

void
ContentClient::WaitedForRoom(Time delay)
{
    m_playout->Advance(Simulator::Now());
    m_abr->Waited(delay);
    Proceed();
}

void
ContentClient::Decide(uint32_t segment)
{
    const auto highest = static_cast<uint32_t>(m_guide->Bitrates().size() - 1);
    if (m_throughput->Rate() == 0)
    {
        Begin(segment, std::min(m_abr->First(), highest));
        return;
    }
    const ContentAbrChoice choice = m_abr->Choose(View(segment));
    const uint32_t rendition = std::min(choice.rendition, highest);
    if (choice.delay.IsStrictlyPositive())
    {
        m_wait = Simulator::Schedule(choice.delay,
                                     [this, segment, rendition]()
                                     {
                                         Begin(segment, rendition);
                                         Proceed();
                                     });
        return;
    }
    Begin(segment, rendition);
}

void
ContentClient::Settle(uint32_t segment, ContentSettled how, uint32_t rendition)
{
    const auto halves = m_halves.find(segment);
    if (halves != m_halves.end())
    {
        if (how != CONTENT_SKIPPED && !halves->second.hasSound)
        {
            halves->second.picture = how;
            halves->second.rendition = rendition;
            return;
        }
        DropSound(segment);
        m_halves.erase(halves);
    }
    std::optional<Time> captured;
    if (m_guide->IsLive())
    {
        captured = m_guide->CapturedAt(segment);
    }
    m_playout->Settle(Simulator::Now(),
                      segment,
                      how,
                      m_guide->DurationOf(segment),
                      m_guide->Bitrates()[rendition],
                      captured);
    m_givenUp.erase(segment);
}

bool
ContentClient::CheckConservation() const
{
    uint64_t accounted = m_counters.abandoned + m_flights.size();
    for (const uint64_t count : m_counters.ends)
    {
        accounted += count;
    }
    return m_counters.requests == accounted && (!m_playout || m_playout->CheckConservation());
}

} // namespace sharding
} // namespace ns3
