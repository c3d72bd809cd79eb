// SPDX-License-Identifier: GPL-2.0-only
//
// Rules of adaptation, told of a buffer and a throughput: what they choose, by hand.

#include "content-fixture.h"

#include "ns3/content-abr-bola-e.h"
#include "ns3/content-abr-bola.h"
#include "ns3/content-abr-buffer.h"
#include "ns3/content-abr-dynamic.h"
#include "ns3/content-abr-mpc.h"
#include "ns3/content-abr-throughput.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// Renditions of 1, 2, 4 and 8 Mbit/s, 100 segments of 2 s, and what a rule is told in the middle.
struct Middle
{
    Middle()
        : guide(MakeGuide({1000, 2000, 4000, 8000}, 100))
    {
        view.guide = guide.get();
        view.segment = 50;
        view.bufferLimit = Seconds(20);
    }

    ContentAbrView& At(double buffer, double mbps, double latency = 0)
    {
        view.buffer = Seconds(buffer);
        view.throughput = mbps * 1e6;
        view.latency = Seconds(latency);
        return view;
    }

    std::shared_ptr<const ContentMovieGuide> guide;
    ContentAbrView view;
};

/// @return a fetch of a rendition at a throughput, of a segment of nominal size
ContentAbrFetch
Fetched(const ContentGuide& guide, uint32_t rendition, double mbps)
{
    ContentAbrFetch fetch;
    fetch.rendition = rendition;
    fetch.bits = static_cast<double>(guide.Bits(0, rendition));
    fetch.downloading = Seconds(fetch.bits / mbps / 1e6);
    return fetch;
}

} // namespace

TEST(ContentThroughputAbr, ChoosesWhatASafeShareOfTheThroughputSustains)
{
    Middle m;
    // 0.9 of 4.5 Mbit/s is 4.05; of 4.4 it is 3.96.
    EXPECT_EQ(CreateObject<ContentThroughputAbr>()->Choose(m.At(15, 4.5)).rendition, 2U);
    EXPECT_EQ(CreateObject<ContentThroughputAbr>()->Choose(m.At(15, 4.4)).rendition, 1U);
    // A latency of 0.2 s leaves 1.8 s of each 2 s.
    EXPECT_EQ(CreateObject<ContentThroughputAbr>()->Choose(m.At(15, 4.5, 0.2)).rendition, 1U);
    EXPECT_EQ(CreateObject<ContentThroughputAbr>()->Choose(m.At(15, 0.1)).rendition, 0U);
}

TEST(ContentThroughputAbr, ChoosesLessWhereTheBufferIsInDanger)
{
    Middle m;
    const auto rule = CreateObject<ContentThroughputAbr>();
    // 0.9 of 2 s at 9 Mbit/s are 16.2 Mbit: just enough for 8 Mbit/s; the next time 0.81 are not.
    EXPECT_EQ(rule->Choose(m.At(2, 9)).rendition, 3U);
    EXPECT_EQ(rule->Choose(m.At(2, 9)).rendition, 2U);
    // In the end half of it is: 9 Mbit, enough for 4 Mbit/s only.
    for (int i = 0; i < 20; ++i)
    {
        EXPECT_EQ(rule->Choose(m.At(2, 9)).rendition, 2U);
    }
    EXPECT_EQ(rule->Choose(m.At(1.7, 9)).rendition, 1U);
}

TEST(ContentThroughputAbr, GivesUpWhatWouldTakeFarTooLong)
{
    Middle m;
    const auto rule = CreateObject<ContentThroughputAbr>();
    ContentRequest request;
    request.rendition = 3;
    request.bits = 16'000'000;
    ContentProgress progress;
    progress.bits = 2'000'000;
    // 2 Mbit/s: eight seconds for two, and 14 Mbit left; the lowest has 2 Mbit.
    EXPECT_EQ(*rule->Abandon(Seconds(1), m.At(3, 9), request, progress), 0U);
    // Not before half a second, and not when hardly more is left than a lower one would have.
    progress.bits = 800'000;
    EXPECT_FALSE(rule->Abandon(Seconds(0.4), m.At(3, 9), request, progress));
    progress.bits = 14'500'000;
    EXPECT_FALSE(rule->Abandon(Seconds(7.25), m.At(3, 9), request, progress));
    // 8 Mbit/s: two seconds.
    progress.bits = 8'000'000;
    EXPECT_FALSE(rule->Abandon(Seconds(1), m.At(3, 9), request, progress));
}

