// SPDX-License-Identifier: GPL-2.0-only
//
// A reassembly node may be told late of what has happened (ShardPathTransport's slack). What is
// proved: a table that is told of every deadline in time and one that only hears of shards give the
// same log, to the nanosecond, over random scripts with losses, reordering, pressure on memory and
// either order of release; and a deadline that is noticed late has its own time.
#include "reassembly-story.h"

#include <random>

namespace ns3
{
namespace sharding
{
namespace
{

/// Writes down what it is told, with the times.
class Diary : public ShardBlockListener
{
  public:
    void Release(Time now, const ShardRelease& release) override
    {
        text << now.GetNanoSeconds() << " release " << release.id.flow << "/" << release.id.block
             << "\n";
    }

    void Ended(Time, const ShardBlockEnd& end) override
    {
        text << end.opened.GetNanoSeconds() << " to " << end.ended.GetNanoSeconds() << " "
             << end.id.flow << "/" << end.id.block << " outcome " << int(end.outcome) << "\n";
    }

    std::ostringstream text;
};

/// @param prompt advance to every deadline as soon as it is due  @return what was noted
std::string
Play(uint32_t seed, ShardOrder order, bool prompt, uint64_t& timeouts)
{
    Diary diary;
    ShardBlockTable table(diary);
    ShardTableSettings settings;
    settings.timeout = MicroSeconds(50);
    settings.linger = MicroSeconds(80);
    settings.flowIdle = MicroSeconds(200);
    settings.order = order;
    settings.memory.node = 12000;
    settings.memory.flow = 5000;
    settings.memory.unproven = 6000;
    table.Configure(settings);
    std::mt19937 engine(seed);
    int64_t now = 0;
    for (int step = 0; step < 3000; ++step)
    {
        // Mostly close together, sometimes after several deadlines.
        now += engine() % 20 == 0 ? engine() % 300000 : engine() % 4000;
        Recipe recipe;
        recipe.flow = 1 + engine() % 3;
        recipe.n = 6;
        recipe.code = SHARD_CODE_REED_SOLOMON;
        const uint32_t block = static_cast<uint32_t>(step / 15 + engine() % 4);
        const Cut cut = MakeCut(recipe, block);
        while (prompt && table.NextDeadline() < NanoSeconds(now))
        {
            table.Advance(table.NextDeadline());
        }
        table.Accept(NanoSeconds(now), cut.shards[engine() % 6]);
    }
    table.Advance(NanoSeconds(now + 10000000));
    EXPECT_TRUE(table.CheckConservation());
    timeouts += table.Counters().blocks[SHARD_TIMED_OUT];
    return diary.text.str();
}

TEST(ReassemblyLate, GivesTheSameLogAsInTime)
{
    uint64_t timeouts = 0;
    for (uint32_t seed = 0; seed < 40; ++seed)
    {
        for (const ShardOrder order : {SHARD_ORDER_ANY, SHARD_ORDER_IN_ORDER})
        {
            ASSERT_EQ(Play(seed, order, true, timeouts), Play(seed, order, false, timeouts))
                << seed;
        }
    }
    EXPECT_GT(timeouts, 1000u);
}

TEST(ReassemblyLate, ADeadlineHasItsOwnTime)
{
    Diary diary;
    ShardBlockTable table(diary);
    ShardTableSettings settings;
    settings.timeout = MicroSeconds(50);
    settings.memory.node = settings.memory.flow = settings.memory.unproven = 100000;
    table.Configure(settings);
    table.Accept(MicroSeconds(10), MakeCut(Recipe(), 1).shards[0]);
    table.Accept(MicroSeconds(20), MakeCut(Recipe(), 2).shards[0]);
    table.Advance(Seconds(1));
    EXPECT_EQ(diary.text.str(),
              "10000 to 60000 7/1 outcome " + std::to_string(int(SHARD_TIMED_OUT)) +
                  "\n20000 to 70000 7/2 outcome " + std::to_string(int(SHARD_TIMED_OUT)) + "\n");
}

} // namespace
} // namespace sharding
} // namespace ns3
