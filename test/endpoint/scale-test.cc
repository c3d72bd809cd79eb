// SPDX-License-Identifier: GPL-2.0-only
/*
 * 1. the threshold rule is that of the Kubernetes documentation: ceil(units * utilisation /
 * target), nothing within the tolerance, units that do not work yet count as idle when it grows
 * 2. it grows at once, at most to double or by four in a period, and shrinks to the most that was
 *    wanted in the window
 * 3. a forecast policy has as many as the forecast needs
 * 4. a load predictor gives the most that is to come within the lead, and its shift brings the
 *    wished share of outcomes below
 * 5. of the series that predict: a season is known after a period by Holt-Winters and by least
 *    squares, and not by the last value
 */
#include "ns3/double.h"
#include "ns3/endpoint-load.h"
#include "ns3/endpoint-scale.h"
#include "ns3/predict-harmonic.h"
#include "ns3/predict-seasonal.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

EndpointScaleView
View(uint32_t ready, uint32_t starting, double utilisation)
{
    EndpointScaleView view;
    view.ready = ready;
    view.starting = starting;
    view.utilisation = utilisation;
    return view;
}

Ptr<ThresholdScale>
Threshold(double target, Time window)
{
    Ptr<ThresholdScale> scale = CreateObject<ThresholdScale>();
    scale->SetAttribute("Target", DoubleValue(target));
    scale->SetAttribute("Stabilisation", TimeValue(window));
    return scale;
}

TEST(Scale, ThresholdRoundsUpTheRatioOfUtilisationToTarget)
{
    EXPECT_EQ(Threshold(0.5, Time(0))->Units(Seconds(1), View(4, 0, 0.9)), 8U); // 7.2
    EXPECT_EQ(Threshold(0.5, Time(0))->Units(Seconds(1), View(10, 0, 0.2)), 4U);
    EXPECT_EQ(Threshold(0.5, Time(0))->Units(Seconds(1), View(10, 0, 0)), 1U);
}

TEST(Scale, ThresholdDoesNothingWithinTheTolerance)
{
    for (const double utilisation : {0.451, 0.5, 0.549})
    {
        EXPECT_EQ(Threshold(0.5, Time(0))->Units(Seconds(1), View(10, 0, utilisation)), 10U);
    }
    EXPECT_EQ(Threshold(0.5, Time(0))->Units(Seconds(1), View(10, 0, 0.56)), 12U);
    EXPECT_EQ(Threshold(0.5, Time(0))->Units(Seconds(1), View(10, 0, 0.44)), 9U);
}

TEST(Scale, UnitsThatDoNotWorkYetCountAsIdleWhenItGrows)
{
    // 4 units at 0.9 and 4 to come: 0.45 in the mean, which is within the tolerance of 0.5.
    EXPECT_EQ(Threshold(0.5, Time(0))->Units(Seconds(1), View(4, 4, 0.9)), 8U);
    // 0.6 in the mean of 3 that work and 1 to come is 1.2 times 0.5: 4.8 of 4 units.
    EXPECT_EQ(Threshold(0.5, Time(0))->Units(Seconds(1), View(3, 1, 0.8)), 5U);
}

TEST(Scale, ThresholdGrowsAtMostToDoubleOrByFourInAPeriod)
{
    EXPECT_EQ(Threshold(0.1, Time(0))->Units(Seconds(1), View(2, 0, 1)), 6U);   // of 20
    EXPECT_EQ(Threshold(0.1, Time(0))->Units(Seconds(1), View(10, 0, 1)), 20U); // of 100
}

TEST(Scale, ThresholdShrinksToTheMostThatWasWantedInTheWindow)
{
    Ptr<ThresholdScale> scale = Threshold(0.5, Seconds(30));
    EXPECT_EQ(scale->Units(Seconds(0), View(10, 0, 0.5)), 10U);
    EXPECT_EQ(scale->Units(Seconds(10), View(10, 0, 0.3)), 10U); // 6
    EXPECT_EQ(scale->Units(Seconds(20), View(10, 0, 0.1)), 10U); // 2
    EXPECT_EQ(scale->Units(Seconds(31), View(10, 0, 0.1)), 6U);  // the first is out of the window
    EXPECT_EQ(scale->Units(Seconds(41), View(6, 0, 0.1)), 2U);
}

