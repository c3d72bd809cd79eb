// SPDX-License-Identifier: GPL-2.0-only
//
// The predictive engine and its forecasts.
//  1. a forecast is in use when its time has passed, not before: at once, on an accelerator, on a
//     processor; one that takes longer than an interval is of an older past, in order
//  2. what is no number, negative or absurd is replaced by the last good one, counted and traced
//  3. series say what their predictor does; the oracle says what it is told
//  4. the network learns a period that a smoothed mean cannot; same seed, same forecasts

#include "ns3/offload-forecaster.h"
#include "ns3/offload-lstm-forecast.h"
#include <ns3/boolean.h>
#include <ns3/double.h>
#include <ns3/pointer.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// Says what it was last handed, or what the test wants.
class EchoForecast : public OffloadForecast
{
  public:
    void Begin(uint32_t, Time) override
    {
    }

    void Take(uint32_t, Time end, const OffloadTraffic& seen) override
    {
        EXPECT_GT(end, last);
        last = end;
        says = seen;
    }

    OffloadTraffic Expect(uint32_t, Time) override
    {
        return says;
    }

    uint32_t Train() override
    {
        return 2;
    }

    OffloadTraffic says;
    Time last{-1};
};

OffloadTraffic
Traffic(double bytes)
{
    OffloadTraffic traffic;
    traffic.bytes = bytes;
    traffic.elements = bytes / 1000;
    traffic.requests = bytes / 2000;
    traffic.start = 0.25;
    return traffic;
}

Ptr<OffloadForecaster>
Make(Ptr<OffloadForecast> forecast, const std::string& engine)
{
    const Ptr<OffloadForecaster> forecaster = CreateObject<OffloadForecaster>();
    forecaster->SetAttribute("Forecast", PointerValue(forecast));
    forecaster->SetAttribute("Interval", TimeValue(MilliSeconds(10)));
    forecaster->SetAttribute("Engine", StringValue(engine));
    forecaster->SetAttribute("CpuTime", TimeValue(MilliSeconds(3)));
    forecaster->SetAttribute("CpuTrainTime", TimeValue(MilliSeconds(11)));
    forecaster->SetAttribute("AcceleratorTime", TimeValue(MicroSeconds(5)));
    forecaster->SetAttribute("AcceleratorTrainTime", TimeValue(MicroSeconds(20)));
    forecaster->Begin(1);
    return forecaster;
}

TEST(OffloadForecaster, AForecastIsUsedWhenItsTimeHasPassed)
{
    for (const auto& [engine, cost] : {std::pair<std::string, Time>{"None", Time(0)},
                                       {"Accelerator", MicroSeconds(45)},
                                       {"Cpu", MilliSeconds(25)}})
    {
        const auto forecaster = Make(CreateObject<EchoForecast>(), engine);
        EXPECT_EQ(forecaster->Step(MilliSeconds(10), {Traffic(1000)}), MilliSeconds(10) + cost);
        EXPECT_EQ(forecaster->Expected()[0].bytes, 0) << engine;
        EXPECT_EQ(forecaster->Finish(MilliSeconds(10) + cost), Time(0));
        EXPECT_EQ(forecaster->Expected()[0].bytes, 1000) << engine;
    }
}

TEST(OffloadForecaster, WhoIsTooSlowLivesInThePast)
{
    const auto forecaster = Make(CreateObject<EchoForecast>(), "Cpu"); // 25 ms
    EXPECT_EQ(forecaster->Step(MilliSeconds(10), {Traffic(1000)}), MilliSeconds(35));
    EXPECT_EQ(forecaster->Step(MilliSeconds(20), {Traffic(2000)}), Time(0));
    EXPECT_EQ(forecaster->Step(MilliSeconds(30), {Traffic(3000)}), Time(0));
    EXPECT_EQ(forecaster->Finish(MilliSeconds(35)), MilliSeconds(60));
    EXPECT_EQ(forecaster->Expected()[0].bytes, 1000);
    EXPECT_EQ(forecaster->Finish(MilliSeconds(60)), MilliSeconds(85));
    EXPECT_EQ(forecaster->Expected()[0].bytes, 2000); // of 40 ms ago
    for (int i = 0; i < 100; ++i)
    {
        forecaster->Step(MilliSeconds(90 + 10 * i), {Traffic(1)});
    }
    EXPECT_EQ(forecaster->Skipped(), 100U - 64); // while one is computed, so many wait
}

struct Rejections
{
    void Add(uint32_t function, const OffloadTraffic&)
    {
        EXPECT_EQ(function, 0U);
        ++count;
    }

    uint64_t count{0};
};

