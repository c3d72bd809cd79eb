// SPDX-License-Identifier: GPL-2.0-only
//
// Who encodes a shard, how many holders it gets, what an encoder does next, what a cache keeps, and
// what goes over a connection: the parts of a pool that need no network.
#include "ns3/content-assign.h"
#include "ns3/content-demand.h"
#include "ns3/content-encode-task.h"
#include "ns3/content-lru.h"
#include "ns3/content-replicate.h"
#include "ns3/double.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cstdint>
#include <gtest/gtest.h>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

constexpr uint32_t NONE = ContentAssign::NONE;
using Indices = std::vector<uint32_t>;

/// Encoders of numbers 1 to 4, each a pixel a second.
ContentAssignView
View(uint32_t tasks, uint32_t encoders = 4)
{
    ContentAssignView view;
    view.pool = encoders;
    for (uint32_t i = 0; i < encoders; ++i)
    {
        ContentAssignEncoder encoder;
        encoder.number = static_cast<uint16_t>(i + 1);
        view.encoders.push_back(encoder);
    }
    for (uint32_t i = 0; i < tasks; ++i)
    {
        ContentAssignTask task;
        task.key = {1, i};
        task.pixels = 1;
        task.deadline = Seconds(100);
        view.tasks.push_back(task);
    }
    return view;
}

TEST(ContentAssign, RoundRobinGoesOnWhereItWasAndLeavesOutWhoHasIt)
{
    Ptr<ContentAssign> assign = CreateObject<ContentRoundRobin>();
    EXPECT_EQ(assign->Assign(View(5)), (Indices{0, 1, 2, 3, 0}));
    ContentAssignView view = View(2);
    view.tasks[0].excluded = {2, 3};
    EXPECT_EQ(assign->Assign(view), (Indices{3, 0}));
    view.tasks[0].excluded = {1, 2, 3, 4};
    EXPECT_EQ(assign->Assign(view), (Indices{NONE, 1}));
    EXPECT_EQ(assign->Assign(View(1, 0)), (Indices{NONE}));
}

TEST(ContentAssign, LeastLoadedTakesTheOneThatIsDoneFirst)
{
    Ptr<ContentAssign> assign = CreateObject<ContentLeastLoaded>();
    ContentAssignView view = View(3);
    view.encoders[0].backlog = Seconds(2);
    view.encoders[1].backlog = Seconds(1.5);
    view.encoders[2].backlog = Seconds(9);
    view.encoders[3].backlog = Seconds(9);
    view.encoders[3].capacity = 100;
    // Done at 2.5 by the second, at 3 by the first, then at 3.5 by the second.
    EXPECT_EQ(assign->Assign(view), (Indices{1, 0, 1}));
    view.tasks[2].deadline = Seconds(1); // more urgent: it goes first
    EXPECT_EQ(assign->Assign(view), (Indices{0, 1, 1}));
}

TEST(ContentAssign, HashedMovesOnlyWhatAnEncoderHadThatIsGone)
{
    Ptr<ContentAssign> assign = CreateObject<ContentHashed>();
    const Indices before = assign->Assign(View(400));
    ContentAssignView view = View(400);
    view.encoders.erase(view.encoders.begin() + 1);
    const Indices after = assign->Assign(view);
    std::set<uint32_t> heirs;
    for (uint32_t i = 0; i < 400; ++i)
    {
        if (before[i] != 1)
        {
            ASSERT_EQ(view.encoders[after[i]].number, before[i] + 1);
        }
        else
        {
            heirs.insert(after[i]);
        }
    }
    EXPECT_EQ(heirs.size(), 3u);
    EXPECT_EQ(assign->Assign(View(400)), before);
}

TEST(ContentAssign, LeastCostKeepsDeadlinesThatGreedinessWouldMiss)
{
    // One encoder is quick. The first task is in no hurry; the second one is late unless it gets
    // the quick one, and the quick one has room for one task in time.
    ContentAssignView view = View(2, 2);
    view.encoders[0].capacity = 1;
    view.encoders[1].capacity = 0.1;
    view.tasks[0].deadline = Seconds(20);
    view.tasks[1].deadline = Seconds(21);
    view.tasks[1].pixels = 10;
    view.tasks[0].pixels = 1;
    view.encoders[0].backlog = Seconds(10.5);
    // By itself the first is done at 11.5 by the quick one and at 10 by the slow one.
    Ptr<ContentAssign> assign = CreateObject<ContentLeastCost>();
    EXPECT_EQ(assign->Assign(view), (Indices{1, 0}));
}

TEST(ContentAssign, LeastCostSpreadsAndTakesMoreTasksThanAtOnce)
{
    Ptr<ContentAssign> assign = CreateObject<ContentLeastCost>();
    assign->SetAttribute("MostTasks", UintegerValue(8));
    std::vector<uint32_t> counts(4);
    for (const uint32_t encoder : assign->Assign(View(40)))
    {
        ASSERT_LT(encoder, 4u);
        ++counts[encoder];
    }
    EXPECT_EQ(counts, (Indices{10, 10, 10, 10}));
    ContentAssignView view = View(3);
    view.tasks[1].excluded = {1, 2, 3, 4};
    EXPECT_EQ(assign->Assign(view)[1], NONE);
}