TEST(ContentBolaAbr, ChoosesByTheBufferAsTheScoreSays)
{
    // V = (20 - 2) / (ln 8 + 5) = 2.5426 s. Renditions m and m + 1 score the same at a buffer of
    // V (5 + (2 u_m - u_(m+1))), as one bitrate is twice the other: with u = m ln 2 that is
    // V (5 + (m - 1) ln 2): 10.951, 12.713 and 14.475 s.
    Middle m;
    for (const char* variant : {"basic", "finite"})
    {
        const auto rule = CreateObject<ContentBolaAbr>();
        rule->SetAttribute("Variant", StringValue(variant));
        EXPECT_EQ(rule->Choose(m.At(10.94, 100)).rendition, 0U);
        EXPECT_EQ(rule->Choose(m.At(10.96, 100)).rendition, 1U);
        EXPECT_EQ(rule->Choose(m.At(12.70, 100)).rendition, 1U);
        EXPECT_EQ(rule->Choose(m.At(12.72, 100)).rendition, 2U);
        EXPECT_EQ(rule->Choose(m.At(14.46, 100)).rendition, 2U);
        EXPECT_EQ(rule->Choose(m.At(14.49, 100)).rendition, 3U);
    }
}

TEST(ContentBolaAbr, AimsAtLessNearTheEndsUnlessItIsBasic)
{
    Middle m;
    m.view.segment = 1;
    // Three segments of buffer: V is 4 / 18 of what it is in the middle.
    EXPECT_EQ(CreateObject<ContentBolaAbr>()->Choose(m.At(3.5, 100)).rendition, 3U);
    const auto basic = CreateObject<ContentBolaAbr>();
    basic->SetAttribute("Variant", StringValue("basic"));
    EXPECT_EQ(basic->Choose(m.At(3.5, 100)).rendition, 0U);
    m.view.segment = 99;
    EXPECT_EQ(CreateObject<ContentBolaAbr>()->Choose(m.At(3.5, 100)).rendition, 3U);
}

TEST(ContentBolaAbr, GoesUpNoFurtherThanTheThroughputAllows)
{
    Middle m;
    // The buffer says 3, the throughput sustains 1.
    EXPECT_EQ(CreateObject<ContentBolaAbr>()->Choose(m.At(16, 2.5)).rendition, 2U);
    const auto o = CreateObject<ContentBolaAbr>();
    o->SetAttribute("Variant", StringValue("o"));
    const ContentAbrChoice choice = o->Choose(m.At(16, 2.5));
    EXPECT_EQ(choice.rendition, 1U);
    // It waits down to V (5 + ln 2).
    const double v = 18 / (std::log(8) + 5);
    EXPECT_NEAR(choice.delay.GetSeconds(), 16 - v * (5 + std::log(2)), 1e-6);
    const auto finite = CreateObject<ContentBolaAbr>();
    finite->SetAttribute("Variant", StringValue("finite"));
    EXPECT_EQ(finite->Choose(m.At(16, 2.5)).rendition, 3U);
    // One that is up already stays.
    const auto u = CreateObject<ContentBolaAbr>();
    EXPECT_EQ(u->Choose(m.At(13, 100)).rendition, 2U);
    EXPECT_EQ(u->Choose(m.At(16, 2.5)).rendition, 2U);
}

TEST(ContentBolaEAbr, BeginsWithWhatTheThroughputSustains)
{
    Middle m;
    const auto rule = CreateObject<ContentBolaEAbr>();
    EXPECT_EQ(rule->Choose(m.At(2, 4.5)).rendition, 2U);
    // The placeholder keeps it there although the buffer is low, but for the guard: 0.9 of 2 s at
    // 4.5 Mbit/s are 8.1 Mbit, which suffice.
    rule->Fetched(m.At(2, 4.5), Fetched(*m.guide, 2, 4.5));
    EXPECT_EQ(rule->Choose(m.At(2, 4.5)).rendition, 2U);
    rule->Fetched(m.At(2, 4.5), Fetched(*m.guide, 2, 4.5));
    // 0.81 of it do not.
    EXPECT_EQ(rule->Choose(m.At(2, 4.5)).rendition, 1U);
}

TEST(ContentBolaEAbr, ChoosesTheLowestBelowItsLeastBuffer)
{
    Middle m;
    const auto rule = CreateObject<ContentBolaEAbr>();
    EXPECT_EQ(rule->Choose(m.At(9, 0.5)).rendition, 0U);
    rule->Fetched(m.At(9, 0.5), Fetched(*m.guide, 0, 100));
    // No placeholder: the lowest up to 10 s, whatever the throughput.
    EXPECT_EQ(rule->Choose(m.At(9, 100)).rendition, 0U);
    rule->Fetched(m.At(11, 100), Fetched(*m.guide, 0, 100));
    EXPECT_EQ(rule->Choose(m.At(12, 100)).rendition, 1U);
}

TEST(ContentDynamicAbr, FollowsTheThroughputWhileTheBufferIsLow)
{
    Middle m;
    const auto rule = CreateObject<ContentDynamicAbr>();
    // BOLA would choose 0 at 9 s and 3 at 16 s.
    EXPECT_EQ(rule->Choose(m.At(9, 5)).rendition, 2U);
    EXPECT_EQ(rule->Choose(m.At(16, 100)).rendition, 3U);
    // It follows BOLA now, also down to 12.8 s, where the throughput alone would give 3.
    EXPECT_EQ(rule->Choose(m.At(12.8, 100)).rendition, 2U);
    // Below the threshold, where BOLA chooses less, the throughput decides again.
    EXPECT_EQ(rule->Choose(m.At(8, 5)).rendition, 2U);
}

