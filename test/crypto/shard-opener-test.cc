// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sealer and opener against each other and against whoever is between them:
 *  1. a shard comes out as it went in, with real payload and with virtual, whatever unit sealed it
 *  2. what is on the wire is what docs/wire-format.md says, from an independent script
 *  3. every flipped bit, with the checksum made right again, is refused as forged or as one of the
 *     other reasons, and changes nothing: the genuine shard is opened after it
 *  4. cut, replayed, too old for the window, unsealed, of another key, direction or peer: refused,
 *     every one, and counted for that reason
 *  5. shards of the previous key epoch are still opened, of older ones not; restarts go on
 *  6. peers have windows of their own
 *  7. with virtual payload sizes and answers are the same as with real, where no bytes decide
 *  8. what is counted adds up, and says how far shards came out of order
 */
#include "crypto/seal-fixture.h"

#include "ns3/shard-header.h"
#include "ns3/shard-octets.h"

#include <gtest/gtest.h>
#include <random>
#include <sstream>

namespace
{

using namespace sealtest;

using Bytes = std::vector<uint8_t>;

const char* const COUNTING = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

bool
HasAes()
{
    return ShardAead::IsAvailable(SHARD_AEAD_AES_256_GCM);
}

TEST(ShardOpener, MakesTheShardAgainWhatItWas)
{
    static const Ptr<const Datagram> origin = Create<Datagram>();
    for (const bool isReal : {true, false})
    {
        SCOPED_TRACE(isReal ? "real payload" : "virtual payload");
        for (const char* const cipher : {"Fastest", "ChaCha20Poly1305"})
        {
            Ptr<ShardSealer> sealer = MakeSealer();
            Ptr<ShardOpener> opener = MakeOpener(isReal);
            sealer->SetAttribute("Cipher", StringValue(cipher));
            opener->SetAttribute("Cipher", StringValue(cipher));
            uint32_t flow = 0;
            for (const uint16_t size : {1, 2, 15, 16, 17, 1400, 65535})
            {
                Shard shard = MakeShard(++flow, size, isReal);
                shard.origin = origin;
                shard.path = 3;
                shard.dscp = 9;
                const Shard before = CopyOf(shard);
                sealer->Number(shard);
                ASSERT_TRUE(sealer->Apply(Time(0), static_cast<uint16_t>(flow), shard));
                EXPECT_EQ(shard.size, size + ShardSeal::OVERHEAD);
                EXPECT_TRUE(shard.seal.present);
                EXPECT_EQ(shard.seal.unit, flow);
                if (isReal && size > 15) // shorter ones may be the same by chance
                {
                    const Bytes sealed = PayloadOf(shard);
                    EXPECT_NE(Bytes(sealed.begin() + 12, sealed.end() - 16), PayloadOf(before));
                }
                ASSERT_TRUE(opener->Apply(Time(0), 0, shard));
                EXPECT_EQ(shard.size, size);
                EXPECT_FALSE(shard.seal.present);
                EXPECT_EQ(shard.seal.sequence, 0U) << "as if never numbered";
                EXPECT_EQ(PayloadOf(shard), PayloadOf(before));
                EXPECT_TRUE(shard.fields.SameBlock(before.fields));
                EXPECT_EQ(shard.origin, origin);
                EXPECT_EQ(shard.path, 3);
                EXPECT_EQ(shard.dscp, 9);
            }
            EXPECT_EQ(sealer->GetSealed(), 7U);
            EXPECT_EQ(opener->GetAccepted(), 7U);
            EXPECT_EQ(opener->GetRejected(), 0U);
        }
    }
}

// The shard of the example: unit 3, counter 0x10002, sequence 0x42, epoch 2, direction 1, peer 5.
TEST(ShardSealer, WritesTheExampleOfTheWireFormat)
{
    struct Row
    {
        const char* cipher;
        std::string wire;
    };

    const std::string front = "220304010000000700000102000a0000";
    const std::string prefix = "020300000001000200000042";
    const Row rows[] = {
        {"Aes256Gcm", front + "d683c3fe" + prefix + "34d73a8625fe236aab5d22da9b9de16571865f"},
        {"ChaCha20Poly1305",
         front + "8ef669f3" + prefix + "1158b2755668976bc705cc10adb41cd1072a1a"},
    };
    for (const Row& row : rows)
    {
        SCOPED_TRACE(row.cipher);
        if (!HasAes() && std::string(row.cipher) == "Aes256Gcm")
        {
            continue;
        }
        Ptr<ShardSealer> sealer = MakeSealer();
        sealer->SetAttribute("Key", StringValue(COUNTING));
        sealer->SetAttribute("Cipher", StringValue(row.cipher));
        sealer->SetAttribute("Direction", UintegerValue(1));
        sealer->SetAttribute("Peer", UintegerValue(5));
        sealer->Restart();
        sealer->Restart();
        Shard other = MakeShard(9, 1, false);
        for (uint32_t i = 0; i < 0x10001; ++i)
        {
            Shard copy = other;
            copy.seal.key = 2;
            copy.seal.sequence = 1000000; // numbers of their own
            ASSERT_TRUE(sealer->Apply(Time(0), 3, copy));
        }
        for (uint32_t i = 0; i < 0x41; ++i)
        {
            sealer->Number(other);
        }
        Shard shard;
        shard.fields.flow = 7;
        shard.fields.block = 258;
        shard.fields.datagram = 10;
        shard.fields.k = 3;
        shard.fields.n = 4;
        shard.fields.index = 1;
        shard.fields.code = SHARD_CODE_XOR;
        Ptr<ShardBytes> bytes = Create<ShardBytes>(3);
        std::copy_n("EFG", 3, bytes->Data());
        shard.bytes = bytes;
        shard.size = 3;
        sealer->Number(shard);
        ASSERT_TRUE(sealer->Apply(Time(0), 3, shard));

        Bytes wire(20);
        ShardHeader::Write(shard.fields, shard.Payload(), shard.size, wire.data(), shard.seal);
        const Bytes payload = PayloadOf(shard);
        wire.insert(wire.end(), payload.begin(), payload.end());
        std::string digits;
        for (const uint8_t byte : wire)
        {
            digits += "0123456789abcdef"[byte >> 4];
            digits += "0123456789abcdef"[byte & 15];
        }
        EXPECT_EQ(digits, row.wire);
        ShardHeader::Write(shard.fields, nullptr, shard.size, wire.data(), shard.seal);
        EXPECT_EQ(ShardGet32(&wire[16]), 0xcf3103e3U) << "checksum with virtual payload";

        Ptr<ShardOpener> opener = MakeOpener(true);
        opener->SetAttribute("Key", StringValue(COUNTING));
        opener->SetAttribute("Cipher", StringValue(row.cipher));
        opener->SetAttribute("Direction", UintegerValue(1));
        shard.peer = 5;
        ASSERT_TRUE(opener->Apply(Time(0), 0, shard));
        EXPECT_EQ(PayloadOf(shard), (Bytes{'E', 'F', 'G'}));
    }
}

// What an attacker can do on the wire: flip a bit and make the checksum right again.
TEST(ShardOpener, RefusesEveryFlippedBitAndIsNoneTheWorse)
{
    std::mt19937 random(3);
    uint64_t forged = 0;
    uint64_t tried = 0;
    for (uint32_t round = 0; round < 20; ++round)
    {
        Ptr<ShardSealer> sealer = MakeSealer();
        Ptr<ShardOpener> opener = MakeOpener(true);
        ASSERT_TRUE(Opens(opener, SealOne(sealer, round, true)));
        const auto size = static_cast<uint16_t>(1 + random() % 80);
        Shard shard = MakeShard(round, size, true);
        shard.fields.k = static_cast<uint8_t>(1 + random() % size);
        shard.fields.n = shard.fields.k;
        shard.size = shard.fields.Layout()->WireSize(0);
        const Shard plain = CopyOf(shard);
        ASSERT_TRUE(sealer->Apply(Time(0), 1, shard));
        Bytes wire(20);
        ShardHeader::Write(shard.fields, shard.Payload(), shard.size, wire.data(), shard.seal);
        const Bytes payload = PayloadOf(shard);
        wire.insert(wire.end(), payload.begin(), payload.end());
        for (std::size_t bit = 0; bit < 8 * wire.size(); ++bit)
        {
            if (bit / 8 >= 16 && bit / 8 < 20)
            {
                continue; // the checksum itself
            }
            Bytes flipped = wire;
            flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
            uint32_t crc = ShardCrc32c(0xffffffff, flipped.data(), 16);
            crc = ~ShardCrc32c(crc, &flipped[20], static_cast<uint32_t>(flipped.size() - 20));
            ShardPut32(&flipped[16], crc);
            Shard came;
            came.size = static_cast<uint32_t>(flipped.size() - 20);
            ++tried;
            if (ShardHeader::Parse(flipped.data(),
                                   static_cast<uint32_t>(flipped.size()),
                                   came.size,
                                   true,
                                   came.fields,
                                   &came.seal) != SHARD_OK)
            {
                continue; // the transport drops it
            }
            Ptr<ShardBytes> bytes = Create<ShardBytes>(came.size);
            std::copy(flipped.begin() + 20, flipped.end(), bytes->Data());
            came.bytes = bytes;
            ASSERT_FALSE(opener->Apply(Time(0), 0, came)) << "round " << round << " bit " << bit;
        }
        forged += opener->GetRejected(SHARD_SEAL_FORGED);
        EXPECT_EQ(opener->GetRejected(SHARD_SEAL_REPLAYED) + opener->GetRejected(SHARD_SEAL_KEY) +
                      opener->GetRejected(SHARD_SEAL_TOO_OLD) +
                      opener->GetRejected(SHARD_SEAL_FORGED) +
                      opener->GetRejected(SHARD_SEAL_MISSING),
                  opener->GetRejected());
        ASSERT_TRUE(opener->Apply(Time(0), 0, shard)) << "the genuine one";
        EXPECT_EQ(PayloadOf(shard), PayloadOf(plain));
    }
    EXPECT_GT(forged, tried / 2);
}

TEST(ShardOpener, RefusesWhatWasCutOrIsTooLong)
{
    for (const bool isReal : {true, false})
    {
        Ptr<ShardSealer> sealer = MakeSealer();
        Ptr<ShardOpener> opener = MakeOpener(isReal);
        const Shard whole = SealOne(sealer, 1, isReal);
        uint64_t refused = 0;
        for (uint32_t size = 0; size < 200; ++size)
        {
            if (size == whole.size)
            {
                continue;
            }
            Shard cut = whole;
            if (isReal)
            {
                Ptr<ShardBytes> bytes = Create<ShardBytes>(std::max(size, 1U));
                std::copy_n(whole.Payload(), std::min(size, whole.size), bytes->Data());
                cut.bytes = bytes; // of exactly that size, so that sanitizers see all
                cut.offset = 0;
            }
            cut.size = size;
            EXPECT_FALSE(opener->Apply(Time(0), 0, cut)) << size;
            EXPECT_EQ(opener->GetRejected(SHARD_SEAL_LENGTH), ++refused) << size;
        }
        EXPECT_TRUE(Opens(opener, whole));
    }
}

TEST(ShardOpener, RefusesReplaysAndWhatIsBeyondTheWindowEveryTime)
{
    for (const bool isReal : {true, false})
    {
        Ptr<ShardSealer> sealer = MakeSealer();
        Ptr<ShardOpener> opener = MakeOpener(isReal, 64);
        std::vector<Shard> shards;
        for (uint32_t i = 0; i < 200; ++i)
        {
            shards.push_back(SealOne(sealer, 1, isReal, static_cast<uint16_t>(i % 8)));
        }
        ASSERT_TRUE(Opens(opener, shards[199]));
        for (uint32_t i = 0; i < 199; ++i)
        {
            EXPECT_EQ(Opens(opener, shards[i]), i > 199 - 64) << i;
        }
        EXPECT_EQ(opener->GetRejected(SHARD_SEAL_TOO_OLD), 136U);
        EXPECT_EQ(opener->GetLargestReordering(), 63U);
        for (uint32_t i = 136; i < 200; ++i)
        {
            EXPECT_FALSE(Opens(opener, shards[i])) << i;
        }
        EXPECT_EQ(opener->GetRejected(SHARD_SEAL_REPLAYED), 64U);
        EXPECT_EQ(opener->GetAccepted(), 64U);
        EXPECT_EQ(opener->GetRejected(), 200U);
        // 1 in order; behind by 1; 2 and 3; 4 to 7; ... 32 to 63.
        for (uint32_t bits = 0; bits < 7; ++bits)
        {
            EXPECT_EQ(opener->GetReordered(bits), bits < 2 ? 1U : 1U << (bits - 1)) << bits;
        }
    }
}

TEST(ShardOpener, RefusesUnsealedShardsAndInARealTunnelThoseWithoutBytes)
{
    Ptr<ShardSealer> sealer = MakeSealer();
    for (const bool isReal : {true, false})
    {
        Ptr<ShardOpener> opener = MakeOpener(isReal);
        EXPECT_FALSE(Opens(opener, MakeShard(1, 100, isReal)));
        EXPECT_EQ(opener->GetRejected(SHARD_SEAL_MISSING), 1U);
        EXPECT_EQ(Opens(opener, SealOne(sealer, 1, false)), !isReal);
        EXPECT_EQ(opener->GetRejected(SHARD_SEAL_FORGED), isReal ? 1U : 0U);
    }
}

TEST(ShardOpener, RefusesOtherKeysDirectionsAndSendersAsForged)
{
    Ptr<ShardSealer> sealer = MakeSealer();
    const auto refuses = [&sealer](auto change)
    {
        Ptr<ShardOpener> opener = MakeOpener(true);
        Shard shard = SealOne(sealer, 1, true);
        change(*opener, shard);
        for (uint32_t i = 0; i < 100; ++i)
        {
            EXPECT_FALSE(Opens(opener, shard));
        }
        EXPECT_EQ(opener->GetRejected(SHARD_SEAL_FORGED), 100U);
        EXPECT_EQ(opener->GetAccepted(), 0U);
    };
    refuses([](ShardOpener& opener, Shard&) { opener.SetAttribute("Key", StringValue(COUNTING)); });
    refuses([](ShardOpener& opener, Shard&)
            { opener.SetAttribute("Direction", UintegerValue(1)); });
    refuses([](ShardOpener&, Shard& shard) { shard.peer = 1; });
    refuses([](ShardOpener&, Shard& shard) { shard.seal.key = 1; });
    if (HasAes())
    {
        refuses([](ShardOpener& opener, Shard&)
                { opener.SetAttribute("Cipher", StringValue("ChaCha20Poly1305")); });
    }
}

TEST(ShardOpener, FollowsKeyEpochsKeepsOneAndRefusesWhatIsOlder)
{
    for (const bool isReal : {true, false})
    {
        SCOPED_TRACE(isReal ? "real payload" : "virtual payload");
        Ptr<ShardSealer> sealer = MakeSealer();
        sealer->SetAttribute("RekeyAfter", UintegerValue(10));
        Ptr<ShardOpener> opener = MakeOpener(isReal);
        std::vector<Shard> shards;
        for (uint32_t i = 0; i < 5200; ++i) // the key id wraps around twice
        {
            shards.push_back(SealOne(sealer, i % 3, isReal));
            EXPECT_EQ(shards[i].seal.key, static_cast<uint8_t>(i / 10));
        }
        EXPECT_EQ(sealer->GetEpoch(), 519U);
        for (uint32_t epoch = 0; epoch + 1 < 520; ++epoch)
        {
            // The next epoch begins before this one has ended.
            for (const uint32_t i : {10 * epoch + 10, 10 * epoch + 8, 10 * epoch + 9})
            {
                ASSERT_TRUE(Opens(opener, shards[i])) << i;
                ASSERT_FALSE(Opens(opener, shards[i])) << i;
            }
        }
        EXPECT_EQ(opener->GetRejected(SHARD_SEAL_REPLAYED), 3U * 519);
        EXPECT_EQ(opener->GetRejected(), 3U * 519);
        EXPECT_FALSE(Opens(opener, shards[5177])) << "two epochs ago, and new";
        EXPECT_EQ(opener->GetRejected(SHARD_SEAL_KEY), 1U);
        EXPECT_TRUE(Opens(opener, shards[5187])) << "the previous epoch";
        // Key ids of more than 128 epochs ago look like those of epochs to come. Without bytes
        // nothing tells them apart.
        const uint64_t before = opener->GetRejected();
        const uint32_t begin = isReal ? 0 : 10 * (519 - 127);
        for (uint32_t i = begin; i < 5170; ++i)
        {
            EXPECT_FALSE(Opens(opener, shards[i])) << "a key of the past: " << i;
        }
        EXPECT_EQ(opener->GetRejected() - before, 5170U - begin);
        EXPECT_TRUE(Opens(opener, shards[5199])) << "and it goes on";
    }
}

TEST(ShardOpener, GoesOnAfterEpochsOfWhichNothingCame)
{
    for (const bool isReal : {true, false})
    {
        Ptr<ShardSealer> sealer = MakeSealer();
        Ptr<ShardOpener> opener = MakeOpener(isReal);
        const Shard first = SealOne(sealer, 1, isReal);
        EXPECT_TRUE(Opens(opener, first));
        const Shard onItsWay = SealOne(sealer, 1, isReal);
        sealer->Restart();
        const Shard second = SealOne(sealer, 1, isReal);
        EXPECT_EQ(second.seal.sequence, 1U) << "the restarted node has forgotten";
        EXPECT_TRUE(Opens(opener, second));
        EXPECT_TRUE(Opens(opener, onItsWay));
        for (int i = 0; i < 127; ++i)
        {
            sealer->Restart();
        }
        EXPECT_TRUE(Opens(opener, SealOne(sealer, 1, isReal))) << "as far ahead as can be told";
        EXPECT_FALSE(Opens(opener, second));
        EXPECT_FALSE(Opens(opener, first));
        EXPECT_EQ(opener->GetRejected(SHARD_SEAL_KEY), 2U);
    }
}

TEST(ShardOpener, KeepsPeersApart)
{
    for (const bool isReal : {true, false})
    {
        Ptr<ShardOpener> opener = MakeOpener(isReal);
        for (uint32_t peer = 0; peer < 5; ++peer)
        {
            Ptr<ShardSealer> sealer = MakeSealer();
            sealer->SetAttribute("Peer", UintegerValue(peer));
            for (uint32_t i = 0; i < 3; ++i)
            {
                Shard shard = SealOne(sealer, 1, isReal);
                shard.peer = peer;
                EXPECT_TRUE(Opens(opener, shard)) << "the same number from another";
                EXPECT_FALSE(Opens(opener, shard));
            }
        }
        EXPECT_EQ(opener->GetAccepted(), 15U);
        EXPECT_EQ(opener->GetRejected(SHARD_SEAL_REPLAYED), 15U);
    }
}

TEST(ShardOpener, TracesWhatItRefusesAndWhy)
{
    struct Seen
    {
        void Rejected(const Shard& shard, ShardSealVerdict verdict)
        {
            EXPECT_EQ(shard.fields.flow, 4U);
            verdicts.push_back(verdict);
        }

        std::vector<ShardSealVerdict> verdicts;
    } seen;

    Ptr<ShardSealer> sealer = MakeSealer();
    Ptr<ShardOpener> opener = MakeOpener(true);
    ASSERT_TRUE(
        opener->TraceConnectWithoutContext("Rejected", MakeCallback(&Seen::Rejected, &seen)));
    const Shard shard = SealOne(sealer, 4, true);
    EXPECT_TRUE(Opens(opener, shard));
    EXPECT_FALSE(Opens(opener, shard));
    EXPECT_FALSE(Opens(opener, MakeShard(4, 100, true)));
    EXPECT_EQ(seen.verdicts,
              (std::vector<ShardSealVerdict>{SHARD_SEAL_REPLAYED, SHARD_SEAL_MISSING}));
}

// The same story with and without bytes: reordering, replays, cut shards, plain ones, old epochs.
TEST(ShardOpener, JudgesVirtualPayloadAsItJudgesReal)
{
    std::vector<std::vector<bool>> verdicts(2);
    std::vector<std::vector<uint32_t>> sizes(2);
    std::vector<std::vector<uint64_t>> counts(2);
    for (const bool isReal : {false, true})
    {
        std::mt19937 random(17);
        Ptr<ShardSealer> sealer = MakeSealer();
        sealer->SetAttribute("RekeyAfter", UintegerValue(700));
        Ptr<ShardOpener> opener = MakeOpener(isReal, 128);
        opener->SetAttribute("MaxFlows", UintegerValue(6));
        std::vector<Shard> sent;
        for (uint32_t i = 0; i < 20000; ++i)
        {
            Shard shard = MakeShard(random() % 8, static_cast<uint16_t>(1 + random() % 60), isReal);
            sealer->Number(shard);
            ASSERT_TRUE(sealer->Apply(Time(0), random() % 4, shard));
            sent.push_back(shard);
            const std::size_t back = random() % 20 == 0 ? 1500 : 150;
            Shard came = CopyOf(sent[sent.size() - 1 - std::min(sent.size() - 1, random() % back)]);
            switch (random() % 40)
            {
            case 0:
                came.size -= 1 + random() % came.size;
                break;
            case 1:
                came.seal = ShardSeal();
                break;
            default:
                break;
            }
            sizes[isReal].push_back(came.size);
            verdicts[isReal].push_back(opener->Apply(Time(0), 0, came));
            sizes[isReal].push_back(came.size);
            if (random() % 300 == 0)
            {
                sealer->Restart();
            }
        }
        for (uint8_t v = 0; v < SHARD_SEAL_VERDICTS; ++v)
        {
            counts[isReal].push_back(opener->GetRejected(static_cast<ShardSealVerdict>(v)));
        }
        EXPECT_EQ(opener->GetAccepted() + opener->GetRejected(), 20000U);
    }
    EXPECT_EQ(verdicts[0], verdicts[1]);
    EXPECT_EQ(sizes[0], sizes[1]);
    EXPECT_EQ(counts[0], counts[1]);
    for (uint8_t v = 0; v < SHARD_SEAL_FORGED; ++v)
    {
        EXPECT_GT(counts[0][v], 100U) << "verdict " << +v << " was asked for";
    }
}

} // namespace
