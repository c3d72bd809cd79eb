// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-units-meter.h"

#include "ns3/abort.h"

#include <algorithm>
#include <limits>
#include <string>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

constexpr int64_t INTERVAL_NS = 10000000;

} // namespace

TunnelUnitsMeter::TunnelUnitsMeter(const std::vector<ShardCryptoPool*>& pools)
    : m_first(*pools.front())
{
    bool connected = true;
    for (ShardCryptoPool* pool : pools)
    {
        const bool isFirst = pool == &m_first;
        connected =
            connected &&
            pool->TraceConnectWithoutContext(
                "Served",
                MakeCallback(isFirst ? &TunnelUnitsMeter::ServedByFirst : &TunnelUnitsMeter::Served,
                             this)) &&
            pool->TraceConnectWithoutContext("Dropped",
                                             MakeCallback(&TunnelUnitsMeter::Dropped, this));
    }
    connected = connected && pools.front()->TraceConnectWithoutContext(
                                 "Dispatched",
                                 MakeCallback(&TunnelUnitsMeter::Dispatched, this));
    NS_ABORT_MSG_UNLESS(connected, "a trace of the units is gone");
}

/// @return number of the interval that something falls into
std::size_t
TunnelUnitsMeter::NumberOf(int64_t ns) const
{
    return static_cast<std::size_t>(ns / INTERVAL_NS);
}

TunnelUnitsMeter::Interval&
TunnelUnitsMeter::At(int64_t ns)
{
    m_past.resize(std::max(m_past.size(), NumberOf(ns) + 1));
    return m_past[NumberOf(ns)];
}

/// @return shards at each unit, which wait or are served
std::vector<double>
TunnelUnitsMeter::Queues() const
{
    std::vector<double> queues;
    for (const ShardCryptoUnit& unit : m_first.GetUnits())
    {
        queues.push_back(unit.GetState().held);
    }
    return queues;
}

/// The first thing that happens after an interval finds the queues as they were at its end.
void
TunnelUnitsMeter::Dispatched(Time now, const Shard&, uint16_t)
{
    const std::size_t number = NumberOf(now.GetNanoSeconds());
    if (m_queues.size() < number)
    {
        m_queues.resize(number, Queues());
    }
}

void
TunnelUnitsMeter::ServedByFirst(const Shard& shard, const ShardServed& served)
{
    const std::size_t number = NumberOf(served.at.GetNanoSeconds());
    if (m_queues.size() < number)
    {
        std::vector<double> queues = Queues();
        queues[served.unit] += 1; // this one has just left
        m_queues.resize(number, queues);
    }
    Served(shard, served);
}

void
TunnelUnitsMeter::Served(const Shard& shard, const ShardServed& served)
{
    const int64_t wait = served.wait.GetNanoSeconds();
    Interval& interval = At(served.at.GetNanoSeconds());
    ++interval.served;
    interval.bytes += shard.size;
    interval.waits += wait;
    interval.longest = std::max(interval.longest, wait);
}

void
TunnelUnitsMeter::Dropped(Time now, const Shard&, bool)
{
    ++At(now.GetNanoSeconds()).dropped;
}

void
TunnelUnitsMeter::Delivered(int64_t sentNs, int64_t at, uint32_t payload)
{
    Interval& interval = At(at);
    ++interval.delivered;
    interval.payload += payload;
    interval.latencies += at - sentNs;
    interval.latencyMax = std::max(interval.latencyMax, at - sentNs);
}

Timeline
TunnelUnitsMeter::Past() const
{
    Timeline past;
    past.kind = TimelineKind::UNITS;
    past.columns = {"time_s",
                    "rate_mbps",
                    "wait_mean_us",
                    "wait_max_us",
                    "dropped",
                    "delivered_mbps",
                    "latency_mean_ms",
                    "latency_max_ms"};
    const std::vector<double> now = Queues();
    for (std::size_t unit = 0; unit < now.size(); ++unit)
    {
        past.columns.push_back("queue_" + std::to_string(unit));
    }
    const double seconds = INTERVAL_NS * 1e-9;
    const auto mean = [](int64_t sum, uint64_t count)
    {
        return count > 0 ? static_cast<double>(sum) / static_cast<double>(count)
                         : std::numeric_limits<double>::quiet_NaN();
    };
    const auto ifAny = [](int64_t value, uint64_t count)
    { return count > 0 ? static_cast<double>(value) : std::numeric_limits<double>::quiet_NaN(); };
    for (std::size_t number = 0; number < m_past.size(); ++number)
    {
        const Interval& one = m_past[number];
        std::vector<double> row = {static_cast<double>(number + 1) * seconds,
                                   static_cast<double>(one.bytes) * 8e-6 / seconds,
                                   mean(one.waits, one.served) / 1e3,
                                   ifAny(one.longest, one.served) / 1e3,
                                   static_cast<double>(one.dropped),
                                   static_cast<double>(one.payload) * 8e-6 / seconds,
                                   mean(one.latencies, one.delivered) / 1e6,
                                   ifAny(one.latencyMax, one.delivered) / 1e6};
        const std::vector<double>& queues = number < m_queues.size() ? m_queues[number] : now;
        row.insert(row.end(), queues.begin(), queues.end());
        past.rows.push_back(row);
    }
    return past;
}

} // namespace shardsim
