// SPDX-License-Identifier: GPL-2.0-only
//
// Movies:
//  1. what is read is what stands in the file; what is wrong is refused with file, place and what
//     was expected
//  2. a file cut off anywhere is refused
//  3. cutting anew keeps the bits, but for key frames
//  4. the models have the nominal bitrate as their mean, and scenes where they should be

#include "ns3/content-models.h"
#include "ns3/content-movie.h"

#include <cmath>
#include <gtest/gtest.h>
#include <string>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

const std::string TWO_SEGMENTS =
    "{\"segment_duration_ms\": 2000, \"bitrates_kbps\": [100, 200.5],\n"
    " \"segment_sizes_bits\": [[200000, 400000], [100000, 300000]]}\n";

/// @param text of a movie  @return why it is refused; "" where it is not
std::string
Refusal(const std::string& text)
{
    try
    {
        ContentMovie::Parse("m.json", text);
    }
    catch (const ShardParseError& error)
    {
        return error.what();
    }
    return "";
}

/// @return bits of all segments in a rendition
double
Sum(const ContentMovie& movie, uint32_t rendition)
{
    double sum = 0;
    for (uint32_t s = 0; s < movie.Segments(); ++s)
    {
        sum += static_cast<double>(movie.Bits(s, rendition));
    }
    return sum;
}

} // namespace

TEST(ContentMovie, HasWhatTheFileSays)
{
    const ContentMovie movie = ContentMovie::Parse("m.json", TWO_SEGMENTS);
    EXPECT_EQ(movie.Segments(), 2U);
    EXPECT_EQ(movie.Duration(), Seconds(2));
    EXPECT_EQ(movie.Length(), Seconds(4));
    EXPECT_EQ(movie.Bitrates(), (std::vector<double>{100000, 200500}));
    EXPECT_EQ(movie.Bits(1, 0), 100000U);
    EXPECT_EQ(movie.Bits(0, 1), 400000U);
}

TEST(ContentMovie, IsReadAgainAsItWasWritten)
{
    const ContentMovie movie = ContentMovie::Parse("m.json", TWO_SEGMENTS);
    const ContentMovie copy = ContentMovie::Parse("copy", movie.ToJson());
    EXPECT_EQ(copy.Duration(), movie.Duration());
    EXPECT_EQ(copy.Bitrates(), movie.Bitrates());
    EXPECT_EQ(copy.Bits(1, 1), 300000U);
}

TEST(ContentMovie, SaysWhereAFileIsWrong)
{
    EXPECT_EQ(Refusal("[1]"),
              "m.json: is a JSON array, expected is an object with \"segment_duration_ms\"");
    EXPECT_EQ(Refusal("{\n\n x"), "m.json:3: this is not JSON, expected is a JSON text");
    EXPECT_EQ(Refusal("{\"segment_duration_ms\": 0}"),
              "m.json: segment_duration_ms: is 0, allowed is 1 to 3.6e+06");
    EXPECT_EQ(Refusal("{\"segment_duration_ms\": \"long\"}"),
              "m.json: segment_duration_ms: is a JSON string, expected is a number from 1 to "
              "3.6e+06");
    EXPECT_EQ(Refusal("{\"segment_duration_ms\": 1, \"bitrates_kbps\": [5, 5]}"),
              "m.json: bitrates_kbps[1]: is not above the bitrate before it, expected are "
              "ascending ones");
    EXPECT_EQ(Refusal("{\"segment_duration_ms\": 1, \"bitrates_kbps\": []}"),
              "m.json: bitrates_kbps: has 0 entries, allowed are 1 to 64 bitrates");
    EXPECT_EQ(Refusal("{\"segment_duration_ms\": 1, \"bitrates_kbps\": [5, 6], "
                      "\"segment_sizes_bits\": [[1, 2], [3]]}"),
              "m.json: segment_sizes_bits[1]: has 1 sizes, expected are 2, one for each bitrate");
    EXPECT_EQ(Refusal("{\"segment_duration_ms\": 1, \"bitrates_kbps\": [5], "
                      "\"segment_sizes_bits\": [[-3]]}"),
              "m.json: segment_sizes_bits[0][0]: is -3, allowed is 1 to 1e+11");
    EXPECT_EQ(Refusal(std::string(17, '[')), "m.json:1: nested too deep, allowed are 16 levels");
    EXPECT_EQ(Refusal("{\"segment_duration_ms\": 1e999}"),
              "m.json: a number is out of range, allowed are those of a double");
}

