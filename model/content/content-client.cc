// SPDX-License-Identifier: GPL-2.0-only
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
    while (!m_wait.IsRunning())
    {
        const Time now = Simulator::Now();
        m_playout->Advance(now);
        CatchUp();
        const auto segment = NextSegment();
        const std::size_t busy = m_flights.size() + m_pauses.size();
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
        Time buffered = m_playout->Held() + m_guide->DurationOf(*segment);
        for (const auto& [fetch, flight] : m_flights)
        {
            buffered += m_guide->DurationOf(flight.segment);
        }
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
ContentClient::Begin(uint32_t segment, uint32_t rendition)
{
    m_playout->Advance(Simulator::Now());
    Flight flight;
    flight.segment = segment;
    flight.rendition = rendition;
    Resume(std::move(flight));
}

void
ContentClient::Resume(Flight flight)
{
    const ContentOffer offer = m_guide->Offer(flight.segment, flight.rendition);
    // The first holder that was not asked yet and is not shunned; else the first that was not asked
    // yet; when all were, the one that was asked longest ago.
    const Time now = Simulator::Now();
    std::optional<uint32_t> fresh;
    bool isShunned = false;
    for (const uint32_t holder : offer.holders)
    {
        if (std::find(flight.asked.begin(), flight.asked.end(), holder) != flight.asked.end())
        {
            continue;
        }
        const auto shunned = m_shunned.find(holder);
        const bool isBad = shunned != m_shunned.end() && shunned->second > now;
        if (!fresh || (isShunned && !isBad))
        {
            fresh = holder;
            isShunned = isBad;
        }
    }
    if (fresh)
    {
        flight.holder = *fresh;
    }
    else if (!flight.asked.empty())
    {
        flight.holder = flight.asked.front();
        flight.asked.erase(flight.asked.begin());
    }
    flight.asked.push_back(flight.holder);
    flight.bits = offer.bits;
    Request(std::move(flight));
}

void
ContentClient::Request(Flight flight)
{
    const Time now = Simulator::Now();
    ContentRequest request;
    request.segment = flight.segment;
    request.rendition = flight.rendition;
    request.holder = flight.holder;
    request.bits = flight.bits;
    ++m_counters.requests;
    m_decisionTrace({now,
                     flight.segment,
                     flight.rendition,
                     m_guide->Bitrates()[flight.rendition],
                     m_playout->Level(),
                     m_throughput->Rate(),
                     flight.attempts});
    const uint64_t fetch = m_fetcher->Fetch(request, *this);
    flight.progress = ContentProgress();
    flight.progress.begun = now;
    flight.heard = now;
    flight.timer = Simulator::Schedule(m_timeout, &ContentClient::CheckTimeout, this, fetch);
    m_flights.emplace(fetch, std::move(flight));
}

void
ContentClient::CheckTimeout(uint64_t fetch)
{
    const auto found = m_flights.find(fetch);
    Flight& flight = found->second;
    const Time now = Simulator::Now();
    if (flight.heard + m_timeout > now)
    {
        flight.timer = Simulator::Schedule(flight.heard + m_timeout - now,
                                           &ContentClient::CheckTimeout,
                                           this,
                                           fetch);
        return;
    }
    m_fetcher->Abort(fetch);
    Flight ended = std::move(flight);
    m_flights.erase(found);
    m_counters.wastedBits += ended.progress.bits;
    Remedy(std::move(ended), CONTENT_TIMED_OUT);
}

void
ContentClient::FetchProgressed(uint64_t fetch, const ContentProgress& progress)
{
    const auto found = m_flights.find(fetch);
    if (found == m_flights.end())
    {
        return;
    }
    Flight& flight = found->second;
    const Time now = Simulator::Now();
    flight.progress = progress;
    flight.heard = now;
    // A rule that always gives up would never get anywhere.
    constexpr uint32_t MOST_GIVEN_UP = 64;
    if (!m_abandons || m_parallel > 1 || m_throughput->Rate() == 0 ||
        m_givenUp[flight.segment] >= MOST_GIVEN_UP)
    {
        return;
    }
    m_playout->Advance(now);
    ContentRequest request;
    request.segment = flight.segment;
    request.rendition = flight.rendition;
    request.holder = flight.holder;
    request.bits = flight.bits;
    const auto lower = m_abr->Abandon(now, View(flight.segment), request, progress);
    if (!lower)
    {
        return;
    }
    m_fetcher->Abort(fetch);
    flight.timer.Remove();
    ++m_counters.abandoned;
    ++m_givenUp[flight.segment];
    m_counters.wastedBits += progress.bits;
    ContentAbrFetch ended;
    ended.rendition = flight.rendition;
    ended.bits = static_cast<double>(progress.bits);
    ended.latency = progress.firstBit - progress.begun;
    ended.downloading = now - progress.firstBit;
    ended.abandoned = lower;
    const uint32_t segment = flight.segment;
    m_flights.erase(found);
    m_again.push_back(segment);
    m_abr->Fetched(View(segment), ended);
    Proceed();
}

void
ContentClient::FetchEnded(uint64_t fetch, const ContentProgress& progress, ContentFetchEnd end)
{
    const auto found = m_flights.find(fetch);
    NS_ABORT_MSG_IF(found == m_flights.end(), "ContentClient: a fetch that it knows not ended");
    Flight flight = std::move(found->second);
    m_flights.erase(found);
    flight.timer.Remove();
    flight.progress = progress;
    if (end != CONTENT_FETCHED)
    {
        m_counters.wastedBits += progress.bits;
        Remedy(std::move(flight), end);
        return;
    }
    const Time now = Simulator::Now();
    ++m_counters.ends[CONTENT_FETCHED];
    m_counters.usedBits += progress.bits;
    m_counters.fetching += now - progress.begun;
    Settle(flight.segment, CONTENT_PLAYED, flight.rendition);
    ContentAbrFetch ended;
    ended.rendition = flight.rendition;
    ended.bits = static_cast<double>(progress.bits);
    ended.latency = progress.firstBit - progress.begun;
    ended.downloading = now - progress.firstBit;
    m_abr->Fetched(View(flight.segment), ended);
    m_throughput->Push(ended.bits, ended.downloading, ended.latency);
    Proceed();
}

void
ContentClient::Remedy(Flight flight, ContentFetchEnd why)
{
    ++m_counters.ends[why];
    ++flight.attempts;
    if (why != CONTENT_NOT_THERE)
    {
        m_shunned[flight.holder] = Simulator::Now() + m_shun;
    }
    m_playout->Advance(Simulator::Now());
    ContentMissingView view;
    view.why = why;
    view.segment = flight.segment;
    view.rendition = flight.rendition;
    view.attempts = flight.attempts;
    view.attemptsHere =
        static_cast<uint32_t>(std::count(flight.asked.begin(), flight.asked.end(), flight.holder));
    for (const uint32_t holder : m_guide->Offer(flight.segment, flight.rendition).holders)
    {
        const auto& asked = flight.asked;
        view.holdersLeft += std::find(asked.begin(), asked.end(), holder) == asked.end() ? 1 : 0;
    }
    view.live = m_guide->IsLive();
    view.buffer = m_playout->Level();
    view.expected = Expected(flight.bits);
    view.expectedLowest = Expected(m_guide->Bits(flight.segment, 0));
    view.timeout = m_timeout;
    ContentRemedy remedy = m_missing->Judge(view);
    const bool isLast = flight.attempts >= m_attempts;
    if (isLast && remedy.kind != CONTENT_SKIP && remedy.kind != CONTENT_INTERPOLATE)
    {
        ++m_counters.exhausted;
        remedy.kind = CONTENT_INTERPOLATE;
    }
    ++m_counters.remedies[remedy.kind];
    if (remedy.kind == CONTENT_SKIP || remedy.kind == CONTENT_INTERPOLATE)
    {
        Settle(flight.segment,
               remedy.kind == CONTENT_SKIP ? CONTENT_SKIPPED : CONTENT_INTERPOLATED,
               flight.rendition);
        Proceed();
        return;
    }
    if (remedy.kind == CONTENT_LOWER && flight.rendition > 0)
    {
        // When it is late for the next lower one already, down to the lowest at once.
        flight.rendition = view.expected < view.buffer ? flight.rendition - 1 : 0;
        flight.asked.clear();
    }
    const uint32_t segment = flight.segment;
    const bool same = remedy.kind == CONTENT_RETRY;
    m_pauses[segment] = Simulator::Schedule(remedy.delay,
                                            [this, flight, same, segment]()
                                            {
                                                m_playout->Advance(Simulator::Now());
                                                m_pauses.erase(segment);
                                                if (same)
                                                {
                                                    Flight again = flight;
                                                    again.asked.push_back(flight.holder);
                                                    Request(std::move(again));
                                                    return;
                                                }
                                                Resume(flight);
                                            });
}

void
ContentClient::Settle(uint32_t segment, ContentSettled how, uint32_t rendition)
{
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
