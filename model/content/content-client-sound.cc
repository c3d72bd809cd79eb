// SPDX-License-Identifier: GPL-2.0-only
// A client whose stream has its sound in shards of its own: what is under way, and what waits for
// what.
#include "content-client.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

std::size_t
ContentClient::CountBusy() const
{
    // A segment that was given up, and is to be decided on anew, is not under way.
    return m_guide->Sound() ? m_halves.size() - m_again.size() : m_flights.size() + m_pauses.size();
}

Time
ContentClient::TimeUnderWay() const
{
    Time sum;
    if (!m_guide->Sound())
    {
        for (const auto& [fetch, flight] : m_flights)
        {
            sum += m_guide->DurationOf(flight.segment);
        }
        return sum;
    }
    for (const auto& [segment, halves] : m_halves)
    {
        const bool isOpen = std::find(m_again.begin(), m_again.end(), segment) == m_again.end();
        sum += isOpen ? m_guide->DurationOf(segment) : Time(0);
    }
    return sum;
}

void
ContentClient::AskForSound(uint32_t segment)
{
    const auto sound = m_guide->Sound();
    if (!sound || !m_halves.emplace(segment, Halves()).second)
    {
        return;
    }
    // Before the picture: it is small, and nothing goes without it.
    Flight flight;
    flight.segment = segment;
    flight.isSound = true;
    flight.rendition = *sound;
    Resume(std::move(flight));
}

void
ContentClient::SettleSound(uint32_t segment)
{
    Halves& halves = m_halves.at(segment);
    halves.hasSound = true;
    if (halves.picture)
    {
        Settle(segment, *halves.picture, halves.rendition);
    }
}

void
ContentClient::DropSound(uint32_t segment)
{
    const auto pause = m_pauses.find({segment, true});
    if (pause != m_pauses.end())
    {
        pause->second.Cancel();
        m_pauses.erase(pause);
    }
    const auto found = std::find_if(
        m_flights.begin(),
        m_flights.end(),
        [segment](const auto& one) { return one.second.segment == segment && one.second.isSound; });
    if (found != m_flights.end())
    {
        m_fetcher->Abort(found->first);
        found->second.timer.Remove();
        ++m_counters.abandoned;
        m_counters.wastedBits += found->second.progress.bits;
        m_flights.erase(found);
    }
}

} // namespace sharding
} // namespace ns3
