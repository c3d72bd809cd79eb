// SPDX-License-Identifier: GPL-2.0-only
#include "shard-capacity-trace.h"

#include "ns3/abort.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <limits>
#include <string_view>
#include <system_error>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr int64_t NS_PER_MS = 1'000'000;

/// Refuse with a reason.
std::nullopt_t
Refuse(std::string* why, const std::string& line)
{
    if (why != nullptr)
    {
        *why = line;
    }
    return std::nullopt;
}

/// Text of a file as it can stand in a message: bounded, and without control characters.
std::string
Quote(std::string_view text)
{
    constexpr std::size_t MOST = 30;
    std::string quoted = "\"";
    for (const char c : text.substr(0, MOST))
    {
        quoted += c >= ' ' && c <= '~' ? c : '?';
    }
    return quoted + (text.size() > MOST ? "...\"" : "\"");
}

std::string_view
Trim(std::string_view text)
{
    constexpr std::string_view BLANKS = " \t\r";
    const auto first = text.find_first_not_of(BLANKS);
    if (first == std::string_view::npos)
    {
        return {};
    }
    return text.substr(first, text.find_last_not_of(BLANKS) - first + 1);
}

} // namespace

std::optional<ShardCapacityTrace>
ShardCapacityTrace::Parse(std::istream& in, const std::string& name, std::string* why)
{
    constexpr auto LARGEST = std::numeric_limits<uint32_t>::max();
    const std::string allowed =
        ", allowed is one whole number of milliseconds a line, 0 to " + std::to_string(LARGEST);
    ShardCapacityTrace trace;
    uint64_t number = 0;
    uint64_t lastNumber = 0;
    // A bounded buffer, so that an endless line is an error and not an endless read.
    std::array<char, 256> buffer{};
    while (in.getline(buffer.data(), buffer.size()) || in.gcount() > 0)
    {
        ++number;
        const std::string where = name + ":" + std::to_string(number) + ": ";
        if (in.fail())
        {
            if (in.bad())
            {
                break;
            }
            return Refuse(why, where + "line of more than 255 characters" + allowed);
        }
        // By the count read, not by the first NUL, which a damaged file may have.
        const auto read = static_cast<std::size_t>(in.gcount()) - (in.eof() ? 0 : 1);
        const std::string_view text = Trim(std::string_view(buffer.data(), read));
        if (text.empty() || text.front() == '#')
        {
            continue;
        }
        uint32_t ms = 0;
        const auto end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, ms);
        if (error != std::errc() || stop != end)
        {
            return Refuse(why, where + "bad time " + Quote(text) + allowed);
        }
        if (!trace.m_opportunities.empty() && ms < trace.m_opportunities.back())
        {
            return Refuse(why,
                          where + "time " + std::to_string(ms) + " goes back, allowed is " +
                              std::to_string(trace.m_opportunities.back()) +
                              " ms (the time before it) or more");
        }
        if (trace.m_opportunities.size() == MAX_OPPORTUNITIES)
        {
            return Refuse(why,
                          where + "too many opportunities, allowed are " +
                              std::to_string(MAX_OPPORTUNITIES));
        }
        trace.m_opportunities.push_back(ms);
        lastNumber = number;
    }
    if (in.bad())
    {
        return Refuse(why, name + ": cannot be read, allowed is a readable text file");
    }
    if (trace.m_opportunities.empty())
    {
        return Refuse(why,
                      name + ":" + std::to_string(std::max<uint64_t>(number, 1)) +
                          ": no time in the trace" + allowed);
    }
    if (trace.m_opportunities.back() == 0)
    {
        return Refuse(why,
                      name + ":" + std::to_string(lastNumber) +
                          ": last time is 0, allowed is 1 ms or more (it is the trace's period)");
    }
    return trace;
}

std::optional<ShardCapacityTrace>
ShardCapacityTrace::Load(const std::string& path, std::string* why)
{
    errno = 0;
    std::ifstream in(path);
    if (!in)
    {
        const std::string reason = errno != 0 ? std::generic_category().message(errno) : "unknown";
        return Refuse(why,
                      path + ": cannot be opened (" + reason + "), allowed is a readable file");
    }
    return Parse(in, path, why);
}

double
ShardCapacityTrace::MeanRate() const
{
    return static_cast<double>(m_opportunities.size()) * OPPORTUNITY_BYTES * 8 * 1000 / PeriodMs();
}

ShardCapacityServer::ShardCapacityServer(std::shared_ptr<const ShardCapacityTrace> trace,
                                         Time start)
    : m_trace(std::move(trace)),
      m_start(start.GetNanoSeconds())
{
    NS_ABORT_MSG_UNLESS(m_trace, "ShardCapacityServer: no trace, allowed is a trace");
}

int64_t
ShardCapacityServer::TimeOf(uint64_t opportunity) const
{
    const auto& times = m_trace->Opportunities();
    const uint64_t period = opportunity / times.size();
    const uint32_t within = times[opportunity % times.size()];
    return static_cast<int64_t>(period * m_trace->PeriodMs() + within) * NS_PER_MS;
}

uint64_t
ShardCapacityServer::FirstAfter(int64_t elapsed) const
{
    if (elapsed < 0)
    {
        return 0;
    }
    // Times are whole milliseconds, so "after elapsed" and "after its millisecond" are the same.
    const uint64_t ms = static_cast<uint64_t>(elapsed / NS_PER_MS);
    const uint64_t period = ms / m_trace->PeriodMs();
    const auto within = static_cast<uint32_t>(ms % m_trace->PeriodMs());
    const auto& times = m_trace->Opportunities();
    const uint64_t base = period * times.size();
    // Search ahead from where the server is, in doubling steps. The last time of a period is the
    // period itself and lies after anything within it, so there always is a first one after.
    std::size_t low = m_next > base ? m_next - base : 0;
    std::size_t step = 1;
    while (low + step < times.size() && times[low + step] <= within)
    {
        low += step;
        step *= 2;
    }
    const auto end = times.begin() + std::min(low + step, times.size());
    return base + (std::upper_bound(times.begin() + low, end, within) - times.begin());
}

Time
ShardCapacityServer::Serve(Time now, uint32_t bytes)
{
    const int64_t elapsed = now.GetNanoSeconds() - m_start;
    NS_ABORT_MSG_IF(m_used && elapsed < m_last,
                    "ShardCapacityServer: packet served at "
                        << m_start + elapsed << " ns, allowed is " << m_start + m_last
                        << " ns (completion of the packet before it) or later");
    if (bytes == 0)
    {
        return now;
    }
    if (!m_used || elapsed > m_last)
    {
        // The line was empty: what passed meanwhile is lost.
        m_next = FirstAfter(elapsed);
        m_left = 0;
        m_used = true;
    }
    if (bytes <= m_left)
    {
        m_left -= bytes;
        return now;
    }
    const uint32_t rest = bytes - m_left;
    const uint64_t needed = (uint64_t{rest} + ShardCapacityTrace::OPPORTUNITY_BYTES - 1) /
                            ShardCapacityTrace::OPPORTUNITY_BYTES;
    m_next += needed;
    m_left = static_cast<uint32_t>(needed * ShardCapacityTrace::OPPORTUNITY_BYTES - rest);
    m_last = TimeOf(m_next - 1);
    return NanoSeconds(m_start + m_last);
}

} // namespace sharding
} // namespace ns3
