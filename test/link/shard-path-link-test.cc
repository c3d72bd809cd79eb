// SPDX-License-Identifier: GPL-2.0-only
/*
 * Computed links and paths. What is proved:
 * 1. a packet begins when it has come and the one before it is out; it arrives a propagation delay
 *    after its end (numbers worked out by hand, link header included)
 * 2. the queue's limit, in packets and in bytes with their link header, leaves out the packet in
 *    service; a limit below one packet drops everything, as the device does
 * 3. in the very tick in which a place becomes free, the order of the two events decides
 * 4. cross traffic is as if its packets had been offered one by one, and is drawn only as needed
 * 5. a capacity trace serves IP bytes
 * 6. a path is its links one after the other; loss and jitter are drawn once for each packet that
 *    reaches the last link; counters leave out what has not happened yet
 * 7. a moment comes before another as ns-3 would run the two events, however long they keep step;
 *    an agenda runs events in that order
 * 8. what finds the threshold waiting is marked, not what is dropped; any link of a path marks
 * That all this together is what ns-3's devices do is proved by tunnel-equality-test.cc.
 */
#include "ns3/shard-agenda.h"
#include "ns3/shard-path-model.h"
#include <ns3/double.h>
#include <ns3/simulator.h>

#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

constexpr int64_t MS = 1000000;

/// 998 bytes and the link header take 1 ms.
constexpr uint32_t SIZE = 998;

ShardPathLinkSettings
OneMillisecond(const std::string& queue = "100p", int64_t delayMs = 10)
{
    ShardPathLinkSettings settings;
    settings.rate = DataRate("8Mbps");
    settings.delay = MilliSeconds(delayMs);
    settings.queue = QueueSize(queue);
    return settings;
}

/// @return arrival at the far end, or -1 where it was dropped
int64_t
Pass(ShardPathLink& link, int64_t now, uint32_t bytes = SIZE)
{
    ShardMoment moment = ShardMoment::FromOutside(now);
    return link.Pass(moment, bytes) ? moment.Time() : -1;
}

TEST(PathLink, ServesInTurnAndPropagates)
{
    ShardPathLink link(OneMillisecond());
    EXPECT_EQ(Pass(link, 0), 11 * MS);
    EXPECT_EQ(Pass(link, 0), 12 * MS);
    EXPECT_EQ(Pass(link, MS / 2, 498), 12 * MS + MS / 2); // begins at 2 ms
    EXPECT_EQ(Pass(link, 7 * MS), 18 * MS);               // idle again
    EXPECT_EQ(Pass(link, 8 * MS), 19 * MS);               // just idle
}

TEST(PathLink, LimitsPacketsThatWait)
{
    ShardPathLink link(OneMillisecond("2p"));
    EXPECT_EQ(Pass(link, 0), 11 * MS); // in service
    EXPECT_EQ(Pass(link, 0), 12 * MS);
    EXPECT_EQ(Pass(link, 0), 13 * MS);
    EXPECT_EQ(Pass(link, MS - 1), -1);
    EXPECT_EQ(Pass(link, MS + 1), 14 * MS); // one has begun
    EXPECT_EQ(Pass(link, MS + 1), -1);
}

TEST(PathLink, LimitsBytesWithTheirLinkHeader)
{
    ShardPathLink link(OneMillisecond("1999B"));
    EXPECT_EQ(Pass(link, 0), 11 * MS);
    EXPECT_EQ(Pass(link, 0), 12 * MS);               // 1000 of 1999 bytes wait
    EXPECT_EQ(Pass(link, 0), -1);                    // 2000 would
    EXPECT_EQ(Pass(link, 0, 997), 12 * MS + 999000); // 1999 do
    ShardPathLink tiny(OneMillisecond("999B"));
    EXPECT_EQ(Pass(tiny, 0), -1);
    EXPECT_EQ(Pass(tiny, 0, 997), 10 * MS + 999000);
}

