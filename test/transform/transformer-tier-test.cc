// SPDX-License-Identifier: GPL-2.0-only
//
//     Submit --> ShardTransformer --> sink (shards)
//                   |         \-> forwarded (datagrams that stay plain)
//                   +--- ShardTierClient --- the tier (this test)
//
// What is proved of a transformer that asks the decisions tier:
//  1. a flow is asked for once, with all that its first datagram and the paths say; its datagrams
//     wait until the decision comes and then leave in order, those after it at once
//  2. of all flows no more than MaxWaiting datagrams wait; further ones are dropped and counted
//  3. where nobody answers, datagrams are sent as they are (fail-open) or dropped (fail-closed); a
//     second later it is asked again
//  4. a decision whose life is over, or that is of an earlier epoch, serves while it is asked
//  again;
//     where nobody answers, the first fails, the second serves for the rest of its life
//  5. a directive that contradicts the MTU is counted and traced, and its flow stays plain
//  6. where the depth of interleaving changes, the group that waits goes at once; a window begins
//     anew
//  7. a decision that nobody asked for is followed; one on an unknown flow is not
//  8. the id that a flow was given is its own for as long as the flow is known, so that a second
//     answer to a question that was repeated changes nothing
//  9. the rate of the slowest path is that of those whose rate is known
// 10. datagrams = forwarded + sharded + undecided + waiting, after every step

#include "transform/scripted-transport.h"
#include "transform/transformer-fixture.h"

#include <ns3/uinteger.h>

namespace
{

using namespace ns3;
using namespace ns3::sharding;
using namespace transformtest;

using Numbers = std::vector<uint32_t>;

class TransformerTier : public TransformerStory
{
  protected:
    TransformerTier()
    {
        client->SetTransport(transport);
        transformer->SetTier(client);
        transformer->SetAttribute("Node", UintegerValue(5));
        transformer->TraceConnectWithoutContext("Refused",
                                                MakeCallback(&TransformerTier::TraceRefused, this));
        transformer->TraceConnectWithoutContext(
            "Decision",
            MakeCallback(&TransformerTier::TraceDecision, this));
        decision.directive.action = ShardDirective::SHARD;
        decision.directive.shards = 1;
        decision.epoch = 1;
        decision.lifetime = 10000;
    }

    ~TransformerTier() override
    {
        ExpectBalance();
        client->Dispose();
        transport->Dispose();
    }

    void ExpectBalance() const
    {
        const ShardTransformer::Counters& c = transformer->GetCounters();
        EXPECT_EQ(c.datagrams, c.forwarded + c.sharded + c.undecided + transformer->GetWaiting());
        EXPECT_EQ(c.forwarded, forwarded.size());
        EXPECT_EQ(c.shards, sink.arrivals.size());
    }

    void Send(uint32_t size, uint16_t flow = 0)
    {
        Submit(size, flow);
        ExpectBalance();
    }

    /// The tier says what `decision` is.
    void Answer(uint16_t flow, uint32_t id)
    {
        decision.flow = MakeDatagram(1, flow)->flow;
        decision.id = id;
        transport->Deliver(SHARD_CONTROL_DECISION, decision.Write());
        ExpectBalance();
    }

    void BeginEpoch(uint32_t number)
    {
        ShardEpoch epoch;
        epoch.epoch = number;
        transport->Deliver(SHARD_CONTROL_EPOCH, epoch.Write());
    }

    /// @return the questions so far
    std::vector<ShardAsk> Asked() const
    {
        std::vector<ShardAsk> asks;
        for (const ScriptedTransport::Sent& sent : transport->sent)
        {
            EXPECT_EQ(sent.type, SHARD_CONTROL_ASK);
            ShardAsk ask;
            EXPECT_EQ(ask.Read(sent.body.data(), static_cast<uint32_t>(sent.body.size())),
                      SHARD_OK);
            asks.push_back(ask);
        }
        return asks;
    }

    void RunUntil(Time time)
    {
        Simulator::Stop(time - Simulator::Now());
        Simulator::Run();
        ExpectBalance();
    }

    Numbers Ids() const
    {
        return sink.Each([](const auto& a) { return a.shard.fields.flow; });
    }

    Numbers Blocks() const
    {
        return sink.Each([](const auto& a) { return a.shard.fields.block; });
    }

    Numbers ForwardedSizes() const
    {
        Numbers sizes;
        for (const Ptr<const Datagram>& datagram : forwarded)
        {
            sizes.push_back(datagram->size);
        }
        return sizes;
    }

    void TraceRefused(const FlowKey&, const ShardDirective& refused, const std::string& why)
    {
        EXPECT_EQ(refused, decision.directive);
        reasons.push_back(why);
    }

