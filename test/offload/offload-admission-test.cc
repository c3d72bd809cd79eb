// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads that an engine holds back. Reads of 4096 bytes in chunks of 1400: 1400, 1400, 1296.
 * 1. no more than the window is on its way, but one read always is; who waits passes in order
 * 2. further tries are absorbed while the read waits, or has been on its way for less than a
 * patience
 * 3. what never comes is given up, and its place is free; who finds no place to wait passes
 * 4. where no answer ever comes, the tries of reads that wait are enough for each to be asked for
 * 5. over 20000 random events the bytes on their way are those of a plain list
 */
#include "ns3/offload-admission.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <vector>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

OffloadIoFields
Read(uint64_t request, uint32_t bytes = 4096)
{
    OffloadIoFields fields;
    fields.chunkBytes = 1400;
    fields.bytes = bytes;
    fields.request = request;
    fields.mask = fields.All();
    return fields;
}

OffloadIoFields
Data(uint64_t request, uint32_t chunk, uint32_t bytes = 4096)
{
    OffloadIoFields fields = Read(request, bytes);
    fields.kind = OFFLOAD_IO_DATA;
    fields.mask = uint64_t{1} << chunk;
    return fields;
}

/// @return numbers of the reads
std::vector<uint64_t>
Numbers(const std::vector<OffloadIoFields>& reads)
{
    std::vector<uint64_t> numbers;
    for (const OffloadIoFields& read : reads)
    {
        numbers.push_back(read.request);
    }
    return numbers;
}

using Reads = std::vector<uint64_t>;

TEST(OffloadAdmission, NoMoreThanTheWindowIsOnItsWayAndWhoWaitsPassesInOrder)
{
    OffloadAdmission admission(9000, 100, MilliSeconds(100));
    EXPECT_EQ(Numbers(admission.Come(Read(1), Time(0))), Reads{1});
    EXPECT_EQ(Numbers(admission.Come(Read(2), Time(0))), Reads{2});
    EXPECT_EQ(Numbers(admission.Come(Read(3), Time(0))), Reads{});
    EXPECT_EQ(Numbers(admission.Come(Read(4, 100), Time(0))), Reads{}) << "it would fit";
    EXPECT_EQ(admission.Coming(), 8192U);
    EXPECT_TRUE(admission.Came(Data(2, 0), Time(0)).empty());
    EXPECT_TRUE(admission.Came(Data(2, 0), Time(0)).empty()) << "it was there";
    EXPECT_TRUE(admission.Came(Data(1, 0), Time(0)).empty());
    // 3 x 1400 are more than 8192 + 4096 - 9000.
    const auto passed = admission.Came(Data(2, 1), Time(0));
    ASSERT_EQ(passed.size(), 2U);
    EXPECT_EQ(passed[0].request, 3U);
    EXPECT_EQ(passed[1].request, 4U);
    EXPECT_EQ(admission.Coming(), 8192U - 3 * 1400 + 4096 + 100);
    EXPECT_EQ(admission.Held(), 0U);

    OffloadAdmission narrow(100, 100, MilliSeconds(100));
    EXPECT_EQ(Numbers(narrow.Come(Read(1), Time(0))), Reads{1}) << "one always is";
    EXPECT_EQ(Numbers(narrow.Come(Read(2), Time(0))), Reads{});
}

TEST(OffloadAdmission, FurtherTriesAreAbsorbedWhileNothingNeedBeLost)
{
    OffloadAdmission admission(5000, 100, MilliSeconds(100));
    admission.Come(Read(1), Time(0));
    admission.Come(Read(2), Time(0));
    EXPECT_EQ(Numbers(admission.Come(Read(1), MilliSeconds(99))), Reads{});
    EXPECT_EQ(Numbers(admission.Come(Read(2), MilliSeconds(99))), Reads{}) << "it waits";
    EXPECT_EQ(Numbers(admission.Come(Read(1), MilliSeconds(100))), Reads{1});
    EXPECT_EQ(Numbers(admission.Come(Read(1), MilliSeconds(199))), Reads{});
    EXPECT_EQ(admission.Coming(), 4096U) << "it is the same read";
    EXPECT_EQ(admission.GetCounters().absorbed, 3U);
}

