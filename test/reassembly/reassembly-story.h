// SPDX-License-Identifier: GPL-2.0-only
#ifndef REASSEMBLY_STORY_H
#define REASSEMBLY_STORY_H

#include "ns3/packet.h"
#include "ns3/shard-block-encoder.h"
#include "ns3/shard-block-table.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/// A datagram that a story's sender has cut: real bytes, and all its shards.
struct Cut
{
    std::vector<uint8_t> bytes; ///< what was sent
    std::vector<Shard> shards;  ///< data, then repair
};

/// How a story's sender cuts.
struct Recipe
{
    uint32_t peer{1};
    uint32_t flow{7};
    uint32_t size{100};
    uint32_t k{4};
    uint32_t n{4};
    ShardCode code{SHARD_CODE_NONE};
    bool real{false};
    uint32_t first{0};
};

/**
 * Cut a datagram of bytes that say where they come from.
 * @param recipe how
 * @param block its number
 * @return the shards
 */
inline Cut
MakeCut(const Recipe& recipe, uint32_t block)
{
    Cut cut;
    cut.bytes.resize(recipe.size);
    for (uint32_t i = 0; i < recipe.size; ++i)
    {
        cut.bytes[i] = static_cast<uint8_t>((block * 131 + recipe.flow * 17 + i * 29 + 5) >> 1);
    }
    const ShardLayout layout = *ShardLayout::Make(recipe.size, recipe.k, recipe.first);
    const uint32_t r = recipe.n - recipe.k;
    Ptr<ShardBytes> all = Create<ShardBytes>(recipe.size + r * layout.SymbolSize());
    std::copy(cut.bytes.begin(), cut.bytes.end(), all->Data());
    if (r != 0)
    {
        ShardBlockEncoder().Encode(recipe.code, layout, all->Data(), r, all->Data() + recipe.size);
    }
    Ptr<Datagram> origin = Create<Datagram>();
    origin->size = recipe.size;
    origin->id = block;
    origin->packet = Create<Packet>(cut.bytes.data(), recipe.size);
    for (uint32_t i = 0; i < recipe.n; ++i)
    {
        Shard shard;
        shard.peer = recipe.peer;
        shard.fields.flow = recipe.flow;
        shard.fields.block = block;
        shard.fields.datagram = static_cast<uint16_t>(recipe.size);
        shard.fields.first = static_cast<uint16_t>(recipe.first);
        shard.fields.index = static_cast<uint8_t>(i);
        shard.fields.k = static_cast<uint8_t>(recipe.k);
        shard.fields.n = static_cast<uint8_t>(recipe.n);
        shard.fields.code = recipe.code;
        shard.size = layout.WireSize(i);
        shard.offset =
            i < recipe.k ? layout.Offset(i) : recipe.size + (i - recipe.k) * layout.SymbolSize();
        shard.origin = origin;
        if (recipe.real)
        {
            shard.bytes = all;
        }
        cut.shards.push_back(shard);
    }
    return cut;
}

/// @param verdict any  @return its name
inline const char*
Name(ShardVerdict verdict)
{
    static const char* const names[] = {"stored",
                                        "completed",
                                        "duplicate",
                                        "conflict",
                                        "late",
                                        "useless",
                                        "malformed",
                                        "mixed",
                                        "no room"};
    return names[verdict];
}

/// @param outcome any  @return its name
inline const char*
Name(ShardOutcome outcome)
{
    static const char* const names[] = {"released",
                                        "timed out",
                                        "evicted (unproven)",
                                        "evicted (heaviest)",
                                        "evicted (flow cap)",
                                        "poisoned",
                                        "overtaken",
                                        "given up",
                                        "partial"};
    return names[outcome];
}

/**
 * A table, and the tale of what happened to it. After every step the caps and the balance of all
 * counters are checked, and a failure prints the last steps.
 */