TEST(PathLink, MarksWhatFindsTheThresholdWaiting)
{
    ShardPathLinkSettings settings = OneMillisecond("3p");
    settings.mark = 2;
    ShardPathLink link(settings);
    const auto marked = [&link](int64_t now)
    {
        bool isMarked = false;
        ShardMoment moment = ShardMoment::FromOutside(now);
        EXPECT_EQ(link.Pass(moment, SIZE, &isMarked), now != 1);
        return isMarked;
    };
    EXPECT_FALSE(marked(0)); // in service
    EXPECT_FALSE(marked(0)); // finds none
    EXPECT_FALSE(marked(0)); // finds 1
    EXPECT_TRUE(marked(0));  // finds 2
    EXPECT_FALSE(marked(1)) << "it was dropped";
    EXPECT_TRUE(marked(MS + 1));      // finds 2 of 3: one has begun
    EXPECT_FALSE(marked(3 * MS + 1)); // finds 1: two more have
    ShardPathModel path;
    path.AddLink(link);
    settings.mark = 0;
    path.AddLink(ShardPathLink(settings));
    bool isMarked = false;
    ShardMoment moment = ShardMoment::FromOutside(3 * MS + 2);
    EXPECT_EQ(path.Send(moment, SIZE, &isMarked), ShardPathModel::ARRIVES);
    EXPECT_TRUE(isMarked) << "by the first of two links";
}

TEST(PathLink, InTheTickOfALeaveTheEarlierScheduledEventIsFirst)
{
    for (const bool arrivalFirst : {true, false})
    {
        ShardPathLink link(OneMillisecond("1p"));
        Pass(link, 0);                     // its end, at 1 ms, was scheduled at 0
        EXPECT_EQ(Pass(link, 0), 12 * MS); // waits until then
        const ShardMoment parent = ShardMoment::FromOutside(arrivalFirst ? -1 : 1);
        ShardMoment moment = parent.Schedule(MS);
        EXPECT_EQ(link.Pass(moment, SIZE), !arrivalFirst);
    }
}

TEST(PathLink, CrossTrafficIsAsIfOfferedOneByOne)
{
    const auto arrivals = []
    {
        Ptr<UniformRandomVariable> uniform = CreateObject<UniformRandomVariable>();
        uniform->SetStream(7);
        ShardArrivals::Shape shape;
        shape.gap = 1.2e-3;
        return ShardArrivals(shape, uniform);
    };
    ShardPathLink mixed(OneMillisecond("3p"));
    mixed.SetCross(arrivals(), 1200);
    ShardPathLink byHand(OneMillisecond("3p"));
    ShardArrivals cross = arrivals();
    int64_t next = cross.Next();
    uint64_t drawn = 0;
    uint64_t dropped = 0;
    for (int64_t now = 0; now < 2000 * MS; now += 3 * MS + 1)
    {
        for (; next < now; next = cross.Next())
        {
            Pass(byHand, next, 1200);
            ++drawn;
        }
        const int64_t at = Pass(byHand, now, 500);
        ASSERT_EQ(Pass(mixed, now, 500), at) << now;
        dropped += at < 0;
        ASSERT_EQ(mixed.GetCrossOffered(), drawn);
    }
    EXPECT_GT(drawn, 1000u);
    EXPECT_GT(dropped, 20u);
}

TEST(PathLink, ATraceServesIpBytes)
{
    std::istringstream text("5\n5\n20\n");
    ShardPathLinkSettings settings = OneMillisecond();
    settings.trace =
        std::make_shared<const ShardCapacityTrace>(*ShardCapacityTrace::Parse(text, "test"));
    ShardPathLink link(settings);
    EXPECT_EQ(Pass(link, 0, 1500), 15 * MS);      // 1500 without the link header fit
    EXPECT_EQ(Pass(link, 0, 1501), 30 * MS);      // one byte over: the next opportunity but one
    EXPECT_EQ(Pass(link, 21 * MS, 100), 35 * MS); // period 20 ms
}

/// Says always the same.
class Constant : public RandomVariableStream
{
  public:
    explicit Constant(double value)
        : m_value(value)
    {
    }

    double GetValue() override
    {
        ++draws;
        return m_value;
    }

    uint32_t GetInteger() override
    {
        return 0;
    }

    uint32_t draws{0};