TEST(Scale, AForecastNeedsItsUnitsAtTheTarget)
{
    Ptr<ForecastScale> scale = CreateObject<ForecastScale>();
    scale->SetAttribute("Target", DoubleValue(0.5));
    scale->SetAttribute("Stabilisation", TimeValue(Seconds(10)));
    EndpointScaleView view;
    view.forecast = 3.2;
    EXPECT_EQ(scale->Units(Seconds(0), view), 7U);
    view.forecast = 1;
    EXPECT_EQ(scale->Units(Seconds(5), view), 7U);
    EXPECT_EQ(scale->Units(Seconds(16), view), 2U);
    view.forecast = 0;
    EXPECT_EQ(scale->Units(Seconds(60), view), 1U);
}

double
Wave(int i, int period)
{
    return 10 + 4 * std::sin(2 * M_PI * i / period);
}

TEST(Load, AnOraclesPeakIsTheMostWithinTheLead)
{
    EndpointLoadConfig config;
    config.kind = ENDPOINT_PREDICT_ORACLE;
    config.interval = Seconds(1);
    config.lead = Seconds(3);
    EndpointLoad load(config, [](Time at) { return at < Seconds(12) ? at.GetSeconds() : 0; });
    EXPECT_DOUBLE_EQ(load.Peak(Seconds(5)), 8);
    EXPECT_DOUBLE_EQ(load.Peak(Seconds(10)), 11); // then it falls
}

TEST(Load, TheWishedShareOfOutcomesComesToLieBelowTheForecast)
{
    for (const double quantile : {0.5, 0.9})
    {
        EndpointLoadConfig config;
        config.kind = ENDPOINT_PREDICT_LAST;
        config.interval = Seconds(1);
        config.lead = Seconds(1);
        config.quantile = quantile;
        EndpointLoad load(config, nullptr);
        std::mt19937 random(3);
        std::normal_distribution<double> normal(50, 5);
        int below = 0;
        for (int i = 0; i < 5000; ++i)
        {
            const double value = normal(random);
            below += i >= 1000 && value <= load.Peak(Seconds(i)) ? 1 : 0;
            load.Add(Seconds(i), value);
        }
        // Tracking holds the share itself, whatever is drawn: 4000 outcomes, steps of a tenth.
        EXPECT_NEAR(below / 4000.0, quantile, 0.02);
    }
}

PredictHoltWinters
Winters(uint32_t period)
{
    PredictSeasonalSettings settings;
    settings.season = period;
    return PredictHoltWinters(settings);
}

TEST(Seasonal, ASeasonIsKnownAfterAPeriodByThoseThatHaveOne)
{
    const int period = 40;
    PredictLast last;
    PredictHoltWinters winters = Winters(period);
    PredictHarmonic harmonic(period, 10);
    double ofLast = 0;
    double ofWinters = 0;
    double ofHarmonic = 0;
    for (int i = 0; i < 10 * period; ++i)
    {
        for (PredictSeries* series :
             std::initializer_list<PredictSeries*>{&last, &winters, &harmonic})
        {
            series->Add(Wave(i, period));
        }
        if (i >= 5 * period)
        {
            ofLast += std::abs(last.Ahead(10) - Wave(i + 10, period));
            ofWinters += std::abs(winters.Ahead(10) - Wave(i + 10, period));
            ofHarmonic += std::abs(harmonic.Ahead(10) - Wave(i + 10, period));
        }
    }
    EXPECT_GT(ofLast / (5 * period), 2); // a quarter of a period ahead
    EXPECT_LT(ofWinters / (5 * period), 0.1);
    EXPECT_LT(ofHarmonic / (5 * period), 0.1);
}

TEST(Seasonal, BeforeAPeriodIsOverTheyGoOnAsTheSeriesDoes)
{
    PredictHoltWinters winters = Winters(100);
    PredictHarmonic harmonic(100, 5);
    for (int i = 0; i < 50; ++i)
    {
        winters.Add(2 * i);
        harmonic.Add(2 * i);
    }
    EXPECT_NEAR(winters.Ahead(5), 108, 1);
    EXPECT_NEAR(harmonic.Ahead(5), 108, 1);
}

TEST(Seasonal, AWindowIsTheMeanOfTheLastValues)
{
    PredictWindow window(3);
    EXPECT_EQ(window.Ahead(1), 0);
    for (const double value : {100.0, 1.0, 2.0, 6.0})
    {
        window.Add(value);
    }
    EXPECT_DOUBLE_EQ(window.Ahead(1), 3);
    EXPECT_DOUBLE_EQ(window.Ahead(9), 3);
}

} // namespace
