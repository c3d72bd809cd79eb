// SPDX-License-Identifier: GPL-2.0-only
//
// Shard maps.
//  1. the bytes on the wire are those of docs/content.md
//  2. updates bring a copy up to date, whatever changed, and windows slide over a stream
//  3. gaps, overlaps, ids twice, unknown codecs, shards without holders, absurd sizes and what is
//     cut short are each refused by name, and change nothing
#include "ns3/content-map.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <vector>

using namespace ns3::sharding;

namespace
{

constexpr int64_t DURATION = 300000000;
constexpr uint32_t SEGMENTS = 20;

ContentMap
Make(uint32_t filled)
{
    ContentMapStream stream;
    stream.stream = 7;
    stream.duration = DURATION;
    stream.segments = SEGMENTS;
    stream.live = true;
    stream.beginAt = 1000;
    stream.lastLength = DURATION / 2;
    ContentMap map(stream, {{CONTENT_H264, 0, 320, 180, 200000}, {CONTENT_AAC, 1, 0, 0, 400000}});
    for (uint32_t segment = 0; segment < filled; ++segment)
    {
        EXPECT_EQ(map.Append(segment * 2, segment, 0, 7500), CONTENT_MAP_OK);
        EXPECT_EQ(map.Append(segment * 2 + 1, segment, 1, 15000), CONTENT_MAP_OK);
    }
    return map;
}

ContentMapError
Apply(ContentMap& map, const std::vector<uint8_t>& bytes)
{
    return map.Apply(bytes.data(), static_cast<uint32_t>(bytes.size()));
}

/// All that a map says, so that two can be compared.
std::map<uint32_t, std::vector<int64_t>>
Told(const ContentMap& map)
{
    std::map<uint32_t, std::vector<int64_t>> told;
    for (uint32_t r = 0; r < map.Renditions(); ++r)
    {
        for (uint32_t s = 0; s < SEGMENTS; ++s)
        {
            if (const ContentMapEntry* e = map.Find(s, r))
            {
                std::vector<int64_t> all{e->begin, e->duration, e->bytes, e->encoding, e->made};
                for (const uint16_t holder : e->holders)
                {
                    all.push_back(holder);
                    all.push_back(map.AddressOf(holder)->address);
                    all.push_back(map.AddressOf(holder)->port);
                }
                told[e->id] = all;
            }
        }
    }
    return told;
}

// Offsets in an update from the beginning with two encodings and one holder.
constexpr std::size_t ENCODINGS = 64;
constexpr std::size_t HOLDERS = ENCODINGS + 2 * 12;
constexpr std::size_t ENTRIES = HOLDERS + 8;

ContentMap
OneHolder()
{
    ContentMap map = Make(2);
    map.SetHolder(3, {0x0a010005, 8080});
    map.AddHolder(0, 3, 7400);
    return map;
}

TEST(ContentMap, IsOnTheWireAsDocumented)
{
    const ContentMap map = OneHolder();
    const std::vector<uint8_t> bytes = map.Write({0, 0, 0, 1});
    const std::vector<uint8_t> expected = {
        0x53, 0x4d, 1,    1, // magic, version, live
        0,    0,    0,    7,    0,    0,    0,    7,    0, 0,
        0,    0,                                        // stream, version of the map, since
        0,    0,    0,    0,    0x11, 0xe1, 0xa3, 0x00, // 300 ms
        0,    0,    0,    0,    0x08, 0xf0, 0xd1, 0x80, // 150 ms
        0,    0,    0,    0,    0,    0,    0x03, 0xe8, // begins at 1000 ns
        0,    0,    0,    20,   0,    0,    0,    0,    // segments, first that is kept
        0,    2,    0,    1,    0,    0,    0,    1,    // encodings, all told, holders
        0,    0,    0,    2,    0,    0,    0,    0,    // shards, reserved
        1,    0,    0x01, 0x40, 0,    180,  0,    0,    0, 0x03,
        0x0d, 0x40, // H.264 320 x 180, 200 kbit/s
        4,    1,    0,    0,    0,    0,    0,    0,    0, 0x06,
        0x1a, 0x80,                                  // AAC, 400 kbit/s
        0,    3,    0x1f, 0x90, 10,   1,    0,    5, // holder 3 at 10.1.0.5:8080
        0,    0,    0,    0,    0,    0,    0,    0,    0, 0,
        0,    0,                                              // shard 0 at time 0
        0,    0,    0,    0,    0x11, 0xe1, 0xa3, 0x00,       // of 300 ms
        0,    0,    0x1c, 0xe8, 0,    0,    1,    1,    0, 3, // 7400 bytes, made, at holder 3
        0,    0,    0,    1,    0,    0,    0,    0,    0, 0,
        0,    0,                                        // shard 1 at time 0
        0,    0,    0,    0,    0x11, 0xe1, 0xa3, 0x00, // of 300 ms
        0,    0,    0x3a, 0x98, 0,    1,    0,    0,    // 15000 bytes, not made
    };
    EXPECT_EQ(bytes, expected);
}

TEST(ContentMap, ACopyIsBroughtUpToDateWhateverChanged)
{
    std::mt19937 random(3);
    for (int round = 0; round < 50; ++round)
    {
        ContentMap map = Make(0);
        ContentMap copy;
        uint32_t filled = 0;
        for (int step = 0; step < 60; ++step)
        {
            const auto holder = static_cast<uint16_t>(1 + random() % 4);
            const uint32_t id = random() % (2 * SEGMENTS);
            switch (random() % 5)
            {
            case 0:
                map.SetHolder(
                    holder,
                    {static_cast<uint32_t>(0x0a000000U + holder + random() % 2 * 256), 80});
                break;
            case 1:
                map.AddHolder(id, holder, 1000 + random() % 1000);
                break;
            case 2:
                map.RemoveHolder(id, holder);
                break;
            case 3:
                if (filled < SEGMENTS)
                {
                    map.Append(filled * 2, filled, 0, 7500);
                    map.Append(filled * 2 + 1, filled, 1, 15000);
                    ++filled;
                }
                break;
            default:
                if (random() % 4 == 0 && filled > 0)
                {
                    map.ForgetBefore(random() % filled);
                }
                const uint32_t known = copy.Count() > 0 ? copy.End() : 0;
                ASSERT_EQ(Apply(copy, map.Write({copy.Version(), 0, known, SEGMENTS})),
                          CONTENT_MAP_OK);
                ASSERT_EQ(Told(copy), Told(map));
                ASSERT_EQ(copy.Version(), map.Version());
            }
        }
    }
}

TEST(ContentMap, AWindowSlidesOverAStream)
{
    ContentMap map = Make(SEGMENTS);
    ContentMap copy;
    for (uint32_t from = 0; from < SEGMENTS; from += 3)
    {
        const uint32_t known = copy.Count() > 0 ? copy.End() : from;
        copy.Prune(from);
        ASSERT_EQ(Apply(copy, map.Write({copy.Version(), from, known, 5})), CONTENT_MAP_OK);
        ASSERT_EQ(copy.End(), std::min(from + 5, SEGMENTS));
        ASSERT_LE(copy.Count(), 10u);
        ASSERT_NE(copy.Find(from, 1), nullptr);
    }
    EXPECT_EQ(copy.Find(SEGMENTS - 1, 0)->duration, DURATION / 2);
}

TEST(ContentMap, AppendsInOrderOnly)
{
    ContentMap map = Make(3);
    EXPECT_EQ(map.Append(99, 4, 0, 1), CONTENT_MAP_GAP);
    EXPECT_EQ(map.Append(99, 2, 0, 1), CONTENT_MAP_OVERLAP);
    EXPECT_EQ(map.Append(0, 3, 0, 1), CONTENT_MAP_DUPLICATE);
    EXPECT_EQ(map.Append(99, 3, 2, 1), CONTENT_MAP_ENCODING);
    EXPECT_EQ(map.Append(99, 3, 0, 0), CONTENT_MAP_SIZE);
    EXPECT_EQ(map.Append(99, 3, 0, ContentMap::MAX_SHARD_BYTES + 1), CONTENT_MAP_SIZE);
    EXPECT_EQ(map.Append(99, SEGMENTS, 0, 1), CONTENT_MAP_LIMIT);
    EXPECT_EQ(map.Append(99, 3, 0, 1), CONTENT_MAP_OK);
}

/// What an update says when some of its bytes are other ones.
ContentMapError
Spoilt(const std::function<void(std::vector<uint8_t>&)>& spoil)
{
    std::vector<uint8_t> bytes = OneHolder().Write({0, 0, 0, 2});
    spoil(bytes);
    ContentMap copy;
    const ContentMapError error = Apply(copy, bytes);
    EXPECT_EQ(copy.Count(), error == CONTENT_MAP_OK ? 4u : 0u);
    return error;
}

TEST(ContentMap, WhatCannotBeIsRefusedByName)
{
    using Bytes = std::vector<uint8_t>;
    EXPECT_EQ(Spoilt([](Bytes&) {}), CONTENT_MAP_OK);
    // Shards of a rendition follow one another in the update; the second one begins here.
    constexpr std::size_t SECOND = ENTRIES + 30;
    EXPECT_EQ(Spoilt([](Bytes& b) { b[0] = 0; }), CONTENT_MAP_MAGIC);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[2] = 2; }), CONTENT_MAP_MAGIC);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[3] = 0x81; }), CONTENT_MAP_CONTRADICTION);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[ENCODINGS] = 6; }), CONTENT_MAP_CODEC);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[ENCODINGS] = 0; }), CONTENT_MAP_CODEC);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[ENCODINGS + 1] = 64; }), CONTENT_MAP_ENCODING);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[ENCODINGS] = 4; }), CONTENT_MAP_ENCODING); // audio of pixels
    EXPECT_EQ(Spoilt([](Bytes& b) { b[HOLDERS + 2] = b[HOLDERS + 3] = 0; }), CONTENT_MAP_HOLDER);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[ENTRIES + 29] = 4; }), CONTENT_MAP_HOLDER);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[ENTRIES + 20] = 0x20; }), CONTENT_MAP_SIZE);
    EXPECT_EQ(Spoilt([](Bytes& b) { std::fill_n(b.begin() + ENTRIES + 20, 4, 0); }),
              CONTENT_MAP_SIZE);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[ENTRIES + 25] = 2; }), CONTENT_MAP_ENCODING);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[ENTRIES + 26] = 3; }), CONTENT_MAP_CONTRADICTION);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[ENTRIES + 26] = 0; }), CONTENT_MAP_CONTRADICTION);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[SECOND + 26] = 1; }), CONTENT_MAP_NO_HOLDER);
    // The second shard of the first rendition has the id 2.
    EXPECT_EQ(Spoilt([](Bytes& b) { b[SECOND + 3] = 0; }), CONTENT_MAP_DUPLICATE);
    // One ns later than the first one ends, and one ns earlier.
    EXPECT_EQ(Spoilt([](Bytes& b) { b[SECOND + 11] = 1; }), CONTENT_MAP_OVERLAP);
    // One segment later: 600 ms.
    EXPECT_EQ(Spoilt(
                  [](Bytes& b)
                  {
                      const uint8_t begin[] = {0x23, 0xc3, 0x46, 0x00};
                      std::copy(begin, begin + 4, b.begin() + SECOND + 8);
                  }),
              CONTENT_MAP_GAP);
    // Where the first one is.
    EXPECT_EQ(Spoilt([](Bytes& b) { std::fill_n(b.begin() + SECOND + 4, 8, 0); }),
              CONTENT_MAP_OVERLAP);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[SECOND + 19] = 1; }), CONTENT_MAP_OVERLAP); // longer
    EXPECT_EQ(Spoilt([](Bytes& b) { b[SECOND + 16] = 1; }), CONTENT_MAP_GAP);     // shorter
    EXPECT_EQ(Spoilt([](Bytes& b) { std::fill_n(b.begin() + SECOND + 12, 8, 0xff); }),
              CONTENT_MAP_DURATION);
    EXPECT_EQ(Spoilt([](Bytes& b) { std::fill_n(b.begin() + 16, 8, 0); }), CONTENT_MAP_DURATION);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[40] = 0xff; }), CONTENT_MAP_LIMIT); // segments
    EXPECT_EQ(Spoilt([](Bytes& b) { b[56] = 0xff; }), CONTENT_MAP_LIMIT); // shards
    EXPECT_EQ(Spoilt([](Bytes& b) { b[59] = 5; }), CONTENT_MAP_TRUNCATED);
    EXPECT_EQ(Spoilt([](Bytes& b) { b[59] = 3; }), CONTENT_MAP_LENGTH);
    EXPECT_EQ(Spoilt([](Bytes& b) { b.push_back(0); }), CONTENT_MAP_LENGTH);
}

