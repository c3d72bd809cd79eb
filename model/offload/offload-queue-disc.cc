// SPDX-License-Identifier: GPL-2.0-only
#include "offload-queue-disc.h"

#include "offload-store.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/log.h"
#include "ns3/net-device-queue-interface.h"
#include "ns3/pointer.h"
#include "ns3/queue-size.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <limits>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("OffloadQueueDisc");

NS_OBJECT_ENSURE_REGISTERED(OffloadQueueDisc);

namespace
{

/// Nobody waits.
constexpr uint64_t NOBODY = std::numeric_limits<uint64_t>::max();

} // namespace

TypeId
OffloadQueueDisc::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::OffloadQueueDisc")
            .SetParent<QueueDisc>()
            .SetGroupName("Sharding")
            .AddConstructor<OffloadQueueDisc>()
            .AddAttribute("MaxSize",
                          "Memory of all buffers, in bytes of what is held.",
                          QueueSizeValue(QueueSize("1MB")),
                          MakeQueueSizeAccessor(&QueueDisc::SetMaxSize, &QueueDisc::GetMaxSize),
                          MakeQueueSizeChecker())
            .AddAttribute("Functions",
                          "I/O functions, each with a circular buffer.",
                          UintegerValue(16),
                          MakeUintegerAccessor(&OffloadQueueDisc::m_functions),
                          MakeUintegerChecker<uint32_t>(1, 64))
            .AddAttribute("RingSlots",
                          "Elements, held or logged, for which each circular buffer has room.",
                          UintegerValue(1024),
                          MakeUintegerAccessor(&OffloadQueueDisc::m_ringSlots),
                          MakeUintegerChecker<uint32_t>(1, 1U << 24))
            .AddAttribute("MaxElement",
                          "Largest element that is taken, in bytes.",
                          UintegerValue(65535),
                          MakeUintegerAccessor(&OffloadQueueDisc::m_maxElement),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("LineRate",
                          "Of the line behind; 0: the attribute DataRate of the device, if it has "
                          "one.",
                          DataRateValue(DataRate(0)),
                          MakeDataRateAccessor(&OffloadQueueDisc::m_lineRate),
                          MakeDataRateChecker())
            .AddAttribute("StarvationBound",
                          "Who has waited so long is never overtaken by who came later.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&OffloadQueueDisc::m_starvationBound),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("WholeRequests",
                          "Drop all later elements of a request of which one was dropped. Switch "
                          "it off where elements, not requests, are tried again.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&OffloadQueueDisc::m_wholeRequests),
                          MakeBooleanChecker())
            .AddAttribute("Shaping",
                          "Each function is held to so many times its expected traffic, by a token "
                          "bucket of an interval's depth; 0: no function is held up.",
                          DoubleValue(0),
                          MakeDoubleAccessor(&OffloadQueueDisc::m_shaping),
                          MakeDoubleChecker<double>(0, 1000))
            .AddAttribute("ShapingFloor",
                          "Rate to which a function is held at the least.",
                          DataRateValue(DataRate("1Mbps")),
                          MakeDataRateAccessor(&OffloadQueueDisc::m_shapingFloor),
                          MakeDataRateChecker())
            .AddAttribute("Classifier",
                          "Of which function is an element? By default a FlowHashClassifier.",
                          PointerValue(),
                          MakePointerAccessor(&OffloadQueueDisc::m_classifier),
                          MakePointerChecker<OffloadClassifier>())
            .AddAttribute("Allocation",
                          "How much buffer for whom? By default a ForecastAllocation.",
                          PointerValue(),
                          MakePointerAccessor(&OffloadQueueDisc::m_allocation),
                          MakePointerChecker<OffloadAllocation>())
            .AddAttribute("Priority",
                          "How urgent is a request? By default a DeferralPriority.",
                          PointerValue(),
                          MakePointerAccessor(&OffloadQueueDisc::m_priority),
                          MakePointerChecker<OffloadPriority>())
            .AddAttribute("Forecaster",
                          "The predictive engine. By default one with its default attributes.",
                          PointerValue(),
                          MakePointerAccessor(&OffloadQueueDisc::m_forecaster),
                          MakePointerChecker<OffloadForecaster>())
            .AddTraceSource("Level",
                            "An element is taken: function, priority level, bytes.",
                            MakeTraceSourceAccessor(&OffloadQueueDisc::m_traceLevel),
                            "ns3::sharding::OffloadQueueDisc::LevelCallback")
            .AddTraceSource("Plan",
                            "Memory moves: function, bytes planned for it before and from now on.",
                            MakeTraceSourceAccessor(&OffloadQueueDisc::m_tracePlan),
                            "ns3::sharding::OffloadQueueDisc::PlanCallback")
            .AddTraceSource("Starved",
                            "An element that had waited for StarvationBound was overtaken, which "
                            "must not be: function, how long it has waited.",
                            MakeTraceSourceAccessor(&OffloadQueueDisc::m_traceStarved),
                            "ns3::sharding::OffloadQueueDisc::StarvedCallback");
    return tid;
}

