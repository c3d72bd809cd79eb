// SPDX-License-Identifier: GPL-2.0-only

/**
 * @file
 * The ErrorModel around the chain. Proved here: attributes and chain agree; draws come from the
 * assigned stream, one a packet (two for the full chain) at every rate; the mean holds over ns-3's
 * own generator; contradicting attributes stop the program with a reason.
 */

#include "ns3/shard-error-models.h"
#include <ns3/double.h>
#include <ns3/object-factory.h>
#include <ns3/packet.h>
#include <ns3/rng-seed-manager.h>

#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

using namespace ns3;
using ns3::sharding::GilbertElliott;
using ns3::sharding::GilbertElliottErrorModel;

namespace
{

class GilbertElliottErrorModelTest : public testing::Test
{
  protected:
    void SetUp() override
    {
        RngSeedManager::SetSeed(42);
        RngSeedManager::SetRun(1);
    }

    static Ptr<GilbertElliottErrorModel> Make(double loss, double burst, int64_t stream)
    {
        auto model = CreateObject<GilbertElliottErrorModel>();
        model->SetAttribute("MeanLoss", DoubleValue(loss));
        model->SetAttribute("MeanBurst", DoubleValue(burst));
        EXPECT_EQ(model->AssignStreams(stream), 1);
        return model;
    }

    static std::vector<bool> Losses(Ptr<ErrorModel> model, int packets)
    {
        Ptr<Packet> packet = Create<Packet>(100);
        std::vector<bool> lost;
        for (int i = 0; i < packets; ++i)
        {
            lost.push_back(model->IsCorrupt(packet));
        }
        return lost;
    }
};

TEST_F(GilbertElliottErrorModelTest, IndependentLossCostsOneDrawOfItsStreamAPacket)
{
    auto model = Make(0.25, 0, 1000);
    auto uniform = CreateObject<UniformRandomVariable>();
    uniform->SetStream(1000);
    const auto lost = Losses(model, 5000);
    for (const bool l : lost)
    {
        ASSERT_EQ(l, uniform->GetValue() < 0.25);
    }
}

TEST_F(GilbertElliottErrorModelTest, LosslessModelDrawsToo)
{
    auto model = Make(0.0, 0, 1000);
    for (const bool l : Losses(model, 100))
    {
        EXPECT_FALSE(l);
    }
    // Turned on after 100 packets it must find itself at draw 101.
    model->SetAttribute("MeanLoss", DoubleValue(0.5));
    auto uniform = CreateObject<UniformRandomVariable>();
    uniform->SetStream(1000);
    for (int i = 0; i < 100; ++i)
    {
        uniform->GetValue();
    }
    for (const bool l : Losses(model, 100))
    {
        ASSERT_EQ(l, uniform->GetValue() < 0.5);
    }
}

TEST_F(GilbertElliottErrorModelTest, FullChainTakesStateAndLossFromTwoDraws)
{
    auto model = CreateObject<GilbertElliottErrorModel>();
    model->AssignStreams(77);
    model->SetProcess(*GilbertElliott::FromParameters({0.5, 0.5, 0.0, 0.5}));
    auto uniform = CreateObject<UniformRandomVariable>();
    uniform->SetStream(77);
    // p = r = 1/2 forgets its state: bad below 1/2, and of the bad half are lost.
    for (const bool l : Losses(model, 2000))
    {
        const bool bad = uniform->GetValue() < 0.5;
        const bool unlucky = uniform->GetValue() < 0.5;
        ASSERT_EQ(l, bad && unlucky);
    }
    DoubleValue mean;
    model->GetAttribute("MeanLoss", mean);
    EXPECT_NEAR(mean.Get(), 0.25, 1e-12);
}

TEST_F(GilbertElliottErrorModelTest, BurstsHaveTheMeansOfTheAttributes)
{
    constexpr int PACKETS = 500000;
    const auto lost = Losses(Make(0.1, 4.0, 5), PACKETS);
    double losses = 0;
    double runs = 0;
    for (int i = 0; i < PACKETS; ++i)
    {
        losses += lost[i] ? 1 : 0;
        runs += lost[i] && (i == 0 || !lost[i - 1]) ? 1 : 0;
    }
    // 5 standard deviations (wrong with probability 6e-7 for a free seed); the chain's memory is
    // 1 - p - r = 1 - 0.25 / 0.9 a packet, a run's variance 4 * 3.
    const double memory = 1 - 0.25 / 0.9;
    const double deviation = std::sqrt(0.09 / PACKETS * (1 + memory) / (1 - memory));
    EXPECT_NEAR(losses / PACKETS, 0.1, 5 * deviation);
    EXPECT_NEAR(losses / runs, 4.0, 5 * std::sqrt(12.0 / runs));
}

TEST_F(GilbertElliottErrorModelTest, SameStreamSameLossesOtherRunOthers)
{
    const auto first = Losses(Make(0.3, 2, 9), 1000);
    EXPECT_EQ(Losses(Make(0.3, 2, 9), 1000), first);
    EXPECT_NE(Losses(Make(0.3, 2, 10), 1000), first);
    RngSeedManager::SetRun(2);
    EXPECT_NE(Losses(Make(0.3, 2, 9), 1000), first);
}

TEST_F(GilbertElliottErrorModelTest, IsMadeByNameAndCanBeDisabledAndReset)
{
    ObjectFactory factory;
    factory.SetTypeId("ns3::sharding::GilbertElliottErrorModel");
    factory.Set("MeanLoss", DoubleValue(1.0));
    auto model = factory.Create<ErrorModel>();
    EXPECT_EQ(Losses(model, 3), std::vector<bool>(3, true));
    model->Disable();
    EXPECT_EQ(Losses(model, 3), std::vector<bool>(3, false));
    model->Enable();
    model->Reset();
    EXPECT_EQ(Losses(model, 3), std::vector<bool>(3, true));
}

TEST_F(GilbertElliottErrorModelTest, AttributesOutOfBoundsAreRefused)
{
    auto model = CreateObject<GilbertElliottErrorModel>();
    EXPECT_FALSE(model->SetAttributeFailSafe("MeanLoss", DoubleValue(1.01)));
    EXPECT_FALSE(model->SetAttributeFailSafe("MeanLoss", DoubleValue(-0.01)));
    EXPECT_FALSE(model->SetAttributeFailSafe("MeanBurst", DoubleValue(-1)));
    EXPECT_TRUE(model->SetAttributeFailSafe("MeanBurst", DoubleValue(3)));
}

TEST_F(GilbertElliottErrorModelTest, ContradictingAttributesStopWithAReason)
{
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_DEATH(Losses(Make(0.75, 2, 1), 1), "mean loss burst 2: allowed is 3 packets or more");
    EXPECT_DEATH(Losses(Make(0.1, 0.5, 1), 1), "mean loss burst 0.5: allowed is 1 packet or more");
}

} // namespace
