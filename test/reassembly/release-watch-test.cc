// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a release policy is asked, and what is done. The policy is a script. Times in microseconds.
 * 1. it is asked at each arrival and at the time that it named, and what it says is done
 * 2. where it does not want to hear of arrivals, it is not asked before its time, and its last word
 *    is done again without the action
 * 3. a change is judged at once, and not twice at the same time
 * 4. what has ended, or is complete, is not asked about; a block may end while it is judged
 * 5. after a request it is asked once more, to see what came of it
 */
#include "ns3/shard-release-watch.h"

#include <gtest/gtest.h>
#include <map>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

constexpr int64_t US = 1000;

/// Says what it is told to say, and takes notes of when it was asked.
class Script : public ShardReleasePolicy
{
  public:
    ShardReleaseAnswer Decide(Time now, const ShardReleaseState& state) override
    {
        asked.emplace_back(now.GetMicroSeconds(), state.id.block);
        return answer;
    }

    ShardReleaseAnswer answer;
    std::vector<std::pair<int64_t, uint32_t>> asked;
};

class ReleaseWatchTest : public ::testing::Test
{
  protected:
    static ShardBlockId Block(uint32_t number)
    {
        return {1, 2, number};
    }

    using Notes = std::vector<std::pair<int64_t, uint32_t>>;

    Ptr<Script> script = CreateObject<Script>();
    std::map<uint32_t, bool> complete;
    std::vector<ShardReleaseAction> done;
    bool endsBlocks{false};
    ShardReleaseWatch watch{
        script,
        [this](const ShardBlockId& id)
        {
            ShardReleaseState state;
            state.id = id;
            return complete[id.block] ? std::optional<ShardReleaseState>()
                                      : std::optional<ShardReleaseState>(state);
        },
        [this](int64_t, const ShardBlockId& id, const ShardReleaseAnswer& answer)
        {
            done.push_back(answer.action);
            if (endsBlocks)
            {
                watch.Ended(id);
            }
        }};
};

TEST_F(ReleaseWatchTest, IsAskedAtArrivalsAndAtTheTimeThatItNamed)
{
    script->answer.again = MicroSeconds(500);
    watch.Kept(100 * US, Block(0));
    watch.Kept(200 * US, Block(1));
    EXPECT_EQ(watch.NextDeadline(), 500 * US);
    watch.Advance(499 * US);
    EXPECT_EQ(script->asked, (Notes{{100, 0}, {200, 1}}));
    script->answer.again = Time::Max();
    script->answer.action = SHARD_HAND_ON;
    watch.Advance(500 * US);
    EXPECT_EQ(script->asked, (Notes{{100, 0}, {200, 1}, {500, 0}, {500, 1}}));
    EXPECT_EQ(
        done,
        (std::vector<ShardReleaseAction>{SHARD_WAIT, SHARD_WAIT, SHARD_HAND_ON, SHARD_HAND_ON}));
    watch.Advance(1000000 * US);
    EXPECT_EQ(script->asked.size(), 4u);
}

TEST_F(ReleaseWatchTest, WhoDoesNotWantToHearOfArrivalsIsNotAskedBeforeItsTime)
{
    script->answer.again = MicroSeconds(500);
    script->answer.atArrivals = false;
    script->answer.action = SHARD_HAND_ON;
    watch.Kept(100 * US, Block(0));
    watch.Kept(300 * US, Block(0));
    EXPECT_EQ(script->asked, (Notes{{100, 0}}));
    EXPECT_EQ(done, (std::vector<ShardReleaseAction>{SHARD_HAND_ON, SHARD_WAIT}));
    watch.Kept(500 * US, Block(0));
    EXPECT_EQ(script->asked, (Notes{{100, 0}, {500, 0}})) << "its time has come";
}

TEST_F(ReleaseWatchTest, AChangeIsJudgedAtOnce)
{
    script->answer.again = MicroSeconds(500);
    script->answer.atArrivals = false;
    watch.Kept(100 * US, Block(0));
    watch.Changed(150 * US, Block(0));
    watch.Changed(150 * US, Block(0));
    watch.Changed(150 * US, Block(7)); // of which nothing has come
    EXPECT_EQ(watch.NextDeadline(), 150 * US);
    watch.Advance(150 * US);
    EXPECT_EQ(script->asked, (Notes{{100, 0}, {150, 0}}));
    watch.Advance(500 * US);
    EXPECT_EQ(script->asked, (Notes{{100, 0}, {150, 0}, {500, 0}})) << "its own time stands";
}

TEST_F(ReleaseWatchTest, WhatHasEndedIsNotAskedAbout)
{
    script->answer.again = MicroSeconds(500);
    watch.Kept(100 * US, Block(0));
    watch.Kept(100 * US, Block(1));
    watch.Kept(100 * US, Block(2));
    watch.Ended(Block(0));
    complete[1] = true;
    endsBlocks = true; // while they are judged
    watch.Advance(1000 * US);
    EXPECT_EQ(script->asked, (Notes{{100, 0}, {100, 1}, {100, 2}, {500, 2}}));
    watch.Ended(Block(2)); // once more
    watch.Kept(2000 * US, Block(0));
    EXPECT_EQ(script->asked.back(), (std::pair<int64_t, uint32_t>{2000, 0})) << "as a new one";
}

TEST_F(ReleaseWatchTest, AfterARequestItIsAskedOnceMore)
{
    script->answer.action = SHARD_REQUEST;
    script->answer.again = Time::Max();
    watch.Kept(100 * US, Block(0));
    EXPECT_EQ(watch.NextDeadline(), 100 * US + 1);
    script->answer.action = SHARD_WAIT;
    watch.Advance(100 * US + 1);
    EXPECT_EQ(script->asked.size(), 2u);
    watch.Advance(1000000 * US);
    EXPECT_EQ(script->asked.size(), 2u);
}

} // namespace