TEST(ContentMap, CutShortAnywhereItIsRefused)
{
    const std::vector<uint8_t> bytes = OneHolder().Write({0, 0, 0, 2});
    for (std::size_t size = 0; size < bytes.size(); ++size)
    {
        ContentMap copy;
        ASSERT_EQ(copy.Apply(bytes.data(), static_cast<uint32_t>(size)), CONTENT_MAP_TRUNCATED);
        ASSERT_EQ(copy.Version(), 0u);
    }
}

TEST(ContentMap, OldUpdatesAndThoseOfOtherStreamsAreRefused)
{
    ContentMap map = OneHolder();
    const std::vector<uint8_t> old = map.Write({0, 0, 0, 2});
    map.AddHolder(1, 3, 15000);
    ContentMap copy;
    EXPECT_EQ(Apply(copy, map.Write({0, 0, 0, 2})), CONTENT_MAP_OK);
    EXPECT_EQ(Apply(copy, old), CONTENT_MAP_STALE);
    std::vector<uint8_t> other = map.Write({0, 0, 0, 2});
    other[7] = 8;
    EXPECT_EQ(Apply(copy, other), CONTENT_MAP_STREAM);
    // An update since a version that is not known yet leaves something out.
    ContentMap behind;
    EXPECT_EQ(Apply(behind, map.Write({5, 0, 0, 2})), CONTENT_MAP_STALE);
    EXPECT_TRUE(copy.FindId(1)->made);
}

TEST(ContentMap, EveryErrorHasAName)
{
    for (uint32_t error = 0; error < CONTENT_MAP_ERRORS; ++error)
    {
        EXPECT_STRNE(ContentMapErrorName(static_cast<ContentMapError>(error)), "unknown");
    }
    EXPECT_STREQ(ContentMapErrorName(CONTENT_MAP_CONTRADICTION), "contradiction");
    EXPECT_STREQ(ContentMapErrorName(CONTENT_MAP_OVERLAP), "overlap");
}

} // namespace
