// SPDX-License-Identifier: GPL-2.0-only
#include "shard-tier-client.h"

#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <tuple>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardTierClient);

TypeId
ShardTierClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardTierClient")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardTierClient>()
            .AddAttribute("Timeout",
                          "How long an answer of the decisions tier is waited for; twice as long "
                          "after every repetition.",
                          TimeValue(MilliSeconds(20)),
                          MakeTimeAccessor(&ShardTierClient::m_timeout),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("Retries",
                          "How often a question is repeated before it is given up.",
                          UintegerValue(2),
                          MakeUintegerAccessor(&ShardTierClient::m_retries),
                          MakeUintegerChecker<uint32_t>(0, 16));
    return tid;
}

ShardTierClient::ShardTierClient() = default;
ShardTierClient::~ShardTierClient() = default;

bool
ShardTierClient::Less::operator()(const FlowKey& a, const FlowKey& b) const
{
    const auto all = [](const FlowKey& key)
    {
        return std::make_tuple(key.source,
                               key.destination,
                               key.sourcePort,
                               key.destinationPort,
                               key.protocol);
    };
    return all(a) < all(b);
}

void
ShardTierClient::SetTransport(Ptr<ShardTransport> transport)
{
    m_transport = transport;
    for (ShardControlType type : {SHARD_CONTROL_DECISION, SHARD_CONTROL_EPOCH})
    {
        transport->SetControlReceiver(type, this);
    }
}

void
ShardTierClient::SetSink(ShardDecisionSink* sink)
{
    m_sink = sink;
}

void
ShardTierClient::Ask(Time, const ShardAsk& ask)
{
    ++m_counters.asked;
    Pending& pending = m_pending[ask.flow];
    pending.ask = ask;
    pending.tries = 1;
    Send(pending);
}

void
ShardTierClient::Send(Pending& pending)
{
    m_transport->SendControl(Simulator::Now(), 0, SHARD_CONTROL_ASK, pending.ask.Write());
    const Time patience = m_timeout * static_cast<int64_t>(1U << (pending.tries - 1));
    pending.due.Cancel();
    pending.due =
        Simulator::Schedule(patience, &ShardTierClient::GiveUpWaiting, this, pending.ask.flow);
}

void
ShardTierClient::GiveUpWaiting(FlowKey flow)
{
    Pending& pending = m_pending.at(flow);
    if (pending.tries <= m_retries)
    {
        ++pending.tries;
        ++m_counters.repeated;
        Send(pending);
        return;
    }
    ++m_counters.failed;
    m_pending.erase(flow);
    m_sink->Undecided(Simulator::Now(), flow);
}

void
ShardTierClient::Relay(Time now, const ShardControlMessage& message)
{
    ++m_counters.relayed;
    m_transport->SendControl(now, 0, message.type, {message.body, message.body + message.size});
}

/// @return whether an epoch is not older than the latest, which it then is
bool
ShardTierClient::IsCurrent(uint32_t epoch)
{
    if (epoch - m_epoch >= uint32_t(1) << 31) // RFC 1982
    {
        ++m_counters.stale;
        return false;
    }
    m_epoch = epoch;
    return true;
}

void
ShardTierClient::AcceptControl(Time now, const ShardControlMessage& message)
{
    if (message.type == SHARD_CONTROL_EPOCH)
    {
        ShardEpoch epoch;
        if (epoch.Read(message.body, message.size) != SHARD_OK)
        {
            ++m_counters.malformed;
        }
        else if (IsCurrent(epoch.epoch))
        {
            ++m_counters.epochs; // flows see it when their next packet comes
        }
        return;
    }
    ShardDecision decision;
    if (decision.Read(message.body, message.size) != SHARD_OK)
    {
        ++m_counters.malformed;
        return;
    }
    if (!IsCurrent(decision.epoch))
    {
        return;
    }
    const auto pending = m_pending.find(decision.flow);
    if (pending != m_pending.end())
    {
        pending->second.due.Cancel();
        m_pending.erase(pending);
    }
    ++m_counters.decisions;
    m_sink->Decided(now, decision);
}

void
ShardTierClient::ForgetQuestions()
{
    for (auto& [flow, pending] : m_pending)
    {
        pending.due.Cancel();
    }
    m_pending.clear();
}

void
ShardTierClient::Fail()
{
    ForgetQuestions();
    m_epoch = 0;
    m_transport->SetDown(true);
}

void
ShardTierClient::Recover()
{
    m_transport->SetDown(false);
}

void
ShardTierClient::DoDispose()
{
    ForgetQuestions();
    m_transport = nullptr;
    m_sink = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
