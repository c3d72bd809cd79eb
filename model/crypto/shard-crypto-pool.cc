// SPDX-License-Identifier: GPL-2.0-only
#include "shard-crypto-pool.h"

#include "ns3/abort.h"
#include "ns3/shard-compat.h"
#include "ns3/simulator.h"
#include "ns3/trace-source-accessor.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardCryptoPool);

TypeId
ShardCryptoPool::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardCryptoPool")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardCryptoPool>()
            .AddAttribute("Units",
                          "Cryptographic units, each with a queue of its own.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&ShardCryptoPool::m_count),
                          MakeUintegerChecker<uint32_t>(1, MAX_UNITS))
            .AddAttribute("Rate",
                          "Rate at which a unit of speed 1 works through payload.",
                          DataRateValue(DataRate("1Gbps")),
                          MakeDataRateAccessor(&ShardCryptoPool::m_rate),
                          MakeDataRateChecker())
            .AddAttribute("Fixed",
                          "Time that it takes for each shard beside that.",
                          TimeValue(MicroSeconds(2)),
                          MakeTimeAccessor(&ShardCryptoPool::m_fixed),
                          MakeTimeChecker(Time(0), Hours(1)))
            .AddAttribute("Service",
                          "Distribution of a shard's service time about its mean.",
                          ShardEnumValue<ShardServiceKind>(SHARD_SERVICE_DETERMINISTIC),
                          ShardMakeEnumAccessor<ShardServiceKind>(&ShardCryptoPool::m_service),
                          ShardMakeEnumChecker<ShardServiceKind>(SHARD_SERVICE_DETERMINISTIC,
                                                                 "deterministic",
                                                                 SHARD_SERVICE_EXPONENTIAL,
                                                                 "exponential"))
            .AddAttribute("MaxWaiting",
                          "Shards that wait at each unit, beside the one that is served; above, "
                          "they are dropped.",
                          UintegerValue(1000),
                          MakeUintegerAccessor(&ShardCryptoPool::m_mostWaiting),
                          MakeUintegerChecker<uint32_t>(0, 1U << 30))
            .AddAttribute("OnFailure",
                          "What becomes of the shards of a unit that fails: others serve them, "
                          "from scratch, or they are lost.",
                          ShardEnumValue<ShardUnitFailure>(SHARD_FAILURE_REDISPATCH),
                          ShardMakeEnumAccessor<ShardUnitFailure>(&ShardCryptoPool::m_onFailure),
                          ShardMakeEnumChecker<ShardUnitFailure>(SHARD_FAILURE_REDISPATCH,
                                                                 "redispatch",
                                                                 SHARD_FAILURE_LOST,
                                                                 "lost"))
            .AddAttribute("Slack",
                          "Shards may be handed over by so much later than they came, and are "
                          "handed on by so much later, but with the time when it was "
                          "(ShardPathTransport).",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&ShardCryptoPool::m_slack),
                          MakeTimeChecker(Time(0)))
            .AddTraceSource("Dispatched",
                            "A shard is given to a unit.",
                            MakeTraceSourceAccessor(&ShardCryptoPool::m_dispatchedTrace),
                            "ns3::sharding::ShardCryptoPool::DispatchedTracedCallback")
            .AddTraceSource("Served",
                            "A shard's service is over: where, after which wait, how long it took.",
                            MakeTraceSourceAccessor(&ShardCryptoPool::m_servedTrace),
                            "ns3::sharding::ShardCryptoPool::ServedTracedCallback")
            .AddTraceSource("Dropped",
                            "A shard is dropped for want of room at a unit, or lost with it.",
                            MakeTraceSourceAccessor(&ShardCryptoPool::m_droppedTrace),
                            "ns3::sharding::ShardCryptoPool::DroppedTracedCallback")
            .AddTraceSource("UnitState",
                            "A unit has failed, recovered or changed its speed.",
                            MakeTraceSourceAccessor(&ShardCryptoPool::m_unitTrace),
                            "ns3::sharding::ShardCryptoPool::UnitStateTracedCallback");
    return tid;
}

ShardCryptoPool::ShardCryptoPool()
    : m_draw(CreateObject<ExponentialRandomVariable>())
{
}

ShardCryptoPool::~ShardCryptoPool() = default;

void
ShardCryptoPool::SetSpeeds(const std::vector<double>& speeds)
{
    for (double speed : speeds)
    {
        NS_ABORT_MSG_UNLESS(speed > 0, "a unit's speed has to be above 0, not " << speed);
    }
    m_speeds = speeds;
}

void
ShardCryptoPool::SetDispatcher(Ptr<ShardDispatcher> dispatcher)
{
    m_dispatcher = dispatcher;
}

void
ShardCryptoPool::SetCipher(ShardCipher* cipher)
{
    m_cipher = cipher;
}

void
ShardCryptoPool::SetNext(ShardSink* next)
{
    m_next = next;
}

int64_t
ShardCryptoPool::AssignStreams(int64_t stream)
{
    m_draw->SetStream(stream);
    return 1 + m_dispatcher->AssignStreams(stream + 1);
}

/// The units are made when they are needed first: their attributes have been set then.
void
ShardCryptoPool::Configure()
{
    if (!m_units.empty())
    {
        return;
    }
    NS_ABORT_MSG_IF(!m_dispatcher, "a pool of units needs a dispatcher");
    if (m_speeds.empty())
    {
        m_speeds.push_back(1);
    }
    for (uint32_t unit = 0; unit < m_count; ++unit)
    {
        m_units.emplace_back(m_mostWaiting, m_speeds[unit % m_speeds.size()]);
        m_states.push_back(m_units.back().GetState());
    }
    m_bitTime = m_rate.GetBitRate() == 0 ? 0
                                         : static_cast<double>(Seconds(1).GetTimeStep()) /
                                               static_cast<double>(m_rate.GetBitRate());
}

