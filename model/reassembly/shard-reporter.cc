// SPDX-License-Identifier: GPL-2.0-only
#include "shard-reporter.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// @return a time in us, as a report says it
uint32_t
Microseconds(int64_t ticks)
{
    return static_cast<uint32_t>(std::clamp<int64_t>(ticks / 1000, 0, UINT32_MAX));
}

} // namespace

ShardReporter::ShardReporter(const ShardReporterSettings& settings, Send send)
    : m_settings(settings),
      m_send(std::move(send)),
      m_blocks(MOST_BLOCKS)
{
}

uint32_t
ShardReporter::Hash(const ShardBlockId& id)
{
    return ShardIndex::Hash(id.peer, id.flow, id.block);
}

ShardReporter::Block*
ShardReporter::Find(const ShardBlockId& id)
{
    const uint32_t place =
        m_index.Find(Hash(id), [&](uint32_t candidate) { return At(candidate).id == id; });
    return place == ShardIndex::NONE ? nullptr : &At(place);
}

void
ShardReporter::Add(int64_t now, const ShardBlockId& id, uint8_t n)
{
    if (m_end - m_first == MOST_BLOCKS)
    {
        if (m_settled == m_first)
        {
            Count(At(m_settled++)); // too many at a time: it gets no more time
        }
        m_index.Erase(Hash(At(m_first).id), m_first);
        ++m_first;
    }
    Block& block = At(m_end);
    block = Block();
    block.id = id;
    block.n = n;
    block.last = now;
    m_index.Insert(Hash(id), m_end++);
}

/// Something came: there is something to report.
void
ShardReporter::Wake(int64_t now)
{
    m_some = true;
    if (m_due == NEVER)
    {
        m_begin = now;
        m_due = now + m_settings.interval;
    }
}

void
ShardReporter::Began(int64_t now, const ShardBlockId& id, uint8_t n)
{
    Wake(now);
    Add(now, id, n);
    At(m_end - 1).isBegun = true;
    ++m_report.blocks;
    m_flows.insert(static_cast<uint64_t>(id.peer) << 32 | id.flow);
}

void
ShardReporter::PassedOver(int64_t now, const ShardBlockId& first, uint32_t count, uint8_t n)
{
    for (uint32_t i = 0; i < count; ++i)
    {
        Add(now, {first.peer, first.flow, first.block + i}, n);
    }
}

void
ShardReporter::Came(int64_t now, const Shard& shard)
{
    Wake(now);
    m_report.bytes += shard.size;
    m_report.marked += shard.isMarked ? 1 : 0;
    ++m_shards;
    m_path = shard.path;
    if (shard.path < ShardReport::MOST_PATHS)
    {
        m_pathUsed.resize(std::max<std::size_t>(m_pathUsed.size(), shard.path + 1U));
        m_pathUsed[shard.path] = true;
    }
    Block* const block = Find({shard.peer, shard.fields.flow, shard.fields.block});
    if (block != nullptr)
    {
        Came(now, *block, shard.fields);
    }
}

void
ShardReporter::Came(int64_t now, Block& block, const ShardFields& fields)
{
    if (block.came.Test(fields.index) || block.often.Test(fields.index))
    {
        return;
    }
    if (block.asked.Test(fields.index) && !block.again.Test(fields.index))
    {
        block.again.Set(fields.index); // this late, or asked for
        return;
    }
    if (!block.asked.Empty())
    {
        Unsay(block, fields.index); // nobody asked for it, or the second copy is the answer
        return;
    }
    // Before its first shard a block that was passed over was silent; one that began was not there.
    const int64_t gap = block.came.Empty() && block.isBegun ? -1 : now - block.last;
    if (block.isSettled)
    {
        if (gap > block.longest)
        {
            m_gaps.Learn(gap); // it was settled too soon
        }
        Unsay(block, fields.index);
        return;
    }
    block.longest = std::max(block.longest, gap);
    block.n = fields.n; // of one that was passed over it was a guess
    block.came.Set(fields.index);
    block.last = now;
}

void
ShardReporter::Requested(const ShardBlockId& id, const ShardSet& wanted)
{
    Block* const block = Find(id);
    // While no silence is known, a request is a guess that says nothing of what was lost.
    if (block != nullptr && m_gaps.Count() > 0)
    {
        block->often = block->often | (block->asked & wanted);
        block->asked = block->asked | wanted;
    }
}

void
ShardReporter::Probed(int64_t now, uint16_t path, const ShardProbe& probe, bool isMarked)
{
    Wake(now);
    if (path >= ShardReport::MOST_PATHS)
    {
        return;
    }
    m_path = path;
    m_report.marked += isMarked ? 1 : 0;
    m_delays.resize(std::max<std::size_t>(m_delays.size(), path + 1U));
    ShardRing<uint32_t>& last = m_delays[path];
    if (last.Size() == MOST_PROBES)
    {
        last.Pop();
    }
    // A probe that is overtaken stays lost; after a number that begins anew nothing is.
    m_probed.resize(m_delays.size());
    ShardProbe& latest = m_probed[path];
    if (probe.at >= latest.at)
    {
        if (probe.number > latest.number && latest.number != 0)
        {
            const uint32_t due = std::min(probe.number - latest.number, MOST_PROBES_DUE);
            m_report.probes += due;
            m_report.probesLost += due - 1;
        }
        latest = probe;
    }
    last.Push(Microseconds(now - static_cast<int64_t>(probe.at)));
    const uint32_t age = m_report.number - probe.report; // reports since then
    if (probe.report != 0 && age < MOST_TRIPS)
    {
        const int64_t trip = now - m_reportAt[probe.report % MOST_TRIPS];
        m_report.trip = Microseconds(trip - int64_t(1000) * probe.held);
    }
}

