// SPDX-License-Identifier: GPL-2.0-only
#include "content-ideal-fetcher.h"

#include "ns3/abort.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentIdealFetcher);

namespace
{

/// Mix a number into a hash. (splitmix64: G. L. Steele et al., OOPSLA 2014.)
uint64_t
Mix(uint64_t hash, uint64_t number)
{
    uint64_t z = hash + number + 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

} // namespace

ContentHolderFaults::ContentHolderFaults(uint64_t seed)
    : m_seed(seed)
{
}

void
ContentHolderFaults::SetDown(uint32_t holder, Time from, Time to)
{
    m_outages[holder].push_back({from, to});
}

void
ContentHolderFaults::SetAbsent(double share)
{
    m_absent = share;
}

bool
ContentHolderFaults::IsUp(uint32_t holder, Time now) const
{
    const auto found = m_outages.find(holder);
    return found == m_outages.end() ||
           std::none_of(found->second.begin(),
                        found->second.end(),
                        [now](const Outage& outage)
                        { return outage.from <= now && now < outage.to; });
}

Time
ContentHolderFaults::UpUntil(uint32_t holder, Time now) const
{
    Time until = Time::Max();
    const auto found = m_outages.find(holder);
    if (found != m_outages.end())
    {
        for (const Outage& outage : found->second)
        {
            if (outage.to > now)
            {
                until = std::min(until, std::max(now, outage.from));
            }
        }
    }
    return until;
}

bool
ContentHolderFaults::Has(const ContentRequest& request) const
{
    if (m_absent <= 0)
    {
        return true;
    }
    const uint64_t hash = Mix(Mix(Mix(m_seed, request.segment), request.rendition), request.holder);
    return static_cast<double>(hash >> 11) * 0x1p-53 >= m_absent;
}

TypeId
ContentIdealFetcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ContentIdealFetcher")
                            .SetParent<ContentFetcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ContentIdealFetcher>();
    return tid;
}

void
ContentIdealFetcher::SetTrace(std::shared_ptr<const ContentNetworkTrace> trace)
{
    m_trace = std::move(trace);
}

void
ContentIdealFetcher::SetFaults(std::shared_ptr<const ContentHolderFaults> faults)
{
    m_faults = std::move(faults);
}

void
ContentIdealFetcher::DoDispose()
{
    m_event.Cancel();
    m_line.clear();
    ContentFetcher::DoDispose();
}

uint64_t
ContentIdealFetcher::Fetch(const ContentRequest& request, ContentFetchListener& listener)
{
    NS_ABORT_MSG_UNLESS(m_trace, "ContentIdealFetcher: no trace, allowed is a trace");
    const Time now = Simulator::Now();
    Transfer transfer;
    transfer.number = ++m_last;
    transfer.request = request;
    transfer.listener = &listener;
    transfer.progress.begun = now;
    transfer.ready = m_trace->AfterLatency(now);
    if (m_faults)
    {
        transfer.has = m_faults->Has(request);
        if (m_faults->UpUntil(request.holder, now) <= transfer.ready)
        {
            return m_last; // nobody answers
        }
    }
    m_line.push_back(transfer);
    Serve();
    return m_last;
}

void
ContentIdealFetcher::Abort(uint64_t fetch)
{
    const auto found = std::find_if(m_line.begin(),
                                    m_line.end(),
                                    [fetch](const Transfer& one) { return one.number == fetch; });
    if (found == m_line.end())
    {
        return;
    }
    if (found == m_line.begin())
    {
        m_event.Cancel();
        m_serving = false;
    }
    m_line.erase(found);
    Serve();
}

void
ContentIdealFetcher::Serve()
{
    if (m_serving || m_line.empty())
    {
        return;
    }
    Transfer& first = m_line.front();
    m_serving = true;
    const Time begin = std::max(Simulator::Now(), first.ready);
    first.progress.firstBit = begin;
    m_end = first.has ? m_trace->AfterBits(begin, static_cast<double>(first.request.bits)) : begin;
    Plan(begin);
}

void
ContentIdealFetcher::Plan(Time from)
{
    const Time now = Simulator::Now();
    const Transfer& first = m_line.front();
    Time report = Time::Max();
    if (first.request.progress && first.has)
    {
        // Of the first report the time counts from the request, the bits from the first bit.
        const Time since = from > now || first.progress.bits == 0 ? first.progress.begun : from;
        report = std::max(since + ProgressTime(),
                          m_trace->AfterBits(from, static_cast<double>(PROGRESS_BITS)));
    }
    m_since = from;
    Time next = std::min(report, m_end);
    const bool whole = m_end <= report;
    if (m_faults && m_faults->UpUntil(first.request.holder, now) < next)
    {
        // It fails in the midst of it: the link is free from then on, and nothing is heard.
        next = std::max(now, m_faults->UpUntil(first.request.holder, now));
        const uint64_t number = first.number;
        m_event = Simulator::Schedule(next - now, [this, number]() { Abort(number); });
        return;
    }
    m_event = Simulator::Schedule(next - now, &ContentIdealFetcher::Step, this, whole);
}

void
ContentIdealFetcher::Step(bool whole)
{
    Transfer& first = m_line.front();
    const Time now = Simulator::Now();
    if (!whole)
    {
        const auto came = static_cast<uint64_t>(std::llround(m_trace->BitsBetween(m_since, now)));
        first.progress.bits = std::min(first.progress.bits + came, first.request.bits - 1);
        const uint64_t number = first.number;
        // Planned before it is told: the listener may abort it.
        ContentFetchListener* const listener = first.listener;
        const ContentProgress progress = first.progress;
        Plan(now);
        listener->FetchProgressed(number, progress);
        return;
    }
    Transfer done = first;
    m_line.pop_front();
    m_serving = false;
    done.progress.bits = done.has ? done.request.bits : 0;
    Serve();
    done.listener->FetchEnded(done.number,
                              done.progress,
                              done.has ? CONTENT_FETCHED : CONTENT_NOT_THERE);
}

} // namespace sharding
} // namespace ns3