  private:
    double m_value;
};

TEST(PathModel, IsItsLinksOneAfterTheOther)
{
    ShardPathModel path;
    path.AddLink(ShardPathLink(OneMillisecond()));
    path.AddLink(ShardPathLink(OneMillisecond("1p", 3)));
    Ptr<Constant> jitter = Create<Constant>(2e-3);
    path.SetJitter(jitter);
    EXPECT_EQ(path.GetDelay(), 13 * MS);
    for (int64_t i = 0; i < 5; ++i)
    {
        ShardMoment moment = ShardMoment::FromOutside(0);
        ASSERT_EQ(path.Send(moment, SIZE), ShardPathModel::ARRIVES);
        EXPECT_EQ(moment.Time(), (1 + i + 10 + 1 + 3 + 2) * MS);
        EXPECT_EQ(moment.ParentTime(), (1 + i + 10) * MS) << "begin on the last link";
    }
    EXPECT_EQ(jitter->draws, 5u);
    EXPECT_EQ(path.GetCounters(0).entered, 5u);
    EXPECT_EQ(path.GetCounters(0).enteredBytes, 5 * SIZE);
}

TEST(PathModel, CountsDropsAndLossesWhenTheyHappen)
{
    // The second link is half as fast: of six packets the queue of one is full for some.
    ShardPathLinkSettings slow = OneMillisecond("1p", 3);
    slow.rate = DataRate("2Mbps");
    ShardPathModel path;
    path.AddLink(ShardPathLink(OneMillisecond()));
    path.AddLink(ShardPathLink(slow));
    Ptr<GilbertElliottErrorModel> loss = CreateObject<GilbertElliottErrorModel>();
    loss->SetAttribute("MeanLoss", DoubleValue(1));
    path.SetLoss(loss);
    std::vector<ShardPathModel::Outcome> outcomes;
    for (int i = 0; i < 6; ++i)
    {
        ShardMoment moment = ShardMoment::FromOutside(0);
        outcomes.push_back(path.Send(moment, SIZE));
    }
    // They come there at 11, 12, ... 16 ms: the first begins at 11, the second at 15; the third,
    // fourth and fifth find its place taken, the sixth does not.
    using P = ShardPathModel;
    const std::vector<P::Outcome> expected =
        {P::LOST, P::LOST, P::QUEUE_DROP, P::QUEUE_DROP, P::QUEUE_DROP, P::LOST};
    EXPECT_EQ(outcomes, expected);
    EXPECT_EQ(path.GetCounters(11 * MS - 1).losses, 0u);
    EXPECT_EQ(path.GetCounters(11 * MS).losses, 1u);
    EXPECT_EQ(path.GetCounters(14 * MS).queueDrops, 2u);
    EXPECT_EQ(path.GetCounters(19 * MS).queueDrops, 3u);
    EXPECT_EQ(path.GetCounters(19 * MS).losses, 3u);
}

TEST(PathModel, RememberedDropsDoNotPileUp)
{
    ShardPathModel path;
    path.AddLink(ShardPathLink(OneMillisecond("1B")));
    for (int64_t i = 0; i < 300000; ++i)
    {
        ShardMoment moment = ShardMoment::FromOutside(i);
        ASSERT_EQ(path.Send(moment, SIZE), ShardPathModel::QUEUE_DROP);
    }
    EXPECT_EQ(path.GetCounters(300000).queueDrops, 300000u);
    EXPECT_EQ(path.GetCounters(299998).queueDrops, 299999u);
}

/// Events of ns-3 that schedule each other, with the moments that they should have.
class Family
{
  public:
    void Run(const ShardMoment& moment, int depth)
    {
        order.push_back(moment);
        for (int child = 0; child < 2 && depth > 0; ++child)
        {
            const int64_t wait = 1 + (moment.Time() * 7 + child * 5 + depth) % 3;
            const ShardMoment next = moment.Schedule(moment.Time() + wait);
            Simulator::Schedule(NanoSeconds(wait), &Family::Run, this, next, depth - 1);
        }
    }

    std::vector<ShardMoment> order;
};

