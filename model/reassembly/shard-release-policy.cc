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
            .AddAttribute("RequestConfidence",
                          "Probability that a block could not be completed any more by itself, at "
                          "which what lacks is asked for.",
                          DoubleValue(0.9),
                          MakeDoubleAccessor(&PredictiveRelease::m_requestConfidence),
                          MakeDoubleChecker<double>(0.01, 0.999999));
    return tid;
}

/// @return when the block cannot be completed any more, with this probability at least
Time
PredictiveRelease::HopelessAt(const ShardReleaseState& state, double confidence)
{
    const uint32_t missing = state.missing.Count();
    if (missing < state.lack)
    {
        return state.opened;
    }
    const uint32_t spare = missing - state.lack;
    const double odds = 1 - (1 - confidence) / (spare + 1);
    m_lost.clear();
    for (uint32_t i = state.missing.Next(0); i < ShardSet::SIZE; i = state.missing.Next(i + 1))
    {
        m_lost.push_back(state.forecast->LostAfter(i, odds));
    }
    std::nth_element(m_lost.begin(), m_lost.begin() + spare, m_lost.end());
    const Time after = m_lost[spare];
    return after >= state.deadline - state.opened ? Time::Max() : state.opened + after;
}

ShardReleaseAnswer
PredictiveRelease::Decide(Time now, const ShardReleaseState& state)
{
    ShardReleaseAnswer answer;
    if (!state.forecast->IsReady() || state.lack == 0)
    {
        return answer;
    }
    answer.leavesRequests = false;
    if (state.mayRequest)
    {
        answer.again = HopelessAt(state, m_requestConfidence);
        answer.atArrivals = false; // one shard less that is missing: not sooner than that
        if (answer.again <= now)
        {
            answer.action = SHARD_REQUEST;
            answer.again = Time::Max();
        }
        return answer;
    }
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
    answer.again = HopelessAt(state, m_confidence);
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
