// SPDX-License-Identifier: GPL-2.0-only
//
// The circular buffer of a function, and the token buckets.
//  1. against a model of lists, with random operations, on rings of 1 to 64 slots: who is held, in
//     what order of each level, the bytes; a held element is never overwritten
//  2. what the log says of an interval is what came in it, each element once; records that were
//     overwritten unread are made up for
//  3. memory never changes
//  4. a raised element is where it would be had it been of its level from the beginning
//  5. a bucket lets pass its depth at once and then its rate, an element larger than it too

#include "ns3/offload-buffer.h"
#include "ns3/offload-shaper.h"

#include <array>
#include <cmath>
#include <deque>
#include <gtest/gtest.h>
#include <random>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

using Buffer = OffloadBuffer<int>;

OffloadRecord
Record(Time time, uint32_t size, uint8_t level = 0, OffloadType type = OFFLOAD_PACKET)
{
    OffloadRecord record;
    record.time = time;
    record.size = size;
    record.level = level;
    record.type = type;
    return record;
}

TEST(OffloadBuffer, IsAListForEachLevelOverManyTurnsOfTheRing)
{
    for (uint32_t slots : {1U, 2U, 7U, 64U})
    {
        std::mt19937 random(slots);
        Buffer buffer(slots);
        const std::size_t memory = buffer.MemoryBytes();
        std::array<std::deque<std::pair<int, uint32_t>>, OFFLOAD_LEVELS> model;
        uint32_t count = 0;
        uint64_t bytes = 0;
        for (int step = 0; step < 20000; ++step)
        {
            const auto level = static_cast<uint8_t>(random() % OFFLOAD_LEVELS);
            const bool isPut = random() % 100 < (step / 500 % 2 == 0 ? 60U : 40U);
            if (isPut && count < slots)
            {
                ASSERT_TRUE(buffer.HasSlot());
                const uint32_t size = 1 + random() % 1500;
                buffer.Put(Record(NanoSeconds(step), size, level), int(step));
                model[level].emplace_back(step, size);
                ++count;
                bytes += size;
            }
            else if (!isPut && !model[level].empty())
            {
                const bool isNewest = random() % 4 == 0;
                const auto [item, size] = isNewest ? model[level].back() : model[level].front();
                const uint32_t place = isNewest ? buffer.Back(level) : buffer.Front(level);
                ASSERT_EQ(buffer.At(place).size, size);
                ASSERT_EQ(buffer.Take(place), item);
                isNewest ? model[level].pop_back() : model[level].pop_front();
                --count;
                bytes -= size;
            }
            ASSERT_EQ(buffer.HasSlot(), count < slots);
            ASSERT_EQ(buffer.Count(), count);
            ASSERT_EQ(buffer.Bytes(), bytes);
            uint64_t sum = 0;
            for (uint8_t i = 0; i < OFFLOAD_LEVELS; ++i)
            {
                ASSERT_EQ(buffer.Front(i) == Buffer::NONE, model[i].empty());
                ASSERT_EQ(buffer.Back(i) == Buffer::NONE, model[i].empty());
                sum += buffer.Bytes(i);
            }
            ASSERT_EQ(sum, bytes);
        }
        EXPECT_EQ(buffer.MemoryBytes(), memory);
    }
}

TEST(OffloadBuffer, TheLogSaysWhatCameEachElementOnce)
{
    Buffer buffer(64);
    const uint32_t first =
        buffer.Put(Record(MilliSeconds(12), 100, 0, OFFLOAD_READ), 1); // held all the time
    OffloadRecord second = Record(MilliSeconds(14), 50, 2, OFFLOAD_WRITE);
    second.isFirst = false;
    buffer.Take(buffer.Put(second, 2));
    OffloadTraffic traffic = buffer.Read(MilliSeconds(10), MilliSeconds(10));
    EXPECT_DOUBLE_EQ(traffic.elements, 2);
    EXPECT_DOUBLE_EQ(traffic.bytes, 150);
    EXPECT_DOUBLE_EQ(traffic.requests, 1);
    EXPECT_DOUBLE_EQ(traffic.types[OFFLOAD_READ], 1);
    EXPECT_DOUBLE_EQ(traffic.types[OFFLOAD_WRITE], 1);
    EXPECT_DOUBLE_EQ(traffic.start, 0.2);

    traffic = buffer.Read(MilliSeconds(20), MilliSeconds(10));
    EXPECT_EQ(traffic.elements, 0);
    EXPECT_EQ(traffic.start, 1);
    for (int turn = 0; turn < 10; ++turn)
    {
        for (int i = 0; i < 30; ++i)
        {
            buffer.Take(buffer.Put(Record(MilliSeconds(25 + turn), 10), int(i)));
        }
        traffic = buffer.Read(MilliSeconds(20 + turn), MilliSeconds(10));
        ASSERT_DOUBLE_EQ(traffic.elements, 30);
        ASSERT_DOUBLE_EQ(traffic.start, 0.5);
    }
    EXPECT_EQ(buffer.Lost(), 0U);
    EXPECT_EQ(buffer.Take(first), 1);
}

