// SPDX-License-Identifier: GPL-2.0-only
#include "shard-queue-disc.h"

#include "shard-classify.h"

#include "ns3/boolean.h"
#include "ns3/log.h"
#include "ns3/queue-size.h"
#include "ns3/queue.h"
#include "ns3/uinteger.h"

#include <limits>

namespace ns3
{
namespace sharding
{

NS_LOG_COMPONENT_DEFINE("ShardQueueDisc");

NS_OBJECT_ENSURE_REGISTERED(ShardQueueDisc);

/**
 * The internal queue. A QueueDisc learns from the traces of its internal queues, and only from
 * them, what it holds; ns-3's own queues let go only of their head. This one lets go of any item,
 * so that the order can be kept elsewhere.
 */
class ShardQueueStore : public Queue<QueueDiscItem>
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("ns3::sharding::ShardQueueStore")
                                .SetParent<Queue<QueueDiscItem>>()
                                .SetGroupName("Sharding")
                                .AddConstructor<ShardQueueStore>();
        return tid;
    }

    ConstIterator Put(Ptr<QueueDiscItem> item)
    {
        Iterator position;
        const bool stored = DoEnqueue(GetContainer().end(), item, position);
        NS_ABORT_MSG_UNLESS(stored, "ShardQueueStore is bounded by ShardQueueDisc alone");
        return position;
    }

    Ptr<QueueDiscItem> Take(ConstIterator position)
    {
        return DoDequeue(position);
    }

    // What every queue has to offer; the disc does not use it.
    bool Enqueue(Ptr<QueueDiscItem> item) override
    {
        return DoEnqueue(GetContainer().end(), item);
    }

    Ptr<QueueDiscItem> Dequeue() override
    {
        return DoDequeue(GetContainer().begin());
    }

    Ptr<QueueDiscItem> Remove() override
    {
        return DoRemove(GetContainer().begin());
    }

    Ptr<const QueueDiscItem> Peek() const override
    {
        return DoPeek(GetContainer().begin());
    }
};

NS_OBJECT_ENSURE_REGISTERED(ShardQueueStore);

const char* const ShardQueueDisc::DOOMED_DROP = ShardDropName(SHARD_DROP_DOOMED);
const char* const ShardQueueDisc::REPAIR_DROP = ShardDropName(SHARD_DROP_REPAIR);
const char* const ShardQueueDisc::PRIORITY_DROP = ShardDropName(SHARD_DROP_PRIORITY);
const char* const ShardQueueDisc::FULL_DROP = ShardDropName(SHARD_DROP_FULL);
const char* const ShardQueueDisc::OVERSIZE_DROP = ShardDropName(SHARD_DROP_OVERSIZE);

TypeId
ShardQueueDisc::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardQueueDisc")
            .SetParent<QueueDisc>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardQueueDisc>()
            .AddAttribute("MaxSize",
                          "Most that is held, in packets or in bytes of IP packets.",
                          QueueSizeValue(QueueSize("1000p")),
                          MakeQueueSizeAccessor(&QueueDisc::SetMaxSize, &QueueDisc::GetMaxSize),
                          MakeQueueSizeChecker())
            .AddAttribute("MaxBytes",
                          "Most that is held, in bytes of IP packets, beside MaxSize; 0 for no "
                          "second bound.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&ShardQueueDisc::m_maxBytes),
                          MakeUintegerChecker<uint64_t>(0, std::numeric_limits<uint32_t>::max()))
            .AddAttribute("Port",
                          "UDP destination port by which packets are known for shards.",
                          UintegerValue(4754),
                          MakeUintegerAccessor(&ShardQueueDisc::m_port),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("MaxBlocks",
                          "Most blocks remembered of which no shard is held, least recently seen "
                          "forgotten first (about 280 bytes each).",
                          UintegerValue(4096),
                          MakeUintegerAccessor(&ShardQueueDisc::m_maxBlocks),
                          MakeUintegerChecker<uint32_t>(0, 1U << 24))
            .AddAttribute("DropDoomed",
                          "Drop shards of blocks that can no longer be completed, arriving ones at "
                          "once and held ones first. Switch it off where lost shards are "
                          "retransmitted or partial datagrams are of use.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&ShardQueueDisc::m_dropDoomed),
                          MakeBooleanChecker());
    return tid;
}

ShardQueueDisc::ShardQueueDisc()
    : QueueDisc(QueueDiscSizePolicy::MULTIPLE_QUEUES) // so that MaxSize is the disc's own
{
    NS_LOG_FUNCTION(this);
}

ShardQueueDisc::~ShardQueueDisc()
{
    NS_LOG_FUNCTION(this);
}

void
ShardQueueDisc::DoDispose()
{
    NS_LOG_FUNCTION(this);
    m_store = nullptr;
    QueueDisc::DoDispose();
}

bool
ShardQueueDisc::DoEnqueue(Ptr<QueueDiscItem> item)
{
    NS_LOG_FUNCTION(this << item);
    ShardQueueCore::Limits& limits = m_queue.GetLimits();
    const QueueSize size = GetMaxSize();
    const bool inBytes = size.GetUnit() == QueueSizeUnit::BYTES;
    limits.packets = inBytes ? std::numeric_limits<uint32_t>::max() : size.GetValue();
    limits.bytes = m_maxBytes != 0 ? m_maxBytes : std::numeric_limits<uint32_t>::max();
    limits.bytes = inBytes && size.GetValue() < limits.bytes ? size.GetValue() : limits.bytes;
    limits.blocks = m_maxBlocks;
    limits.doom = m_dropDoomed;

    const auto drop = [this, &item](Position position, ShardDrop reason, bool held)
    {
        NS_LOG_LOGIC("drop, " << (held ? "held: " : "arriving: ") << ShardDropName(reason));
        if (held)
        {
            DropAfterDequeue(m_store->Take(position), ShardDropName(reason));
        }
        else
        {
            DropBeforeEnqueue(item, ShardDropName(reason));
        }
    };
    Position* place = m_queue.Enqueue(Position(), ViewPacket(*item, m_port), drop);
    if (place == nullptr)
    {
        return false;
    }
    *place = m_store->Put(item); // only now, when those that had to make way are gone
    return true;
}

Ptr<QueueDiscItem>
ShardQueueDisc::DoDequeue()
{
    NS_LOG_FUNCTION(this);
    const auto position = m_queue.Dequeue();
    return position ? m_store->Take(*position) : nullptr;
}

Ptr<const QueueDiscItem>
ShardQueueDisc::DoPeek()
{
    NS_LOG_FUNCTION(this);
    const Position* position = m_queue.Peek();
    return position ? **position : nullptr;
}

bool
ShardQueueDisc::CheckConfig()
{
    NS_LOG_FUNCTION(this);
    if (GetNQueueDiscClasses() > 0 || GetNPacketFilters() > 0)
    {
        NS_LOG_ERROR("ShardQueueDisc cannot have classes or packet filters");
        return false;
    }
    if (GetNInternalQueues() > 0)
    {
        NS_LOG_ERROR("ShardQueueDisc makes its own internal queue");
        return false;
    }
    m_store = CreateObject<ShardQueueStore>();
    AddInternalQueue(m_store);
    return true;
}

void
ShardQueueDisc::InitializeParams()
{
    NS_LOG_FUNCTION(this);
}

} // namespace sharding
} // namespace ns3
