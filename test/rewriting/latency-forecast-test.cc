// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a directive would do, by hand on a way of 10 Mbit/s, 20 ms, no loss or independent losses:
 * 1. plain: delay and transmission; infinite where fragments are lost too often
 * 2. shards: the shard with which enough have come in 99 of 100 cases decides
 * 3. several paths share the transmission; blocks that are interleaved wait and share the path
 * 4. what the code does not give back comes a round trip later
 * 5. copies: the first of them that comes
 * 6. too much for the paths is infinite; a load is waited for
 */
#include "ns3/shard-latency-forecast.h"

#include <cmath>
#include <gtest/gtest.h>

namespace
{

using namespace ns3::sharding;

ShardWay
Way(double loss)
{
    ShardWay way;
    way.loss = loss;
    way.burst = 1 / (1 - loss); // independent
    way.delay = 20e-3;
    way.delayPlain = 20e-3;
    way.trip = 40e-3;
    way.rate = 10e6;
    return way;
}

ShardDirective
Shards(uint32_t k, uint8_t repair = 0, uint8_t depth = 1)
{
    ShardDirective directive;
    directive.action = ShardDirective::SHARD;
    directive.shards = k;
    directive.repair = repair;
    directive.code = repair == 0 ? SHARD_CODE_NONE : SHARD_CODE_REED_SOLOMON;
    directive.interleave = depth;
    return directive;
}

constexpr uint32_t SIZE = 4000;

TEST(LatencyForecast, Plain)
{
    // 3980 bytes behind the header: 1480, 1480, 1020.
    const ShardForecast sure = ShardLatencyForecast(Way(0), 0.99).Of(ShardDirective(), SIZE);
    EXPECT_DOUBLE_EQ(sure.overhead, 4040.0 / 4000);
    EXPECT_NEAR(sure.quantile, 20e-3 + 4040 * 8 / 10e6, 1e-12);
    EXPECT_EQ(sure.delivered, 1);
    const ShardForecast one = ShardLatencyForecast(Way(0.009), 0.99).Of(ShardDirective(), 1000);
    EXPECT_NEAR(one.quantile, 20e-3 + 1000 * 8 / 10e6, 1e-12) << "0.9 % are fewer than 1 %";
    const ShardForecast three = ShardLatencyForecast(Way(0.009), 0.99).Of(ShardDirective(), SIZE);
    EXPECT_TRUE(std::isinf(three.quantile)) << "2.7 % are more";
    EXPECT_NEAR(three.delivered, std::pow(0.991, 3), 1e-12);
}

TEST(LatencyForecast, PlainPacketsTakeAWayOfTheirOwn)
{
    ShardWay way = Way(0);
    way.delayPlain = 7e-3;
    EXPECT_NEAR(ShardLatencyForecast(way, 0.99).Of(ShardDirective(), 1000).quantile,
                7e-3 + 1000 * 8 / 10e6,
                1e-12);
    EXPECT_NEAR(ShardLatencyForecast(way, 0.99).Of(Shards(4), SIZE).quantile,
                20e-3 + 4 * 1048 * 8 / 10e6,
                1e-12);
}

TEST(LatencyForecast, ShardsUntilEnoughHaveCome)
{
    const double shard = (1000 + 48) * 8 / 10e6;
    // 4+2 at 3 %: all of the first 4 come with 0.885, at least 4 of 5 with 0.9915.
    const ShardForecast f = ShardLatencyForecast(Way(0.03), 0.99).Of(Shards(4, 2), SIZE);
    EXPECT_NEAR(f.quantile, 20e-3 + 5 * shard, 1e-12);
    EXPECT_NEAR(f.overhead, 6 * 1048.0 / 4000, 1e-12);
    EXPECT_TRUE(f.isByCode);
    EXPECT_TRUE(std::isinf(ShardLatencyForecast(Way(0.03), 0.99).Of(Shards(4), SIZE).quantile));
    EXPECT_NEAR(ShardLatencyForecast(Way(0), 0.99).Of(Shards(4), SIZE).quantile,
                20e-3 + 4 * shard,
                1e-12);
}

TEST(LatencyForecast, PathsAndInterleaving)
{
    const double shard = 1048 * 8 / 10e6;
    ShardWay way = Way(0);
    way.paths = 3;
    EXPECT_NEAR(ShardLatencyForecast(way, 0.99).Of(Shards(4), SIZE).quantile,
                20e-3 + 2 * shard,
                1e-12)
        << "two on the first path";
    way.paths = 1;
    way.gap = 5e-3;
    EXPECT_NEAR(ShardLatencyForecast(way, 0.99).Of(Shards(4, 0, 2), SIZE).quantile,
                20e-3 + 5e-3 + 2 * 4 * shard,
                1e-12);
    way.patience = 3e-3;
    EXPECT_NEAR(ShardLatencyForecast(way, 0.99).Of(Shards(4, 0, 2), SIZE).quantile,
                20e-3 + 3e-3 + 2 * 4 * shard,
                1e-12);
}

TEST(LatencyForecast, WhatIsAskedForComesARoundTripLater)
{
    const double shard = 1048 * 8 / 10e6;
    ShardWay way = Way(0.03);
    way.isArq = true;
    const ShardForecast f = ShardLatencyForecast(way, 0.99).Of(Shards(4), SIZE);
    EXPECT_NEAR(f.quantile, 20e-3 + 4 * shard + 40e-3 + 1e-3, 1e-12);
    EXPECT_FALSE(f.isByCode);
    // Nearly all that fails is one shard, which comes with 0.97 at each of three requests.
    EXPECT_NEAR(f.delivered, 1, 1e-4);
    EXPECT_LT(f.delivered, 1);
    way.rounds = 0;
    EXPECT_TRUE(std::isinf(ShardLatencyForecast(way, 0.99).Of(Shards(4), SIZE).quantile));
}

TEST(LatencyForecast, Copies)
{
    ShardDirective copies;
    copies.action = ShardDirective::SHARD;
    copies.shards = 1;
    copies.code = SHARD_CODE_REPETITION;
    copies.repair = 1;
    const ShardForecast f = ShardLatencyForecast(Way(0.05), 0.99).Of(copies, 1000);
    EXPECT_NEAR(f.delivered, 1 - 0.05 * 0.05, 1e-12);
    EXPECT_NEAR(f.overhead, 2 * 1048.0 / 1000, 1e-12);
    EXPECT_NEAR(f.quantile, 20e-3 + 2 * 1048 * 8 / 10e6, 1e-12) << "the second decides";
}

TEST(LatencyForecast, Load)
{
    ShardWay way = Way(0);
    way.packetRate = 200; // of 4192 bytes on 10 Mbit/s: 67 %
    const double service = 4192 * 8 / 10e6;
    const double load = 200 * service;
    EXPECT_NEAR(ShardLatencyForecast(way, 0.99).Of(Shards(4), SIZE).quantile,
                20e-3 + service + service * load / (2 * (1 - load)),
                1e-12);
    way.packetRate = 290; // 97 %
    EXPECT_TRUE(std::isinf(ShardLatencyForecast(way, 0.99).Of(Shards(4), SIZE).quantile));
}

} // namespace
