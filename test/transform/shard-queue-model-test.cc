// SPDX-License-Identifier: GPL-2.0-only
//
// ShardQueue against the simplest other implementation: a vector that is searched from end to end,
// and blocks whose fate is decided by Gaussian elimination. Both get the same random operations and
// must drop and hand out the same entries, for the same reasons, in the same order.

#include "ns3/shard-queue.h"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace
{

using namespace ns3::sharding;

/// @return whether the shards that are left have rank k; codes are rows over GF(2), or MDS
bool
CanComplete(const ShardBlockKey& b, const std::set<int>& lost)
{
    const int left = b.n - static_cast<int>(lost.size());
    if (b.code == SHARD_CODE_NONE || b.code == SHARD_CODE_REED_SOLOMON)
    {
        return left >= b.k;
    }
    std::vector<uint32_t> rows;
    for (int i = 0; i < b.n; ++i)
    {
        if (lost.count(i) != 0)
        {
            continue;
        }
        uint32_t row = 0;
        for (int j = 0; j < b.k; ++j)
        {
            const bool in = i < b.k                           ? i == j
                            : b.code == SHARD_CODE_REPETITION ? (i - b.k) % b.k == j
                                                              : j % (b.n - b.k) == i - b.k;
            row |= in ? 1U << j : 0;
        }
        rows.push_back(row);
    }
    int rank = 0;
    for (int bit = 0; bit < b.k; ++bit)
    {
        const auto pivot =
            std::find_if(rows.begin() + rank, rows.end(), [=](uint32_t r) { return r >> bit & 1; });
        if (pivot == rows.end())
        {
            return false;
        }
        std::iter_swap(rows.begin() + rank, pivot);
        for (auto r = rows.begin() + rank + 1; r != rows.end(); ++r)
        {
            *r ^= (*r >> bit & 1) != 0 ? rows[rank] : 0;
        }
        ++rank;
    }
    return true;
}

struct Item
{
    int id{0};
    ShardView view;
};

class NaiveQueue
{
  public:
    ShardQueueCore::Limits limits;
    std::string story;

    void Enqueue(int id, const ShardView& v)
    {
        Fate& mine = m_fates[Name(v)];
        if (v.HasBlock() && mine.lost.count(v.index) != 0)
        {
            mine.lost.clear();
            mine.doomed = 0;
        }
        std::string why;
        if (mine.doomed != 0)
        {
            why = "doomed";
        }
        else if (v.bytes > limits.bytes)
        {
            why = "oversize";
        }
        else if (!EnoughMayGo(v))
        {
            why = v.IsRepair() ? "repair" : "full";
        }
        while (why.empty() && mine.doomed == 0 && !Fits(v))
        {
            const int victim = FindVictim(v);
            if (victim < 0)
            {
                why = v.IsRepair() ? "repair" : "full";
                break;
            }
            const Item gone = m_items[victim];
            m_items.erase(m_items.begin() + victim);
            Tell(gone.id,
                 Class(gone.view) == 0   ? "doomed"
                 : Class(gone.view) == 1 ? "repair"
                                         : "priority");
            if (gone.view.HasBlock() && !m_fates[Name(gone.view)].copied.count(gone.view.index))
            {
                Lose(gone.view.block, gone.view.index);
            }
        }
        if (why.empty() && mine.doomed != 0)
        {
            why = "doomed";
        }
        if (why.empty())
        {
            if (v.HasBlock() && !mine.alive.insert(v.index).second)
            {
                mine.copied.insert(v.index);
            }
            m_items.push_back({id, v});
            return;
        }
        Tell(id, "<" + why);
        if (v.HasBlock() && mine.alive.count(v.index) == 0)
        {
            Lose(v.block, v.index);
        }
    }

    void Dequeue()
    {
        int best = -1;
        for (int i = 0; i < static_cast<int>(m_items.size()); ++i)
        {
            const auto order = [](const ShardView& v)
            { return std::make_pair(-(v.dscp / 8), v.IsRepair()); };
            if (best < 0 || order(m_items[i].view) < order(m_items[best].view))
            {
                best = i;
            }
        }
        if (best >= 0)
        {
            Tell(m_items[best].id, "out");
            m_items.erase(m_items.begin() + best);
        }
    }

    void NoteLost(const ShardBlockKey& block, int index)
    {
        for (const Item& item : m_items)
        {
            if (item.view.block == block && item.view.index == index)
            {
                return;
            }
        }
        Lose(block, index);
    }

    uint64_t Held() const
    {
        return m_items.size();
    }

    uint64_t HeldBytes() const
    {
        uint64_t sum = 0;
        for (const Item& item : m_items)
        {
            sum += item.view.bytes;
        }
        return sum;
    }

  private:
    struct Fate
    {
        std::set<int> lost;
        std::set<int> alive;
        std::set<int> copied;
        int doomed{0}; // when; 0: not
    };

    using NameType = std::tuple<uint64_t, uint32_t, uint32_t, int, int, int>;

    static NameType Name(const ShardView& v)
    {
        const ShardBlockKey& b = v.block;
        return {b.source, b.flow, b.block, b.k, b.n, b.code};
    }

    void Lose(const ShardBlockKey& block, int index)
    {
        ShardView v;
        v.block = block;
        Fate& fate = m_fates[Name(v)];
        fate.lost.insert(index);
        fate.alive.erase(index);
        fate.copied.erase(index);
        if (fate.doomed == 0 && !CanComplete(block, fate.lost))
        {
            fate.doomed = ++m_dooms;
        }
    }

    int Doomed(const ShardView& v) const
    {
        return v.HasBlock() ? m_fates.at(Name(v)).doomed : 0;
    }

    int Class(const ShardView& v) const
    {
        return Doomed(v) != 0 ? 0 : v.IsRepair() ? 1 : 2;
    }

    bool Fits(const ShardView& v) const
    {
        return Held() < limits.packets && HeldBytes() + v.bytes <= limits.bytes;
    }

    bool MayGo(const ShardView& held, const ShardView& arriving) const
    {
        const bool lower = held.dscp / 8 < arriving.dscp / 8;
        return Class(held) == 0 || (Class(held) == 1 && (lower || !arriving.IsRepair())) ||
               (Class(held) == 2 && lower && !arriving.IsRepair());
    }

    bool EnoughMayGo(const ShardView& v) const
    {
        uint64_t stays = v.bytes;
        for (const Item& item : m_items)
        {
            stays += MayGo(item.view, v) ? 0 : item.view.bytes;
        }
        return stays <= limits.bytes;
    }

    int FindVictim(const ShardView& v) const
    {
        int worst = -1;
        for (int i = 0; i < static_cast<int>(m_items.size()); ++i)
        {
            const auto order = [this](const ShardView& w)
            { return std::make_tuple(Class(w), Doomed(w), Doomed(w) != 0 ? 0 : w.dscp / 8); };
            if (MayGo(m_items[i].view, v) &&
                (worst < 0 || order(m_items[i].view) <= order(m_items[worst].view)))
            {
                worst = i;
            }
        }
        return worst;
    }

    void Tell(int id, const std::string& what)
    {
        story += std::to_string(id) + what + " ";
    }

    std::vector<Item> m_items; // in order of arrival
    std::map<NameType, Fate> m_fates;
    int m_dooms{0};
};

const char* const WHY[SHARD_DROP_REASONS] =
    {"?", "doomed", "repair", "priority", "full", "oversize"};

TEST(ShardQueueModel, DoesWhatTheNaiveQueueDoes)
{
    std::array<uint64_t, SHARD_DROP_REASONS> seen{};
    for (uint32_t seed = 1; seed <= 300; ++seed)
    {
        std::mt19937 random(seed);
        const auto draw = [&random](uint32_t below) { return random() % below; };
        NaiveQueue naive;
        naive.limits.packets = 1 + draw(30);
        naive.limits.bytes = seed % 3 == 0 ? 1000000 : 500 + draw(8000);
        naive.limits.blocks = 1000000;
        ShardQueue<int> queue(naive.limits);
        std::string story;
        uint32_t base = 0;
        const uint32_t load = 40 + draw(50); // percent of operations that are arrivals
        for (int step = 0; step < 600; ++step)
        {
            base += draw(12) == 0 ? 1 : 0;
            ShardView v;
            v.dscp = static_cast<uint8_t>(draw(3) == 0 ? draw(64) : 8 * draw(2));
            v.bytes = 1 + draw(draw(20) == 0 ? 9000 : 1500);
            if (draw(10) != 0)
            {
                v.block.block = base + draw(4);
                v.block.flow = draw(2);
                v.block.code = static_cast<ShardCode>(v.block.block % 4);
                v.block.k = static_cast<uint8_t>(1 + v.block.block % 5);
                v.block.n = v.block.code == SHARD_CODE_NONE
                                ? v.block.k
                                : static_cast<uint8_t>(v.block.k + 1 + v.block.block % 3);
                v.index = static_cast<uint8_t>(draw(v.block.n));
            }
            const uint32_t dice = draw(100);
            if (dice < load)
            {
                naive.Enqueue(step, v);
                queue.Enqueue(int(step),
                              v,
                              [&](int&& id, ShardDrop why, bool held)
                              {
                                  story += std::to_string(id) + (held ? "" : "<") + WHY[why] + " ";
                                  ++seen[why];
                              });
            }
            else if (dice < 97)
            {
                naive.Dequeue();
                if (const auto out = queue.Dequeue())
                {
                    story += std::to_string(*out) + "out ";
                }
            }
            else if (v.HasBlock())
            {
                naive.NoteLost(v.block, v.index);
                queue.NoteLost(v.block, v.index);
            }
            ASSERT_EQ(story, naive.story) << "seed " << seed << " step " << step;
            const auto& c = queue.GetCounters();
            ASSERT_EQ(c.held, naive.Held());
            ASSERT_EQ(c.heldBytes, naive.HeldBytes());
            ASSERT_LE(c.peak, naive.limits.packets);
            ASSERT_LE(c.peakBytes, naive.limits.bytes);
            ASSERT_EQ(c.in, c.out + c.Dropped() + c.held);
            ASSERT_EQ(c.inBytes, c.outBytes + c.DroppedBytes() + c.heldBytes);
        }
    }
    for (int reason = SHARD_DROP_DOOMED; reason < SHARD_DROP_REASONS; ++reason)
    {
        EXPECT_GT(seen[reason], 100U) << "hardly tried: " << WHY[reason];
    }
}

TEST(ShardQueueModel, BlockIsDoomedExactlyWhenTheShardsLeftLackRank)
{
    for (const ShardCode code :
         {SHARD_CODE_NONE, SHARD_CODE_REPETITION, SHARD_CODE_XOR, SHARD_CODE_REED_SOLOMON})
    {
        for (int k = 1; k <= 6; ++k)
        {
            for (int n = k; n <= (code == SHARD_CODE_NONE ? k : 10); ++n)
            {
                ShardBlockKey block;
                block.k = static_cast<uint8_t>(k);
                block.n = static_cast<uint8_t>(n);
                block.code = code;
                for (uint32_t subset = 0; subset < 1U << n; ++subset)
                {
                    std::set<int> lost;
                    for (int i = 0; i < n; ++i)
                    {
                        if ((subset >> i & 1) != 0)
                        {
                            lost.insert(i);
                        }
                    }
                    if (!CanComplete(block, lost))
                    {
                        continue; // doomed before the next loss: not asked
                    }
                    for (int next = 0; next < n; ++next)
                    {
                        std::set<int> more = lost;
                        more.insert(next);
                        std::bitset<256> bits(subset);
                        bits.set(next);
                        ASSERT_EQ(IsShardBlockDoomed(block, bits, static_cast<uint8_t>(next)),
                                  !CanComplete(block, more))
                            << "code " << int(code) << " k " << k << " n " << n << " lost "
                            << subset << " then " << next;
                    }
                }
            }
        }
    }
}

} // namespace
