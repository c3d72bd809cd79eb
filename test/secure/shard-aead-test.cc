// SPDX-License-Identifier: GPL-2.0-only
/*
 * 1. AES-256-GCM is that of its authors (D. McGrew, J. Viega, "The Galois/Counter Mode of Operation
 *    (GCM)", appendix B, test cases 13 to 16), ChaCha20-Poly1305 that of RFC 8439, 2.8.2
 * 2. what was sealed is opened, in place too; every flipped bit, and any other key, nonce or
 *    associated data, is refused
 * 3. keys are derived from the master key as an independent script derives them (Python's
 *    hashlib.blake2b), and differ by direction, peer, epoch and cipher
 */
#include "ns3/shard-aead.h"
#include "ns3/shard-hex.h"
#include "ns3/shard-key-schedule.h"

#include <gtest/gtest.h>
#include <numeric>
#include <set>
#include <string>
#include <vector>

namespace
{

using namespace ns3::sharding;

using Bytes = std::vector<uint8_t>;

Bytes
FromHex(const std::string& digits)
{
    Bytes bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    {
        bytes.push_back(static_cast<uint8_t>(std::stoul(digits.substr(i, 2), nullptr, 16)));
    }
    return bytes;
}

template <std::size_t N>
std::array<uint8_t, N>
ArrayFromHex(const std::string& digits)
{
    std::array<uint8_t, N> bytes{};
    EXPECT_TRUE(ShardReadHex(digits, bytes)) << digits;
    return bytes;
}

struct Vector
{
    const char* story;
    ShardAeadKind kind;
    std::string key, nonce, ad, plain, sealed;
};

std::vector<Vector>
Published()
{
    const std::string key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    const std::string plain =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
        "49a6b525b16aedf5aa0de657ba637b39";
    const std::string cipher =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
        "56828838c5f61e6393ba7a0abcc9f662";
    return {
        {"GCM test case 13",
         SHARD_AEAD_AES_256_GCM,
         std::string(64, '0'),
         std::string(24, '0'),
         "",
         "",
         "530f8afbc74536b9a963b4f1c4cb738b"},
        {"GCM test case 14",
         SHARD_AEAD_AES_256_GCM,
         std::string(64, '0'),
         std::string(24, '0'),
         "",
         std::string(32, '0'),
         "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
        {"GCM test case 15",
         SHARD_AEAD_AES_256_GCM,
         key,
         "cafebabefacedbaddecaf888",
         "",
         plain + "1aafd255",
         cipher + "898015adb094dac5d93471bdec1a502270e3cc6c"},
        {"GCM test case 16",
         SHARD_AEAD_AES_256_GCM,
         key,
         "cafebabefacedbaddecaf888",
         "feedfacedeadbeeffeedfacedeadbeefabaddad2",
         plain,
         cipher + "76fc6ece0f4e1768cddf8853bb2d551b"},
        {"RFC 8439, 2.8.2",
         SHARD_AEAD_CHACHA20_POLY1305,
         "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
         "070000004041424344454647",
         "50515253c0c1c2c3c4c5c6c7",
         "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966"
         "204920636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f722074686520667574757"
         "2"
         "652c2073756e73637265656e20776f756c642062652069742e",
         "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69"
         "da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad67594"
         "5585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"},
    };
}

TEST(ShardAead, SealsAndOpensThePublishedVectors)
{
    uint32_t seen = 0;
    for (const Vector& v : Published())
    {
        SCOPED_TRACE(v.story);
        if (!ShardAead::IsAvailable(v.kind))
        {
            continue;
        }
        ++seen;
        const ShardAead aead(v.kind, ArrayFromHex<32>(v.key));
        const auto nonce = ArrayFromHex<12>(v.nonce);
        const Bytes ad = FromHex(v.ad);
        const Bytes plain = FromHex(v.plain);
        const Bytes want = FromHex(v.sealed);
        ASSERT_EQ(want.size(), plain.size() + 16);

        Bytes sealed(want.size());
        aead.Seal(nonce, ad.data(), ad.size(), plain.data(), plain.size(), sealed.data());
        EXPECT_EQ(sealed, want);
        Bytes inPlace = plain;
        inPlace.resize(want.size());
        aead.Seal(nonce, ad.data(), ad.size(), inPlace.data(), plain.size(), inPlace.data());
        EXPECT_EQ(inPlace, want);

        Bytes opened(plain.size() + 1, 0xee);
        ASSERT_TRUE(
            aead.Open(nonce, ad.data(), ad.size(), want.data(), want.size(), opened.data()));
        EXPECT_EQ(opened.back(), 0xee) << "a byte behind was written";
        opened.pop_back();
        EXPECT_EQ(opened, plain);
        ASSERT_TRUE(
            aead.Open(nonce, ad.data(), ad.size(), inPlace.data(), inPlace.size(), inPlace.data()));
        inPlace.resize(plain.size());
        EXPECT_EQ(inPlace, plain);
    }
    EXPECT_GE(seen, 1U);
}

TEST(ShardAead, RefusesEveryFlippedBitAndOtherKeysNoncesAndAssociatedData)
{
    for (const Vector& v : Published())
    {
        SCOPED_TRACE(v.story);
        if (!ShardAead::IsAvailable(v.kind))
        {
            continue;
        }
        const auto key = ArrayFromHex<32>(v.key);
        const auto nonce = ArrayFromHex<12>(v.nonce);
        const Bytes ad = FromHex(v.ad);
        const Bytes sealed = FromHex(v.sealed);
        Bytes out(sealed.size());
        const auto opens =
            [&](const ShardAeadKey& k, const ShardAeadNonce& n, const Bytes& a, const Bytes& s)
        {
            return ShardAead(v.kind, k).Open(n, a.data(), a.size(), s.data(), s.size(), out.data());
        };
        ASSERT_TRUE(opens(key, nonce, ad, sealed));
        const auto refusesAll = [](auto bytes, auto tries)
        {
            for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit)
            {
                auto flipped = bytes;
                flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
                ASSERT_FALSE(tries(flipped)) << "bit " << bit;
            }
        };
        refusesAll(sealed, [&](const Bytes& s) { return opens(key, nonce, ad, s); });
        refusesAll(ad, [&](const Bytes& a) { return opens(key, nonce, a, sealed); });
        refusesAll(nonce, [&](const ShardAeadNonce& n) { return opens(key, n, ad, sealed); });
        refusesAll(key, [&](const ShardAeadKey& k) { return opens(k, nonce, ad, sealed); });
        if (sealed.size() > ShardAead::TAG)
        {
            EXPECT_FALSE(opens(key, nonce, ad, Bytes(sealed.begin(), sealed.end() - 1)));
        }
    }
}

TEST(ShardKeySchedule, DerivesWhatAnIndependentScriptDerives)
{
    ShardAeadKey master;
    std::iota(master.begin(), master.end(), uint8_t{0});
    const ShardKeySchedule schedule(master, 1, 5);
    EXPECT_EQ(ShardWriteHex(schedule.KeyOf(SHARD_AEAD_AES_256_GCM, 2)),
              "378fde2f542d9e4eb558bd04e8fc9d53f7128ff14e0f75350c3b30b8cb468749");
    EXPECT_EQ(ShardWriteHex(schedule.KeyOf(SHARD_AEAD_CHACHA20_POLY1305, 2)),
              "4df343c12b1b2bc47e16089688a651f25acd9e759c25be17c775b542620dbccc");
}

TEST(ShardKeySchedule, GivesEveryDirectionPeerEpochAndCipherAKeyOfItsOwn)
{
    ShardAeadKey master{};
    std::set<ShardAeadKey> keys;
    std::size_t made = 0;
    for (const uint8_t first : {0, 1})
    {
        master[0] = first;
        for (const uint32_t direction : {0U, 1U})
        {
            for (const uint32_t peer : {0U, 1U, 2U, UINT32_MAX})
            {
                const ShardKeySchedule schedule(master, direction, peer);
                for (const uint64_t epoch : {0UL, 1UL, 256UL, uint64_t(1) << 40})
                {
                    for (const auto kind : {SHARD_AEAD_AES_256_GCM, SHARD_AEAD_CHACHA20_POLY1305})
                    {
                        keys.insert(schedule.KeyOf(kind, epoch));
                        ++made;
                    }
                }
            }
        }
    }
    EXPECT_EQ(made, 128U);
    EXPECT_EQ(keys.size(), made);
}

TEST(ShardHex, TakesExactlyAsManyDigitsAsThereAreHalfBytes)
{
    std::array<uint8_t, 2> bytes{{1, 2}};
    for (const char* wrong : {"", "0a", "0a0", "0a0b0", "0a0b0c", "0A0b", "0a0g", "0x0a"})
    {
        EXPECT_FALSE(ShardReadHex(wrong, bytes)) << wrong;
    }
    EXPECT_EQ(bytes, (std::array<uint8_t, 2>{{1, 2}}));
    EXPECT_TRUE(ShardReadHex("f09e", bytes));
    EXPECT_EQ(bytes, (std::array<uint8_t, 2>{{0xf0, 0x9e}}));
    EXPECT_EQ(ShardWriteHex(bytes), "f09e");
}

} // namespace
