// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a predictor is taught, told by hand; the predictor only takes notes.
 * 1. every shard after the first of a block is learnt, with its delay, its distance and the path
 *    it came on, and those that never come within the horizon as lost, on the path they would have
 *    come on
 * 2. a shard that was asked for is learnt as lost, unless a second copy shows that it was late
 * 3. a bounded number of blocks is followed
 * 4. scores compare what was forecast when the block began
 * 5. forged shards, and such of blocks that nobody has begun, teach nothing
 * 6. a path of which little is known is as the slowest of the others
 * 7. forecasts that are held to what was said come true as often as they say, those of a predictor
 *    that is far too sure of itself too
 */
#include "reassembly-story.h"

#include "ns3/shard-arrival-learner.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <utility>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

constexpr int64_t MS = 1000000;
constexpr int64_t HORIZON = 100 * MS;

/// Takes notes, and forecasts what it is told to.
class Notes : public ShardArrivalPredictor
{
  public:
    struct Note
    {
        PredictArrivalFeatures features;
        double delay; ///< s; negative: lost
    };

    void Came(const PredictArrivalFeatures& features, double delay) override
    {
        notes.push_back({features, delay});
    }

    void Lost(const PredictArrivalFeatures& features) override
    {
        notes.push_back({features, -1});
    }

    double Quantile(const PredictArrivalFeatures& features, double probability) const override
    {
        return (1 + features.path) * probability * 0.01;
    }

    double LossOdds(const PredictArrivalFeatures&, double) const override
    {
        return 0.5;
    }

    std::vector<Note> notes;
};

class ArrivalLearnerTest : public ::testing::Test
{
  protected:
    void Comes(int64_t at, uint32_t block, uint32_t index, uint16_t path, bool isKept = true)
    {
        Shard shard = MakeCut(recipe, block).shards[index];
        shard.path = path;
        learner.Came(at, shard, isKept, 0.04);
    }

    Recipe recipe{1, 7, 100, 4, 4, SHARD_CODE_NONE, false, 0};
    Ptr<Notes> notes = CreateObject<Notes>();
    ShardArrivalLearner learner{notes, HORIZON, 8, 0.2, false};
};

TEST_F(ArrivalLearnerTest, WhatComesAndWhatDoesNotIsLearntWithItsPath)
{
    Comes(0, 0, 0, 0);
    Comes(2 * MS, 0, 1, 1);
    Comes(3 * MS, 0, 3, 1);
    Comes(4 * MS, 0, 2, 0);
    ASSERT_EQ(notes->notes.size(), 3u);
    EXPECT_DOUBLE_EQ(notes->notes[0].delay, 0.002);
    EXPECT_EQ(notes->notes[0].features.path, 1);
    EXPECT_EQ(notes->notes[0].features.ahead, 1);
    EXPECT_DOUBLE_EQ(notes->notes[0].features.rtt, 0.04);
    EXPECT_EQ(notes->notes[2].features.path, 0);
    EXPECT_EQ(notes->notes[2].features.ahead, 2);
    EXPECT_EQ(learner.Followed(), 0u) << "all of it has come";
    // The next one begins with its second shard, on the other path; 0 and 3 never come.
    Comes(10 * MS, 1, 1, 0);
    Comes(11 * MS, 1, 2, 1);
    Comes(10 * MS + HORIZON, 2, 0, 0);
    ASSERT_EQ(notes->notes.size(), 6u);
    EXPECT_EQ(notes->notes[4].delay, -1);
    EXPECT_EQ(notes->notes[4].features.ahead, -1);
    EXPECT_EQ(notes->notes[5].delay, -1);
    EXPECT_EQ(notes->notes[5].features.ahead, 2);
    EXPECT_EQ(notes->notes[5].features.path, 0) << "two places on, as shards 0 and 2 before";
    EXPECT_GT(notes->notes[5].features.loss, notes->notes[4].features.loss);
    EXPECT_EQ(learner.Counters().lost, 2u);
}

TEST_F(ArrivalLearnerTest, WhatWasAskedForWasLostUnlessTwoCopiesCome)
{
    ShardSet wanted;
    wanted.Set(2);
    wanted.Set(3);
    Comes(0, 0, 0, 0);
    Comes(1 * MS, 0, 1, 0);
    learner.Asked({1, 7, 0}, wanted);
    Comes(5 * MS, 0, 2, 0);
    Comes(6 * MS, 0, 3, 0);
    EXPECT_EQ(notes->notes.size(), 1u) << "late, or an answer?";
    Comes(7 * MS, 0, 2, 0, false);
    ASSERT_EQ(notes->notes.size(), 2u);
    EXPECT_DOUBLE_EQ(notes->notes[1].delay, 0.005) << "both came, so the first was only late";
    Comes(HORIZON, 1, 0, 0);
    ASSERT_EQ(notes->notes.size(), 3u);
    EXPECT_EQ(notes->notes[2].delay, -1);
}

TEST_F(ArrivalLearnerTest, NoMoreBlocksAreFollowedThanAllowed)
{
    for (uint32_t block = 0; block < 20; ++block)
    {
        Comes(block, block, 0, 0);
    }
    EXPECT_EQ(learner.Followed(), 8u);
    EXPECT_EQ(learner.Counters().ignored, 12u);
    EXPECT_FALSE(learner.Forecast({1, 7, 15}).IsReady());
}

