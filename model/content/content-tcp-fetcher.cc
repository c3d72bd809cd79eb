// SPDX-License-Identifier: GPL-2.0-only
#include "content-tcp-fetcher.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentTcpFetcher);

TypeId
ContentTcpFetcher::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentTcpFetcher")
            .SetParent<ContentFetcher>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentTcpFetcher>()
            .AddAttribute("MostIdle",
                          "Connections that are kept while idle.",
                          UintegerValue(6),
                          MakeUintegerAccessor(&ContentTcpFetcher::m_mostIdle),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("RequestPadding",
                          "Bytes of a request beyond its head of 32 bytes; a request of HTTP/1.1 "
                          "has about 400.",
                          UintegerValue(368),
                          MakeUintegerAccessor(&ContentTcpFetcher::m_padding),
                          MakeUintegerChecker<uint16_t>(0, ContentMessage::MAX_PADDING));
    return tid;
}

ContentTcpFetcher::ContentTcpFetcher()
    : m_tally(std::make_shared<ContentTally>())
{
}

ContentTcpFetcher::~ContentTcpFetcher() = default;

void
ContentTcpFetcher::DoDispose()
{
    for (auto& [fetch, flight] : m_flights)
    {
        flight.answer.Cancel();
    }
    m_flights.clear();
    m_requester.reset();
    ContentFetcher::DoDispose();
}

void
ContentTcpFetcher::Install(Ptr<Node> node, std::shared_ptr<const ContentMapGuide> guide)
{
    NS_ABORT_MSG_IF(m_requester || !guide, "ContentTcpFetcher: installed twice, or no guide");
    m_guide = std::move(guide);
    ContentRequestListener& self = *this;
    m_requester = std::make_unique<ContentRequester>(node, self, m_tally, m_mostIdle);
}

bool
ContentTcpFetcher::CheckConservation() const
{
    const ContentTcpCounters& c = m_counters;
    return c.fetches == c.fetched + c.absent + c.unreachable + c.aborted + m_flights.size();
}

uint64_t
ContentTcpFetcher::Fetch(const ContentRequest& request, ContentFetchListener& listener)
{
    const uint64_t fetch = ++m_last;
    ++m_counters.fetches;
    Flight& flight = m_flights[fetch];
    flight.listener = &listener;
    flight.wantsParts = request.progress;
    flight.progress.begun = Simulator::Now();
    flight.reported = Simulator::Now();
    const ContentMap& map = m_guide->Map();
    const ContentMapEntry* const entry = map.Find(request.segment, request.rendition);
    const auto holder = request.holder <= UINT16_MAX
                            ? map.AddressOf(static_cast<uint16_t>(request.holder))
                            : std::nullopt;
    if (entry == nullptr || !holder)
    {
        ++m_counters.unknown;
        flight.answer =
            Simulator::ScheduleNow(&ContentTcpFetcher::End, this, fetch, CONTENT_NOT_THERE);
        return fetch;
    }
    ContentMessage get;
    get.type = CONTENT_GET;
    get.key = {map.Stream().stream, entry->id};
    get.holder = *holder;
    get.padding = m_padding;
    flight.request = m_requester->Ask(m_cache.value_or(*holder), get);
    m_requests[flight.request] = fetch;
    return fetch;
}

void
ContentTcpFetcher::Abort(uint64_t fetch)
{
    const auto found = m_flights.find(fetch);
    if (found == m_flights.end())
    {
        return;
    }
    const uint64_t request = found->second.request;
    found->second.answer.Cancel();
    m_flights.erase(found);
    m_requests.erase(request);
    ++m_counters.aborted;
    m_requester->Abort(request);
}

void
ContentTcpFetcher::NoteProgress(Flight& flight, uint32_t media)
{
    if (flight.progress.bits == 0)
    {
        flight.progress.firstBit = Simulator::Now();
    }
    flight.progress.bits = uint64_t(media) * 8;
}

void
ContentTcpFetcher::RequestPart(uint64_t request, uint32_t media)
{
    const auto found = m_requests.find(request);
    if (found == m_requests.end())
    {
        return;
    }
    const uint64_t fetch = found->second;
    Flight& flight = m_flights.at(fetch);
    NoteProgress(flight, media);
    const Time now = Simulator::Now();
    if (flight.wantsParts && now >= flight.reported + ProgressTime() &&
        flight.progress.bits >= flight.reportedBits + PROGRESS_BITS)
    {
        flight.reported = now;
        flight.reportedBits = flight.progress.bits;
        const ContentProgress progress = flight.progress;
        flight.listener->FetchProgressed(fetch, progress); // may abort it
    }
}

void
ContentTcpFetcher::RequestEnded(uint64_t request, const ContentMessage* answer)
{
    const auto found = m_requests.find(request);
    if (found == m_requests.end())
    {
        return;
    }
    const uint64_t fetch = found->second;
    if (answer == nullptr || answer->type != CONTENT_SHARD)
    {
        End(fetch, CONTENT_UNREACHABLE);
        return;
    }
    if (answer->status == CONTENT_OK && answer->media > 0)
    {
        NoteProgress(m_flights.at(fetch), answer->media);
        m_counters.mediaBytes += answer->media;
        End(fetch, CONTENT_FETCHED);
        return;
    }
    End(fetch, answer->status == CONTENT_GATEWAY ? CONTENT_UNREACHABLE : CONTENT_NOT_THERE);
}

void
ContentTcpFetcher::End(uint64_t fetch, ContentFetchEnd end)
{
    const auto found = m_flights.find(fetch);
    const Flight flight = std::move(found->second);
    m_flights.erase(found);
    m_requests.erase(flight.request);
    switch (end)
    {
    case CONTENT_FETCHED:
        ++m_counters.fetched;
        break;
    case CONTENT_NOT_THERE:
        ++m_counters.absent;
        break;
    default:
        ++m_counters.unreachable;
        break;
    }
    flight.listener->FetchEnded(fetch, flight.progress, end);
}

} // namespace sharding
} // namespace ns3
