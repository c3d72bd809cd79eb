// SPDX-License-Identifier: GPL-2.0-only
/*
 *     shards, some lost --> ShardWindowRecovery --> recorded
 *
 * What is proved of the stage in front of reassembly:
 * 1. shards of other codes pass untouched; data shards of this one leave without a code, repair
 *    shards stay behind
 * 2. a lost shard comes out as it would have come, with the datagram that it is a piece of, even
 *    where nothing else of its block has come; virtual and real payload alike
 * 3. malformed data shards are left to reassembly; lying repair shards are refused and counted
 * 4. memory is bounded, however many flows there are, and given back when they have been idle
 * 5. flows and senders are kept apart
 * 6. with reassembly behind it, every datagram is released with the bytes that were sent
 */
#include "reassembly-story.h"

#include "ns3/shard-window-recovery.h"
#include "ns3/uinteger.h"

#include <random>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// How a datagram is cut: k 3 of 31 bytes, two repair shards, a window of 4.
constexpr uint32_t SIZE = 31;
constexpr uint32_t K = 3;
constexpr uint32_t R = 2;
constexpr uint32_t WINDOW = 4;

/// Cuts and codes as a sender does, put together by hand from the codec's parts.
class Sender
{
  public:
    explicit Sender(bool isReal, uint32_t flow = 7, uint32_t peer = 1)
        : m_isReal(isReal),
          m_flow(flow),
          m_peer(peer)
    {
    }

    /// @return data and repair shards of the next datagram
    std::vector<Shard> Next()
    {
        const ShardLayout layout = *ShardLayout::Make(SIZE, K);
        Recipe recipe;
        recipe.peer = m_peer;
        recipe.flow = m_flow;
        recipe.size = SIZE;
        recipe.k = recipe.n = K;
        recipe.real = true; // bytes are taken away below
        Cut cut = MakeCut(recipe, m_block);
        m_cuts.push_back(cut);
        ShardWindowPrefix prefix;
        prefix.window = WINDOW;
        prefix.count = std::min<uint32_t>(WINDOW, static_cast<uint32_t>(m_cuts.size()));
        std::vector<ShardWindowSource> sources;
        Ptr<ShardWindow> window = Create<ShardWindow>();
        for (uint32_t i = 0; i < prefix.count; ++i)
        {
            const Cut& covered = m_cuts[m_cuts.size() - prefix.count + i];
            prefix.blocks[i] = {K, SIZE};
            sources.push_back({layout, covered.bytes.data()});
            window->origins.push_back(covered.shards.front().origin);
        }
        window->prefix.resize(prefix.Size());
        prefix.Write(window->prefix.data());
        const uint32_t size = prefix.Size() + prefix.SymbolSize();
        for (uint32_t i = 0; i < R; ++i)
        {
            Ptr<ShardBytes> bytes = Create<ShardBytes>(size);
            prefix.Write(bytes->Data());
            uint8_t* symbol = bytes->Data() + prefix.Size();
            ShardWindowEncode(m_flow, m_block, sources, K + i, 1, prefix.SymbolSize(), &symbol);
            Shard repair = cut.shards.front();
            repair.fields.index = static_cast<uint8_t>(K + i);
            repair.bytes = bytes;
            repair.offset = 0;
            repair.size = size;
            repair.window = window;
            cut.shards.push_back(repair);
        }
        for (Shard& shard : cut.shards)
        {
            shard.fields.code = SHARD_CODE_SLIDING_WINDOW;
            shard.fields.n = K + R;
            shard.bytes = m_isReal ? shard.bytes : nullptr;
            shard.offset = m_isReal ? shard.offset : 0;
        }
        ++m_block;
        return cut.shards;
    }

    /// @return what was sent
    const std::vector<Cut>& Cuts() const
    {
        return m_cuts;
    }

  private:
    bool m_isReal;
    uint32_t m_flow;
    uint32_t m_peer;
    uint32_t m_block{0};
    std::vector<Cut> m_cuts;
};

/// The stage behind.
class Record : public ShardSink
{
  public:
    void Accept(Time, Shard&& shard) override
    {
        shards.push_back(std::move(shard));
    }

    std::vector<Shard> shards;
};

