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

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("OffloadQueueDisc");

NS_OBJECT_ENSURE_REGISTERED(OffloadQueueDisc);

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
    if (m_tick.IsExpired())
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
    arrival.waits = m_levelBytes;
    arrival.memory = m_space.memory;
    arrival.growth = m_lineBytes > 0 ? m_growth : 0;
    arrival.isAhead = element.isAhead;
    arrival.tries = element.tries;
    arrival.expected = &expected;
    const uint8_t level = m_priority->Level(now, arrival);
    return {element.request, function, std::min<uint8_t>(level, OFFLOAD_LEVELS - 1), false};
}

} // namespace sharding
} // namespace ns3
