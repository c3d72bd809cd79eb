// SPDX-License-Identifier: GPL-2.0-only
// A client's requests: whom it asks, what comes of it, and what is done about what does not come.
#include "content-client.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

void
ContentClient::Begin(uint32_t segment, uint32_t rendition)
{
    m_playout->Advance(Simulator::Now());
    AskForSound(segment);
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
    if (!flight.isSound)
    {
        m_decisionTrace({now,
                         flight.segment,
                         flight.rendition,
                         m_guide->Bitrates()[flight.rendition],
                         m_playout->Level(),
                         m_throughput->Rate(),
                         flight.attempts});
    }
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
    if (flight.isSound || !m_abandons || m_parallel > 1 || m_throughput->Rate() == 0 ||
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
    if (flight.isSound)
    {
        SettleSound(flight.segment);
        Proceed();
        return;
    }
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
    view.rendition = flight.isSound ? 0 : flight.rendition;
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
    view.expectedLowest =
        flight.isSound ? view.expected : Expected(m_guide->Bits(flight.segment, 0));
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
        if (flight.isSound)
        {
            ++m_counters.silent;
            SettleSound(flight.segment);
        }
        else
        {
            Settle(flight.segment,
                   remedy.kind == CONTENT_SKIP ? CONTENT_SKIPPED : CONTENT_INTERPOLATED,
                   flight.rendition);
        }
        Proceed();
        return;
    }
    if (remedy.kind == CONTENT_LOWER && view.rendition > 0)
    {
        // When it is late for the next lower one already, down to the lowest at once.
        flight.rendition = view.expected < view.buffer ? flight.rendition - 1 : 0;
        flight.asked.clear();
    }
    const std::pair<uint32_t, bool> what(flight.segment, flight.isSound);
    const bool same = remedy.kind == CONTENT_RETRY;
    m_pauses[what] = Simulator::Schedule(remedy.delay,
                                         [this, flight, same, what]()
                                         {
                                             m_playout->Advance(Simulator::Now());
                                             m_pauses.erase(what);
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

} // namespace sharding
} // namespace ns3
