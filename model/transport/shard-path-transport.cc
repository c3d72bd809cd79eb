// SPDX-License-Identifier: GPL-2.0-only
#include "shard-path-transport.h"

#include "ns3/abort.h"
#include "ns3/shard-agenda.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr uint32_t IP_HEADER = 20;
constexpr uint32_t UDP_HEADER = 8;

} // namespace

NS_OBJECT_ENSURE_REGISTERED(ShardPathTransport);

TypeId
ShardPathTransport::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardPathTransport")
            .SetParent<ShardTransport>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardPathTransport>()
            .AddAttribute("Slack",
                          "An arrival may be handed over by so much later than it came (with the "
                          "time when it came), so that many share an event; no longer than the "
                          "receiver's reaction takes to be felt anywhere.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ShardPathTransport::m_slack),
                          MakeTimeChecker(Time(0)));
    return tid;
}

ShardPathTransport::ShardPathTransport() = default;
ShardPathTransport::~ShardPathTransport() = default;

void
ShardPathTransport::Connect(Ptr<ShardPathTransport> a, Ptr<ShardPathTransport> b)
{
    a->m_peers.push_back(PeekPointer(b));
    b->m_peers.push_back(PeekPointer(a));
}

void
ShardPathTransport::AddPath(const ShardPathModel& path, const ShardPathInfo& info)
{
    m_ways->paths.push_back(Path{path, info});
}

void
ShardPathTransport::SharePaths(Ptr<ShardPathTransport> other)
{
    m_ways = other->m_ways;
    m_ways->isShared = true;
}

void
ShardPathTransport::SetNumber(uint32_t peer)
{
    m_number = peer;
}

void
ShardPathTransport::SetPlainReceiver(PlainCallback receiver)
{
    m_plainReceiver = receiver;
}

uint32_t
ShardPathTransport::GetPathCount() const
{
    return static_cast<uint32_t>(m_ways->paths.size());
}

ShardPathInfo
ShardPathTransport::GetPath(uint32_t path) const
{
    return m_ways->paths.at(path).info;
}

std::vector<uint32_t>
ShardPathTransport::GetPeers() const
{
    std::vector<uint32_t> numbers;
    for (const ShardPathTransport* peer : m_peers)
    {
        numbers.push_back(peer->m_number);
    }
    return numbers;
}

uint32_t
ShardPathTransport::GetOverhead() const
{
    return IP_HEADER + UDP_HEADER + ShardHeader::SIZE;
}

/**
 * Send an IP packet, in fragments where it is over the MTU (RFC 791).
 * @param each called with the arrival and the bytes of each piece that arrives, and whether a queue
 *        marked it, in the order of sending
 * @return whether all of them arrive
 */
template <typename Each>
bool
ShardPathTransport::SendPieces(Time now, Path& path, uint32_t bytes, Each each)
{
    const uint32_t mtu = path.info.mtu;
    const uint32_t most = bytes <= mtu ? bytes - IP_HEADER : (mtu - IP_HEADER) & ~7U;
    bool whole = true;
    // What is sent late, by a timer that was allowed to be, is not sent by the current event.
    const ShardMoment& current = ShardMoment::Current();
    const bool isAnswer = current.Time() == now.GetTimeStep() && !current.IsNone();
    ShardMoment event = isAnswer ? current : ShardMoment::FromOutside(now.GetTimeStep());
    if (isAnswer && m_ways->isShared)
    {
        // In that same tick what came crossed the link from the gateway to this end's node, and the
        // answer crosses the one back.
        event = event.Schedule(event.Time()).Schedule(event.Time());
    }
    for (uint32_t left = bytes - IP_HEADER; left > 0;)
    {
        const uint32_t piece = std::min(left, most);
        left -= piece;
        ShardMoment moment = event;
        bool isMarked = false;
        if (path.way.Send(moment, piece + IP_HEADER, &isMarked) == ShardPathModel::ARRIVES)
        {
            each(moment, piece + IP_HEADER, isMarked && m_ecn);
        }
        else
        {
            whole = false;
        }
    }
    return whole;
}

void
ShardPathTransport::Accept(Time now, Shard&& shard)
{
    Path& path = m_ways->paths[shard.path];
    ++m_sent;
    ShardArrival arrival;
    arrival.packets = 0;
    bool isMarked = false;
    const bool whole = SendPieces(now,
                                  path,
                                  shard.size + GetOverhead(),
                                  [&arrival, &isMarked](const ShardMoment& at, uint32_t, bool mark)
                                  {
                                      if (arrival.packets++ == 0 || arrival.at < at)
                                      {
                                          arrival.at = at;
                                          isMarked = mark; // of the last, as in ns-3
                                      }
                                  });
    if (arrival.packets == 0)
    {
        return;
    }
    arrival.kind = whole ? ShardArrival::SHARD : ShardArrival::REMAINS;
    arrival.shard = std::move(shard);
    arrival.shard.peer = m_number;
    arrival.shard.isMarked = isMarked;
    arrival.shard.placement = SHARD_PLACEMENT_NODE; // is not on the wire
    m_peers.front()->Expect(std::move(arrival));
}

