// SPDX-License-Identifier: GPL-2.0-only

/**
 * @file
 * The channel between two devices (see shard-link-fixture.h for the picture). Proved here:
 * 1. unimpaired it is PointToPointChannel, to the nanosecond, under random traffic both ways;
 * 2. loss follows the pattern of its model, in its direction only, is traced and counted, and a
 *    lost packet takes its time on the link;
 * 3. jitter adds to the delay, lets packets overtake, and never makes one early;
 * 4. a capacity trace delivers at the trace's times, with small and jumbo packets, and what waits
 *    meanwhile stands in the device's queue;
 * 5. mistakes of the user stop the program with a reason.
 */

#include "shard-link-fixture.h"

#include "ns3/shard-link-channel.h"
#include <ns3/error-model.h>
#include <ns3/random-variable-stream.h>

#include <cmath>
#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using linktest::Arrival;
using linktest::TwoNodes;
using ns3::sharding::ShardCapacityTrace;
using ns3::sharding::ShardLinkChannel;

namespace
{

constexpr int64_t MS = 1000000;

class ShardLinkChannelTest : public linktest::LinkTest
{
  protected:
    /// Loses the packets of these numbers, counted from 0 over what it is asked about.
    static Ptr<ErrorModel> Losing(const std::vector<uint32_t>& numbers)
    {
        auto model = CreateObject<ReceiveListErrorModel>();
        model->SetList(decltype(model->GetList())(numbers.begin(), numbers.end()));
        return model;
    }

    static Ptr<RandomVariableStream> Sequence(std::vector<double> seconds)
    {
        auto sequence = CreateObject<DeterministicRandomVariable>();
        sequence->SetValueArray(seconds.data(), seconds.size());
        return sequence;
    }