    void TraceDecision(const FlowKey&, uint32_t id, const ShardDirective&)
    {
        tracedIds.push_back(id);
    }

    Ptr<ScriptedTransport> transport = CreateObject<ScriptedTransport>();
    Ptr<ShardTierClient> client = CreateObject<ShardTierClient>();
    ShardDecision decision; ///< that the tier gives next
    std::vector<std::string> reasons;
    Numbers tracedIds;
};

TEST_F(TransformerTier, DatagramsWaitForTheDecisionAndLeaveInOrder)
{
    Send(100, 1);
    Send(200, 1);
    Send(300, 2);
    Send(400, 1);
    EXPECT_TRUE(sink.arrivals.empty());
    EXPECT_EQ(transformer->GetWaiting(), 4u);
    const std::vector<ShardAsk> asks = Asked();
    ASSERT_EQ(asks.size(), 2u);
    EXPECT_EQ(asks[0].node, 5u);
    EXPECT_EQ(asks[0].flow, MakeDatagram(1, 1)->flow);
    EXPECT_EQ(asks[0].size, 100u);
    EXPECT_EQ(asks[0].dscp, 10u);
    EXPECT_EQ(asks[0].maxPayload, 1452u);
    EXPECT_EQ(asks[0].paths, 2u);
    EXPECT_EQ(asks[0].mtu, 1500u);
    EXPECT_EQ(asks[0].rate, 0u);
    EXPECT_TRUE(asks[0].isFresh);
    EXPECT_FALSE(asks[0].isArq);
    EXPECT_TRUE(policy->asked.empty());
    Answer(1, 77);
    EXPECT_EQ(sink.Sizes(), (Numbers{100, 200, 400}));
    EXPECT_EQ(Ids(), (Numbers{77, 77, 77}));
    EXPECT_EQ(Blocks(), (Numbers{0, 1, 2}));
    EXPECT_EQ(transformer->GetWaiting(), 1u);
    Send(500, 1);
    EXPECT_EQ(sink.Sizes().back(), 500u);
    Answer(2, 78);
    EXPECT_EQ(sink.Sizes().back(), 300u);
    EXPECT_EQ(Ids().back(), 78u);
    EXPECT_EQ(Blocks().back(), 0u);
    RunUntil(Seconds(1));
    EXPECT_EQ(Asked().size(), 2u);
    EXPECT_EQ(tracedIds, (Numbers{77, 78}));
}

TEST_F(TransformerTier, NoMoreThanMaxWaitingWait)
{
    transformer->SetAttribute("MaxWaiting", UintegerValue(3));
    Send(100, 1);
    Send(200, 2);
    Send(300, 1);
    Send(400, 1);
    Send(500, 2);
    Send(600, 3);
    EXPECT_EQ(transformer->GetWaiting(), 3u);
    EXPECT_EQ(transformer->GetCounters().undecided, 3u);
    Answer(1, 7);
    EXPECT_EQ(sink.Sizes(), (Numbers{100, 300}));
    Send(700, 3);
    Send(800, 3);
    Send(900, 3);
    EXPECT_EQ(transformer->GetWaiting(), 3u);
    EXPECT_EQ(transformer->GetCounters().undecided, 4u);
    Answer(3, 8);
    EXPECT_EQ(sink.Sizes(), (Numbers{100, 300, 700, 800}));
}

TEST_F(TransformerTier, FailOpenSendsThemAsTheyAre)
{
    Send(100, 1);
    Send(200, 1);
    RunUntil(MilliSeconds(139));
    EXPECT_TRUE(forwarded.empty());
    RunUntil(MilliSeconds(141)); // asked at 0, 20 and 60 ms, given up at 140
    EXPECT_EQ(ForwardedSizes(), (Numbers{100, 200}));
    EXPECT_EQ(Asked().size(), 3u);
    Send(300, 1);
    RunUntil(MilliSeconds(1139));
    Send(400, 1);
    EXPECT_EQ(ForwardedSizes(), (Numbers{100, 200, 300, 400}));
    EXPECT_EQ(Asked().size(), 3u) << "not for a second";
    RunUntil(MilliSeconds(1141));
    Send(500, 1);
    EXPECT_EQ(Asked().size(), 4u);
    EXPECT_TRUE(Asked().back().isFresh);
    EXPECT_EQ(forwarded.size(), 5u) << "nothing waits for that answer";
    Answer(1, 7);
    Send(600, 1);
    EXPECT_EQ(sink.Sizes(), Numbers{600});
}

TEST_F(TransformerTier, FailClosedDropsThem)
{
    transformer->SetAttribute("FailOpen", BooleanValue(false));
    transformer->SetAttribute("FlowIdle", TimeValue(Seconds(60)));
    Send(100, 1);
    Send(200, 1);
    RunUntil(MilliSeconds(141));
    Send(300, 1);
    EXPECT_EQ(transformer->GetCounters().undecided, 3u);
    EXPECT_TRUE(forwarded.empty());
    RunUntil(MilliSeconds(1141));
    Send(400, 1);
    EXPECT_EQ(transformer->GetCounters().undecided, 4u);
    Answer(1, 7);
    Send(500, 1);
    EXPECT_EQ(sink.Sizes(), Numbers{500});
}

TEST_F(TransformerTier, AnOldDecisionServesWhileItIsAskedAgain)
{
    decision.lifetime = 100;
    Send(100, 1);
    Answer(1, 7);
    RunUntil(MilliSeconds(100) - NanoSeconds(1));
    Send(200, 1);
    EXPECT_EQ(Asked().size(), 1u);
    RunUntil(MilliSeconds(100));
    Send(300, 1);
    Send(400, 1);
    ASSERT_EQ(Asked().size(), 2u) << "once";
    EXPECT_FALSE(Asked()[1].isFresh);
    EXPECT_EQ(Asked()[1].size, 300u);
    EXPECT_EQ(sink.Sizes(), (Numbers{100, 200, 300, 400}));
    decision.directive.shards = 2;
    Answer(1, 7);
    Send(500, 1);
    EXPECT_EQ(sink.Sizes(), (Numbers{100, 200, 300, 400, 250, 250}));
    EXPECT_EQ(Blocks(), (Numbers{0, 1, 2, 3, 4, 4})) << "blocks count on";
    // And where nobody answers it fails in the end.
    RunUntil(MilliSeconds(250));
    Send(600, 1);
    RunUntil(MilliSeconds(389));
    Send(700, 1);
    EXPECT_TRUE(forwarded.empty());
    RunUntil(MilliSeconds(391));
    Send(800, 1);
    EXPECT_EQ(ForwardedSizes(), Numbers{800});
}

TEST_F(TransformerTier, ADecisionOfAnEarlierEpochServesForTheRestOfItsLife)
{
    Send(100, 1);
    Send(100, 2);
    Answer(1, 7);
    Answer(2, 8);
    BeginEpoch(2);
    EXPECT_EQ(Asked().size(), 2u) << "asked when the next datagram comes";
    Send(200, 1);
    EXPECT_EQ(Asked().size(), 3u);
    EXPECT_EQ(sink.Sizes(), (Numbers{100, 100, 200}));
    decision.epoch = 2;
    Answer(1, 7);
    Send(300, 1);
    EXPECT_EQ(Asked().size(), 3u);
    Send(400, 2);
    EXPECT_EQ(Asked().size(), 4u);
    RunUntil(MilliSeconds(200)); // nobody answers
    Send(500, 2);
    EXPECT_EQ(Asked().size(), 6u);
    EXPECT_EQ(sink.Sizes().back(), 500u);
    EXPECT_TRUE(forwarded.empty());
}

TEST_F(TransformerTier, ADecisionOfAnEarlierEpochIsNotTaken)
{
    BeginEpoch(2);
    Send(100, 1);
    Answer(1, 7);
    EXPECT_EQ(transformer->GetWaiting(), 1u);
    decision.epoch = 2;
    Answer(1, 7);
    EXPECT_EQ(sink.Sizes(), Numbers{100});
}

TEST_F(TransformerTier, ADirectiveThatTheMtuContradictsLeavesTheFlowPlain)
{
    decision.directive.shards = 0;
    decision.directive.shardSize = 1453;
    Send(9000, 1);
    Answer(1, 7);
    EXPECT_EQ(ForwardedSizes(), Numbers{9000});
    EXPECT_EQ(transformer->GetCounters().refused, 1u);
    ASSERT_EQ(reasons.size(), 1u);
    EXPECT_NE(reasons[0].find("MTU"), std::string::npos);
    Send(8000, 1);
    EXPECT_EQ(forwarded.size(), 2u);
    EXPECT_EQ(Asked().size(), 1u) << "it was decided all the same";
    decision.directive.shardSize = 1452;
    Answer(1, 7);
    Send(1452, 1);
    EXPECT_EQ(sink.Sizes(), Numbers{1452});
    EXPECT_EQ(transformer->GetCounters().refused, 1u);
}

TEST_F(TransformerTier, WhereTheDepthChangesTheGroupThatWaitsGoes)
{
    decision.directive.shards = 2;
    decision.directive.interleave = 3;
    Send(100, 1);
    Answer(1, 7);
    Send(200, 1);
    EXPECT_TRUE(sink.arrivals.empty());
    EXPECT_EQ(transformer->GetHeld(), 4u);
    Answer(1, 7); // the same again lets nothing go
    EXPECT_TRUE(sink.arrivals.empty());
    decision.directive.interleave = 1;
    Answer(1, 7);
    EXPECT_EQ(sink.Sizes(), (Numbers{50, 100, 50, 100})) << "interleaved as far as they had come";
    EXPECT_EQ(transformer->GetHeld(), 0u);
    Send(300, 1);
    EXPECT_EQ(sink.Sizes(), (Numbers{50, 100, 50, 100, 150, 150}));
    decision.directive.interleave = 2;
    Answer(1, 7);
    Send(400, 1);
    Send(500, 1);
    EXPECT_EQ(Blocks(), (Numbers{0, 1, 0, 1, 2, 2, 3, 4, 3, 4}));
    Send(600, 1);
    RunUntil(Seconds(1)); // what was left alone goes by its time-out, once
    EXPECT_EQ(sink.arrivals.size(), 12u);
    EXPECT_EQ(transformer->GetHeld(), 0u);
}

TEST_F(TransformerTier, AWindowThatWasLeftBeginsAnew)
{
    decision.directive.code = SHARD_CODE_SLIDING_WINDOW;
    decision.directive.repair = 1;
    decision.directive.window = 4;
    Send(100, 1);
    Answer(1, 7);
    Send(100, 1);
    // A prefix of a byte and three for each block that is covered, then the coded bytes.
    EXPECT_EQ(sink.Sizes(), (Numbers{100, 104, 100, 107}));
    decision.directive.shards = 2;
    Answer(1, 7);
    Send(100, 1);
    EXPECT_EQ(sink.Sizes().back(), 54u) << "one block";
}

TEST_F(TransformerTier, FollowsWhatNobodyAskedFor)
{
    Send(100, 1);
    Answer(1, 7);
    decision.directive.shards = 4;
    decision.epoch = 2;
    Answer(1, 7);
    Answer(99, 8); // a flow that it does not know
    Send(400, 1);
    EXPECT_EQ(sink.Sizes(), (Numbers{100, 100, 100, 100, 100}));
    EXPECT_EQ(Asked().size(), 1u);
    EXPECT_EQ(tracedIds, (Numbers{7, 7}));
    EXPECT_EQ(transformer->GetCounters().datagrams, 2u);
}

TEST_F(TransformerTier, ASecondAnswerToARepeatedQuestionChangesNothing)
{
    Send(100, 1);
    RunUntil(MilliSeconds(30));
    EXPECT_EQ(Asked().size(), 2u);
    EXPECT_TRUE(Asked()[1].isFresh) << "the first may have been lost";
    Answer(1, 7);
    Send(200, 1);
    Answer(1, 8); // to the second
    Send(300, 1);
    EXPECT_EQ(Ids(), (Numbers{7, 7, 7}));
    EXPECT_EQ(Blocks(), (Numbers{0, 1, 2}));
    EXPECT_EQ(tracedIds, Numbers{7});
}

TEST_F(TransformerTier, AFlowThatWasForgottenAsksForAnotherId)
{
    transformer->SetAttribute("FlowIdle", TimeValue(Seconds(1)));
    Send(100, 1);
    Answer(1, 7);
    RunUntil(Seconds(5));
    Send(100, 2);
    Send(100, 2);
    Answer(2, 8);
    Send(200, 1);
    ASSERT_EQ(Asked().size(), 3u);
    EXPECT_TRUE(Asked()[2].isFresh);
    Answer(1, 9);
    EXPECT_EQ(Ids().back(), 9u);
    EXPECT_EQ(Blocks().back(), 0u);
}

TEST_F(TransformerTier, SaysWhatItKnowsOfThePaths)
{
    transformer->SetAttribute("Arq", BooleanValue(true));
    std::vector<ShardPathInfo> paths(4);
    paths[0].rate = DataRate("20Mbps");
    paths[2].rate = DataRate("100Mbps"); // of the second nothing is known
    paths[3].rate = DataRate("50Mbps");
    paths[1].delay = MilliSeconds(30);
    paths[2].delay = MilliSeconds(10);
    paths[3].mtu = 1300;
    transformer->SetPaths(paths, 48);
    Send(100, 1);
    const ShardAsk ask = Asked().at(0);
    EXPECT_EQ(ask.rate, 20000u);
    EXPECT_EQ(ask.delay, 30000u);
    EXPECT_EQ(ask.mtu, 1300u);
    EXPECT_EQ(ask.maxPayload, 1252u);
    EXPECT_EQ(ask.paths, 4u);
    EXPECT_TRUE(ask.isArq);
}

} // namespace
