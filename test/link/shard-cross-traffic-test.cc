// SPDX-License-Identifier: GPL-2.0-only

/**
 * @file
 * Cross traffic on a link (see shard-link-fixture.h for the picture). Proved here:
 * 1. its mean rate is the one asked for, for each kind of arrivals, which look as they should;
 * 2. it occupies the link, is absorbed at its end, and stops when told;
 * 3. the weather is common: it draws nothing from loss and jitter of the link, and nothing else
 *    changes its arrivals;
 * 4. a device without the channel that absorbs it is refused.
 *
 * Statistical tests have fixed seeds and intervals of 5 standard deviations: had the seed been
 * free, each comparison would fail wrongly with probability 6e-7.
 */

#include "shard-link-fixture.h"

#include "ns3/shard-cross-traffic.h"
#include "ns3/shard-error-models.h"
#include "ns3/shard-link-channel.h"
#include <ns3/double.h>
#include <ns3/pointer.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <cmath>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

using namespace ns3;
using linktest::Arrival;
using linktest::TwoNodes;
using ns3::sharding::GilbertElliottErrorModel;
using ns3::sharding::ShardArrivals;
using ns3::sharding::ShardCrossTraffic;
using ns3::sharding::ShardLinkChannel;

namespace
{

constexpr int64_t MS = 1000000;

void
RecordTime(std::vector<double>* times, Ptr<const Packet> /* packet */, bool /* accepted */)
{
    times->push_back(Simulator::Now().GetSeconds());
}

class ShardCrossTrafficTest : public linktest::LinkTest
{
  protected:
    static Ptr<ShardCrossTraffic> Install(const TwoNodes& net,
                                          const std::string& arrivals,
                                          const std::string& rate,
                                          Time start,
                                          Time stop)
    {
        auto app = CreateObject<ShardCrossTraffic>();
        app->SetDevice(net.Device(0));
        app->SetAttribute("Arrivals", StringValue(arrivals));
        app->SetAttribute("DataRate", StringValue(rate));
        app->SetAttribute("PacketSize", UintegerValue(1000));
        EXPECT_EQ(app->AssignStreams(300), 1);
        app->SetStartTime(start);
        app->SetStopTime(stop);
        net.Device(0)->GetNode()->AddApplication(app);
        return app;
    }

