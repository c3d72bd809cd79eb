// SPDX-License-Identifier: GPL-2.0-only
#ifndef BODY_FIXTURE_H
#define BODY_FIXTURE_H

#include "ns3/shard-header.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

namespace wiretest
{

/**
 * Read the body of a control message from memory of exactly its size, so that a sanitizer sees
 * anything read beyond its end.
 * @param bytes the body
 * @param body set to what they say
 * @return what the reader says of them
 */
template <typename Body>
ns3::sharding::ShardError
ReadBody(const std::vector<uint8_t>& bytes, Body& body)
{
    const std::vector<uint8_t> exact(bytes.begin(), bytes.end());
    return body.Read(exact.data(), static_cast<uint32_t>(exact.size()));
}

/**
 * Hold a body against every cut of it and against bytes behind it.
 * @param good a body that is to be read
 */
template <typename Body>
void
ExpectExactLength(const std::vector<uint8_t>& good)
{
    Body body;
    EXPECT_EQ(ReadBody(good, body), ns3::sharding::SHARD_OK);
    for (std::size_t size = 0; size < good.size(); ++size)
    {
        const auto end = good.begin() + static_cast<std::ptrdiff_t>(size);
        EXPECT_NE(ReadBody({good.begin(), end}, body), ns3::sharding::SHARD_OK) << size;
    }
    for (int byte = 0; byte < 256; ++byte)
    {
        std::vector<uint8_t> longer = good;
        longer.push_back(static_cast<uint8_t>(byte));
        EXPECT_EQ(ReadBody(longer, body), ns3::sharding::SHARD_LENGTH) << byte;
    }
    std::vector<uint8_t> twice = good;
    twice.insert(twice.end(), good.begin(), good.end());
    EXPECT_EQ(ReadBody(twice, body), ns3::sharding::SHARD_LENGTH);
}

} // namespace wiretest

#endif // BODY_FIXTURE_H