TEST(OffloadBuffer, MakesUpForRecordsThatWereOverwritten)
{
    Buffer buffer(16);
    buffer.Put(Record(Time(0), 1), 0); // holds its slot: 15 are left for the log
    buffer.Read(Time(0), Seconds(1));
    for (int i = 0; i < 60; ++i)
    {
        buffer.Take(buffer.Put(Record(MilliSeconds(i), 100), int(i)));
    }
    EXPECT_EQ(buffer.Lost(), 45U);
    const OffloadTraffic traffic = buffer.Read(Time(0), Seconds(1));
    EXPECT_NEAR(traffic.elements, 60, 1e-9);
    EXPECT_NEAR(traffic.bytes, 6000, 1e-6);
    EXPECT_DOUBLE_EQ(traffic.start, 0.045);
    EXPECT_EQ(buffer.Lost(), 45U);
}

TEST(OffloadShaper, LetsPassItsDepthAndThenItsRate)
{
    OffloadShaper shaper(2);
    EXPECT_EQ(shaper.Ready(0, Seconds(1)), Seconds(1)); // no rate: not held up
    shaper.SetRate(0, Seconds(1), 1e6, 3000);
    Time now = Seconds(1);
    uint64_t passed = 0;
    while (now < Seconds(2))
    {
        const Time ready = shaper.Ready(0, now);
        if (ready > now)
        {
            now = ready;
            continue;
        }
        shaper.Pass(0, now, 1000);
        passed += 1000;
        // Never more than depth, rate, and one element that overdraws.
        ASSERT_LE(passed, 3000 + 1e6 * (now - Seconds(1)).GetSeconds() + 1000 + 1);
    }
    EXPECT_GE(passed, 1e6 + 3000 - 1000U);
    EXPECT_EQ(shaper.Ready(1, now), now);

    shaper.SetRate(1, now, 1000, 10);
    shaper.Pass(1, now, 1010); // larger than the bucket
    EXPECT_NEAR((shaper.Ready(1, now) - now).GetSeconds(), 1, 1e-6);
}

TEST(OffloadBuffer, WhatIsRaisedIsWhereItWouldBeHadItBeenThereFromTheBeginning)
{
    std::mt19937 random(4);
    for (int world = 0; world < 200; ++world)
    {
        Buffer buffer(16);
        std::array<std::vector<uint32_t>, 3> slots;
        for (int i = 0; i < 12; ++i)
        {
            OffloadRecord record = Record(NanoSeconds(i), 100 + i, random() % 3);
            record.sequence = i;
            slots[record.level].push_back(buffer.Put(record, int(i)));
        }
        const uint64_t bytes = buffer.Bytes();
        for (uint8_t level : {1, 2})
        {
            for (const uint32_t slot : slots[level])
            {
                if (random() % 2 == 0)
                {
                    buffer.Raise(slot, 0);
                }
            }
        }
        EXPECT_EQ(buffer.Bytes(), bytes);
        uint32_t left = 12;
        for (uint8_t level : {0, 1, 2})
        {
            uint64_t sum = 0;
            int last = -1;
            const uint64_t said = buffer.Bytes(level);
            while (buffer.Front(level) != Buffer::NONE)
            {
                const uint32_t slot = buffer.Front(level);
                EXPECT_EQ(buffer.At(slot).level, level);
                sum += buffer.At(slot).size;
                const int item = buffer.Take(slot);
                EXPECT_GT(item, last) << "in the order of their coming";
                last = item;
                --left;
            }
            EXPECT_EQ(buffer.Back(level), Buffer::NONE);
            EXPECT_EQ(sum, said);
        }
        EXPECT_EQ(left, 0U);
    }
}

} // namespace