TEST(ContentBufferAbr, MapsTheCushionOntoTheBitrates)
{
    Middle m;
    const auto rule = CreateObject<ContentBufferAbr>();
    // Reservoir 7.5 s, full at 18 s: 1 to 8 Mbit/s over 10.5 s, 1.5 s for each Mbit/s.
    EXPECT_EQ(rule->Choose(m.At(7.4, 100)).rendition, 0U);
    EXPECT_EQ(rule->Choose(m.At(8.9, 100)).rendition, 0U);
    EXPECT_EQ(rule->Choose(m.At(9.1, 100)).rendition, 1U);
    EXPECT_EQ(rule->Choose(m.At(11.9, 100)).rendition, 1U);
    EXPECT_EQ(rule->Choose(m.At(12.1, 100)).rendition, 2U);
    // Back down only when the map has gone past the next lower one.
    EXPECT_EQ(rule->Choose(m.At(9.1, 100)).rendition, 2U);
    EXPECT_EQ(rule->Choose(m.At(8.9, 100)).rendition, 1U);
    EXPECT_EQ(rule->Choose(m.At(18.1, 100)).rendition, 3U);
    EXPECT_EQ(rule->Choose(m.At(7, 100)).rendition, 0U);
}

TEST(ContentMpcAbr, ReckonsWithTheHarmonicMeanLessTheWorstError)
{
    Middle m;
    const auto rule = CreateObject<ContentMpcAbr>();
    EXPECT_EQ(rule->Forecast(), 0);
    rule->Fetched(m.view, Fetched(*m.guide, 0, 2));
    rule->Fetched(m.view, Fetched(*m.guide, 0, 6));
    EXPECT_NEAR(rule->Forecast(), 3e6, 1);
}

TEST(ContentMpcAbr, FindsTheBestRowThatThereIs)
{
    // Against looking at all 4^3 rows, in a film of odd sizes.
    std::vector<std::vector<uint64_t>> bits;
    for (uint64_t s = 0; s < 40; ++s)
    {
        bits.push_back({1000000 + 300000 * (s * 7 % 5),
                        2000000 + 700000 * (s * 3 % 4),
                        4500000 + 900000 * (s * 5 % 3),
                        9000000 + 1000000 * (s % 3)});
    }
    const std::vector<double> rates{5e5, 1e6, 2e6, 4e6};
    const auto movie = std::make_shared<const ContentMovie>(Seconds(2), rates, bits);
    const ContentMovieGuide guide(movie, ContentPlan());
    int differing = 0;
    for (uint32_t s = 1; s < 37; ++s)
    {
        const auto rule = CreateObject<ContentMpcAbr>();
        rule->SetAttribute("Horizon", UintegerValue(3));
        ContentAbrView view;
        view.guide = &guide;
        view.segment = s;
        view.buffer = Seconds(0.5 * (s % 9));
        view.bufferLimit = Seconds(6);
        const double mbps = 0.6 + 0.3 * (s % 7);
        const uint32_t last = s % 4;
        ContentAbrFetch fetch;
        fetch.rendition = last;
        fetch.bits = 1e6;
        fetch.downloading = Seconds(1 / mbps);
        rule->Fetched(view, fetch);
        double best = -std::numeric_limits<double>::infinity();
        uint32_t choice = 0;
        for (uint32_t row = 0; row < 64; ++row)
        {
            double buffer = view.buffer.GetSeconds();
            double value = 0;
            double before = rates[last] / 1e6;
            for (uint32_t i = 0; i < 3; ++i)
            {
                const uint32_t q = row >> (4 - 2 * i) & 3;
                const double time = static_cast<double>(bits[s + i][q]) / (mbps * 1e6);
                const double rate = rates[q] / 1e6;
                value += rate - 4.3 * std::max(0.0, time - buffer) - std::abs(rate - before);
                buffer = std::min(6.0, std::max(0.0, buffer - time) + 2);
                before = rate;
            }
            // Of equals the one with the higher first rendition: rows are in ascending order.
            if (value >= best - 1e-9)
            {
                best = std::max(best, value);
                choice = row >> 4;
            }
        }
        EXPECT_EQ(rule->Choose(view).rendition, choice) << "segment " << s;
        differing += choice != last ? 1 : 0;
    }
    EXPECT_GT(differing, 5);
}

TEST(ContentFixedAbr, StaysWithinWhatThereIs)
{
    Middle m;
    const auto rule = CreateObject<ContentFixedAbr>();
    rule->SetAttribute("Rendition", UintegerValue(9));
    EXPECT_EQ(rule->Choose(m.At(1, 1)).rendition, 3U);
}