OffloadQueueDisc::OffloadQueueDisc()
    : QueueDisc(QueueDiscSizePolicy::MULTIPLE_QUEUES) // so that MaxSize is the disc's own
{
    NS_LOG_FUNCTION(this);
}

OffloadQueueDisc::~OffloadQueueDisc()
{
    NS_LOG_FUNCTION(this);
}

void
OffloadQueueDisc::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_tick.Cancel();
    m_apply.Cancel();
    m_run.Cancel();
    m_store = nullptr;
    m_classifier = nullptr;
    m_allocation = nullptr;
    m_priority = nullptr;
    m_forecaster = nullptr;
    QueueDisc::DoDispose();
}

bool
OffloadQueueDisc::CheckConfig()
{
    NS_LOG_FUNCTION(this);
    if (GetNQueueDiscClasses() > 0 || GetNPacketFilters() > 0)
    {
        NS_LOG_ERROR("OffloadQueueDisc cannot have classes or packet filters");
        return false;
    }
    if (GetNInternalQueues() > 0)
    {
        NS_LOG_ERROR("OffloadQueueDisc makes its own internal queue");
        return false;
    }
    // Not left to QueueDisc, which looks at the answer in debug builds only.
    NS_ABORT_MSG_UNLESS(GetMaxSize().GetUnit() == QueueSizeUnit::BYTES,
                        "OffloadQueueDisc: MaxSize is memory, in bytes, not "
                            << GetMaxSize() << "; give it a unit like 1MB");
    m_store = CreateObject<OffloadStore>();
    AddInternalQueue(m_store);
    return true;
}

void
OffloadQueueDisc::InitializeParams()
{
    NS_LOG_FUNCTION(this);
    const auto orDefault = [](auto& pointer, auto make)
    {
        if (!pointer)
        {
            pointer = make();
        }
    };
    orDefault(m_classifier, [] { return CreateObject<FlowHashClassifier>(); });
    orDefault(m_allocation, [] { return CreateObject<ForecastAllocation>(); });
    orDefault(m_priority, [] { return CreateObject<DeferralPriority>(); });
    orDefault(m_forecaster, [] { return CreateObject<OffloadForecaster>(); });
    if (m_lineRate.GetBitRate() == 0 && GetNetDeviceQueueInterface())
    {
        DataRateValue rate;
        const auto device = GetNetDeviceQueueInterface()->GetObject<NetDevice>();
        if (device && device->GetAttributeFailSafe("DataRate", rate))
        {
            m_lineRate = rate.Get();
        }
    }
    m_lineBytes =
        static_cast<double>(m_lineRate.GetBitRate()) / 8 * m_forecaster->GetInterval().GetSeconds();
    m_buffers.clear();
    m_buffers.reserve(m_functions);
    for (uint32_t i = 0; i < m_functions; ++i)
    {
        m_buffers.emplace_back(m_ringSlots);
    }
    for (auto& fronts : m_fronts)
    {
        fronts.assign(m_functions, NOBODY);
    }
    m_shaper = OffloadShaper(m_functions);
    m_space.memory = GetMaxSize().GetValue();
    m_seen.resize(m_functions);
    m_forecaster->Begin(m_functions);
    m_allocation->Plan(Simulator::Now(), m_space, m_forecaster->Expected());
}