class Story : public ShardBlockListener
{
  public:
    /// @param settings of the table
    explicit Story(const ShardTableSettings& settings)
        : table(*this),
          m_settings(settings)
    {
        table.Configure(settings);
    }

    /// At some time, a shard comes, and this is expected of it.
    void Comes(Time now, const Shard& shard, ShardVerdict expected)
    {
        EXPECT_STREQ(Name(Feed(now, shard)), Name(expected)) << Tale();
    }

    /// At some time, a shard comes.  @return what became of it
    ShardVerdict Feed(Time now, const Shard& shard)
    {
        const ShardVerdict verdict = table.Accept(now, shard);
        std::ostringstream line;
        line << now.GetNanoSeconds() << " ns: peer " << shard.peer << " flow " << shard.fields.flow
             << " block " << shard.fields.block << " shard " << +shard.fields.index << "/"
             << +shard.fields.k << "+" << shard.fields.n - shard.fields.k << ", " << shard.size
             << " bytes: " << Name(verdict);
        Note(line.str());
        Check();
        return verdict;
    }

    /// Time passes up to then.
    void Until(Time now)
    {
        table.Advance(now);
        Note(std::to_string(now.GetNanoSeconds()) + " ns: time passes");
        Check();
    }

    /// So many datagrams of a flow have been released, in this order.
    void Released(uint32_t peer, uint32_t flow, const std::vector<uint32_t>& blocks)
    {
        const std::vector<uint32_t>& got = released[{peer, flow}];
        EXPECT_EQ(got, blocks) << Tale();
    }

    /// So many blocks have ended in this way.
    void Ended(ShardOutcome outcome, uint64_t times)
    {
        EXPECT_EQ(table.Counters().blocks[outcome], times) << Name(outcome) << Tale();
    }

    /// @return the last steps
    std::string Tale() const
    {
        std::string tale = "\nThe story so far:\n";
        const size_t from = m_lines.size() > 40 ? m_lines.size() - 40 : 0;
        for (size_t i = from; i < m_lines.size(); ++i)
        {
            tale += "  " + m_lines[i] + "\n";
        }
        return tale;
    }

    void Release(Time now, const ShardRelease& release) override
    {
        released[{release.id.peer, release.id.flow}].push_back(release.id.block);
        last = release;
        releasedAt = now;
        wrong += release.mismatch ? 1 : 0;
        Note("    -> released flow " + std::to_string(release.id.flow) + " block " +
             std::to_string(release.id.block));
    }

    void Ended(Time now, const ShardBlockEnd& end) override
    {
        endedAt = now;
        if (end.outcome != SHARD_RELEASED)
        {
            Note("    -> flow " + std::to_string(end.id.flow) + " block " +
                 std::to_string(end.id.block) + " " + Name(end.outcome));
        }
    }

    ShardBlockTable table;                                                   ///< the hero
    std::map<std::pair<uint32_t, uint32_t>, std::vector<uint32_t>> released; ///< [peer, flow]
    ShardRelease last;                                                       ///< latest release
    Time releasedAt;                                                         ///< when that was
    Time endedAt;                                                            ///< of latest end
    uint64_t wrong{0};                                                       ///< wrong payload

  private:
    void Note(std::string line)
    {
        if (m_lines.size() >= 4096)
        {
            m_lines.erase(m_lines.begin(), m_lines.begin() + 2048);
        }
        m_lines.push_back(std::move(line));
    }

    void Check()
    {
        EXPECT_LE(table.Counters().bytes, m_settings.memory.node) << Tale();
        EXPECT_LE(table.Counters().peakBytes, m_settings.memory.node) << Tale();
        EXPECT_TRUE(table.CheckConservation()) << Tale();
        EXPECT_EQ(wrong, 0u) << Tale();
    }

    ShardTableSettings m_settings;
    std::vector<std::string> m_lines;
};

} // namespace sharding
} // namespace ns3

#endif // REASSEMBLY_STORY_H