TEST(OffloadAdmission, WhatNeverComesIsGivenUpAndWhoFindsNoPlacePasses)
{
    OffloadAdmission admission(5000, 1, MilliSeconds(100));
    admission.Come(Read(1), Time(0));
    EXPECT_EQ(Numbers(admission.Come(Read(2), Time(0))), Reads{});
    EXPECT_EQ(Numbers(admission.Come(Read(3), Time(0))), Reads{3});
    EXPECT_EQ(admission.GetCounters().beyond, 1U);
    EXPECT_EQ(Numbers(admission.Come(Read(4), MilliSeconds(1000))), Reads{4}) << "no place";
    EXPECT_EQ(Numbers(admission.Come(Read(5), MilliSeconds(1001))), Reads{2}) << "5 waits now";
    EXPECT_EQ(admission.GetCounters().lost, 1U);
    EXPECT_EQ(admission.Held(), 1U);
}

TEST(OffloadAdmission, WhereNoAnswerEverComesTriesOfReadsThatWaitAreEnough)
{
    OffloadAdmission admission(5000, 100, MilliSeconds(100));
    for (uint64_t request = 1; request <= 4; ++request)
    {
        admission.Come(Read(request), Time(0));
    }
    EXPECT_EQ(admission.Held(), 3U);
    std::set<uint64_t> asked{1};
    for (int second = 1; second <= 6; ++second)
    {
        for (uint64_t request = 2; request <= 4; ++request)
        {
            if (asked.count(request) == 0)
            {
                const Reads numbers = Numbers(admission.Come(Read(request), Seconds(second)));
                asked.insert(numbers.begin(), numbers.end());
            }
        }
    }
    EXPECT_EQ(asked, (std::set<uint64_t>{1, 2, 3, 4}));
    EXPECT_EQ(admission.Held(), 0U);
}

TEST(OffloadAdmission, CountsBytesAsAPlainListDoes)
{
    std::mt19937 random(5);
    OffloadAdmission admission(20000, 1000, Seconds(1));
    std::map<uint64_t, OffloadIoFields> coming;
    uint64_t last = 0;
    const auto pass = [&](const OffloadIoFields& fields)
    {
        EXPECT_GT(fields.request, last) << "in order";
        last = fields.request;
        coming[fields.request] = fields;
    };
    uint64_t next = 1;
    for (int i = 0; i < 20000; ++i)
    {
        if (random() % 4 == 0)
        {
            const OffloadIoFields read = Read(next++, 1 + random() % 8000);
            for (const OffloadIoFields& passed : admission.Come(read, Time(0)))
            {
                pass(passed);
            }
        }
        else if (!coming.empty())
        {
            auto which = coming.begin();
            std::advance(which, random() % coming.size());
            OffloadIoFields data = which->second;
            data.mask &= ~(data.mask - 1);
            which->second.mask &= ~data.mask;
            if (which->second.mask == 0)
            {
                coming.erase(which);
            }
            for (const OffloadIoFields& read : admission.Came(data, Time(0)))
            {
                pass(read);
            }
        }
        uint64_t bytes = 0;
        for (const auto& [request, fields] : coming)
        {
            for (uint32_t chunk = 0; chunk < fields.Chunks(); ++chunk)
            {
                bytes += (fields.mask >> chunk & 1) != 0 ? fields.BytesOf(chunk) : 0;
            }
        }
        ASSERT_EQ(admission.Coming(), bytes);
        ASSERT_TRUE(bytes <= 20000 || coming.size() == 1);
        ASSERT_EQ(next - 1, last + admission.Held());
    }
    EXPECT_GT(admission.GetCounters().held, 1000U);
}

} // namespace