bool
OffloadQueueDisc::IsConserved()
{
    const Stats& stats = GetStats();
    uint64_t elements = 0;
    uint64_t bytes = 0;
    for (const auto& buffer : m_buffers)
    {
        elements += buffer.Count();
        bytes += buffer.Bytes();
    }
    // Those dropped after dequeue count as dequeued, too.
    return stats.nTotalReceivedPackets ==
               stats.nTotalDroppedPacketsBeforeEnqueue + stats.nTotalEnqueuedPackets &&
           stats.nTotalReceivedBytes ==
               stats.nTotalDroppedBytesBeforeEnqueue + stats.nTotalEnqueuedBytes &&
           stats.nTotalEnqueuedPackets == stats.nTotalDequeuedPackets + elements &&
           stats.nTotalEnqueuedBytes == stats.nTotalDequeuedBytes + bytes &&
           GetNPackets() == elements && GetNBytes() == bytes && m_space.held == bytes &&
           bytes <= m_space.memory;
}

int64_t
OffloadQueueDisc::AssignStreams(int64_t stream)
{
    return m_forecaster ? m_forecaster->AssignStreams(stream) : 0;
}

bool
OffloadQueueDisc::DoEnqueue(Ptr<QueueDiscItem> item)
{
    NS_LOG_FUNCTION(this << item);
    const Time now = Simulator::Now();
    OffloadElement element = ViewOffloadElement(*item);
    const uint32_t function = m_classifier->Classify(element, m_functions);
    const char* refusal = Refusal(element, function, now);
    if (refusal != nullptr)
    {
        DropBeforeEnqueue(item, refusal);
        return false;
    }
    if (!m_tick.IsRunning())
    {
        Begin(now);
    }
    const OffloadVerdicts::Verdict* known =
        element.request != 0 ? m_verdicts.Find(function, element.request) : nullptr;
    const OffloadVerdicts::Verdict verdict =
        known != nullptr ? *known : Judge(element, function, now);
    if (m_wholeRequests && verdict.isDropped)
    {
        DropBeforeEnqueue(item, REQUEST_DROP);
        return false;
    }
    refusal = MakeRoom(function, element.size, verdict.level);
    if (element.request != 0 && (known == nullptr || refusal != nullptr))
    {
        m_verdicts.Note({element.request, function, verdict.level, refusal != nullptr});
    }
    if (refusal != nullptr)
    {
        DropBeforeEnqueue(item, refusal);
        return false;
    }
    OffloadRecord record;
    record.time = now;
    record.sequence = m_sequence++;
    record.request = element.request;
    record.size = element.size;
    record.type = element.type;
    record.level = verdict.level;
    record.isFirst = known == nullptr;
    m_buffers[function].Put(record, m_store->Put(item));
    m_space.held += element.size;
    m_levelBytes[verdict.level] += element.size;
    SetFront(function, verdict.level);
    m_traceLevel(function, verdict.level, element.size);
    return true;
}

const char*
OffloadQueueDisc::Refusal(const OffloadElement& element, uint32_t function, Time now) const
{
    if (element.size == 0)
    {
        return EMPTY_DROP;
    }
    if (element.size > m_maxElement || element.size > m_space.memory)
    {
        return OVERSIZE_DROP;
    }
    if (function >= m_functions)
    {
        return FUNCTION_DROP;
    }
    return element.item->GetTimeStamp() > now ? ORDER_DROP : nullptr;
}

