// SPDX-License-Identifier: GPL-2.0-only
//
// The shards that a sender remembers:
//  1. what is asked for is sent again, unchanged, on the path that the request took
//  2. a whole block is its data shards; a request is answered once, and none of an earlier round;
//     one round may come in several requests
//  3. what was never sent, or is forgotten by age or for room, is not sent; nonsense is counted
//  4. memory is bounded, however many blocks pass
//  5. of several nodes each is answered of what was sent to it, there, and on the path of its
//  request
#include "recording-sink.h"

#include "ns3/shard-history.h"
#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <gtest/gtest.h>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using transformtest::RecordingSink;

class History : public ::testing::Test
{
  protected:
    History()
    {
        history->SetNext(&sink);
    }

    ~History() override
    {
        history->Dispose();
    }

    void SendBlock(Time now, uint32_t block, uint32_t size = 100, uint32_t peer = 0)
    {
        for (uint8_t index = 0; index < 10; ++index)
        {
            Shard shard;
            shard.fields.flow = 4;
            shard.fields.block = block;
            shard.fields.index = index;
            shard.fields.k = 8;
            shard.fields.n = 10;
            shard.size = size + index;
            shard.path = 7; // as it was sent first
            shard.peer = peer;
            history->Accept(now, std::move(shard));
        }
        sink.arrivals.clear();
    }

    void Ask(uint32_t block, uint8_t round, std::vector<uint32_t> indices, uint32_t place = 0)
    {
        ShardRequest request;
        request.flow = 4;
        request.block = block;
        request.round = round;
        request.whole = indices.empty();
        for (uint32_t index : indices)
        {
            request.wanted.Set(index);
        }
        Tell(request.Write(), place);
    }

    void Tell(const std::vector<uint8_t>& body, uint32_t place = 0)
    {
        ShardControlMessage message;
        message.place = place;
        message.path = path;
        message.body = body.data();
        message.size = static_cast<uint32_t>(body.size());
        history->AcceptControl(now, message);
    }

    std::vector<uint32_t> Indices() const
    {
        return sink.Each([](const auto& arrival) { return uint32_t(arrival.shard.fields.index); });
    }

    Ptr<ShardHistory> history = CreateObject<ShardHistory>();
    RecordingSink sink;
    Time now;
    uint16_t path{3}; ///< of requests
};

TEST_F(History, SendsAgainWhatIsAskedFor)
{
    SendBlock(now, 1);
    SendBlock(now, 2);
    Ask(1, 1, {3, 9});
    EXPECT_EQ(Indices(), (std::vector<uint32_t>{3, 9}));
    EXPECT_EQ(sink.arrivals[0].shard.fields.block, 1u);
    EXPECT_EQ(sink.arrivals[1].shard.size, 109u);
    EXPECT_EQ(sink.arrivals[0].shard.path, 3u);
    EXPECT_EQ(sink.arrivals[1].shard.path, 3u);
    path = 1;
    Ask(2, 1, {3});
    EXPECT_EQ(sink.arrivals[2].shard.path, 1u);
    EXPECT_EQ(history->GetCounters().retransmitted, 3u);
}

TEST_F(History, AnswersARoundOnceAndAWholeBlockWithItsData)
{
    SendBlock(now, 1);
    Ask(1, 2, {});
    EXPECT_EQ(Indices(), (std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6, 7}));
    Ask(1, 2, {});
    Ask(1, 1, {3});
    EXPECT_EQ(sink.arrivals.size(), 8u);
    EXPECT_EQ(history->GetCounters().stale, 2u);
    Ask(1, 3, {3});
    EXPECT_EQ(sink.arrivals.size(), 9u);
}

TEST_F(History, ARoundMayComeInSeveralRequestsInAnyOrder)
{
    SendBlock(now, 1);
    Ask(1, 1, {3, 9});
    Ask(1, 1, {4});
    EXPECT_EQ(Indices(), (std::vector<uint32_t>{3, 9, 4}));
    Ask(1, 1, {4, 5}); // 4 has been sent in this round: a copy
    Ask(1, 1, {9});    // 9, too, in another request
    EXPECT_EQ(sink.arrivals.size(), 3u);
    EXPECT_EQ(history->GetCounters().stale, 2u);
    Ask(1, 2, {4}); // another round
    Ask(1, 1, {5}); // one that is past
    Ask(1, 2, {3});
    EXPECT_EQ(Indices(), (std::vector<uint32_t>{3, 9, 4, 4, 3}));
    EXPECT_EQ(history->GetCounters().stale, 3u);
}

TEST_F(History, SendsNothingThatItDoesNotKnow)
{
    SendBlock(now, 1);
    Ask(2, 1, {3});
    EXPECT_EQ(history->GetCounters().unknown, 1u);
    Ask(1, 1, {3, 10});
    EXPECT_EQ(history->GetCounters().malformed, 1u);
    Tell(std::vector<uint8_t>(30));
    EXPECT_EQ(history->GetCounters().malformed, 2u);
    SendBlock(Seconds(3), 5); // older than two seconds is forgotten
    Ask(1, 1, {3});
    EXPECT_EQ(history->GetCounters().unknown, 2u);
    EXPECT_TRUE(sink.arrivals.empty());
}

TEST_F(History, AnswersEachNodeOfWhatWasSentToIt)
{
    SendBlock(now, 1, 100);
    SendBlock(now, 1, 300, 1);
    SendBlock(now, 2, 500, 1);
    Ask(1, 1, {3}, 1);
    Ask(1, 1, {4}, 0);
    Ask(2, 1, {5}, 0);
    ASSERT_EQ(sink.arrivals.size(), 2u);
    EXPECT_EQ(sink.arrivals[0].shard.size, 303u);
    EXPECT_EQ(sink.arrivals[0].shard.peer, 1u);
    EXPECT_EQ(sink.arrivals[1].shard.size, 104u);
    EXPECT_EQ(sink.arrivals[1].shard.peer, 0u);
    EXPECT_EQ(history->GetCounters().unknown, 1u) << "that block was another's";
    SendBlock(Seconds(3), 5); // and all of them are forgotten
    Ask(1, 2, {3}, 1);
    Ask(2, 1, {3}, 1);
    EXPECT_EQ(history->GetCounters().unknown, 3u);
}

TEST_F(History, ForgetsTheOldestForRoom)
{
    history->SetAttribute("MaxBytes", UintegerValue(20000)); // ten blocks of 1045 + 128, and more
    for (uint32_t block = 0; block < 100000; ++block)
    {
        SendBlock(NanoSeconds(block), block);
    }
    Ask(99999, 1, {0});
    Ask(99999 - 16, 1, {1});
    Ask(99999 - 17, 1, {2});
    EXPECT_EQ(Indices(), (std::vector<uint32_t>{0, 1}));
    EXPECT_EQ(history->GetCounters().unknown, 1u);
}

} // namespace