void
ShardPathTransport::DoSendControl(Time now,
                                  uint16_t path,
                                  uint32_t peer,
                                  const std::vector<uint8_t>& message)
{
    ShardArrival arrival;
    arrival.kind = ShardArrival::CONTROL;
    const auto size = static_cast<uint32_t>(message.size());
    const bool whole = SendPieces(now,
                                  m_ways->paths.at(path),
                                  IP_HEADER + UDP_HEADER + size,
                                  [&arrival](const ShardMoment& at, uint32_t, bool mark)
                                  {
                                      arrival.at = at;
                                      arrival.shard.isMarked = mark;
                                  });
    if (whole)
    {
        Ptr<ShardBytes> bytes = Create<ShardBytes>(size);
        std::copy(message.begin(), message.end(), bytes->Data());
        arrival.shard.bytes = bytes;
        arrival.shard.size = size;
        arrival.shard.path = path;
        arrival.shard.peer = m_number;
        const auto known =
            std::find_if(m_peers.begin(),
                         m_peers.end(),
                         [peer](const ShardPathTransport* end) { return end->m_number == peer; });
        (known != m_peers.end() ? *known : m_peers.front())->Expect(std::move(arrival));
    }
}

void
ShardPathTransport::SendPlain(Time now, Ptr<const Datagram> datagram)
{
    m_pieces.clear();
    const bool whole = SendPieces(now,
                                  m_ways->paths.front(),
                                  datagram->size,
                                  [this](const ShardMoment& at, uint32_t bytes, bool)
                                  {
                                      ShardArrival piece;
                                      piece.at = at;
                                      piece.kind = ShardArrival::PLAIN;
                                      piece.shard.size = bytes;
                                      m_pieces.push_back(std::move(piece));
                                  });
    if (whole)
    {
        const auto last = std::max_element(m_pieces.begin(),
                                           m_pieces.end(),
                                           [](const ShardArrival& a, const ShardArrival& b)
                                           { return a.at < b.at; });
        last->shard.origin = datagram;
    }
    for (ShardArrival& piece : m_pieces)
    {
        m_peers.front()->Expect(std::move(piece));
    }
}

void
ShardPathTransport::Expect(ShardArrival&& arrival)
{
    const int64_t at = arrival.at.Time();
    if (m_slack.IsZero())
    {
        ShardAgenda::Schedule(arrival.at, [self = Ptr<ShardPathTransport>(this)] { self->Come(); });
    }
    m_arrivals.Push(std::move(arrival));
    if (m_slack.IsZero())
    {
        return;
    }
    if (at < m_dueFor && !m_delivering)
    {
        Schedule();
    }
}

void
ShardPathTransport::Schedule()
{
    m_due.Cancel();
    const ShardArrival* const first = m_arrivals.Front();
    m_dueFor = first != nullptr ? first->at.Time() : INT64_MAX;
    if (first != nullptr)
    {
        const Time wait = TimeStep(static_cast<uint64_t>(m_dueFor)) + m_slack - Simulator::Now();
        m_due = Simulator::Schedule(std::max(wait, Time(0)), &ShardPathTransport::Due, this);
    }
}

void
ShardPathTransport::Due()
{
    Flush(Simulator::Now());
}

void
ShardPathTransport::Flush(Time until)
{
    Deliver(until.GetTimeStep());
    if (!m_slack.IsZero())
    {
        Schedule();
    }
}

void
ShardPathTransport::Deliver(int64_t until)
{
    m_delivering = true;
    while (m_arrivals.Front() != nullptr && m_arrivals.Front()->at.Time() <= until)
    {
        DeliverFirst();
    }
    m_delivering = false;
}

/// One has come, without slack.
void
ShardPathTransport::Come()
{
    const ShardArrival* const first = m_arrivals.Front();
    if (first != nullptr && first->at.Time() <= Simulator::Now().GetTimeStep())
    {
        DeliverFirst(); // else it was flushed
    }
}

void
ShardPathTransport::DeliverFirst()
{
    ShardArrival arrival = m_arrivals.Pop();
    const Time now = TimeStep(static_cast<uint64_t>(arrival.at.Time()));
    m_packets += arrival.packets;
    const ShardMoment::Scope scope(arrival.at);
    switch (arrival.kind)
    {
    case ShardArrival::SHARD:
        if (arrival.shard.seal.present && !m_isSealed)
        {
            ++m_rejected[SHARD_VERSION];
            break;
        }
        ++m_received;
        m_marked += arrival.shard.isMarked ? 1 : 0;
        if (m_receiver != nullptr)
        {
            m_receiver->Accept(now, std::move(arrival.shard));
        }
        break;
    case ShardArrival::PLAIN:
        if (!m_plainReceiver.IsNull())
        {
            m_plainReceiver(now, arrival.shard.size, arrival.shard.origin);
        }
        break;
    case ShardArrival::CONTROL:
        TakeControl(now,
                    arrival.shard.path,
                    arrival.shard.peer,
                    arrival.shard.Payload(),
                    arrival.shard.size,
                    0,
                    arrival.shard.isMarked);
        break;
    case ShardArrival::REMAINS:
        break;
    }
}

ShardPathModel::Counters
ShardPathTransport::GetPathCounters(uint32_t path, Time now) const
{
    return m_ways->paths.at(path).way.GetCounters(now.GetTimeStep());
}

void
ShardPathTransport::DoDispose()
{
    m_due.Cancel();
    for (ShardPathTransport* const peer : m_peers)
    {
        peer->m_peers.erase(std::remove(peer->m_peers.begin(), peer->m_peers.end(), this),
                            peer->m_peers.end());
    }
    m_peers.clear();
    m_ways = std::make_shared<Ways>();
    m_arrivals.Clear();
    m_plainReceiver = PlainCallback();
    ShardTransport::DoDispose();
}

} // namespace sharding
} // namespace ns3