OffloadVerdicts::Verdict
OffloadQueueDisc::Judge(const OffloadElement& element, uint32_t function, Time now)
{
    const OffloadTraffic& expected = m_forecaster->Expected()[function];
    OffloadArrival arrival;
    arrival.function = function;
    arrival.requestBytes = element.size;
    if (element.requestBytes > 0)
    {
        arrival.requestBytes = static_cast<double>(element.requestBytes);
    }
    else if (element.request != 0 && expected.requests > 0)
    {
        arrival.requestBytes = std::max(arrival.requestBytes, expected.bytes / expected.requests);
    }
    arrival.ahead = m_levelBytes[0];
    arrival.held = m_space.held;
    arrival.memory = m_space.memory;
    arrival.growth = m_lineBytes > 0 ? m_growth : 0;
    arrival.isAhead = element.isAhead;
    arrival.expected = &expected;
    const uint8_t level = m_priority->Level(now, arrival);
    return {element.request, function, std::min<uint8_t>(level, OFFLOAD_LEVELS - 1), false};
}

const char*
OffloadQueueDisc::MakeRoom(uint32_t function, uint32_t size, uint8_t level)
{
    OffloadBuffer<Position>& buffer = m_buffers[function];
    if (!buffer.HasSlot())
    {
        return SLOT_DROP;
    }
    // Who is less urgent makes way, so it is as if it were not there.
    uint64_t held = 0;
    uint64_t own = 0;
    for (uint8_t i = 0; i <= level; ++i)
    {
        held += m_levelBytes[i];
        own += buffer.Bytes(i);
    }
    const uint64_t limit = m_allocation->Limit(m_space, held, function);
    if (own + size > limit)
    {
        return LIMIT_DROP;
    }
    while (buffer.Bytes() + size > limit)
    {
        Evict(function, level + 1);
    }
    while (m_space.memory - m_space.held < size)
    {
        std::optional<uint32_t> victim = WhomToEvict(function, level + 1);
        const bool isSure = buffer.Bytes() + size <= m_space.plan[function];
        if (!victim && isSure)
        {
            victim = WhomToEvict(function, 0);
        }
        if (!victim)
        {
            return FULL_DROP;
        }
        Evict(*victim, isSure ? 0 : level + 1);
    }
    return nullptr;
}

std::optional<uint32_t>
OffloadQueueDisc::WhomToEvict(uint32_t function, uint8_t from) const
{
    // Who is less urgent gives way wherever it is, in its own function first, then where most is
    // held beyond the plan. Who is not does so only where more is held than is planned.
    std::optional<uint32_t> victim;
    uint64_t most = 0;
    for (uint32_t i = 0; i < m_functions; ++i)
    {
        uint64_t bytes = 0;
        for (uint8_t level = from; level < OFFLOAD_LEVELS; ++level)
        {
            bytes += m_buffers[i].Bytes(level);
        }
        const uint64_t held = m_buffers[i].Bytes();
        const uint64_t beyond = held > m_space.plan[i] ? held - m_space.plan[i] : 0;
        const uint64_t weight = from > 0 ? 1 + beyond + (i == function ? m_space.memory : 0)
                                         : (i == function ? 0 : beyond);
        if (bytes > 0 && weight > most)
        {
            most = weight;
            victim = i;
        }
    }
    return victim;
}

bool
OffloadQueueDisc::Evict(uint32_t function, uint8_t from)
{
    const OffloadBuffer<Position>& buffer = m_buffers[function];
    for (uint8_t level = OFFLOAD_LEVELS; level-- > from;)
    {
        const uint32_t slot = buffer.Back(level);
        if (slot != OffloadBuffer<Position>::NONE)
        {
            const OffloadRecord& record = buffer.At(slot);
            if (record.request != 0)
            {
                m_verdicts.Note({record.request, function, record.level, true});
            }
            DropAfterDequeue(Take({function, slot}), ROOM_DROP);
            return true;
        }
    }
    return false;
}

Ptr<QueueDiscItem>
OffloadQueueDisc::DoDequeue()
{
    NS_LOG_FUNCTION(this);
    const Time now = Simulator::Now();
    const std::optional<Place> place = Choose(now);
    if (!place)
    {
        if (m_space.held > 0)
        {
            ScheduleRun(now);
        }
        return nullptr;
    }
    const OffloadRecord record = m_buffers[place->function].At(place->slot);
    // Checked apart from how it was chosen: by the order in which the store got its items.
    const Ptr<QueueDiscItem> oldest = m_store->Oldest();
    Ptr<QueueDiscItem> item = Take(*place);
    if (item != oldest && now - oldest->GetTimeStamp() >= m_starvationBound)
    {
        ++m_starved;
        m_traceStarved(place->function, now - oldest->GetTimeStamp());
    }
    m_shaper.Pass(place->function, now, record.size);
    return item;
}