TEST(ContentAssign, WholeStreamsStayWithTheEncodersOfTheirRendition)
{
    Ptr<ContentAssign> assign = CreateObject<ContentWholeStreams>();
    assign->SetAttribute("Renditions", UintegerValue(2));
    ContentAssignView view = View(2);
    view.tasks[1].rendition = 1;
    EXPECT_EQ(assign->Assign(view), (Indices{0, 1}));
    view.tasks[0].excluded = {1};
    view.tasks[1].excluded = {2, 4};
    EXPECT_EQ(assign->Assign(view), (Indices{2, NONE}));
}

Indices
Copies(double exponent, std::vector<double> demand, uint32_t budget, uint32_t most)
{
    Ptr<ContentReplicate> policy = CreateObject<ContentPowerReplicate>();
    policy->SetAttribute("Exponent", DoubleValue(exponent));
    return policy->Copies({std::move(demand), budget, most});
}

TEST(ContentReplicate, SharesTheBudgetByAPowerOfTheDemand)
{
    EXPECT_EQ(Copies(0, {9, 1, 4, 100}, 12, 8), (Indices{3, 3, 3, 3}));
    EXPECT_EQ(Copies(1, {60, 30, 10}, 10, 8), (Indices{6, 3, 1}));
    EXPECT_EQ(Copies(0.5, {16, 4, 1}, 14, 20), (Indices{8, 4, 2}));
    EXPECT_EQ(CreateObject<ContentNoReplicas>()->Copies({{5, 6}, 100, 9}), (Indices{1, 1}));
}

TEST(ContentReplicate, KeepsToItsBoundsAndToTheBudget)
{
    // What one kind cannot take goes to the others; each has one at least.
    EXPECT_EQ(Copies(1, {1000, 10, 10, 0}, 12, 5), (Indices{5, 3, 3, 1}));
    EXPECT_EQ(Copies(1, {1000, 1}, 100, 3), (Indices{3, 3}));
    EXPECT_EQ(Copies(1, {0, 0}, 6, 9), (Indices{3, 3}));
    EXPECT_EQ(Copies(1, {5, 5}, 1, 9), (Indices{1, 1}));
    EXPECT_TRUE(Copies(1, {}, 7, 9).empty());
    for (uint32_t budget = 5; budget < 60; ++budget)
    {
        const Indices copies = Copies(0.5, {7, 3, 11, 2, 5}, budget, 9);
        EXPECT_EQ(std::accumulate(copies.begin(), copies.end(), 0u), std::min(budget, 45u));
    }
}

TEST(ContentEncoderQueue, TakesTheMostUrgentFirstAndOfTheseTheLowestRendition)
{
    ContentEncoderQueue queue;
    for (const auto& [id, deadline, rendition] :
         std::vector<std::tuple<uint32_t, int, int>>{{1, 5, 0}, {2, 3, 1}, {3, 3, 0}, {4, 9, 0}})
    {
        ContentEncodeTask task;
        task.key = {1, id};
        task.segment = id;
        task.deadline = Seconds(deadline);
        task.rendition = static_cast<uint8_t>(rendition);
        task.width = 10;
        task.height = 10;
        task.duration = Seconds(1);
        queue.Add(task);
    }
    EXPECT_EQ(queue.Pixels(), 4 * 100 * 30);
    EXPECT_EQ(queue.Forget(1, 2).size(), 1u);
    EXPECT_EQ(queue.Forget(2, 9).size(), 0u);
    EXPECT_EQ(queue.Take()->key.id, 3u);
    EXPECT_EQ(queue.Take()->key.id, 2u);
    EXPECT_EQ(queue.Pixels(), 100 * 30);
    EXPECT_EQ(queue.Take()->key.id, 4u);
    EXPECT_FALSE(queue.Take());
}

TEST(ContentEncodeTask, WorkFollowsFromPixelsComplexityAndCodec)
{
    ContentEncodeTask task;
    task.width = 1920;
    task.height = 1080;
    task.frameRate = 30;
    task.duration = MilliSeconds(500);
    EXPECT_DOUBLE_EQ(task.Pixels(), 1920.0 * 1080 * 15);
    task.complexity = 2;
    task.codec = CONTENT_HEVC;
    EXPECT_DOUBLE_EQ(task.Pixels(), 1920.0 * 1080 * 15 * 6);
}

