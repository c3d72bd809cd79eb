// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads that an engine holds back. Reads of 4096 bytes in chunks of 1400: 1400, 1400, 1296.
 * 1. no more than the window is on its way, but one read always is; who waits passes in order
 * 2. further tries are absorbed while the read waits, or has been on its way for less than a
 * patience
 * 3. what never comes is given up, and its place is free; who finds no place to wait passes
 * 4. over 20000 random events the bytes on their way are those of a plain list
 */
#include "ns3/offload-admission.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

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

TEST(OffloadAdmission, NoMoreThanTheWindowIsOnItsWayAndWhoWaitsPassesInOrder)
{
    OffloadAdmission admission(9000, 100, MilliSeconds(100));
    EXPECT_EQ(admission.Come(Read(1), Time(0)), OffloadAdmission::PASS);
    EXPECT_EQ(admission.Come(Read(2), Time(0)), OffloadAdmission::PASS);
    EXPECT_EQ(admission.Come(Read(3), Time(0)), OffloadAdmission::HELD);
    EXPECT_EQ(admission.Come(Read(4, 100), Time(0)), OffloadAdmission::HELD) << "it would fit";
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
    EXPECT_EQ(narrow.Come(Read(1), Time(0)), OffloadAdmission::PASS) << "one always is";
    EXPECT_EQ(narrow.Come(Read(2), Time(0)), OffloadAdmission::HELD);
}

TEST(OffloadAdmission, FurtherTriesAreAbsorbedWhileNothingNeedBeLost)
{
    OffloadAdmission admission(5000, 100, MilliSeconds(100));
    admission.Come(Read(1), Time(0));
    admission.Come(Read(2), Time(0));
    EXPECT_EQ(admission.Come(Read(1), MilliSeconds(99)), OffloadAdmission::ABSORBED);
    EXPECT_EQ(admission.Come(Read(2), Seconds(9)), OffloadAdmission::ABSORBED) << "it waits";
    EXPECT_EQ(admission.Come(Read(1), MilliSeconds(100)), OffloadAdmission::PASS);
    EXPECT_EQ(admission.Come(Read(1), MilliSeconds(199)), OffloadAdmission::ABSORBED);
    EXPECT_EQ(admission.Coming(), 4096U) << "it is the same read";
    EXPECT_EQ(admission.GetCounters().absorbed, 3U);
}

TEST(OffloadAdmission, WhatNeverComesIsGivenUpAndWhoFindsNoPlacePasses)
{
    OffloadAdmission admission(5000, 1, MilliSeconds(100));
    admission.Come(Read(1), Time(0));
    EXPECT_EQ(admission.Come(Read(2), Time(0)), OffloadAdmission::HELD);
    EXPECT_EQ(admission.Come(Read(3), Time(0)), OffloadAdmission::PASS);
    EXPECT_EQ(admission.GetCounters().beyond, 1U);
    EXPECT_EQ(admission.Come(Read(4), MilliSeconds(1001)), OffloadAdmission::PASS) << "no place";
    EXPECT_EQ(admission.GetCounters().lost, 1U);
    const auto passed = admission.Came(Data(3, 0), MilliSeconds(1001));
    ASSERT_EQ(passed.size(), 1U);
    EXPECT_EQ(passed[0].request, 2U);
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
            if (admission.Come(read, Time(0)) == OffloadAdmission::PASS)
            {
                pass(read);
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
