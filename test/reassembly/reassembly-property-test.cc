// SPDX-License-Identifier: GPL-2.0-only
/**
 * Random loss, duplicates, reordering, corruption and forgery, with real bytes, against the
 * simplest reassembler that could work: it keeps every shard that it is given, and looks at all of
 * them again each time. Memory is ample, so the two have to agree on every shard.
 */
#include "reassembly-story.h"

#include <algorithm>
#include <optional>
#include <random>
#include <set>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// Keeps all, scans all, forgets nothing, decodes nothing: counts distinct shards instead.
class Reference
{
  public:
    /// @param fresh a shard  @return what is to become of it
    ShardVerdict Accept(Time now, const Shard& fresh, Time timeout)
    {
        Known& known = m_known[{fresh.fields.flow, fresh.fields.block}];
        if (!known.shards.empty() && !known.ended && now >= known.opened + timeout)
        {
            known.ended = true;
        }
        if (known.ended)
        {
            return SHARD_LATE;
        }
        if (known.shards.empty())
        {
            known.opened = now;
        }
        for (const Shard& old : known.shards)
        {
            const bool same = old.fields.index == fresh.fields.index;
            if (!old.fields.SameBlock(fresh.fields) ||
                (same && !std::equal(old.Payload(), old.Payload() + old.size, fresh.Payload())))
            {
                known.ended = true;
                return SHARD_CONFLICT;
            }
            if (same)
            {
                return SHARD_DUPLICATE;
            }
        }
        known.shards.push_back(fresh);
        known.ended = known.shards.size() == fresh.fields.k; // any k of n
        return known.ended ? SHARD_COMPLETED : SHARD_STORED;
    }

  private:
    struct Known
    {
        std::vector<Shard> shards;
        Time opened;
        bool ended{false};
    };

    std::map<std::pair<uint32_t, uint32_t>, Known> m_known;
};

TEST(ReassemblyProperty, AgreesWithTheSimplestReassemblerOnEveryShard)
{
    for (uint32_t seed = 1; seed <= 60; ++seed)
    {
        std::mt19937 random(seed);
        const auto chance = [&](uint32_t percent) { return random() % 100 < percent; };
        ShardTableSettings settings;
        settings.timeout = MicroSeconds(400);
        settings.linger = Seconds(10);
        settings.memory.node = settings.memory.flow = settings.memory.unproven = 64 << 20;
        Story story(settings);
        Reference reference;
        std::map<std::pair<uint32_t, uint32_t>, std::vector<uint8_t>> sent;
        std::vector<std::pair<int64_t, Shard>> arrivals;
        for (uint32_t block = 0; block < 60; ++block)
        {
            Recipe recipe;
            recipe.flow = random() % 3;
            recipe.size = 20 + random() % 400;
            recipe.k = 1 + random() % 12;
            recipe.n = recipe.k + random() % 5;
            recipe.code = recipe.n == recipe.k ? SHARD_CODE_NONE : SHARD_CODE_REED_SOLOMON;
            recipe.first = recipe.k > 1 && chance(30) ? 1 + random() % (20 - recipe.k) : 0;
            recipe.real = true;
            const Cut cut = MakeCut(recipe, block);
            sent[{recipe.flow, block}] = cut.bytes;
            for (Shard shard : cut.shards)
            {
                for (uint32_t copies = 1 + (chance(20) ? random() % 3 : 0); copies-- > 0;)
                {
                    if (chance(10))
                    {
                        continue; // lost
                    }
                    // Delays from 0 to 500 us: much reordering, and some come too late.
                    arrivals.emplace_back(block * 20000 + random() % 500000, shard);
                    if (chance(2)) // a corrupt or forged one, which also passed for well-formed
                    {
                        Shard bad = shard;
                        bad.origin = nullptr; // whoever forges it has not got ours
                        if (chance(50))
                        {
                            Ptr<ShardBytes> bytes = Create<ShardBytes>(bad.size);
                            std::copy(shard.Payload(), shard.Payload() + bad.size, bytes->Data());
                            bytes->Data()[random() % bad.size] ^= uint8_t(1 << (random() % 8));
                            bad.bytes = bytes;
                            bad.offset = 0;
                        }
                        else if (recipe.code == SHARD_CODE_REED_SOLOMON && recipe.n < 250)
                        {
                            ++bad.fields.n;
                        }
                        // It comes after the true one, so that the true one is contradicted.
                        arrivals.emplace_back(arrivals.back().first + 1, bad);
                    }
                }
            }
        }
        std::stable_sort(arrivals.begin(),
                         arrivals.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::set<std::pair<uint32_t, uint32_t>> delivered;
        uint64_t completed = 0;
        for (const auto& [at, shard] : arrivals)
        {
            const Time now = NanoSeconds(at);
            const ShardVerdict expected = reference.Accept(now, shard, settings.timeout);
            story.Comes(now, shard, expected);
            if (expected == SHARD_COMPLETED)
            {
                ++completed;
                const ShardRelease& release = story.last;
                const std::pair<uint32_t, uint32_t> name{release.id.flow, release.id.block};
                EXPECT_TRUE(delivered.insert(name).second) << "twice" << story.Tale();
                ASSERT_EQ(name, std::make_pair(shard.fields.flow, shard.fields.block));
                EXPECT_TRUE(std::equal(sent[name].begin(),
                                       sent[name].end(),
                                       release.bytes->Data(),
                                       release.bytes->Data() + release.bytes->Size()))
                    << story.Tale();
            }
            if (HasFailure())
            {
                FAIL() << "seed " << seed;
            }
        }
        story.Until(Seconds(1));
        EXPECT_EQ(story.table.Counters().blocks[SHARD_RELEASED], completed);
        EXPECT_EQ(story.table.Counters().open, 0u);
        EXPECT_GT(completed, 20u);
        EXPECT_EQ(story.wrong, 0u);
    }
}

} // namespace
