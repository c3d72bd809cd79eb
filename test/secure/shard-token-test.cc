// SPDX-License-Identifier: GPL-2.0-only
/*
 * 1. what was written is read: claims and number come back, in both ways to protect a token
 * 2. bytes are where they are documented to be, and what is sealed is not in the clear
 * 3. every flipped bit of a token is refused, and so are millions of tokens mutated at random; none
 *    is taken for another one
 * 4. a key is good until it was replaced more often than is kept, so that rotation drops nobody
 * 5. expired, early, of another client, for another group: each is told apart, in this order
 * 6. a guard takes each token once, however many come, and refuses what it may have forgotten
 * 7. a secret reaches its client alone
 */
#include "ns3/shard-token-guard.h"
#include "ns3/shard-token-wrap.h"
#include "ns3/shard-token.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <random>
#include <set>

namespace
{

using namespace ns3::sharding;

constexpr uint64_t SECOND = 1000000000;

ShardAeadKey
Master(uint8_t first = 7)
{
    ShardAeadKey key;
    for (std::size_t i = 0; i < key.size(); ++i)
    {
        key[i] = static_cast<uint8_t>(first + 3 * i);
    }
    return key;
}

ShardTokenClaims
Claims()
{
    ShardTokenClaims claims;
    for (std::size_t i = 0; i < claims.secret.size(); ++i)
    {
        claims.secret[i] = static_cast<uint8_t>(200 + i);
    }
    claims.client = 0x0102030405060708;
    claims.address = 0x0a000001;
    claims.group = 5;
    claims.issued = 3 * SECOND;
    claims.expires = 13 * SECOND;
    return claims;
}

class TokenTest : public testing::TestWithParam<ShardTokenSeal>
{
  protected:
    ShardTokenVerdict Read(uint64_t now, const ShardToken& token)
    {
        return keys.Read(now, token.data(), token.size(), number, read);
    }

