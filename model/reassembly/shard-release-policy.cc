// SPDX-License-Identifier: GPL-2.0-only
#include "shard-release-policy.h"

#include "ns3/double.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardReleasePolicy);
NS_OBJECT_ENSURE_REGISTERED(CompleteRelease);
NS_OBJECT_ENSURE_REGISTERED(PartialRelease);
NS_OBJECT_ENSURE_REGISTERED(PredictiveRelease);

Time
ShardArrivalForecast::LostAfter(uint32_t index, double odds) const
{
    const double lost = LossOdds(index, Time(0));
    if (!(lost > 0))
    {
        return Time::Max();
    }
    if (lost >= odds)
    {
        return Time(0);
    }
    const double toCome = (1 - odds) * lost / (odds * (1 - lost));
    return Quantile(index, 1 - toCome);
}

TypeId
ShardReleasePolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardReleasePolicy").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

TypeId
CompleteRelease::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::CompleteRelease")
                            .SetParent<ShardReleasePolicy>()
                            .SetGroupName("Sharding")
                            .AddConstructor<CompleteRelease>();
    return tid;
}

ShardReleaseAnswer
CompleteRelease::Decide(Time, const ShardReleaseState&)
{
    return ShardReleaseAnswer();
}

TypeId
PartialRelease::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::PartialRelease")
                            .SetParent<ShardReleasePolicy>()
                            .SetGroupName("Sharding")
                            .AddConstructor<PartialRelease>();
    return tid;
}

ShardReleaseAnswer
PartialRelease::Decide(Time, const ShardReleaseState& state)
{
    ShardReleaseAnswer answer;
    if (state.acceptsPartial && state.isTurn && state.prefix > state.handedOn)
    {
        answer.action = SHARD_HAND_ON;
    }
    return answer;
}

TypeId
PredictiveRelease::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::PredictiveRelease")
            .SetParent<ShardReleasePolicy>()
            .SetGroupName("Sharding")
            .AddConstructor<PredictiveRelease>()
            .AddAttribute("Confidence",
                          "Probability that a block could not be completed any more, at which it "
                          "is released with holes or given up.",
                          DoubleValue(0.99),
                          MakeDoubleAccessor(&PredictiveRelease::m_confidence),
                          MakeDoubleChecker<double>(0.5, 0.999999))
            .AddAttribute(
                "RequestWaste",
                "Share of the shards that come which may be asked for before, needlessly: "
                "a shard is asked for when no more than this share is still to come.",
                DoubleValue(0.02),
                MakeDoubleAccessor(&PredictiveRelease::m_requestWaste),
                MakeDoubleChecker<double>(0.000001, 0.5));
    return tid;
}

/// @param spare shards that may be lost of those in m_lost  @return when one more is
Time
PredictiveRelease::HopelessAt(const ShardReleaseState& state, uint32_t spare)
{
    m_sorted = m_lost;
    std::nth_element(m_sorted.begin(), m_sorted.begin() + spare, m_sorted.end());
    const Time after = m_sorted[spare];
    return after >= state.deadline - state.opened ? Time::Max() : state.opened + after;
}

/// @return when the block cannot be completed any more, with the confidence at least
Time
PredictiveRelease::GiveUpAt(const ShardReleaseState& state)
{
    const uint32_t count = state.missing.Count();
    if (count < state.lack)
    {
        return state.opened;
    }
    const uint32_t spare = count - state.lack;
    const double odds = 1 - (1 - m_confidence) / (spare + 1);
    m_lost.clear();
    for (uint32_t i = state.missing.Next(0); i < ShardSet::SIZE; i = state.missing.Next(i + 1))
    {
        m_lost.push_back(state.forecast->LostAfter(i, odds));
    }
    return HopelessAt(state, spare);
}

/// @return what to do where shards can be asked for: those that were asked for are as good as here
ShardReleaseAnswer
PredictiveRelease::Request(Time now, const ShardReleaseState& state)
{
    ShardReleaseAnswer answer;
    answer.leavesRequests = false;
    answer.again = state.answerDue > now ? state.answerDue : Time::Max();
    const ShardSet open = state.missing - state.asked;
    const uint32_t awaited = (state.missing & state.asked).Count();
    const uint32_t count = open.Count();
    if (state.lack <= awaited || count == 0)
    {
        return answer;
    }
    const uint32_t lack = std::min(count, state.lack - awaited);
    m_lost.clear();
    for (uint32_t i = open.Next(0); i < ShardSet::SIZE; i = open.Next(i + 1))
    {
        m_lost.push_back(state.forecast->Quantile(i, 1 - m_requestWaste));
    }
    const Time at = HopelessAt(state, count - lack);
    if (at > now)
    {
        answer.again = std::min(answer.again, at);
        answer.atArrivals = false; // one shard less that is missing: not sooner than that
        return answer;
    }
    answer.action = SHARD_REQUEST;
    // Those that are overdue, as many as are lacking when the others come.
    const auto isDue = [&](Time lost) { return state.opened + lost <= now; };
    const auto due = static_cast<uint32_t>(std::count_if(m_lost.begin(), m_lost.end(), isDue));
    const uint32_t others = count - due;
    uint32_t wanted = lack > others ? lack - others : 1;
    uint32_t place = 0;
    for (uint32_t i = open.Next(0); i < ShardSet::SIZE && wanted > 0; i = open.Next(i + 1))
    {
        if (isDue(m_lost[place++]))
        {
            answer.wanted.Set(i);
            --wanted;
        }
    }
    return answer;
}

ShardReleaseAnswer
PredictiveRelease::Decide(Time now, const ShardReleaseState& state)
{
    ShardReleaseAnswer answer;
    if (!state.forecast->IsReady() || state.lack == 0)
    {
        return answer;
    }
    if (state.mayRequest)
    {
        return Request(now, state);
    }
    answer.leavesRequests = false;
    if (state.answerDue > now)
    {
        answer.again = state.answerDue;
        return answer;
    }
    const bool canRelease = state.acceptsPartial && state.there > 0;
    if (!state.isTurn || !(canRelease || state.behind > 0))
    {
        return answer; // nobody gains by it
    }
    answer.again = GiveUpAt(state);
    answer.atArrivals = false;
    if (answer.again <= now)
    {
        answer.action = canRelease ? SHARD_RELEASE_PARTIAL : SHARD_GIVE_UP;
        answer.again = Time::Max();
    }
    return answer;
}

} // namespace sharding
} // namespace ns3