std::optional<OffloadQueueDisc::Place>
OffloadQueueDisc::Choose(Time now)
{
    std::optional<Place> best;
    uint64_t bestSequence = NOBODY;
    for (uint8_t level = 0; level < OFFLOAD_LEVELS; ++level)
    {
        // Who came first of this level; and, where functions are held up, of those that may pass.
        uint32_t first = 0;
        uint64_t firstSequence = NOBODY;
        for (uint64_t waits = m_waits[level]; waits != 0; waits &= waits - 1)
        {
            const auto function = static_cast<uint32_t>(__builtin_ctzll(waits));
            const uint64_t sequence = m_fronts[level][function];
            if (sequence < firstSequence)
            {
                first = function;
                firstSequence = sequence;
            }
        }
        if (firstSequence == NOBODY)
        {
            continue;
        }
        const uint32_t slot = m_buffers[first].Front(level);
        const bool isOverdue = now - m_buffers[first].At(slot).time >= m_starvationBound;
        const bool isNext = isOverdue ? firstSequence < bestSequence : !best;
        if (isNext && (isOverdue || IsPassable(first, now)))
        {
            best = Place{first, slot};
            bestSequence = firstSequence;
        }
        else if (isNext)
        {
            for (uint64_t waits = m_waits[level]; waits != 0; waits &= waits - 1)
            {
                const auto function = static_cast<uint32_t>(__builtin_ctzll(waits));
                const uint64_t sequence = m_fronts[level][function];
                if (sequence < bestSequence && IsPassable(function, now))
                {
                    best = Place{function, m_buffers[function].Front(level)};
                    bestSequence = sequence;
                }
            }
        }
    }
    return best;
}

bool
OffloadQueueDisc::IsPassable(uint32_t function, Time now)
{
    return m_shaping == 0 || m_shaper.Ready(function, now) <= now;
}

Ptr<QueueDiscItem>
OffloadQueueDisc::Take(Place place)
{
    OffloadBuffer<Position>& buffer = m_buffers[place.function];
    const OffloadRecord& record = buffer.At(place.slot);
    m_space.held -= record.size;
    m_levelBytes[record.level] -= record.size;
    Ptr<QueueDiscItem> item = m_store->Take(buffer.Take(place.slot));
    SetFront(place.function, record.level);
    return item;
}

void
OffloadQueueDisc::SetFront(uint32_t function, uint8_t level)
{
    const uint32_t slot = m_buffers[function].Front(level);
    const uint64_t bit = uint64_t{1} << function;
    if (slot == OffloadBuffer<Position>::NONE)
    {
        m_waits[level] &= ~bit;
        return;
    }
    m_waits[level] |= bit;
    m_fronts[level][function] = m_buffers[function].At(slot).sequence;
}

void
OffloadQueueDisc::ScheduleRun(Time now)
{
    if (m_run.IsRunning() || !GetSendCallback())
    {
        return; // without a callback the owner comes by himself
    }
    // When the first bucket fills, or the first one is overdue.
    Time next = now + m_starvationBound;
    for (uint32_t i = 0; i < m_functions; ++i)
    {
        for (uint8_t level = 0; level < OFFLOAD_LEVELS; ++level)
        {
            const uint32_t slot = m_buffers[i].Front(level);
            if (slot != OffloadBuffer<Position>::NONE)
            {
                next = std::min(
                    {next, m_shaper.Ready(i, now), m_buffers[i].At(slot).time + m_starvationBound});
            }
        }
    }
    m_run = Simulator::Schedule(next - now, &OffloadQueueDisc::Run, this);
}

} // namespace sharding
} // namespace ns3
