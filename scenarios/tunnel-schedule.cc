// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-schedule.h"

#include "tunnel-streams.h"

#include "ns3/double.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

namespace shardsim
{

using namespace ns3;

std::vector<TracedDatagram>
ReadTrafficFile(const std::string& file)
{
    std::ifstream in(file);
    if (!in)
    {
        throw RequestError(file + ": cannot be read");
    }
    std::vector<TracedDatagram> datagrams;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number)
    {
        if (line.find_first_not_of(" \t\r") == std::string::npos || line[0] == '#')
        {
            continue;
        }
        std::istringstream fields(line);
        double seconds = -1;
        double payload = -1;
        std::string rest;
        const std::string place =
            file + ":" + std::to_string(number) + ": '" + line.substr(0, 60) + "'";
        if (!(fields >> seconds >> payload) || fields >> rest)
        {
            throw RequestError(place + "; allowed: seconds since the start, then payload bytes");
        }
        if (!(seconds >= 0 && seconds <= 1e6) ||
            (!datagrams.empty() && seconds * 1e9 < static_cast<double>(datagrams.back().atNs)))
        {
            throw RequestError(place + "; allowed: times from 0 to 1e6 s that do not decrease");
        }
        if (!(payload >= TUNNEL_NUMBER_BYTES && payload <= 65000) || payload != std::floor(payload))
        {
            throw RequestError(place + "; allowed: a payload of 8 to 65000 bytes");
        }
        datagrams.push_back({std::llround(seconds * 1e9), static_cast<uint32_t>(payload)});
    }
    if (datagrams.empty())
    {
        throw RequestError(file + ": no datagram in it");
    }
    return datagrams;
}

TunnelSchedule::TunnelSchedule(const Values& values, std::function<void(double)> progress)
    : m_progress(std::move(progress)),
      m_payload(static_cast<uint32_t>(values.GetBytes("traffic.size"))),
      m_total(static_cast<uint64_t>(values.GetInt("traffic.datagrams"))),
      m_flows(static_cast<uint64_t>(values.GetInt("traffic.flows"))),
      m_bulkFlows(static_cast<uint64_t>(values.GetInt("traffic.bulk_flows"))),
      m_dscp(static_cast<uint8_t>(values.GetInt("traffic.dscp")))
{
    const std::string kind = values.GetText("traffic.kind");
    m_meanGapNs = m_payload * 8e9 / static_cast<double>(values.GetRateBps("traffic.rate"));
    if (kind == "poisson")
    {
        m_gap = CreateObject<ExponentialRandomVariable>();
        m_gap->SetAttribute("Mean", DoubleValue(m_meanGapNs));
        m_gap->SetStream(STREAM_TRAFFIC);
    }
    else if (kind == "trace")
    {
        m_trace = ReadTrafficFile(values.GetText("traffic.file"));
        m_total = std::min<uint64_t>(m_total, m_trace.size());
    }
}

TracedDatagram
TunnelSchedule::Next()
{
    TracedDatagram next{0, m_payload};
    if (!m_trace.empty())
    {
        next = m_trace[m_given];
    }
    else if (m_gap)
    {
        next.atNs = m_given == 0 ? 0 : m_last + std::llround(m_gap->GetValue());
    }
    else
    {
        // From the start, so that rounding does not add up.
        next.atNs = std::llround(m_meanGapNs * static_cast<double>(m_given));
    }
    m_last = next.atNs;
    ++m_given;
    if (m_progress && m_given * 100 / m_total != (m_given - 1) * 100 / m_total)
    {
        m_progress(static_cast<double>(m_given) / static_cast<double>(m_total));
    }
    return next;
}

namespace
{

/// Words of random bytes, as many as the largest payload.
constexpr std::size_t WORDS = 65536 / 8;

/// @param state of SplitMix64 (Steele, Lea and Flood 2014), advanced  @return its next number
uint64_t
SplitMix(uint64_t& state)
{
    uint64_t z = state += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

/// @return numbers that are different at every place
std::vector<uint64_t>
MakeWords()
{
    std::vector<uint64_t> words(WORDS);
    uint64_t state = 0;
    for (uint64_t& word : words)
    {
        word = SplitMix(state);
    }
    return words;
}

} // namespace

void
FillTunnelPayload(uint64_t number, uint8_t* out, std::size_t size)
{
    static const std::vector<uint64_t> words = MakeWords();
    uint64_t state = number;
    const uint64_t mask = SplitMix(state);
    const std::size_t whole = size / 8;
    for (std::size_t i = 0; i < whole; ++i)
    {
        const uint64_t word = words[i] ^ mask;
        std::memcpy(out + 8 * i, &word, 8);
    }
    const uint64_t rest = words[whole % WORDS] ^ mask;
    std::memcpy(out + 8 * whole, &rest, size % 8);
    for (uint32_t i = 0; i < TUNNEL_NUMBER_BYTES; ++i)
    {
        out[i] = static_cast<uint8_t>(number >> (56 - 8 * i));
    }
}

} // namespace shardsim