double
ShardCryptoPool::WorkOf(const Shard& shard)
{
    const double mean = static_cast<double>(m_fixed.GetTimeStep()) + 8.0 * shard.size * m_bitTime;
    return m_service == SHARD_SERVICE_EXPONENTIAL ? mean * m_draw->GetValue(1, 0) : mean;
}

void
ShardCryptoPool::Accept(Time time, Shard&& shard)
{
    Configure();
    const int64_t now = time.GetTimeStep();
    PassTo(now);
    if (m_counters.received++ == 0)
    {
        m_first = time;
    }
    ShardUnitJob job;
    job.arrived = now;
    job.work = WorkOf(shard);
    job.shard = std::move(shard);
    Dispatch(now, std::move(job));
    if (NextTurn() < m_dueFor)
    {
        Schedule();
    }
}

void
ShardCryptoPool::Dispatch(int64_t now, ShardUnitJob&& job)
{
    const bool isAnyAlive = std::any_of(m_states.begin(),
                                        m_states.end(),
                                        [](const ShardUnitState& unit) { return unit.isAlive; });
    if (!isAnyAlive)
    {
        Drop(now, job.shard, true);
        return;
    }
    const Time time = TimeStep(static_cast<uint64_t>(now));
    const std::size_t unit = m_dispatcher->Choose(time, job.shard, m_states);
    NS_ABORT_MSG_UNLESS(unit < m_units.size(),
                        "the dispatcher chose unit " << unit << ", but there are only "
                                                     << m_units.size());
    if (!m_states[unit].isAlive)
    {
        Drop(now, job.shard, true);
        return;
    }
    if (m_states[unit].held > m_mostWaiting)
    {
        Drop(now, job.shard, false);
        return;
    }
    m_dispatchedTrace(time, job.shard, static_cast<uint16_t>(unit));
    if (job.order == 0)
    {
        job.order = ++m_order;
        if (m_cipher != nullptr)
        {
            m_cipher->Number(job.shard);
        }
    }
    m_units[unit].Accept(now, std::move(job));
    ++m_counters.held;
    Touch(unit);
}

void
ShardCryptoPool::Drop(int64_t now, const Shard& shard, bool isLost)
{
    ++(isLost ? m_counters.lost : m_counters.dropped);
    m_droppedTrace(TimeStep(static_cast<uint64_t>(now)), shard, isLost);
}

/// Something has come to a unit.
void
ShardCryptoPool::Touch(std::size_t unit)
{
    m_states[unit] = m_units[unit].GetState();
    // What comes now is not the first among equals.
    if (m_nextUnit == NOBODY || m_units[unit].NextDone() < m_units[m_nextUnit].NextDone())
    {
        m_nextUnit = unit;
    }
}

/// Hand on the shard that is done first.
void
ShardCryptoPool::Serve()
{
    const std::size_t unit = m_nextUnit;
    ShardCryptoUnit::Service service;
    ShardUnitJob job = m_units[unit].Pop(service);
    m_states[unit] = m_units[unit].GetState();
    FindNext();
    --m_counters.held;
    ++m_counters.served;
    if (job.order > m_latest)
    {
        m_latest = job.order;
    }
    else
    {
        m_counters.reorderMax = std::max(m_counters.reorderMax, m_latest - job.order);
    }
    const auto number = static_cast<uint16_t>(unit);
    m_last = TimeStep(static_cast<uint64_t>(service.done));
    if (!m_servedTrace.IsEmpty())
    {
        ShardServed served;
        served.at = m_last;
        served.unit = number;
        served.wait = TimeStep(static_cast<uint64_t>(service.begun - job.arrived));
        served.service = TimeStep(static_cast<uint64_t>(service.done - service.begun));
        m_servedTrace(job.shard, served);
    }
    if (m_cipher != nullptr && !m_cipher->Apply(m_last, number, job.shard))
    {
        ++m_counters.rejected;
        return;
    }
    ++m_counters.passed;
    m_next->Accept(m_last, std::move(job.shard));
}

Time
ShardCryptoPool::GetWait(Time now) const
{
    if (m_states.empty())
    {
        return Time(0); // none has had anything to do
    }
    Time free = Time::Max();
    for (const ShardUnitState& unit : m_states)
    {
        free = unit.isAlive ? std::min(free, unit.free) : free;
    }
    return free == Time::Max() ? free : std::max(free - now, Time(0));
}

ShardCryptoCounters
ShardCryptoPool::GetCounters() const
{
    return m_counters;
}

bool
ShardCryptoPool::CheckConservation() const
{
    uint64_t held = 0;
    uint64_t served = 0;
    bool holds = true;
    for (const ShardCryptoUnit& unit : m_units)
    {
        held += unit.GetState().held;
        served += unit.GetCounters().served;
        holds = holds && unit.CheckConservation();
    }
    const ShardCryptoCounters& c = m_counters;
    return holds && held == c.held && served == c.served &&
           c.received == c.served + c.dropped + c.lost + c.held &&
           c.served == c.passed + c.rejected;
}

void
ShardCryptoPool::DoDispose()
{
    m_turn.Cancel();
    m_due.Cancel();
    m_units.clear();
    m_states.clear();
    m_changes.clear();
    m_nextUnit = NOBODY;
    m_dispatcher = nullptr;
    m_cipher = nullptr;
    m_next = nullptr;
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
