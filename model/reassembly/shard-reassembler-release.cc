// SPDX-License-Identifier: GPL-2.0-only
//
// The part of ShardReassembler that does what a release policy says.
#include "shard-reassembler.h"

namespace ns3
{
namespace sharding
{

namespace
{

/// Where there is no predictor.
class NoForecast : public ShardArrivalForecast
{
  public:
    bool IsReady() const override
    {
        return false;
    }

    Time Quantile(uint32_t, double) const override
    {
        return Time(0);
    }

    double LossOdds(uint32_t, Time) const override
    {
        return 0;
    }
};

const NoForecast NO_FORECAST;

} // namespace

void
ShardReassembler::SetReleasePolicy(Ptr<ShardReleasePolicy> policy)
{
    m_policy = policy;
}

void
ShardReassembler::SetArrivalPredictor(Ptr<ShardArrivalPredictor> predictor)
{
    m_predictor = predictor;
}

void
ShardReassembler::ConfigureRelease()
{
    if (m_predictor)
    {
        m_learner.emplace(m_predictor, m_timeout.GetTimeStep(), m_maxLearnt, m_scoreLevel);
    }
    if (m_policy && m_policy->IsActive())
    {
        m_watch.emplace(
            m_policy,
            [this](const ShardBlockId& id) { return StateOf(id); },
            [this](int64_t now, const ShardBlockId& id, const ShardReleaseAnswer& answer)
            { Act(now, id, answer); });
    }
}

std::optional<ShardReleaseState>
ShardReassembler::StateOf(const ShardBlockId& id)
{
    std::optional<ShardReleaseState> state = m_table.State(id);
    if (!state)
    {
        return state;
    }
    state->acceptsPartial = m_acceptPartial;
    if (m_requester)
    {
        state->mayRequest = m_requester->MayAsk(id);
        state->asked = m_requester->Asked(id);
        const int64_t due = m_requester->AnswerDue(id);
        state->answerDue =
            due == ShardRequester::NEVER ? Time(0) : Time(TimeStep(static_cast<uint64_t>(due)));
    }
    state->forecast = m_learner ? &m_learner->Forecast(id) : &NO_FORECAST;
    return state;
}

void
ShardReassembler::Act(int64_t now, const ShardBlockId& id, const ShardReleaseAnswer& answer)
{
    const Time at = TimeStep(static_cast<uint64_t>(now));
    bool isDone = false;
    switch (answer.action)
    {
    case SHARD_WAIT:
    case SHARD_RELEASE_ACTIONS:
        break;
    case SHARD_REQUEST:
        isDone = m_requester && m_requester->MayAsk(id);
        break;
    case SHARD_HAND_ON:
        isDone = m_acceptPartial && m_table.HandOn(at, id);
        break;
    case SHARD_RELEASE_PARTIAL:
        isDone = m_acceptPartial && m_table.ReleasePartial(at, id);
        break;
    case SHARD_GIVE_UP:
        isDone = m_table.GiveUp(at, id);
        break;
    }
    if (m_requester && answer.action == SHARD_REQUEST)
    {
        m_requester->AskNow(now, id, answer.wanted);
    }
    else if (m_requester && !answer.leavesRequests)
    {
        m_requester->Hold(id);
    }
    if (isDone)
    {
        m_decisionTrace(id, answer.action);
    }
}

/// A shard has come, and the table has taken it or not.
void
ShardReassembler::Learn(int64_t now, const Shard& shard, ShardVerdict verdict)
{
    if (verdict == SHARD_LATE)
    {
        m_hindsight.Late(shard);
    }
    const bool isKept = verdict == SHARD_STORED || verdict == SHARD_COMPLETED;
    if (m_learner &&
        (isKept || verdict == SHARD_LATE || verdict == SHARD_DUPLICATE || verdict == SHARD_USELESS))
    {
        m_learner->Came(now, shard, isKept, m_requester ? m_requester->Trip() / 1e9 : 0);
    }
    if (m_watch && verdict == SHARD_STORED)
    {
        m_watch->Kept(now, {shard.peer, shard.fields.flow, shard.fields.block});
    }
}

ShardArrivalCounters
ShardReassembler::GetArrivalCounters() const
{
    return m_learner ? m_learner->Counters() : ShardArrivalCounters();
}

void
ShardReassembler::Listener::GivenUp(const ShardBlock& block, bool isEarly)
{
    m_reassembler.m_hindsight.GivenUp(block, isEarly);
}

void
ShardReassembler::Listener::Turn(const ShardBlockId& id)
{
    if (m_reassembler.m_watch)
    {
        m_reassembler.m_watch->Changed(m_reassembler.m_now, id);
    }
}

} // namespace sharding
} // namespace ns3