TEST_F(ArrivalLearnerTest, ScoresCompareWhatWasForecastWhenTheBlockBegan)
{
    for (uint32_t block = 0; block < 22; ++block)
    {
        for (uint32_t i = 0; i < 4; ++i)
        {
            Comes(block * MS, block, i, 0);
        }
    }
    ASSERT_GE(learner.Counters().came, ShardArrivalLearner::READY);
    EXPECT_EQ(learner.Counters().examined, 0u) << "before, a forecast means nothing";
    // Median 5 ms, 90 % quantile 9 ms. Block 24 examines shard 0 + 1 + 24 % 3 = 1, 25 shard 2.
    Comes(100 * MS, 24, 0, 0);
    Comes(108 * MS, 24, 1, 0);
    Comes(200 * MS, 25, 0, 0);
    Comes(201 * MS, 25, 1, 0);
    Comes(210 * MS, 25, 2, 0);
    EXPECT_EQ(learner.Counters().examined, 2u);
    EXPECT_EQ(learner.Counters().covered, 1u);
    EXPECT_NEAR(learner.Counters().error, 0.003 + 0.005, 1e-12);
    // 20 % quantile 2 ms: 6 ms and 8 ms above it, each worth a fifth; none within.
    EXPECT_EQ(learner.Counters().score.Coverage(), 0);
    EXPECT_NEAR(learner.Counters().score.Loss(), 0.2 * 0.007, 1e-12);
    // 1 ms below it is worth four fifths of that.
    Comes(300 * MS, 26, 0, 0);
    Comes(301 * MS, 26, 3, 0);
    EXPECT_NEAR(learner.Counters().score.Coverage(), 1. / 3, 1e-12);
    EXPECT_NEAR(learner.Counters().score.Loss(), (0.2 * 0.014 + 0.8 * 0.001) / 3, 1e-12);
}

TEST_F(ArrivalLearnerTest, ForgedShardsTeachNothing)
{
    Comes(0, 0, 0, 0);
    Shard forged = MakeCut(recipe, 0).shards[1];
    forged.fields.index = 200;
    learner.Came(1, forged, false, 0);
    forged.fields.index = 1;
    forged.fields.n = 250;
    learner.Came(1, forged, false, 0);
    forged.fields.block = 9;
    learner.Came(1, forged, false, 0); // late: nobody has begun it
    EXPECT_TRUE(notes->notes.empty());
    EXPECT_EQ(learner.Followed(), 1u);
}

TEST_F(ArrivalLearnerTest, APathOfWhichLittleIsKnownIsAsTheSlowest)
{
    for (uint32_t block = 0; block < 30; ++block)
    {
        Comes(block * MS, block, 0, 0); // always first, so nothing is learnt of path 0
        Comes(block * MS, block, 1, 1);
        Comes(block * MS, block, 2, 2);
        Comes(block * MS, block, 3, 1);
    }
    Comes(35 * MS, 35, 1, 1);
    Comes(36 * MS, 35, 0, 0); // once
    Comes(40 * MS, 40, 1, 1);
    const ShardArrivalForecast& forecast = learner.Forecast({1, 7, 40});
    ASSERT_TRUE(forecast.IsReady());
    EXPECT_EQ(forecast.Quantile(2, 0.5), MilliSeconds(15)) << "path 2: three times the first's";
    EXPECT_EQ(forecast.Quantile(0, 0.5), MilliSeconds(15)) << "path 0: as the slowest";
}

/// Says that delays are 10 ms with a mean deviation of 1 ms, whatever comes.
class TooSure : public Notes
{
  public:
    double Quantile(const PredictArrivalFeatures&, double p) const override
    {
        return 0.010 + 0.001 * (p < 0.5 ? std::log(2 * p) : -std::log(2 * (1 - p)));
    }
};

TEST(ArrivalLearner, HoldsForecastsToWhatWasSaid)
{
    // Deviations are exponential with a mean of 4 ms to either side, and shards come in blocks that
    // overlap: some ten are open at a time. Of 4000 outcomes a share of 0.9 has a standard
    // deviation of 0.005; on the way to the right level some 50 more are missed.
    for (const double level : {0.1, 0.5, 0.9, 0.95})
    {
        for (const bool holds : {false, true})
        {
            SCOPED_TRACE(std::to_string(level) + (holds ? " held" : ""));
            ShardArrivalLearner learner(CreateObject<TooSure>(), HORIZON, 4096, level, holds);
            std::mt19937 random(5);
            std::exponential_distribution<double> deviation(1 / 4e6);
            std::map<std::pair<int64_t, uint32_t>, uint32_t>
                arrivals; // when and which, of which block
            const Recipe recipe{1, 7, 100, 4, 4, SHARD_CODE_NONE, false, 0};
            for (uint32_t block = 0; block < 4000; ++block)
            {
                const int64_t begin = 2 * MS * block;
                arrivals[{begin, 4 * block}] = block;
                for (uint32_t index = 1; index < 4; ++index)
                {
                    const double from = random() % 2 == 0 ? deviation(random) : -deviation(random);
                    const auto delay = std::max<int64_t>(1, 10 * MS + static_cast<int64_t>(from));
                    arrivals[{begin + delay, 4 * block + index}] = block;
                }
            }
            for (const auto& [which, block] : arrivals)
            {
                learner.Came(which.first, MakeCut(recipe, block).shards[which.second % 4], true, 0);
            }
            const PredictPinball& score = learner.Counters().score;
            ASSERT_GT(score.Count(), 3900U);
            const double tail = 0.5 * std::pow(2 * std::min(level, 1 - level), 0.25);
            const double unheld = level < 0.5 ? tail : 1 - tail;
            EXPECT_NEAR(score.Coverage(), holds ? level : unheld, 0.035);
        }
    }
}

} // namespace
