// SPDX-License-Identifier: GPL-2.0-only
//
// The recurrent core.
//  1. the approximations of tanh and sigmoid are as near as they say
//  2. SplitMix64 gives its published numbers
//  3. gradients are those of finite differences, before and after the window is full
//  4. Predict() says what Step() says and changes nothing; Reset() forgets the sequence only
//  5. it learns what only a memory can know
//  6. same seed, same bits; another seed, others
//  7. a gradient that is not finite is refused; large ones are clipped
//  8. nothing but the constructor allocates

#include "ns3/predict-activation.h"
#include "ns3/predict-lstm.h"
#include "ns3/predict-random.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>
#include <new>
#include <random>
#include <vector>

namespace
{

std::atomic<uint64_t> g_allocations{0};

} // namespace

// Not inlined, or the compiler sees half of a pair.
[[gnu::noinline]] void*
operator new(std::size_t size)
{
    ++g_allocations;
    if (void* place = std::malloc(size > 0 ? size : 1))
    {
        return place;
    }
    throw std::bad_alloc();
}

[[gnu::noinline]] void
operator delete(void* place) noexcept
{
    std::free(place);
}

[[gnu::noinline]] void
operator delete(void* place, std::size_t) noexcept
{
    std::free(place);
}

namespace
{

using namespace ns3::sharding;

PredictLstmSettings
Sizes(uint32_t inputs, uint32_t hidden, uint32_t outputs, uint32_t window)
{
    PredictLstmSettings settings;
    settings.inputs = inputs;
    settings.hidden = hidden;
    settings.outputs = outputs;
    settings.window = window;
    return settings;
}

TEST(PredictActivation, IsAsNearAsItSays)
{
    double worstTanh = 0;
    double worstSigmoid = 0;
    for (int i = -400000; i <= 400000; ++i)
    {
        const double x = i * 5e-5;
        worstTanh = std::max(worstTanh, std::abs(PredictTanh(x) - std::tanh(x)));
        worstSigmoid = std::max(worstSigmoid, std::abs(PredictSigmoid(x) - 1 / (1 + std::exp(-x))));
        const auto f = static_cast<float>(x);
        ASSERT_NEAR(PredictTanh(f), std::tanh(x), 8e-6) << x;
        ASSERT_EQ(PredictTanh(-x), -PredictTanh(x)) << x;
        ASSERT_LE(std::abs(PredictTanh(f)), 1.000001F) << x;
    }
    EXPECT_LT(worstTanh, 7e-6);
    EXPECT_LT(worstSigmoid, 4e-6);
    EXPECT_NEAR(PredictTanh(1e30F), 1, 1e-6);
    EXPECT_NEAR(PredictTanh(-std::numeric_limits<float>::infinity()), -1, 1e-6);
}

TEST(PredictRandom, IsSplitMix64)
{
    PredictRandom random(1234567);
    EXPECT_EQ(random.Next(), 6457827717110365317U);
    EXPECT_EQ(random.Next(), 3203168211198807973U);
    EXPECT_EQ(random.Next(), 9817491932198370423U);
    for (int i = 0; i < 1000; ++i)
    {
        const double uniform = random.Uniform();
        ASSERT_GE(uniform, 0);
        ASSERT_LT(uniform, 1);
    }
}

/// Half the square of the distance of the last of some steps from a target.
double
LossAfter(const PredictLstmOf<double>& network,
          PredictLstmMemoryOf<double> memory,
          const std::vector<double>& inputs,
          const std::vector<double>& target)
{
    std::vector<double> output(network.Settings().outputs);
    for (std::size_t at = 0; at < inputs.size(); at += network.Settings().inputs)
    {
        network.Step(memory, &inputs[at], output.data());
    }
    double loss = 0;
    for (std::size_t i = 0; i < output.size(); ++i)
    {
        loss += 0.5 * (output[i] - target[i]) * (output[i] - target[i]);
    }
    return loss;
}

TEST(PredictLstm, HasTheGradientOfFiniteDifferences)
{
    // {steps before the window, steps in it}, window of 5; odd sizes leave remainders of vectors.
    for (const auto& [before, steps] : {std::pair{0, 1}, {0, 3}, {0, 5}, {7, 5}})
    {
        PredictLstmOf<double> network(Sizes(3, 6, 2, 5), 99);
        std::mt19937 random(before + steps);
        std::normal_distribution<double> normal;
        for (double& weight : network.Weights())
        {
            weight += 0.3 * normal(random);
        }
        PredictLstmMemoryOf<double> start(network.Settings());
        std::vector<double> inputs(3);
        std::vector<double> output(2);
        for (int i = 0; i < before; ++i)
        {
            std::generate(inputs.begin(), inputs.end(), [&] { return normal(random); });
            network.Step(start, inputs.data(), output.data());
        }
        inputs.resize(3 * steps);
        std::generate(inputs.begin(), inputs.end(), [&] { return normal(random); });
        const std::vector<double> target{0.4, -0.7};

        PredictLstmMemoryOf<double> memory = start;
        for (int i = 0; i < steps; ++i)
        {
            network.Step(memory, &inputs[3 * i], output.data());
        }
        const std::vector<double> slope{output[0] - target[0], output[1] - target[1]};
        network.Backward(memory, slope.data());
        // What is held beyond the window's steps is not of this gradient: forget it and start anew.
        double largest = 0;
        for (std::size_t i = 0; i < network.Parameters(); ++i)
        {
            constexpr double STEP = 1e-5;
            const double weight = network.Weights()[i];
            network.Weights()[i] = weight + STEP;
            const double above = LossAfter(network, start, inputs, target);
            network.Weights()[i] = weight - STEP;
            const double below = LossAfter(network, start, inputs, target);
            network.Weights()[i] = weight;
            const double expected = (above - below) / (2 * STEP);
            largest = std::max(largest, std::abs(expected));
            // tanh's derivative is that of tanh, not of its approximation: 1e-5 of error.
            ASSERT_NEAR(network.Gradient()[i], expected, 2e-5) << i << " after " << before;
        }
        EXPECT_GT(largest, 0.05);
    }
}

TEST(PredictLstm, AddsGradientsUpAndBeginsAgain)
{
    PredictLstmOf<double> network(Sizes(1, 4, 1, 3), 5);
    PredictLstmMemoryOf<double> memory(network.Settings());
    const double input = 0.7;
    double output;
    network.Step(memory, &input, &output);
    const double slope = 0.01;
    network.Backward(memory, &slope);
    const std::vector<double> once = network.Gradient();
    network.Backward(memory, &slope);
    for (std::size_t i = 0; i < once.size(); ++i)
    {
        EXPECT_DOUBLE_EQ(network.Gradient()[i], 2 * once[i]);
    }
    EXPECT_TRUE(network.Update());
    EXPECT_EQ(network.Gradient(), std::vector<double>(once.size(), 0));
}

TEST(PredictLstm, SaysAheadWhatTheStepWillSay)
{
    const PredictLstm network(Sizes(2, 16, 3, 4), 1);
    PredictLstmMemory memory(network.Settings());
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    std::vector<float> first;
    for (int round = 0; round < 2; ++round)
    {
        std::vector<float> said;
        for (int i = 0; i < 20; ++i)
        {
            const float input[2] = {normal(random), 1};
            float ahead[3];
            float again[3];
            float step[3];
            network.Predict(memory, input, ahead);
            network.Predict(memory, input, again);
            network.Step(memory, input, step);
            for (int j = 0; j < 3; ++j)
            {
                EXPECT_EQ(ahead[j], step[j]);
                EXPECT_EQ(again[j], step[j]);
                said.push_back(step[j]);
            }
        }
        if (round == 1)
        {
            EXPECT_EQ(said, first); // the same sequence from a memory that was reset
        }
        first = said;
        memory.Reset();
        random.seed(3);
        normal.reset();
    }
}

/// Mean squared error of late rounds in saying what the input was `lag` steps ago.
double
ErrorOfEcho(uint32_t lag, uint32_t window, std::vector<float>* weights = nullptr, uint64_t seed = 1)
{
    PredictLstmSettings settings = Sizes(1, 16, 1, window);
    settings.rate = 5e-3;
    PredictLstm network(settings, seed);
    PredictLstmMemory memory(settings);
    std::mt19937 random(11);
    std::vector<float> inputs;
    double sum = 0;
    constexpr int STEPS = 12000;
    constexpr int LATE = 2000;
    for (int i = 0; i < STEPS; ++i)
    {
        inputs.push_back(random() % 2 ? 1.F : -1.F);
        float output;
        network.Step(memory, &inputs.back(), &output);
        const float wanted = i < static_cast<int>(lag) ? 0 : inputs[i - lag];
        const float slope = output - wanted;
        network.Train(memory, &slope);
        sum += i >= STEPS - LATE ? slope * slope : 0;
    }
    if (weights)
    {
        *weights = network.Weights();
    }
    return sum / LATE;
}

TEST(PredictLstm, RemembersAsFarAsTheWindowGoes)
{
    // Without a memory the best is an error of 1: the inputs are fair coins.
    EXPECT_LT(ErrorOfEcho(2, 4), 0.05);
    EXPECT_GT(ErrorOfEcho(2, 1), 0.5); // no gradient ever reaches the step that mattered
}

TEST(PredictLstm, IsTheSameForTheSameSeed)
{
    std::vector<float> weights[3];
    ErrorOfEcho(1, 4, &weights[0], 8);
    ErrorOfEcho(1, 4, &weights[1], 8);
    ErrorOfEcho(1, 4, &weights[2], 9);
    EXPECT_EQ(weights[0], weights[1]);
    EXPECT_NE(weights[0], weights[2]);
}

TEST(PredictLstm, RefusesWhatIsNotFinite)
{
    PredictLstm network(Sizes(1, 8, 1, 4), 1);
    PredictLstmMemory memory(network.Settings());
    const float input = 1;
    float output;
    network.Step(memory, &input, &output);
    const std::vector<float> weights = network.Weights();
    for (float slope :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e30F})
    {
        EXPECT_FALSE(network.Train(memory, &slope)) << slope;
        EXPECT_EQ(network.Weights(), weights) << slope;
    }
    const float slope = 1;
    EXPECT_TRUE(network.Train(memory, &slope));
    EXPECT_NE(network.Weights(), weights);
}

TEST(PredictLstm, DoesNotAllocate)
{
    PredictLstm network(Sizes(7, 16, 12, 4), 1);
    PredictLstmMemory memory(network.Settings());
    const std::vector<float> input(7, 0.5F);
    std::vector<float> output(12);
    const uint64_t before = g_allocations;
    for (int i = 0; i < 100; ++i)
    {
        network.Predict(memory, input.data(), output.data());
        network.Step(memory, input.data(), output.data());
        network.Train(memory, output.data());
    }
    EXPECT_EQ(g_allocations, before);
    ::operator delete(::operator new(8));
    EXPECT_GT(g_allocations, before); // it does count
}

} // namespace