    static std::shared_ptr<const ShardCapacityTrace> TraceOf(const std::string& text)
    {
        std::istringstream in(text);
        return std::make_shared<const ShardCapacityTrace>(*ShardCapacityTrace::Parse(in, "typed"));
    }
};

std::vector<Arrival>
RandomTrafficOver(Ptr<PointToPointChannel> channel)
{
    TwoNodes net(channel, "8.3Mbps", MicroSeconds(3217), "20p");
    std::mt19937_64 random(5);
    for (uint32_t id = 0; id < 500; ++id)
    {
        net.Send(NanoSeconds(static_cast<int64_t>(random() % (400 * MS))),
                 static_cast<uint32_t>(random() % 2),
                 id,
                 static_cast<uint32_t>(4 + random() % 1497));
    }
    Simulator::Run();
    Simulator::Destroy();
    return net.Arrivals();
}

TEST_F(ShardLinkChannelTest, UnimpairedItIsThePlainChannelToTheNanosecond)
{
    const auto plain = RandomTrafficOver(CreateObject<PointToPointChannel>());
    const auto ours = RandomTrafficOver(CreateObject<ShardLinkChannel>());
    ASSERT_GT(plain.size(), 400U);
    EXPECT_EQ(ours, plain);
}

void
RecordDrop(std::vector<std::pair<uint32_t, uint32_t>>* drops,
           Ptr<const Packet> packet,
           uint32_t direction)
{
    drops->emplace_back(TwoNodes::IdOf(packet, 2), direction);
}

TEST_F(ShardLinkChannelTest, LossFollowsItsPatternInItsDirectionOnly)
{
    auto channel = CreateObject<ShardLinkChannel>();
    TwoNodes net(channel, "8Mbps", MilliSeconds(10));
    channel->SetLoss(1, Losing({1, 2, 4}));
    std::vector<std::pair<uint32_t, uint32_t>> drops;
    ASSERT_TRUE(
        channel->TraceConnectWithoutContext("Drop", MakeBoundCallback(&RecordDrop, &drops)));
    // 998 bytes and 2 of the link are 1 ms at 8 Mbit/s; all are sent at once.
    for (uint32_t i = 0; i < 6; ++i)
    {
        net.Send(Time(0), 1, 100 + i, 998);
        net.Send(Time(0), 0, 200 + i, 998);
    }
    Simulator::Run();
    std::vector<Arrival> expected;
    for (uint32_t i = 0; i < 6; ++i)
    {
        if (i != 1 && i != 2 && i != 4)
        {
            expected.push_back({(11 + i) * MS, 0, 100 + i, 998});
        }
        expected.push_back({(11 + i) * MS, 1, 200 + i, 998});
    }
    EXPECT_EQ(net.Arrivals(), expected);
    EXPECT_EQ(drops, (std::vector<std::pair<uint32_t, uint32_t>>{{101, 1}, {102, 1}, {104, 1}}));
    EXPECT_EQ(channel->GetCounters(1).transmitted, 6U);
    EXPECT_EQ(channel->GetCounters(1).dropped, 3U);
    EXPECT_EQ(channel->GetCounters(0).transmitted, 6U);
    EXPECT_EQ(channel->GetCounters(0).dropped, 0U);
    EXPECT_EQ(channel->GetCounters(0).cross, 0U);
    EXPECT_EQ(channel->DirectionFrom(net.Device(0)), 0U);
    EXPECT_EQ(channel->DirectionFrom(net.Device(1)), 1U);
}

TEST_F(ShardLinkChannelTest, JitterDelaysReordersAndIsNeverNegative)
{
    auto channel = CreateObject<ShardLinkChannel>();
    TwoNodes net(channel, "8Mbps", MilliSeconds(10));
    channel->SetJitter(0, Sequence({0.005, 0.001, 0.0, -3.0, std::nan(""), 0.002}));
    for (uint32_t i = 0; i < 6; ++i)
    {
        net.Send(Time(0), 0, i, 998);
    }
    Simulator::Run();
    // Unimpaired, packet i comes at 11 + i ms.
    const std::vector<Arrival> expected{{13 * MS, 1, 1, 998},
                                        {13 * MS, 1, 2, 998},
                                        {14 * MS, 1, 3, 998},
                                        {15 * MS, 1, 4, 998},
                                        {16 * MS, 1, 0, 998},
                                        {18 * MS, 1, 5, 998}};
    EXPECT_EQ(net.Arrivals(), expected);
}

TEST_F(ShardLinkChannelTest, LostPacketsDrawJitterTooSoThatLossDoesNotMoveTheWeather)
{
    auto channel = CreateObject<ShardLinkChannel>();
    TwoNodes net(channel, "8Mbps", MilliSeconds(10));
    channel->SetJitter(0, Sequence({0.0, 0.005, 0.0003}));
    channel->SetLoss(0, Losing({1}));
    for (uint32_t i = 0; i < 3; ++i)
    {
        net.Send(Time(0), 0, i, 998);
    }
    Simulator::Run();
    EXPECT_EQ(net.Arrivals(),
              (std::vector<Arrival>{{11 * MS, 1, 0, 998}, {13 * MS + 300000, 1, 2, 998}}));
}

TEST_F(ShardLinkChannelTest, CapacityTraceDeliversAtItsTimes)
{
    auto channel = CreateObject<ShardLinkChannel>();
    TwoNodes net(channel, "8Mbps", MilliSeconds(10));
    channel->SetCapacity(0, TraceOf("5\n5\n7\n20\n"));
    for (uint32_t i = 0; i < 7; ++i)
    {
        net.Send(Time(0), 0, i, 1500);
    }
    net.Send(Time(0), 1, 100, 998);             // the other direction keeps its rate
    net.Send(MicroSeconds(6500), 0, 7, 1500);   // waits for its turn
    net.Send(MicroSeconds(100500), 0, 8, 1500); // after the line was empty
    Simulator::Schedule(MicroSeconds(4999),
                        [&net]() {
                            EXPECT_EQ(net.Device(0)->GetQueue()->GetNPackets(), 6U)
                                << "one is being served";
                        });
    Simulator::Schedule(MicroSeconds(7001),
                        [&net]() { EXPECT_EQ(net.Device(0)->GetQueue()->GetNPackets(), 4U); });
    Simulator::Run();
    const std::vector<Arrival> expected{{11 * MS, 0, 100, 998},
                                        {15 * MS, 1, 0, 1500},
                                        {15 * MS, 1, 1, 1500},
                                        {17 * MS, 1, 2, 1500},
                                        {30 * MS, 1, 3, 1500},
                                        {35 * MS, 1, 4, 1500},
                                        {35 * MS, 1, 5, 1500},
                                        {37 * MS, 1, 6, 1500},
                                        {50 * MS, 1, 7, 1500},
                                        {115 * MS, 1, 8, 1500}};
    EXPECT_EQ(net.Arrivals(), expected);
}

TEST_F(ShardLinkChannelTest, CapacityTraceCountsIpBytesOfSmallAndJumboPackets)
{
    auto channel = CreateObject<ShardLinkChannel>();
    TwoNodes net(channel, "8Mbps", MilliSeconds(10));
    ASSERT_TRUE(net.Device(1)->SetMtu(9000));
    channel->SetCapacity(1, TraceOf("10\n"), MilliSeconds(1));
    net.Send(Time(0), 1, 0, 500);
    net.Send(Time(0), 1, 1, 1000); // fills the opportunity to the byte, without link headers
    net.Send(Time(0), 1, 2, 9000); // six opportunities
    net.Send(Time(0), 1, 3, 4);
    Simulator::Run();
    EXPECT_EQ(net.Arrivals(),
              (std::vector<Arrival>{{21 * MS, 0, 0, 500},
                                    {21 * MS, 0, 1, 1000},
                                    {81 * MS, 0, 2, 9000},
                                    {91 * MS, 0, 3, 4}}));
}

TEST_F(ShardLinkChannelTest, LargestPacketTakesNoTimeOfItsOwnUnderATrace)
{
    auto channel = CreateObject<ShardLinkChannel>();
    TwoNodes net(channel, "8Mbps", Time(0));
    channel->SetCapacity(0, TraceOf("1\n"));
    DataRateValue rate;
    net.Device(0)->GetAttribute("DataRate", rate);
    EXPECT_TRUE(rate.Get().CalculateBytesTxTime(65535 + 2).IsZero());
    // 44 opportunities of 1500 bytes carry 65,535 bytes; loss and jitter go with a trace too.
    channel->SetLoss(0, Losing({1}));
    channel->SetJitter(0, Sequence({0.0, 0.0, 0.0005}));
    net.Send(Time(0), 0, 0, 65535);
    net.Send(Time(0), 0, 1, 65535);
    net.Send(Time(0), 0, 2, 65535);
    Simulator::Run();
    // 3 * 65,535 bytes are 131.07 opportunities: the third ends in the 132nd.
    EXPECT_EQ(net.Arrivals(),
              (std::vector<Arrival>{{44 * MS, 1, 0, 65535}, {132 * MS + 500000, 1, 2, 65535}}));
}

TEST_F(ShardLinkChannelTest, CapacityTraceCanBeReplaced)
{
    auto channel = CreateObject<ShardLinkChannel>();
    TwoNodes net(channel, "8Mbps", Time(0));
    channel->SetCapacity(0, TraceOf("3\n"));
    channel->SetCapacity(0, TraceOf("10\n"));
    net.Send(Time(0), 0, 0, 1500);
    net.Send(Time(0), 0, 1, 1500);
    Simulator::Run();
    EXPECT_EQ(net.Arrivals(), (std::vector<Arrival>{{10 * MS, 1, 0, 1500}, {20 * MS, 1, 1, 1500}}));
}

TEST_F(ShardLinkChannelTest, MistakesStopWithAReason)
{
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    auto channel = CreateObject<ShardLinkChannel>();
    EXPECT_DEATH(channel->SetCapacity(0, TraceOf("1\n")), "before its device was attached");
    EXPECT_DEATH(channel->SetLoss(2, nullptr), "direction 2, allowed are 0 and 1");
    EXPECT_DEATH(channel->GetCounters(7), "direction 7, allowed are 0 and 1");
    TwoNodes net(channel, "8Mbps", Time(0));
    EXPECT_DEATH(channel->SetCapacity(0, nullptr), "no trace");
    EXPECT_DEATH(channel->DirectionFrom(CreateObject<PointToPointNetDevice>()), "not attached");
    channel->SetCapacity(0, TraceOf("1\n"));
    net.Device(0)->SetDataRate(DataRate("1Mbps"));
    net.Send(Time(0), 0, 0, 1500);
    EXPECT_DEATH(Simulator::Run(), "DataRate of the device changed after SetCapacity");
}

} // namespace