TEST(ContentEncodeTask, GoesOverTheWireAsItIs)
{
    ContentEncodeTask task;
    task.key = {3, 4};
    task.segment = 2;
    task.rendition = 1;
    task.codec = CONTENT_AV1;
    task.width = 640;
    task.height = 360;
    task.frameRate = 25;
    task.bytes = 9999;
    task.complexity = 1.25;
    task.duration = MilliSeconds(300);
    task.deadline = Seconds(7);
    task.expires = Seconds(70);
    ContentMessage message;
    message.key = task.key;
    message.body = task.Write();
    const auto read = ContentEncodeTask::Read(message);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->Write(), task.Write());
    EXPECT_EQ(read->Pixels(), task.Pixels());
    EXPECT_EQ(read->expires, Seconds(70));
    message.body.pop_back();
    EXPECT_FALSE(ContentEncodeTask::Read(message));
    message.body = task.Write();
    message.body[5] = 9; // codec
    EXPECT_FALSE(ContentEncodeTask::Read(message));
}

TEST(ContentLru, TheLeastRecentlyUsedGoesFirst)
{
    ContentLru lru(100);
    lru.Put(1, 40);
    lru.Put(2, 40);
    EXPECT_EQ(lru.Use(1), 40u);
    lru.Put(3, 30);
    EXPECT_FALSE(lru.Use(2));
    EXPECT_EQ(lru.Bytes(), 70u);
    lru.Put(3, 60); // it has become larger
    EXPECT_EQ(lru.Bytes(), 100u);
    EXPECT_TRUE(lru.Use(1));
    lru.Put(4, 101);
    EXPECT_FALSE(lru.Use(4));
    EXPECT_EQ(lru.Bytes(), 100u);
    EXPECT_EQ(lru.Evicted(), 1u);
    lru.Clear();
    EXPECT_EQ(lru.Bytes(), 0u);
}

TEST(ContentDemand, ForecastsEachKindFromWhatWasAskedFor)
{
    ContentDemand demand(PREDICT_HOLT);
    for (uint32_t period = 0; period < 40; ++period)
    {
        demand.Add({1, 0}, 10 + 2 * period);
        demand.Add({1, 1}, 5);
        demand.Close();
    }
    EXPECT_NEAR(demand.Expected({1, 0}), 10 + 2 * 40, 2);
    EXPECT_NEAR(demand.Expected({1, 1}), 5, 0.5);
    EXPECT_EQ(demand.Expected({2, 0}), 0);
    EXPECT_NEAR(demand.ExpectedTotal(), 95, 3);
    EXPECT_EQ(demand.Peak(), 10 + 2 * 39 + 5);
}

/// Keeps what it hears.
class Heard : public ContentMessageListener
{
  public:
    void MessagePart(const ContentMessage&, uint32_t media) override
    {
        parts.push_back(media);
    }

    void MessageCame(const ContentMessage& message) override
    {
        messages.push_back(message);
    }

    std::vector<uint32_t> parts;
    std::vector<ContentMessage> messages;
};

TEST(ContentMessage, IsFoundWhereverTheStreamIsCut)
{
    ContentMessage first;
    first.type = CONTENT_SHARD;
    first.tag = 5;
    first.key = {6, 7};
    first.holder = {0x0a000001, 80};
    first.padding = 9;
    first.media = 50;
    ContentMessage second;
    second.type = CONTENT_MAP;
    second.status = CONTENT_ABSENT;
    second.body = {1, 2, 3};
    std::vector<uint8_t> stream = first.Write();
    stream.resize(stream.size() + first.media);
    const std::vector<uint8_t> more = second.Write();
    stream.insert(stream.end(), more.begin(), more.end());
    ASSERT_EQ(stream.size(), first.Bytes() + second.Bytes());
    for (uint32_t piece = 1; piece <= stream.size(); ++piece)
    {
        ContentMessageReader reader;
        Heard heard;
        for (std::size_t at = 0; at < stream.size(); at += piece)
        {
            const auto size =
                static_cast<uint32_t>(std::min<std::size_t>(piece, stream.size() - at));
            ASSERT_TRUE(reader.Read(Create<Packet>(stream.data() + at, size), heard));
        }
        ASSERT_EQ(heard.messages.size(), 2u);
        EXPECT_EQ(heard.messages[0].tag, 5u);
        EXPECT_EQ(heard.messages[0].key.Number(), uint64_t(6) << 32 | 7);
        EXPECT_EQ(heard.messages[0].holder.port, 80);
        EXPECT_EQ(heard.messages[0].media, 50u);
        EXPECT_EQ(heard.messages[1].status, CONTENT_ABSENT);
        EXPECT_EQ(heard.messages[1].body, second.body);
        EXPECT_EQ(reader.Bytes(), stream.size());
        for (const uint32_t part : heard.parts)
        {
            EXPECT_LT(part, 50u);
        }
    }
}

TEST(ContentMessage, WhatCannotBeEndsTheStream)
{
    for (const std::size_t at : {0, 1, 2, 3, 22, 24, 28})
    {
        ContentMessage message;
        std::vector<uint8_t> bytes = message.Write();
        bytes[at] = 0xff;
        ContentMessageReader reader;
        Heard heard;
        EXPECT_FALSE(reader.Read(Create<Packet>(bytes.data(), 32), heard)) << at;
        EXPECT_TRUE(heard.messages.empty());
    }
}

} // namespace
