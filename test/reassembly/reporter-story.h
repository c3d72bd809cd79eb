// SPDX-License-Identifier: GPL-2.0-only
#ifndef REPORTER_STORY_H
#define REPORTER_STORY_H

#include "ns3/shard-reporter.h"

#include <gtest/gtest.h>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What comes to a reporter, told by hand. Times in nanoseconds.
class ReporterTest : public ::testing::Test
{
  protected:
    using Numbers = std::vector<uint32_t>;
    static constexpr int64_t US = 1000;
    static constexpr int64_t MS = 1000 * US;

    ReporterTest()
    {
        reporter.emplace(ShardReporterSettings{100 * MS, 1 * MS},
                         [this](int64_t now, uint16_t path, const ShardReport& report)
                         {
                             EXPECT_EQ(static_cast<uint64_t>(now), report.at);
                             sentOn.push_back(path);
                             reports.push_back(report);
                         });
    }

    static ShardBlockId Block(uint32_t number, uint32_t flow = 2, uint32_t peer = 1)
    {
        return {peer, flow, number};
    }

    void Come(int64_t now, uint32_t block, uint8_t index, uint8_t n, uint16_t path = 0)
    {
        Shard shard;
        shard.peer = 1;
        shard.fields.flow = 2;
        shard.fields.block = block;
        shard.fields.index = index;
        shard.fields.k = 1;
        shard.fields.n = n;
        shard.size = 100;
        shard.path = path;
        reporter->Came(now, shard);
    }

    /// A block begins and its shards come at one moment, round the paths, those that do.
    void Tell(int64_t now, uint32_t block, const std::string& pattern, uint32_t paths = 1)
    {
        const auto n = static_cast<uint8_t>(pattern.size());
        reporter->Began(now, Block(block), n);
        for (uint8_t index = 0; index < n; ++index)
        {
            if (pattern[index] == '+')
            {
                Come(now, block, index, n, static_cast<uint16_t>(index % paths));
            }
        }
    }

    /// Until 100 ms one block comes with so long a silence, in a flow of its own, and is settled.
    void LearnSilence(int64_t silence)
    {
        Shard shard;
        shard.peer = 1;
        shard.fields.flow = 99;
        shard.fields.k = 1;
        shard.fields.n = 2;
        reporter->Began(0, Block(0, 99), 2);
        reporter->Came(0, shard);
        shard.fields.index = 1;
        reporter->Came(silence, shard);
        reporter->Advance(100 * MS);
        ASSERT_EQ(Losses(0), (Numbers{2, 0, 0, 0}));
    }

    static ShardSet Shards(std::initializer_list<uint32_t> indices)
    {
        ShardSet set;
        for (const uint32_t index : indices)
        {
            set.Set(index);
        }
        return set;
    }

    void Probe(int64_t now, uint16_t path, int64_t sent, uint32_t report = 0, uint32_t held = 0)
    {
        NumberedProbe(now, path, 1, sent, report, held);
    }

    void NumberedProbe(int64_t now,
                       uint16_t path,
                       uint32_t number,
                       int64_t sent = 0,
                       uint32_t report = 0,
                       uint32_t held = 0)
    {
        ShardProbe probe;
        probe.number = number;
        probe.at = static_cast<uint64_t>(sent);
        probe.report = report;
        probe.held = held;
        reporter->Probed(now, path, probe);
    }

    /// @param which report, from 0  @return expected, lost, pairs, pairs lost
    std::vector<uint32_t> Losses(std::size_t which) const
    {
        const ShardReport& r = reports.at(which);
        return {r.expected, r.lost, r.pairs, r.pairsLost};
    }

    std::optional<ShardReporter> reporter;
    std::vector<ShardReport> reports;
    std::vector<uint16_t> sentOn;
};

} // namespace sharding
} // namespace ns3

#endif // REPORTER_STORY_H