TEST(Moment, ComesBeforeAnotherAsNs3RunsThem)
{
    {
        Family family;
        const ShardMoment start = ShardMoment::FromOutside(-1);
        for (int64_t root = 1; root <= 6; ++root)
        {
            Simulator::Schedule(NanoSeconds(root / 2),
                                &Family::Run,
                                &family,
                                start.Schedule(root / 2),
                                5);
        }
        Simulator::Run();
        Simulator::Destroy();
        ASSERT_EQ(family.order.size(), 6u * 63);
        uint32_t ties = 0;
        for (std::size_t i = 0; i < family.order.size(); ++i)
        {
            for (std::size_t j = i + 1; j < family.order.size(); ++j)
            {
                const ShardMoment& a = family.order[i];
                const ShardMoment& b = family.order[j];
                ties += a.Time() == b.Time();
                EXPECT_FALSE(b < a) << i << " " << j;
                EXPECT_TRUE(a < b) << i << " " << j;
            }
        }
        EXPECT_GT(ties, 1000u);
    }
    EXPECT_EQ(ShardMoment::Known(), 0u);
}

TEST(Moment, ThoseThatKeepStepForLongStayInOrderAndAreForgotten)
{
    // Two lines that meet, after different histories, and keep step a million generations long.
    ShardMoment a = ShardMoment::FromOutside(5).Schedule(20);
    ShardMoment b = ShardMoment::FromOutside(6).Schedule(20);
    ShardMoment c = ShardMoment::FromOutside(4).Schedule(20);
    for (int64_t at = 21; at < 1000000; ++at)
    {
        c = c.Schedule(at); // made in another order than ns-3 would run them
        b = b.Schedule(at);
        a = a.Schedule(at);
        ASSERT_TRUE(a < b && c < a && c < b) << at;
        ASSERT_FALSE(b < a || a < c || b < c) << at;
    }
    EXPECT_LT(ShardMoment::Known(), 3 * 2 * ShardMoment::GENERATIONS);
}

/// What an agenda did.
class Diary
{
  public:
    /// @return a function that writes a word
    std::function<void()> Write(const std::string& word)
    {
        return [this, word] { words += word + "@" + std::to_string(Now()) + " "; };
    }

    static int64_t Now()
    {
        return ShardMoment::Current().Time();
    }

    std::string words;
};

TEST(Agenda, RunsEventsOfATickInTheOrderOfTheirMoments)
{
    Diary diary;
    const ShardMoment late = ShardMoment::FromOutside(3);
    const ShardMoment early = ShardMoment::FromOutside(1);
    ShardAgenda::Schedule(late.Schedule(10), diary.Write("late"));
    ShardAgenda::Schedule(early.Schedule(10), diary.Write("early"));
    ShardAgenda::Event gone = ShardAgenda::Schedule(late.Schedule(10), diary.Write("gone"));
    ShardAgenda::Event kept;
    ShardAgenda::Schedule(early.Schedule(7),
                          [&]
                          {
                              // A timer is a child of the event that is being run.
                              kept = ShardAgenda::Schedule(NanoSeconds(3), diary.Write("timer"));
                              gone.Cancel();
                          });
    ShardAgenda::Schedule(early.Schedule(10), [&] { EXPECT_FALSE(kept.IsExpired()); });
    EXPECT_FALSE(gone.IsExpired());
    EXPECT_TRUE(kept.IsExpired());
    Simulator::Run();
    EXPECT_EQ(diary.words, "early@10 late@10 timer@10 ");
    EXPECT_TRUE(gone.IsExpired());
    EXPECT_TRUE(kept.IsExpired());
    EXPECT_TRUE(ShardMoment::Current().IsNone());
    // What is left when a simulation ends is not done in the next one.
    ShardAgenda::Schedule(ShardMoment::FromOutside(20), diary.Write("left"));
    Simulator::Destroy();
    ShardAgenda::Schedule(NanoSeconds(30), diary.Write("none"));
    Simulator::Run();
    Simulator::Destroy();
    EXPECT_EQ(diary.words, "early@10 late@10 timer@10 none@0 ");
}

} // namespace