class WindowRecovery : public testing::Test
{
  protected:
    WindowRecovery()
    {
        stage->SetNext(&record);
    }

    ~WindowRecovery() override
    {
        EXPECT_TRUE(stage->CheckConservation());
        stage->Dispose();
        EXPECT_EQ(stage->GetCounters().bytes, 0u);
    }

    void Give(Shard shard)
    {
        stage->Accept(m_now, std::move(shard));
    }

    uint64_t Refused() const
    {
        return stage->GetCounters().repairs[ShardWindowRecovery::REFUSED];
    }

    Ptr<ShardWindowRecovery> stage = CreateObject<ShardWindowRecovery>();
    Record record;
    Time m_now{Seconds(1)};
};

TEST_F(WindowRecovery, OtherCodesPassUntouched)
{
    const Cut cut = MakeCut({1, 7, 100, 4, 6, SHARD_CODE_REED_SOLOMON, true, 0}, 3);
    for (const Shard& shard : cut.shards)
    {
        Give(shard);
        const Shard& out = record.shards.back();
        EXPECT_TRUE(out.fields.SameBlock(shard.fields));
        EXPECT_EQ(out.fields.index, shard.fields.index);
        EXPECT_EQ(out.bytes, shard.bytes);
    }
    EXPECT_EQ(record.shards.size(), 6u);
    EXPECT_EQ(stage->GetCounters().bytes, 0u);
}

TEST_F(WindowRecovery, TakesRepairShardsOutAndTheCodeOff)
{
    Sender sender(true);
    for (const Shard& shard : sender.Next())
    {
        Give(shard);
    }
    ASSERT_EQ(record.shards.size(), K);
    for (uint32_t i = 0; i < K; ++i)
    {
        EXPECT_EQ(record.shards[i].fields.code, SHARD_CODE_NONE);
        EXPECT_EQ(record.shards[i].fields.n, K);
        EXPECT_EQ(record.shards[i].fields.index, i);
    }
    EXPECT_EQ(stage->GetCounters().repair, R);
    EXPECT_EQ(stage->GetCounters().repairs[ShardWindowRecovery::USELESS], R);
    EXPECT_EQ(stage->GetCounters().data, K);
}

class WindowRecoveryModes : public WindowRecovery, public testing::WithParamInterface<bool>
{
};