TEST(OffloadForecaster, KeepsOutWhatCannotBe)
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    const Ptr<OffloadForecaster> forecaster = CreateObject<OffloadForecaster>();
    const Ptr<OracleForecast> oracle = CreateObject<OracleForecast>();
    OffloadTraffic says = Traffic(100000);
    oracle->SetSource(Callback<OffloadTraffic, uint32_t, Time, Time>([&says](uint32_t, Time, Time)
                                                                     { return says; }));
    forecaster->SetAttribute("Forecast", PointerValue(oracle));
    forecaster->Begin(1);
    Rejections rejections;
    forecaster->TraceConnectWithoutContext("Rejected", MakeCallback(&Rejections::Add, &rejections));
    Time now;
    const auto step = [&]
    {
        now += MilliSeconds(10);
        forecaster->Step(now, {Traffic(50000)});
        forecaster->Finish(now);
        return forecaster->Expected()[0];
    };
    EXPECT_EQ(step().bytes, 100000);
    uint64_t bad = 0;
    for (double OffloadTraffic::*field : {&OffloadTraffic::bytes,
                                          &OffloadTraffic::elements,
                                          &OffloadTraffic::requests,
                                          &OffloadTraffic::start})
    {
        for (double value : {nan, infinity, -1.0, 1e9})
        {
            says = Traffic(70000);
            says.*field = value;
            EXPECT_EQ(step().bytes, 100000) << value;
            EXPECT_EQ(forecaster->Rejected(), ++bad);
        }
    }
    EXPECT_EQ(rejections.count, bad);
    says = Traffic(4 * 50000);
    EXPECT_EQ(step().bytes, 200000); // as much as MaxGrowth allows
    EXPECT_EQ(forecaster->Rejected(), bad);
}

TEST(SeriesForecast, SaysWhatItsPredictorDoes)
{
    const Ptr<SeriesForecast> forecast = CreateObject<SeriesForecast>();
    forecast->SetAttribute("Kind", StringValue("HoltWinters"));
    forecast->SetAttribute("Season", UintegerValue(4));
    forecast->Begin(2, MilliSeconds(10));
    for (int i = 0; i < 40; ++i)
    {
        OffloadTraffic seen = Traffic(1000 * (i % 4));
        seen.types[OFFLOAD_READ] = seen.elements / 4;
        seen.types[OFFLOAD_WRITE] = seen.elements * 3 / 4;
        forecast->Take(1, MilliSeconds(10 * (i + 1)), seen);
    }
    EXPECT_NEAR(forecast->Expect(1, MilliSeconds(400)).bytes, 0, 1e-6);
    EXPECT_NEAR(forecast->Expect(1, MilliSeconds(410)).bytes, 1000, 1e-6); // later, further ahead
    const OffloadTraffic traffic = forecast->Expect(1, MilliSeconds(430));
    EXPECT_NEAR(traffic.bytes, 3000, 1e-6);
    EXPECT_NEAR(traffic.elements, 3, 1e-9);
    EXPECT_NEAR(traffic.requests, 1.5, 1e-9);
    EXPECT_NEAR(traffic.types[OFFLOAD_READ], 0.75, 1e-9);
    EXPECT_NEAR(traffic.start, 0.25, 1e-9);
    EXPECT_EQ(forecast->Expect(0, MilliSeconds(400)).bytes, 0);
}

/// @return mean absolute error of a forecast of a wave with a period of 12, after 5000 intervals
double
ErrorOnAWave(Ptr<OffloadForecast> forecast, std::vector<double>* says = nullptr)
{
    forecast->Begin(2, MilliSeconds(10));
    double error = 0;
    for (int i = 0; i < 6000; ++i)
    {
        for (uint32_t function = 0; function < 2; ++function)
        {
            const double bytes = 10000 + 8000 * std::sin(2 * M_PI * (i + 3.0 * function) / 12);
            const double said = forecast->Expect(function, MilliSeconds(10 * i)).bytes;
            error += i >= 5000 ? std::fabs(bytes - said) / 2000 : 0;
            if (says != nullptr)
            {
                says->push_back(said);
            }
            forecast->Take(function, MilliSeconds(10 * (i + 1)), Traffic(bytes));
        }
        forecast->Train();
    }
    return error;
}

TEST(LstmForecast, LearnsAPeriodInPlaceAndTheSameAgain)
{
    const double mean = ErrorOnAWave(CreateObject<SeriesForecast>());
    EXPECT_GT(mean, 4000);
    std::vector<std::vector<double>> says(3);
    for (std::size_t i = 0; i < says.size(); ++i)
    {
        const Ptr<LstmForecast> forecast = CreateObject<LstmForecast>();
        forecast->AssignStreams(i < 2 ? 5 : 6);
        EXPECT_LT(ErrorOnAWave(forecast, &says[i]), mean / 5);
    }
    EXPECT_EQ(says[0], says[1]);
    EXPECT_NE(says[0], says[2]);

    const Ptr<LstmForecast> untrained = CreateObject<LstmForecast>();
    untrained->AssignStreams(5);
    untrained->SetAttribute("TrainFunctions", UintegerValue(0));
    EXPECT_GT(ErrorOnAWave(untrained), mean / 2);
}

} // namespace
