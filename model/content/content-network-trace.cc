// SPDX-License-Identifier: GPL-2.0-only
#include "content-network-trace.h"

#include "content-json.h"

#include "ns3/abort.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// @return what is used up in a nanosecond: of a request's latency
double
WaitRate(const ContentNetworkTrace::Period& period)
{
    const auto ns = static_cast<double>(period.latency.GetNanoSeconds());
    return ns > 0 ? 1 / ns : std::numeric_limits<double>::infinity();
}

/// @return what is used up in a nanosecond: of what is to be delivered, bits
double
BitRate(const ContentNetworkTrace::Period& period)
{
    return period.bandwidth / 1e9;
}

} // namespace

ContentNetworkTrace::ContentNetworkTrace(std::vector<Period> periods)
    : m_periods(std::move(periods))
{
    m_begins.reserve(m_periods.size());
    for (const Period& period : m_periods)
    {
        NS_ABORT_MSG_UNLESS(period.duration.IsStrictlyPositive() && period.bandwidth >= 0 &&
                                !period.latency.IsStrictlyNegative(),
                            "ContentNetworkTrace: allowed are positive durations, bandwidths and "
                            "latencies of 0 or more");
        const auto ns = static_cast<double>(period.duration.GetNanoSeconds());
        m_begins.push_back(m_length);
        m_length += period.duration.GetNanoSeconds();
        m_bits += ns * BitRate(period);
        m_waits += ns * WaitRate(period);
    }
    NS_ABORT_MSG_UNLESS(m_bits > 0, "ContentNetworkTrace: no period has a bandwidth");
}

ContentNetworkTrace
ContentNetworkTrace::Parse(const std::string& name, const std::string& text)
{
    constexpr double MOST_MS = 1e9;
    constexpr double MOST_KBPS = 1e9;
    const ContentJson root = ContentJson::Parse(name, text);
    std::vector<Period> periods(root.Entries(MAX_PERIODS, "periods"));
    double length = 0; // ms
    double bits = 0;
    for (std::size_t i = 0; i < periods.size(); ++i)
    {
        const ContentJson entry = root.At(i);
        const auto ms = [](double number) { return NanoSeconds(std::llround(number * 1e6)); };
        periods[i].duration = ms(entry.Member("duration_ms").Number(0.001, MOST_MS));
        periods[i].bandwidth = entry.Member("bandwidth_kbps").Number(0, MOST_KBPS) * 1000;
        periods[i].latency = ms(entry.Member("latency_ms").Number(0, MOST_MS));
        length += periods[i].duration.GetSeconds() * 1000;
        bits += periods[i].duration.GetSeconds() * periods[i].bandwidth;
    }
    // Bounds within which every time that follows from the trace can be expressed.
    constexpr double MOST_LENGTH_MS = 1e11;
    if (length > MOST_LENGTH_MS)
    {
        root.Refuse("lasts too long, allowed are 1e+11 ms in all");
    }
    if (bits < length) // 1 kbit/s
    {
        root.Refuse("has hardly any bandwidth, expected is a mean bandwidth_kbps of 1 or more");
    }
    return ContentNetworkTrace(std::move(periods));
}

ContentNetworkTrace
ContentNetworkTrace::Load(const std::string& path)
{
    return Parse(path, ContentJson::ReadFile(path));
}

double
ContentNetworkTrace::MeanBandwidth() const
{
    return m_bits * 1e9 / static_cast<double>(m_length);
}

std::size_t
ContentNetworkTrace::IndexAt(int64_t when) const
{
    const auto after = std::upper_bound(m_begins.begin(), m_begins.end(), when % m_length);
    return static_cast<std::size_t>(after - m_begins.begin()) - 1;
}

const ContentNetworkTrace::Period&
ContentNetworkTrace::At(Time when) const
{
    return m_periods[IndexAt(when.GetNanoSeconds())];
}

namespace
{

/// What is left of a request's latency, and of bits, is rounded off below these.
constexpr double WAIT_SLACK = 1e-12;
constexpr double BIT_SLACK = 1e-5;

/// @return rounds of a trace that can be skipped: not the last one, which may end in a pause
double
WholeRounds(double rounds)
{
    return std::max(0.0, std::ceil(rounds) - 1);
}

/// Walks over periods, from some time on, until something is used up at the periods' rates.
template <typename Rate>
Time
Walk(const std::vector<ContentNetworkTrace::Period>& periods,
     std::size_t index,
     int64_t into,
     int64_t begin,
     double amount,
     double slack,
     Rate rate)
{
    int64_t now = begin;
    while (true)
    {
        const ContentNetworkTrace::Period& period = periods[index];
        const int64_t left = period.duration.GetNanoSeconds() - into;
        const double possible = static_cast<double>(left) * rate(period);
        // What rounding leaves over must not have to wait for the end of a pause.
        if (amount <= possible + slack)
        {
            const double speed = rate(period);
            const double needed = speed > 0 && amount > 0 ? amount / speed : 0;
            return NanoSeconds(now + std::min(left, static_cast<int64_t>(std::ceil(needed))));
        }
        amount -= possible;
        now += left;
        into = 0;
        index = (index + 1) % periods.size();
    }
}

} // namespace

Time
ContentNetworkTrace::AfterLatency(Time from) const
{
    const int64_t begin = from.GetNanoSeconds();
    const std::size_t index = IndexAt(begin);
    const int64_t into = begin % m_length - m_begins[index];
    // Whole rounds of the trace by arithmetic, so that a latency beyond all measure costs no time.
    const double rounds = std::isinf(m_waits) ? 0 : WholeRounds(1 / m_waits);
    const double rest = std::isinf(m_waits) ? 1 : std::max(0.0, 1 - rounds * m_waits);
    const int64_t skipped = static_cast<int64_t>(rounds) * m_length;
    return Walk(m_periods, index, into, begin + skipped, rest, WAIT_SLACK, WaitRate);
}

Time
ContentNetworkTrace::AfterBits(Time from, double bits) const
{
    const int64_t begin = from.GetNanoSeconds();
    const std::size_t index = IndexAt(begin);
    const int64_t into = begin % m_length - m_begins[index];
    const double rounds = WholeRounds(bits / m_bits);
    const double rest = std::max(0.0, bits - rounds * m_bits);
    const int64_t skipped = static_cast<int64_t>(rounds) * m_length;
    return Walk(m_periods, index, into, begin + skipped, rest, BIT_SLACK, BitRate);
}

double
ContentNetworkTrace::BitsBetween(Time from, Time to) const
{
    int64_t now = from.GetNanoSeconds();
    const int64_t end = to.GetNanoSeconds();
    const int64_t rounds = (end - now) / m_length;
    double bits = static_cast<double>(rounds) * m_bits;
    now += rounds * m_length;
    std::size_t index = IndexAt(now);
    int64_t into = now % m_length - m_begins[index];
    while (now < end)
    {
        const Period& period = m_periods[index];
        const int64_t step = std::min(period.duration.GetNanoSeconds() - into, end - now);
        bits += static_cast<double>(step) * BitRate(period);
        now += step;
        into = 0;
        index = (index + 1) % m_periods.size();
    }
    return bits;
}

} // namespace sharding
} // namespace ns3