TEST_P(WindowRecoveryModes, ALostShardComesOutAsItWouldHaveCome)
{
    Sender sender(GetParam());
    std::vector<std::vector<Shard>> sent;
    for (int block = 0; block < 3; ++block)
    {
        sent.push_back(sender.Next());
    }
    // All of block 1 is lost, and block 0's last data shard with its repair shards.
    Give(sent[0][0]);
    Give(sent[0][1]);
    Give(sent[2][0]);
    Give(sent[2][1]);
    Give(sent[2][3]);
    Give(sent[2][4]);
    Give(sent[2][2]);
    EXPECT_EQ(record.shards.size(), 5u) << "four unknown, two equations";
    Shard more = sender.Next()[3];
    Give(more);
    EXPECT_EQ(record.shards.size(), 5u) << "block 3 is unknown, too";
    for (int i = 0; i < 3; ++i)
    {
        const std::vector<Shard> next = sender.Next();
        Give(next[0]);
        Give(next[1]);
        Give(next[2]);
        Give(next[3]);
        Give(next[4]);
    }
    // Block 0 is out of reach of the equations that came; with it block 1, and 3 by its own.
    ASSERT_EQ(stage->GetCounters().recovered, 7u);
    std::map<std::pair<uint32_t, uint32_t>, const Shard*> came;
    for (const Shard& shard : record.shards)
    {
        EXPECT_TRUE(
            (came.emplace(std::make_pair(shard.fields.block, shard.fields.index), &shard).second))
            << "twice";
    }
    for (uint32_t block = 0; block < 7; ++block)
    {
        const Cut& cut = sender.Cuts()[block];
        for (uint32_t i = 0; i < K; ++i)
        {
            SCOPED_TRACE(std::to_string(block) + "." + std::to_string(i));
            const Shard* shard = came[{block, i}];
            ASSERT_NE(shard, nullptr);
            EXPECT_TRUE(shard->fields.SameBlock(cut.shards[i].fields));
            EXPECT_EQ(shard->size, cut.shards[i].size);
            EXPECT_EQ(shard->peer, 1u);
            EXPECT_EQ(shard->origin->id, block);
            if (GetParam())
            {
                EXPECT_TRUE(std::equal(shard->Payload(),
                                       shard->Payload() + shard->size,
                                       cut.shards[i].Payload()));
            }
            else
            {
                EXPECT_EQ(shard->Payload(), nullptr);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Payload,
                         WindowRecoveryModes,
                         testing::Bool(),
                         [](const auto& info) { return info.param ? "Real" : "Virtual"; });

TEST_F(WindowRecovery, ALateShardDoesNotTakeTheOriginOfANewerBlock)
{
    Sender sender(true);
    const Shard late = sender.Next().front();
    std::vector<Shard> last;
    for (uint32_t block = 1; block <= 2 * MAX_WINDOW; ++block)
    {
        last = sender.Next();
        for (uint32_t index = block == 2 * MAX_WINDOW ? 1 : 0; index < K; ++index)
        {
            Give(last[index]);
        }
    }
    Give(late);
    Give(last[K]);
    ASSERT_EQ(stage->GetCounters().recovered, 1u);
    EXPECT_EQ(record.shards.back().fields.block, 2 * MAX_WINDOW);
    EXPECT_EQ(record.shards.back().origin, last.front().origin);
}

TEST_F(WindowRecovery, LeavesMalformedDataShardsToReassembly)
{
    Sender sender(true);
    const std::vector<Shard> shards = sender.Next();
    const auto malformed = [&](const std::function<void(Shard&)>& change)
    {
        Shard shard = shards[0];
        change(shard);
        Give(shard);
        return record.shards.back().fields.code == SHARD_CODE_SLIDING_WINDOW &&
               stage->GetCounters().bytes == 0;
    };
    EXPECT_TRUE(malformed([](Shard& s) { s.fields.first = 5; }));
    EXPECT_TRUE(malformed([](Shard& s) { s.fields.n = 2; }));
    EXPECT_TRUE(malformed([](Shard& s) { s.fields.k = s.fields.n = 40; }));
    EXPECT_TRUE(malformed([](Shard& s) { --s.size; }));
    EXPECT_TRUE(malformed([](Shard& s) { s.offset = 1000; }));
    EXPECT_TRUE(malformed([](Shard& s) { s.offset = 0xffffffff; }));
}

TEST_F(WindowRecovery, RefusesLyingRepairShards)
{
    Sender sender(true);
    const std::vector<Shard> shards = sender.Next();
    uint64_t lies = 0;
    const auto refuse = [&](const std::function<void(Shard&, std::vector<uint8_t>&)>& change)
    {
        Shard shard = shards[K];
        std::vector<uint8_t> payload(shard.Payload(), shard.Payload() + shard.size);
        change(shard, payload);
        if (shard.bytes)
        {
            Ptr<ShardBytes> bytes = Create<ShardBytes>(static_cast<uint32_t>(payload.size()));
            std::copy(payload.begin(), payload.end(), bytes->Data());
            shard.bytes = bytes;
        }
        Give(shard);
        EXPECT_EQ(Refused(), ++lies);
        EXPECT_TRUE(record.shards.empty());
    };
    using Bytes = std::vector<uint8_t>;
    refuse([](Shard& s, Bytes&) { --s.size; });
    refuse([](Shard&, Bytes& p) { p[0] = 0x31; });
    refuse([](Shard&, Bytes& p) { p[1] = 0; });
    refuse([](Shard&, Bytes& p) { p[1] = 4; });
    refuse([](Shard&, Bytes& p) { p[3] = 30; });
    refuse([](Shard& s, Bytes&) { s.fields.first = 3; });
    refuse([](Shard& s, Bytes&) { s.fields.index = 200; });
    refuse([](Shard& s, Bytes& p) { p.resize(s.size = 3); });
    refuse([](Shard& s, Bytes&) { s.offset = 10; });
    refuse(
        [](Shard& s, Bytes&)
        {
            s.bytes = nullptr; // virtual, and nobody says what it covers
            s.window = nullptr;
        });
    // Another payload mode than the flow began with.
    Give(shards[0]);
    Shard sizeOnly = shards[K];
    sizeOnly.bytes = nullptr;
    Give(sizeOnly);
    EXPECT_EQ(Refused(), lies + 1);
}

TEST_F(WindowRecovery, MemoryIsBoundedAndGivenBack)
{
    const uint64_t most = 20000;
    stage->SetAttribute("MaxBytes", UintegerValue(most));
    std::mt19937 random(3);
    std::vector<Sender> senders;
    for (uint32_t flow = 0; flow < 40; ++flow)
    {
        senders.emplace_back(false, flow, flow % 2);
    }
    for (int n = 0; n < 2000; ++n)
    {
        m_now += MilliSeconds(1);
        for (const Shard& shard : senders[random() % (n < 1000 ? 3 : 40)].Next())
        {
            if (random() % 3 != 0)
            {
                Give(shard);
                ASSERT_LE(stage->GetCounters().bytes, most);
            }
        }
    }
    EXPECT_GT(stage->GetCounters().peakBytes, most / 2);
    EXPECT_GT(stage->GetCounters().evicted, 100u);
    EXPECT_GT(stage->GetCounters().recovered, 100u);
    m_now += Seconds(20);
    for (int n = 0; n < 40; ++n)
    {
        Give(senders[0].Next()[0]);
    }
    EXPECT_LE(stage->GetCounters().bytes, 10000u) << "one flow: 32 blocks of 128 + 31, and 1024";
}

TEST_F(WindowRecovery, FlowsAndSendersAreKeptApart)
{
    // The same flow number of two senders, and another flow: each lacks another shard.
    Sender one(true, 7, 1);
    Sender two(true, 7, 2);
    Sender three(true, 8, 1);
    const std::vector<Shard> a = one.Next();
    const std::vector<Shard> b = two.Next();
    const std::vector<Shard> c = three.Next();
    for (uint32_t index : {0, 1, 2, 3})
    {
        for (const auto& [shards, lost] : {std::make_pair(&a, 0), {&b, 1}, {&c, 2}})
        {
            if (index != static_cast<uint32_t>(lost))
            {
                Give((*shards)[index]);
            }
        }
    }
    ASSERT_EQ(stage->GetCounters().recovered, 3u);
    const std::vector<Shard> last(record.shards.end() - 3, record.shards.end());
    for (int i = 0; i < 3; ++i)
    {
        const Shard truth = std::vector<Shard>{a[0], b[1], c[2]}[static_cast<std::size_t>(i)];
        EXPECT_EQ(last[i].peer, truth.peer);
        EXPECT_EQ(last[i].fields.flow, truth.fields.flow);
        EXPECT_EQ(last[i].fields.index, truth.fields.index);
        EXPECT_TRUE(std::equal(truth.Payload(), truth.Payload() + truth.size, last[i].Payload()));
    }
}

/// Hands shards to a table.
class ToStory : public ShardSink
{
  public:
    void Accept(Time now, Shard&& shard) override
    {
        story.Feed(now, shard);
    }

    Story story{ShardTableSettings()};
};

TEST_F(WindowRecovery, WithReassemblyBehindItEveryByteIsAsSent)
{
    ToStory behind;
    stage->SetNext(&behind);
    Sender sender(true);
    std::mt19937 random(11);
    uint32_t lost = 0;
    for (int n = 0; n < 2000; ++n)
    {
        m_now += MilliSeconds(1);
        for (const Shard& shard : sender.Next())
        {
            if (random() % 5 == 0)
            {
                ++lost;
                continue;
            }
            Give(shard);
        }
    }
    const ShardWindowRecovery::Counters& counters = stage->GetCounters();
    EXPECT_EQ(counters.contradictions, 0u);
    EXPECT_EQ(Refused(), 0u);
    EXPECT_EQ(behind.story.table.Counters().mismatches, 0u);
    EXPECT_EQ(behind.story.table.Counters().received, counters.data + counters.recovered);
    EXPECT_EQ(counters.data + counters.repair + lost, 2000u * (K + R));
    // At 20 % a block lacks 0.6 shards and has 1.6 equations on average.
    EXPECT_GT(behind.story.released[std::make_pair(1u, 7u)].size(), 1980u);
}

} // namespace
