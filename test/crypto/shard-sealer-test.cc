// SPDX-License-Identifier: GPL-2.0-only
/*
 * 1. no nonce comes twice under a key, over millions of seals by units that finish in any order,
 *    re-keys and restarts; numbers neither
 * 2. shards are numbered in the order in which they are handed to units
 * 3. what was numbered before a restart is not sealed after it
 * 4. a shard that is sealed again, for retransmission, differs in number, nonce and ciphertext
 */
#include "crypto/seal-fixture.h"

#include <bitset>
#include <cstdlib>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <unordered_map>

namespace
{

using namespace sealtest;

/// Remembers every number, however many: a bit each.
class Numbers
{
  public:
    /// @param space of numbers  @param number there  @return whether it is new
    bool Add(uint64_t space, uint64_t number)
    {
        auto bit = m_pages[space << 24 | number / 4096][number % 4096];
        const bool isNew = !bit;
        bit = true;
        return isNew;
    }

  private:
    std::unordered_map<uint64_t, std::bitset<4096>> m_pages;
};

TEST(ShardSealer, NeverUsesANonceTwiceUnderAKey)
{
    const uint64_t seals = std::getenv("SHARDING_SLOW") != nullptr ? 100000000 : 4000000;
    constexpr uint32_t UNITS = 8;
    std::mt19937 random(29);
    Ptr<ShardSealer> sealer = MakeSealer();
    sealer->SetAttribute("RekeyAfter", UintegerValue(50000));
    Numbers nonces;
    Numbers sequences;

    struct Job
    {
        Shard shard;
        uint64_t epoch; ///< as told when it was numbered
    };

    const Shard plain = MakeShard(1, 100, false);
    std::vector<Job> waiting;
    uint64_t stale = 0;
    uint64_t restarts = 0;
    uint64_t lastBoot = 0;
    for (uint64_t sealed = 0; sealed < seals;)
    {
        while (waiting.size() < 40)
        {
            Job job{plain, 0};
            sealer->Number(job.shard);
            job.epoch = sealer->GetEpoch();
            ASSERT_TRUE(sequences.Add(job.epoch, job.shard.seal.sequence));
            waiting.push_back(job);
        }
        std::swap(waiting[random() % waiting.size()], waiting.back());
        Job job = waiting.back();
        waiting.pop_back();
        const auto unit = static_cast<uint16_t>(random() % UNITS);
        if (!sealer->Apply(Time(0), unit, job.shard))
        {
            ASSERT_LT(job.epoch, lastBoot) << "was not from before a restart";
            ++stale;
            continue;
        }
        ASSERT_GE(job.epoch, lastBoot);
        ASSERT_EQ(job.shard.seal.key, static_cast<uint8_t>(job.epoch));
        ASSERT_EQ(job.shard.seal.unit, unit);
        ASSERT_LT(job.shard.seal.counter, uint64_t(1) << 48);
        ASSERT_TRUE(nonces.Add(job.epoch << 8 | unit, job.shard.seal.counter))
            << "epoch " << job.epoch << " unit " << unit << " counter " << job.shard.seal.counter;
        ++sealed;
        if (random() % 200000 == 0)
        {
            sealer->Restart();
            lastBoot = sealer->GetEpoch();
            ++restarts;
        }
    }
    EXPECT_EQ(sealer->GetSealed(), seals);
    EXPECT_EQ(sealer->GetStale(), stale);
    EXPECT_GT(restarts, 5U);
    EXPECT_GT(stale, 100U);
    EXPECT_GT(sealer->GetEpoch(), 70U);
}

TEST(ShardSealer, NumbersInTheOrderOfDispatch)
{
    Ptr<ShardSealer> sealer = MakeSealer();
    std::vector<Shard> shards(10, MakeShard(1, 100, true));
    for (Shard& shard : shards)
    {
        sealer->Number(shard);
    }
    for (uint16_t i = 0; i < 10; ++i)
    {
        Shard& shard = shards[9U - i];
        ASSERT_TRUE(sealer->Apply(Time(0), i, shard));
        EXPECT_EQ(shard.seal.sequence, 10U - i);
        EXPECT_EQ(shard.seal.counter, 1U);
    }
}

TEST(ShardSealer, DropsWhatWasNumberedBeforeARestart)
{
    Ptr<ShardSealer> sealer = MakeSealer();
    sealer->SetAttribute("RekeyAfter", UintegerValue(1));
    Shard before = MakeShard(1, 100, true);
    sealer->Number(before);
    Shard kept = MakeShard(1, 100, true);
    sealer->Number(kept); // another epoch, without a restart
    EXPECT_TRUE(sealer->Apply(Time(0), 0, kept));
    sealer->Restart();
    Shard after = MakeShard(1, 100, true);
    sealer->Number(after);
    const Shard unchanged = before;
    EXPECT_FALSE(sealer->Apply(Time(0), 0, before));
    EXPECT_EQ(before.size, unchanged.size);
    EXPECT_TRUE(sealer->Apply(Time(0), 0, after));
    EXPECT_EQ(sealer->GetStale(), 1U);
    EXPECT_EQ(sealer->GetSealed(), 2U);
}

TEST(ShardSealer, SealsARetransmissionAnew)
{
    Ptr<ShardSealer> sealer = MakeSealer();
    const Shard plain = MakeShard(1, 100, true);
    Shard first = plain;
    Shard second = plain;
    for (Shard* shard : {&first, &second})
    {
        ASSERT_TRUE(sealer->Apply(Time(0), 0, *shard)); // numbers it as well
    }
    EXPECT_EQ(first.seal.sequence, 1U);
    EXPECT_EQ(second.seal.sequence, 2U);
    EXPECT_NE(first.seal.counter, second.seal.counter);
    const std::vector<uint8_t> a = PayloadOf(first);
    const std::vector<uint8_t> b = PayloadOf(second);
    EXPECT_NE(std::vector<uint8_t>(a.begin() + 12, a.end() - 16),
              std::vector<uint8_t>(b.begin() + 12, b.end() - 16));
    EXPECT_EQ(PayloadOf(plain), PayloadOf(MakeShard(1, 100, true))) << "the history's copy";
    Ptr<ShardOpener> opener = MakeOpener(true);
    EXPECT_TRUE(Opens(opener, second));
    EXPECT_TRUE(Opens(opener, first));
}

TEST(ShardSealer, KeepsWhatIsUnderWayApartFromBuffersUsedAgain)
{
    Ptr<ShardSealer> sealer = MakeSealer();
    Ptr<ShardOpener> opener = MakeOpener(true, 1024);
    std::mt19937 random(2);
    std::vector<Shard> underWay;
    uint32_t flow = 0;
    for (uint32_t i = 0; i < 3000; ++i)
    {
        underWay.push_back(SealOne(sealer, ++flow % 250, true));
        while (underWay.size() > random() % 200)
        {
            std::swap(underWay[random() % underWay.size()], underWay.back());
            Shard shard = underWay.back();
            underWay.pop_back();
            ASSERT_TRUE(opener->Apply(Time(0), 0, shard));
            ASSERT_EQ(PayloadOf(shard), PayloadOf(MakeShard(shard.fields.flow, 100, true)));
        }
    }
}

} // namespace
