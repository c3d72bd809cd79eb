// SPDX-License-Identifier: GPL-2.0-only
//
// The supermarket model:
//  1. the values that are in the literature, of the limit and of its correction
//  2. one choice is M/M/1; load in = work done, at any number of queues
//  3. a simulation of its own, of few queues, is as the correction says
#include "analysis/supermarket-forms.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>
#include <vector>

namespace
{

using namespace shardsim;

TEST(Supermarket, LimitsByHand)
{
    EXPECT_NEAR(SupermarketTail(0.9, 2, 3), std::pow(0.9, 7), 1e-15);
    EXPECT_NEAR(SupermarketTail(0.7, 3, 2), std::pow(0.7, 4), 1e-15);
    EXPECT_NEAR(SupermarketTail(0.5, 1, 5), std::pow(0.5, 5), 1e-15);
    EXPECT_EQ(SupermarketTail(0.5, 2, 0), 1);
    // Mitzenmacher's table: loads 0.9 and 0.95, two and three choices.
    EXPECT_NEAR(SupermarketTime(0.9, 2), 2.614, 5e-4);
    EXPECT_NEAR(SupermarketTime(0.9, 3), 2.028, 5e-4);
    EXPECT_NEAR(SupermarketTime(0.95, 2), 3.383, 5e-4);
    EXPECT_NEAR(SupermarketTime(0.95, 3), 2.535, 5e-4);
    EXPECT_NEAR(SupermarketTime(0.95, 1), 20, 1e-12);
}

TEST(Supermarket, CorrectionsAreThoseOfGastAndVanHoudt)
{
    // Mean queue lengths, load 0.9, two choices, drawn with repetition.
    const std::pair<unsigned, double> published[] = {{10, 2.7513},
                                                     {20, 2.5520},
                                                     {30, 2.4855},
                                                     {50, 2.4324},
                                                     {100, 2.3925}};
    for (const auto& [n, length] : published)
    {
        EXPECT_NEAR(0.9 * SupermarketTime(0.9, 2, n, SupermarketDraw::REPEATED), length, 6e-5);
    }
}

TEST(Supermarket, WhatComesInIsServed)
{
    for (const double load : {0.3, 0.7, 0.95})
    {
        for (const unsigned d : {1U, 2U, 3U, 5U})
        {
            for (const auto draw : {SupermarketDraw::DISTINCT, SupermarketDraw::REPEATED})
            {
                // Busy queues are as many as work comes in, whoever chooses.
                EXPECT_NEAR(SupermarketTails(load, d, 20, draw).at(1), load, 1e-9);
            }
        }
    }
    EXPECT_NEAR(SupermarketTails(0.8, 1, 20).at(4), std::pow(0.8, 4), 1e-12);
}

TEST(Supermarket, ArgumentsOutOfRangeAreRefused)
{
    EXPECT_THROW(SupermarketTime(1.0, 2), std::invalid_argument);
    EXPECT_THROW(SupermarketTime(0.0, 2), std::invalid_argument);
    EXPECT_THROW(SupermarketTail(0.5, 0, 1), std::invalid_argument);
    EXPECT_THROW(SupermarketTails(0.5, 3, 2), std::invalid_argument);
}

/// Mean number in system, by queue, of n queues of which an arrival joins the shorter of two: the
/// jump chain, with the mean time of each state as its weight (all the same: rates are made so).
double
SimulateLength(unsigned n, double load, bool distinct, unsigned seed)
{
    std::mt19937_64 generator(seed);
    std::vector<unsigned> queues(n, 0);
    double sum = 0;
    unsigned long present = 0;
    constexpr long STEPS = 3000000;
    for (long step = -STEPS / 10; step < STEPS; ++step)
    {
        const unsigned a = static_cast<unsigned>(generator() % n);
        if (std::uniform_real_distribution<>()(generator) * (1 + load) < load)
        {
            unsigned b = static_cast<unsigned>(generator() % n);
            while (distinct && b == a)
            {
                b = static_cast<unsigned>(generator() % n);
            }
            ++queues[queues[b] < queues[a] ? b : a];
            ++present;
        }
        else if (queues[a] > 0)
        {
            --queues[a];
            --present;
        }
        sum += step >= 0 ? static_cast<double>(present) : 0;
    }
    return sum / STEPS / n;
}

TEST(Supermarket, FewQueuesAreAsTheCorrectionSays)
{
    // n = 20, load 0.7: the correction is some 4 %, of which drawing different ones takes back 2.
    // The mean of 3 million steps has a standard error of some 0.2 % (between seeds), what is left
    // of order 1/n^2 some 0.2 %; 1 % is missed with less than 1e-3.
    for (const bool distinct : {false, true})
    {
        const auto draw = distinct ? SupermarketDraw::DISTINCT : SupermarketDraw::REPEATED;
        const double length = 0.7 * SupermarketTime(0.7, 2, 20, draw);
        EXPECT_NEAR(SimulateLength(20, 0.7, distinct, 9), length, 0.01 * length);
    }
}

} // namespace