TEST(ContentMovie, IsRefusedWhereverItIsCutOff)
{
    const std::size_t whole = TWO_SEGMENTS.find_last_of('}');
    for (std::size_t length = 0; length < whole + 1; ++length)
    {
        const std::string why = Refusal(TWO_SEGMENTS.substr(0, length));
        EXPECT_NE(why.find("m.json:"), std::string::npos) << length;
        EXPECT_EQ(why.find('\n'), std::string::npos) << length;
    }
    EXPECT_EQ(Refusal(TWO_SEGMENTS.substr(0, 30)),
              "m.json:1: ends in the middle, expected is the rest of the JSON text");
}

TEST(ContentMovie, KeepsItsBitsWhenItIsCutAnew)
{
    const ContentMovie movie = ContentMovie::Parse("m.json", TWO_SEGMENTS);
    const ContentMovie cut = movie.Cut(MilliSeconds(1500), Time(0));
    ASSERT_EQ(cut.Segments(), 3U);
    EXPECT_EQ(cut.DurationOf(0), MilliSeconds(1500));
    EXPECT_EQ(cut.DurationOf(2), MilliSeconds(1000));
    EXPECT_EQ(cut.Length(), Seconds(4));
    // Three quarters of the first; a quarter of the first and half of the second; the rest.
    EXPECT_EQ(cut.Bits(0, 0), 150000U);
    EXPECT_EQ(cut.Bits(1, 0), 100000U);
    EXPECT_EQ(cut.Bits(2, 0), 50000U);
    // Longer ones than the movie's own.
    const ContentMovie joined = movie.Cut(Seconds(3), Time(0));
    ASSERT_EQ(joined.Segments(), 2U);
    EXPECT_EQ(joined.Bits(0, 1), 400000U + 150000U);
}

TEST(ContentMovie, PaysForEachKeyFrameOfShorterSegments)
{
    const ContentMovie movie = MakeConstantMovie(Seconds(8), Seconds(2), std::vector<double>{1e6});
    const ContentMovie cut = movie.Cut(MilliSeconds(500), MilliSeconds(100));
    // 16 segments instead of 4: twelve key frames more, of 0.1 s at 1 Mbit/s each.
    EXPECT_EQ(cut.Segments(), 16U);
    EXPECT_NEAR(Sum(cut, 0), 8e6 + 12 * 1e5, 16);
}

TEST(ContentMovie, OfTheModelHasItsNominalBitrateAsMean)
{
    ContentSceneModel model;
    model.meanScene = Seconds(5);
    const std::vector<double> bitrates{3e5, 4.3e6};
    const ContentMovie movie = MakeVariableMovie(Seconds(600), Seconds(2), bitrates, model, 1000);
    ASSERT_EQ(movie.Segments(), 300U);
    for (uint32_t q = 0; q < 2; ++q)
    {
        EXPECT_NEAR(Sum(movie, q) / (600 * bitrates[q]), 1, 1e-4);
    }
    // The renditions differ in scale only, and the segments do differ.
    double squares = 0;
    for (uint32_t s = 0; s < 300; ++s)
    {
        const double low = static_cast<double>(movie.Bits(s, 0)) / (2 * bitrates[0]);
        const double high = static_cast<double>(movie.Bits(s, 1)) / (2 * bitrates[1]);
        EXPECT_NEAR(low, high, 1e-5);
        squares += (low - 1) * (low - 1);
    }
    // A deviation of log2 of 1 in scenes, times 0.3, less what is averaged out over segments.
    EXPECT_GT(std::sqrt(squares / 300), 0.15);
    EXPECT_LT(std::sqrt(squares / 300), 0.35);
}