    ShardTokenKeys keys{Master(), GetParam(), 100 * SECOND, 1};
    ShardTokenNumber number;
    ShardTokenClaims read;
};

TEST_P(TokenTest, WhatWasWrittenIsRead)
{
    const ShardToken token = keys.Write(3 * SECOND, {9, 77}, Claims());
    ASSERT_EQ(Read(4 * SECOND, token), SHARD_TOKEN_ACCEPTED);
    EXPECT_EQ(number.issuer, 9U);
    EXPECT_EQ(number.count, 77U);
    EXPECT_EQ(read.secret, Claims().secret);
    EXPECT_EQ(read.client, Claims().client);
    EXPECT_EQ(read.address, Claims().address);
    EXPECT_EQ(read.group, Claims().group);
    EXPECT_EQ(read.issued, Claims().issued);
    EXPECT_EQ(read.expires, Claims().expires);
}

TEST_P(TokenTest, BytesAreWhereTheyAreDocumentedToBe)
{
    const ShardToken token = keys.Write(250 * SECOND, {0x01020304, 0x0a0b}, Claims());
    const std::vector<uint8_t> head = {static_cast<uint8_t>(GetParam()),
                                       0,
                                       0,
                                       2, // third key: 250 s by 100 s
                                       1,
                                       2,
                                       3,
                                       4,
                                       0,
                                       0,
                                       0,
                                       0,
                                       0,
                                       0,
                                       0x0a,
                                       0x0b};
    EXPECT_TRUE(std::equal(head.begin(), head.end(), token.begin()));
    const ShardTokenClaims claims = Claims();
    const bool isClear = std::equal(claims.secret.begin(), claims.secret.end(), &token[16]);
    EXPECT_EQ(isClear, GetParam() == SHARD_TOKEN_TAGGED);
}

TEST_P(TokenTest, EveryFlippedBitIsRefused)
{
    for (uint64_t count = 0; count < 1000; ++count)
    {
        ShardToken token = keys.Write(3 * SECOND, {1, count}, Claims());
        // All bits of the first tokens, some of each of the others.
        const std::size_t step = count < 20 ? 1 : 61;
        for (std::size_t bit = count % step; bit < 8 * token.size(); bit += step)
        {
            token[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
            ASSERT_NE(Read(4 * SECOND, token), SHARD_TOKEN_ACCEPTED) << "bit " << bit;
            token[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        }
        ASSERT_EQ(Read(4 * SECOND, token), SHARD_TOKEN_ACCEPTED);
    }
}

TEST_P(TokenTest, OfMillionsOfMutatedTokensNoneIsAccepted)
{
    const bool isSlow = std::getenv("SHARDING_SLOW") != nullptr;
    const uint64_t rounds = isSlow ? 50000000 : 2000000;
    std::mt19937_64 random(20251);
    const ShardToken one = keys.Write(3 * SECOND, {1, 1}, Claims());
    const ShardToken two = keys.Write(3 * SECOND, {1, 2}, Claims());
    uint64_t accepted = 0;
    uint64_t tried = 0;
    for (uint64_t i = 0; i < rounds; ++i)
    {
        ShardToken token = one;
        const uint64_t draw = random();
        switch (draw % 4)
        {
        case 0: // some bytes
            for (uint64_t left = 1 + draw / 4 % 4; left > 0; --left)
            {
                const uint64_t at = random();
                token[at % token.size()] ^= static_cast<uint8_t>(at >> 32);
            }
            break;
        case 1: // head of one, tail of the other
        {
            const std::size_t cut = draw / 4 % token.size();
            std::copy(two.begin() + static_cast<long>(cut),
                      two.end(),
                      token.begin() + static_cast<long>(cut));
            break;
        }
        case 2: // a bit
            token[draw / 4 % token.size()] ^= static_cast<uint8_t>(1 << (draw >> 40) % 8);
            break;
        default: // all of it, but for the first bytes
            for (std::size_t at = 4; at < token.size(); ++at)
            {
                token[at] = static_cast<uint8_t>(at % 8 == 4 ? random() : draw >> at % 8 * 8);
            }
        }
        if (token == one || token == two)
        {
            continue;
        }
        ++tried;
        accepted += Read(4 * SECOND, token) == SHARD_TOKEN_ACCEPTED ? 1 : 0;
    }
    EXPECT_EQ(accepted, 0U);
    EXPECT_GT(tried, rounds * 9 / 10);
}

TEST_P(TokenTest, OfAnyOtherLengthItIsMalformed)
{
    const ShardToken token = keys.Write(3 * SECOND, {1, 1}, Claims());
    std::vector<uint8_t> bytes(token.begin(), token.end());
    for (const std::size_t size : {0, 1, 4, 95})
    {
        const std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<long>(size));
        EXPECT_EQ(keys.Read(4 * SECOND, cut.data(), cut.size(), number, read),
                  SHARD_TOKEN_MALFORMED);
    }
    bytes.push_back(0);
    EXPECT_EQ(keys.Read(4 * SECOND, bytes.data(), bytes.size(), number, read),
              SHARD_TOKEN_MALFORMED);
}

TEST_P(TokenTest, AKeyIsGoodUntilItWasReplacedOftenerThanIsKept)
{
    const ShardToken token = keys.Write(99 * SECOND, {1, 1}, Claims());
    EXPECT_EQ(Read(99 * SECOND, token), SHARD_TOKEN_ACCEPTED);
    EXPECT_EQ(Read(100 * SECOND, token), SHARD_TOKEN_ACCEPTED); // replaced once
    EXPECT_EQ(Read(199 * SECOND, token), SHARD_TOKEN_ACCEPTED);
    EXPECT_EQ(Read(200 * SECOND, token), SHARD_TOKEN_STALE); // twice
    const ShardToken later = keys.Write(200 * SECOND, {1, 2}, Claims());
    EXPECT_EQ(Read(199 * SECOND, later), SHARD_TOKEN_STALE); // not in use yet
    EXPECT_EQ(Read(200 * SECOND, later), SHARD_TOKEN_ACCEPTED);
    // 65536 keys later the low bits of the number are the same again, and the key is not.
    EXPECT_EQ(Read((200 + 6553600) * SECOND, later), SHARD_TOKEN_FORGED);
}

TEST_P(TokenTest, AnotherHubsTokensAndTheOtherWayToProtectThemAreRefused)
{
    ShardTokenKeys others(Master(8), GetParam(), 100 * SECOND, 1);
    EXPECT_EQ(Read(4 * SECOND, others.Write(3 * SECOND, {1, 1}, Claims())), SHARD_TOKEN_FORGED);
    ShardTokenKeys clear(Master(),
                         GetParam() == SHARD_TOKEN_SEALED ? SHARD_TOKEN_TAGGED : SHARD_TOKEN_SEALED,
                         100 * SECOND,
                         1);
    EXPECT_EQ(Read(4 * SECOND, clear.Write(3 * SECOND, {1, 1}, Claims())), SHARD_TOKEN_MALFORMED);
}

TEST_P(TokenTest, ASecretReachesItsClientAlone)
{
    const ShardTokenNumber given{1, 5};
    const ShardToken token = keys.Write(3 * SECOND, given, Claims());
    const ShardAeadKey mine = ShardTokenClientKey(Master(), 10);
    const ShardWrappedSecret wrapped = ShardTokenWrap(GetParam(), mine, given, Claims().secret);
    std::array<uint8_t, 32> secret{};
    ASSERT_TRUE(ShardTokenUnwrap(GetParam(), mine, token, wrapped, secret));
    EXPECT_EQ(secret, Claims().secret);
    EXPECT_FALSE(
        ShardTokenUnwrap(GetParam(), ShardTokenClientKey(Master(), 11), token, wrapped, secret));
    for (std::size_t i = 0; i < wrapped.size(); ++i)
    {
        ShardWrappedSecret changed = wrapped;
        changed[i] ^= 0x10;
        EXPECT_FALSE(ShardTokenUnwrap(GetParam(), mine, token, changed, secret)) << i;
    }
}

INSTANTIATE_TEST_SUITE_P(BothWays,
                         TokenTest,
                         testing::Values(SHARD_TOKEN_SEALED, SHARD_TOKEN_TAGGED),
                         [](const auto& info)
                         { return info.param == SHARD_TOKEN_SEALED ? "Sealed" : "Tagged"; });

TEST(TokenJudge, TellsApartWhatIsWrong)
{
    const ShardTokenClaims claims = Claims();
    const auto judge = [&claims](uint64_t now, uint64_t client, uint32_t address, uint32_t group)
    { return ShardTokenJudge(now, claims, client, address, group); };
    const uint64_t in = 5 * SECOND;
    EXPECT_EQ(judge(in, claims.client, claims.address, 5), SHARD_TOKEN_ACCEPTED);
    EXPECT_EQ(judge(3 * SECOND, claims.client, claims.address, 5), SHARD_TOKEN_ACCEPTED);
    EXPECT_EQ(judge(13 * SECOND - 1, claims.client, claims.address, 5), SHARD_TOKEN_ACCEPTED);
    EXPECT_EQ(judge(13 * SECOND, claims.client, claims.address, 5), SHARD_TOKEN_EXPIRED);
    EXPECT_EQ(judge(3 * SECOND - 1, claims.client, claims.address, 5), SHARD_TOKEN_EARLY);
    EXPECT_EQ(judge(in, claims.client + 1, claims.address, 5), SHARD_TOKEN_WRONG_CLIENT);
    EXPECT_EQ(judge(in, claims.client, claims.address + 1, 5), SHARD_TOKEN_WRONG_CLIENT);
    EXPECT_EQ(judge(in, claims.client, claims.address, 6), SHARD_TOKEN_WRONG_GROUP);
    EXPECT_EQ(judge(14 * SECOND, 0, 0, 6), SHARD_TOKEN_EXPIRED);
}

TEST(TokenGuard, TakesEachOnceUntilItExpires)
{
    ShardTokenGuard guard(1000);
    EXPECT_TRUE(guard.Take(1, {1, 1}, 100));
    EXPECT_FALSE(guard.Take(2, {1, 1}, 100));
    EXPECT_TRUE(guard.Take(3, {1, 2}, 100));
    EXPECT_TRUE(guard.Take(4, {2, 1}, 100)); // of another issuer
    EXPECT_EQ(guard.Size(), 3U);
    EXPECT_TRUE(guard.Take(100, {1, 3}, 200)); // those of before have expired
    EXPECT_EQ(guard.Size(), 1U);
}

TEST(TokenGuard, AcceptsNothingTwiceWhenItIsFlooded)
{
    ShardTokenGuard guard(50);
    std::mt19937_64 random(4);
    std::set<uint64_t> taken;
    for (int i = 0; i < 100000; ++i)
    {
        const uint64_t count = random() % 400;
        // The same token always has the same expiry, which it says itself.
        if (guard.Take(10, {0, count}, 1000 + count))
        {
            EXPECT_TRUE(taken.insert(count).second) << count;
        }
        ASSERT_LE(guard.Size(), 50U);
    }
    EXPECT_GE(taken.size(), 50U);
}

} // namespace
