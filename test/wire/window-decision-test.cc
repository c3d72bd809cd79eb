// SPDX-License-Identifier: GPL-2.0-only
//
// A directive for the sliding window on the wire.
//  1. its window is there, as one byte more than other codes have, and is read back
//  2. a window that cannot be, and header-first sizing under one, are refused

#include "ns3/shard-decision.h"

#include <gtest/gtest.h>

namespace
{

using namespace ns3::sharding;

ShardDecision
Decision()
{
    ShardDecision decision;
    decision.directive.action = ShardDirective::SHARD;
    decision.directive.shards = 8;
    decision.directive.code = SHARD_CODE_SLIDING_WINDOW;
    decision.directive.repair = 2;
    decision.directive.window = 13;
    return decision;
}

TEST(ShardWindowDecision, IsReadBack)
{
    const std::vector<uint8_t> bytes = Decision().Write();
    ShardDecision read;
    ASSERT_EQ(read.Read(bytes.data(), static_cast<uint32_t>(bytes.size())), SHARD_OK);
    EXPECT_EQ(read.directive, Decision().directive);
    EXPECT_EQ(read.directive.window, 13);

    ShardDecision other = Decision();
    other.directive.code = SHARD_CODE_REED_SOLOMON;
    EXPECT_EQ(other.Write().size() + 1, bytes.size());
    EXPECT_NE(read.Read(bytes.data(), static_cast<uint32_t>(bytes.size()) - 1), SHARD_OK);
}

TEST(ShardWindowDecision, IsRefusedWhereItCannotBe)
{
    const auto refused = [](const ShardDecision& decision)
    {
        const std::vector<uint8_t> bytes = decision.Write();
        ShardDecision read;
        return ShardDirectiveRefusal(decision.directive, 0) != nullptr &&
               read.Read(bytes.data(), static_cast<uint32_t>(bytes.size())) == SHARD_CONTRADICTION;
    };
    EXPECT_FALSE(refused(Decision()));
    ShardDecision decision = Decision();
    decision.directive.window = 0;
    EXPECT_TRUE(refused(decision));
    decision.directive.window = 17;
    EXPECT_TRUE(refused(decision));
    decision = Decision();
    decision.directive.headerFirst = true;
    EXPECT_TRUE(refused(decision));
    decision = Decision();
    decision.directive.shards = 254;
    EXPECT_TRUE(refused(decision));
    decision.directive.repair = 1;
    EXPECT_FALSE(refused(decision));
}

} // namespace