/// Count what is settled by now.
void
ShardReporter::Settle(int64_t now)
{
    while (m_settled != m_end &&
           (!At(m_settled).asked.Empty() || At(m_settled).last + Wait(At(m_settled)) <= now))
    {
        Count(At(m_settled++));
    }
}

/// @return after which silence a block is settled
int64_t
ShardReporter::Wait(const Block& block) const
{
    if (block.came.Count() >= block.n)
    {
        return m_settings.minWait; // nothing is missing
    }
    if (m_gaps.Count() == 0)
    {
        return m_settings.interval;
    }
    const int64_t most = m_gaps.Quantile(1);
    return std::max(m_settings.minWait, most + most / 8);
}

/// @return on how many paths something came in this interval
uint32_t
ShardReporter::PathsUsed() const
{
    return static_cast<uint32_t>(std::count(m_pathUsed.begin(), m_pathUsed.end(), true));
}

void
ShardReporter::Count(Block& block)
{
    block.isSettled = true;
    if (block.longest >= 0)
    {
        m_gaps.Learn(block.longest);
    }
    // Shards go round the paths, so that one's successor on its path is as many shards on. What is
    // settled now may have come in the interval before.
    block.lag = std::max(PathsUsed(), m_pathsBefore);
    for (uint32_t index = 0; index < block.n; ++index)
    {
        const bool isLost = !block.came.Test(index);
        m_report.lost += isLost;
        if (isLost && index + block.lag < block.n)
        {
            ++m_report.pairs;
            m_report.pairsLost += !block.came.Test(index + block.lag);
        }
    }
    m_report.expected += block.n;
}

/// A shard came that a report may have called lost: the next one counts so many less.
void
ShardReporter::Unsay(Block& block, uint32_t index)
{
    if (block.isSettled && index < block.n)
    {
        ++m_unsaid.lost;
        if (index + block.lag < block.n)
        {
            ++m_unsaid.pairs;
            m_unsaid.pairsLost += !block.came.Test(index + block.lag);
        }
        m_unsaid.pairsLost += index >= block.lag && !block.came.Test(index - block.lag);
    }
    block.came.Set(index);
}

/// Say what is known at the end of the interval.
void
ShardReporter::Fill(int64_t now)
{
    Settle(now);
    const auto take = [](uint32_t& said, uint32_t& unsaid, uint32_t most)
    {
        const uint32_t less = std::min(said, unsaid);
        said = std::min(said - less, most);
        unsaid -= less;
    };
    take(m_report.lost, m_unsaid.lost, m_report.expected);
    take(m_report.pairs, m_unsaid.pairs, m_report.lost);
    take(m_report.pairsLost, m_unsaid.pairsLost, m_report.pairs);
    m_report.at = static_cast<uint64_t>(now);
    m_report.interval = Microseconds(now - m_begin);
    m_report.flows = static_cast<uint32_t>(m_flows.size());
    m_report.shardBytes = m_shards == 0 ? 0 : static_cast<uint32_t>(m_report.bytes / m_shards);
    m_report.paths.clear();
    for (std::size_t number = 0; number < m_delays.size(); ++number)
    {
        ShardPathReport path;
        path.path = static_cast<uint16_t>(number);
        std::vector<uint32_t> delays;
        for (ShardRing<uint32_t> left = m_delays[number]; !left.IsEmpty(); left.Pop())
        {
            delays.push_back(left.Front());
        }
        path.count = static_cast<uint16_t>(delays.size());
        if (!delays.empty())
        {
            std::sort(delays.begin(), delays.end());
            const auto at = [&delays](double q)
            {
                const auto rank =
                    static_cast<std::size_t>(std::ceil(q * static_cast<double>(delays.size())));
                return delays[std::max<std::size_t>(rank, 1) - 1];
            };
            path.least = delays.front();
            path.p50 = at(0.5);
            path.p90 = at(0.9);
            path.p99 = at(0.99);
        }
        m_report.paths.push_back(path);
    }
}

void
ShardReporter::Advance(int64_t now)
{
    while (m_due <= now)
    {
        const int64_t at = m_due;
        const uint32_t number = ++m_report.number;
        Fill(at);
        m_reportAt[number % MOST_TRIPS] = at;
        const ShardReport report = std::move(m_report);
        m_report = ShardReport();
        m_report.number = number;
        m_report.trip = report.trip; // until there is a newer one
        m_begin = at;
        // Once more after what came last, for those that are not settled yet.
        m_due = m_some || m_settled != m_end ? at + m_settings.interval : NEVER;
        m_some = false;
        m_shards = 0;
        m_flows.clear();
        m_send(at, m_path, report);
        m_pathsBefore = PathsUsed() != 0 ? PathsUsed() : m_pathsBefore;
        m_pathUsed.assign(m_pathUsed.size(), false);
    }
}

} // namespace sharding
} // namespace ns3