    /// @return times of arrivals over 400 s at 2 Mbit/s of 1000-byte packets: 250 a second
    static std::vector<double> ArrivalsOf(const std::string& arrivals)
    {
        TwoNodes net(CreateObject<ShardLinkChannel>(), "100Mbps", MilliSeconds(1));
        auto app = Install(net, arrivals, "2Mbps", Seconds(10), Seconds(410));
        app->SetAttribute("MeanOnTime", TimeValue(MilliSeconds(100)));
        app->SetAttribute("MeanOffTime", TimeValue(MilliSeconds(300)));
        std::vector<double> times;
        app->TraceConnectWithoutContext("Tx", MakeBoundCallback(&RecordTime, &times));
        Simulator::Stop(Seconds(500));
        Simulator::Run();
        Simulator::Destroy();
        EXPECT_EQ(app->GetOffered(), times.size());
        EXPECT_GE(times.front(), 10.0);
        EXPECT_LE(times.back(), 410.0);
        return times;
    }
};

TEST_F(ShardCrossTrafficTest, PoissonArrivalsHaveTheMeanAndTheVarianceOfPoisson)
{
    const auto times = ArrivalsOf("Poisson");
    EXPECT_NEAR(times.size(), 100000.0, 5 * std::sqrt(100000.0));
    // Exponential gaps: a share of 1/e is longer than the mean of 4 ms.
    double longer = 0;
    for (std::size_t i = 1; i < times.size(); ++i)
    {
        longer += times[i] - times[i - 1] > 0.004 ? 1 : 0;
    }
    const double gaps = static_cast<double>(times.size() - 1);
    const double share = std::exp(-1.0);
    EXPECT_NEAR(longer / gaps, share, 5 * std::sqrt(share * (1 - share) / gaps));
}

TEST_F(ShardCrossTrafficTest, CbrArrivalsAreEvenAndBeginWithinTheFirstGap)
{
    const auto times = ArrivalsOf("Cbr");
    EXPECT_NEAR(times.size(), 100000.0, 1.0);
    EXPECT_LT(times.front(), 10.004);
    for (std::size_t i = 0; i < times.size(); ++i)
    {
        // Against the first arrival: no drift over all the gaps.
        ASSERT_NEAR(times[i], times[0] + 0.004 * static_cast<double>(i), 3e-9);
    }
}

TEST_F(ShardCrossTrafficTest, OnOffArrivalsHaveTheMeanAndComeAtThePeakRateInBursts)
{
    const auto times = ArrivalsOf("OnOff");
    // On 1/4 of the time at 1000 packets a second. Variance of on time within T of an alternating
    // process of exponential periods a, b: 2 a^2 b^2 T / (a + b)^3.
    const double a = 0.1;
    const double b = 0.3;
    const double onTime = std::sqrt(2 * a * a * b * b * 400 / std::pow(a + b, 3));
    EXPECT_NEAR(times.size(), 100000.0, 5 * 1000 * onTime);
    // A gap is 1 ms within a burst. Over the end of one it is 1 ms and the off period (and rarely
    // two); bursts end at 1 / (100 ms) of on time, so after a share 1 - exp(-1/100) of the gaps.
    double peak = 0;
    double longer = 0;
    double excess = 0;
    for (std::size_t i = 1; i < times.size(); ++i)
    {
        const double gap = times[i] - times[i - 1];
        ASSERT_GT(gap, 0.001 - 3e-9);
        const bool within = gap < 0.001 + 3e-9;
        peak += within ? 1 : 0;
        longer += within ? 0 : 1;
        excess += within ? 0 : gap - 0.001;
    }
    const double gaps = peak + longer;
    const double ends = 1 - std::exp(-0.01);
    EXPECT_NEAR(longer / gaps, ends, 5 * std::sqrt(ends * (1 - ends) / gaps));
    // Mean off time in such a gap: 300 ms for each end; a gap that has ended has on average
    // 0.01 / ends of them.
    const double mean = 0.3 * 0.01 / ends;
    EXPECT_NEAR(excess / longer, mean, 5 * 0.31 / std::sqrt(longer));
}

TEST_F(ShardCrossTrafficTest, RateZeroSendsNothing)
{
    TwoNodes net(CreateObject<ShardLinkChannel>(), "100Mbps", MilliSeconds(1));
    auto app = Install(net, "Poisson", "0bps", Seconds(0), Seconds(10));
    Simulator::Run();
    EXPECT_EQ(app->GetOffered(), 0U);
}

TEST_F(ShardCrossTrafficTest, ATaggedPacketOccupiesTheLinkAndIsAbsorbedAtItsEnd)
{
    auto channel = CreateObject<ShardLinkChannel>();
    TwoNodes net(channel, "8Mbps", MilliSeconds(10));
    // 998 bytes and 2 of the link are 1 ms.
    Simulator::Schedule(MilliSeconds(5),
                        [&net]()
                        {
                            Ptr<Packet> packet = Create<Packet>(998);
                            packet->AddPacketTag(sharding::ShardCrossTrafficTag());
                            EXPECT_TRUE(
                                net.Device(0)->Send(packet, net.Device(0)->GetBroadcast(), 0x0800));
                        });
    net.Send(MilliSeconds(3), 0, 1, 998);
    net.Send(MicroSeconds(5400), 0, 2, 998);
    net.Send(MicroSeconds(5400), 1, 3, 998);
    Simulator::Run();
    EXPECT_EQ(net.Arrivals(),
              (std::vector<Arrival>{{14 * MS, 1, 1, 998},
                                    {16 * MS + 400000, 0, 3, 998},
                                    {17 * MS, 1, 2, 998}}));
    EXPECT_EQ(channel->GetCounters(0).cross, 1U);
    EXPECT_EQ(channel->GetCounters(0).transmitted, 2U);
    EXPECT_EQ(channel->GetCounters(0).dropped, 0U);
    EXPECT_EQ(channel->GetCounters(1).cross, 0U);
}

TEST_F(ShardCrossTrafficTest, OverloadIsWhatTheQueueCannotTake)
{
    // 16 Mbit/s offered for 2 s to a link of 8 Mbit/s whose queue holds 10 packets.
    auto channel = CreateObject<ShardLinkChannel>();
    TwoNodes net(channel, "8Mbps", MilliSeconds(10), "10p");
    auto app = Install(net, "Cbr", "16Mbps", Seconds(1), Seconds(3));
    uint64_t refused = 0;
    app->TraceConnectWithoutContext("Tx",
                                    Callback<void, Ptr<const Packet>, bool>(
                                        [&refused](Ptr<const Packet> /* packet */, bool accepted)
                                        { refused += accepted ? 0 : 1; }));
    Simulator::Run();
    EXPECT_NEAR(app->GetOffered(), 4000.0, 1.0);
    // 1002 bytes take 1.002 ms: 1996 in 2 s, and those in the queue and in service at the end.
    EXPECT_NEAR(channel->GetCounters(0).cross, 1996.0 + 11.0, 2.0);
    EXPECT_EQ(channel->GetCounters(0).cross + refused, app->GetOffered());
    EXPECT_TRUE(net.Arrivals().empty());
}

// ---- common random numbers -------------------------------------------------------------------

/// What one foreground packet met: its extra delay in nanoseconds, or -1 where it was lost.
using Weather = std::map<uint32_t, int64_t>;

struct Outcome
{
    Weather weather;
    std::vector<double> cross; ///< times of cross traffic
};

void
RecordBegin(std::map<uint32_t, int64_t>* begins, Ptr<const Packet> packet)
{
    sharding::ShardCrossTrafficTag tag;
    if (!packet->PeekPacketTag(tag))
    {
        (*begins)[TwoNodes::IdOf(packet, 2)] = Simulator::Now().GetNanoSeconds();
    }
}

/**
 * 400 packets, one every 2 ms, over a link with bursty loss and exponential jitter.
 * @param crossRate cross traffic in the same direction
 * @param packets of the foreground in the same direction
 * @param back packets of the foreground in the other direction
 */
Outcome
Simulate(const std::string& crossRate, uint32_t packets, uint32_t back)
{
    auto channel = CreateObject<ShardLinkChannel>();
    TwoNodes net(channel, "10Mbps", MilliSeconds(10));
    for (uint32_t direction = 0; direction < 2; ++direction)
    {
        auto loss = CreateObject<GilbertElliottErrorModel>();
        loss->SetAttribute("MeanLoss", DoubleValue(0.2));
        loss->SetAttribute("MeanBurst", DoubleValue(3));
        loss->AssignStreams(10 + direction);
        channel->SetLoss(direction, loss);
        auto jitter = CreateObject<ExponentialRandomVariable>();
        jitter->SetAttribute("Mean", DoubleValue(0.004));
        jitter->SetStream(20 + direction);
        channel->SetJitter(direction, jitter);
    }
    auto app = CreateObject<ShardCrossTraffic>();
    app->SetAttribute("Device", PointerValue(net.Device(0)));
    app->SetAttribute("DataRate", StringValue(crossRate));
    app->AssignStreams(30);
    app->SetStopTime(Seconds(1));
    net.Device(0)->GetNode()->AddApplication(app);

    Outcome outcome;
    app->TraceConnectWithoutContext("Tx", MakeBoundCallback(&RecordTime, &outcome.cross));
    std::map<uint32_t, int64_t> begins;
    net.Device(0)->TraceConnectWithoutContext("PhyTxBegin",
                                              MakeBoundCallback(&RecordBegin, &begins));
    for (uint32_t i = 0; i < packets; ++i)
    {
        net.Send(MilliSeconds(2 * i), 0, i, 998);
    }
    for (uint32_t i = 0; i < back; ++i)
    {
        net.Send(MilliSeconds(i), 1, 100000 + i, 998);
    }
    Simulator::Run();
    Simulator::Destroy();
    for (const auto& begin : begins)
    {
        outcome.weather[begin.first] = -1;
    }
    for (const auto& arrival : net.Arrivals())
    {
        if (arrival.to == 1)
        {
            // 1000 bytes at 10 Mbit/s and the propagation.
            outcome.weather[arrival.id] = arrival.ns - begins[arrival.id] - 800000 - 10 * MS;
        }
    }
    return outcome;
}

TEST_F(ShardCrossTrafficTest, TheWeatherDoesNotDependOnCrossTraffic)
{
    const auto calm = Simulate("0bps", 400, 0);
    const auto busy = Simulate("4Mbps", 400, 0);
    const auto both = Simulate("4Mbps", 400, 300);
    ASSERT_EQ(calm.weather.size(), 400U);
    EXPECT_TRUE(calm.cross.empty());
    EXPECT_GT(busy.cross.size(), 200U);
    EXPECT_EQ(busy.weather, calm.weather);
    EXPECT_EQ(both.weather, calm.weather) << "nor on the other direction";
    std::size_t lost = 0;
    for (const auto& packet : calm.weather)
    {
        lost += packet.second == -1 ? 1 : 0;
    }
    EXPECT_GT(lost, 20U);
}

TEST_F(ShardCrossTrafficTest, CrossTrafficDoesNotDependOnWhatElseIsSent)
{
    const auto alone = Simulate("4Mbps", 0, 0);
    const auto shared = Simulate("4Mbps", 400, 300);
    ASSERT_GT(alone.cross.size(), 200U);
    EXPECT_EQ(shared.cross, alone.cross);
}

TEST_F(ShardCrossTrafficTest, AttributesOutOfBoundsAreRefused)
{
    auto app = CreateObject<ShardCrossTraffic>();
    EXPECT_FALSE(app->SetAttributeFailSafe("PacketSize", UintegerValue(0)));
    EXPECT_FALSE(app->SetAttributeFailSafe("PacketSize", UintegerValue(65536)));
    EXPECT_FALSE(app->SetAttributeFailSafe("MeanOnTime", TimeValue(Time(0))));
    EXPECT_FALSE(app->SetAttributeFailSafe("MeanOffTime", TimeValue(MilliSeconds(-1))));
    for (const auto arrivals :
         {ShardArrivals::POISSON, ShardArrivals::CBR, ShardArrivals::ONOFF})
    {
        using Value = sharding::ShardEnumValue<ShardArrivals::Kind>;
        ASSERT_TRUE(app->SetAttributeFailSafe("Arrivals", Value(arrivals)));
        Value value;
        app->GetAttribute("Arrivals", value);
        EXPECT_EQ(value.Get(), arrivals);
    }
}

TEST_F(ShardCrossTrafficTest, ADeviceWithoutTheAbsorbingChannelIsRefused)
{
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    TwoNodes net(CreateObject<PointToPointChannel>(), "8Mbps", Time(0));
    Install(net, "Poisson", "1Mbps", Seconds(0), Seconds(1));
    EXPECT_DEATH(Simulator::Run(), "ShardCrossTraffic: its device has no ShardLinkChannel");
}

} // namespace
