// SPDX-License-Identifier: GPL-2.0-only
#include "content-encoder.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/shard-octets.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentEncoder);

TypeId
ContentEncoder::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentEncoder")
            .SetParent<ContentHolder>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentEncoder>()
            .AddAttribute("Number",
                          "Number in the pool, which is its number as a holder; 0 is nobody's.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&ContentEncoder::m_number),
                          MakeUintegerChecker<uint16_t>(1))
            .AddAttribute("Capacity",
                          "Pixels a second that it encodes of an ordinary scene in H.264. The "
                          "default is twice a 1920 x 1080 picture of 30 frames a second.",
                          DoubleValue(2.0 * 1920 * 1080 * 30),
                          MakeDoubleAccessor(&ContentEncoder::m_capacity),
                          MakeDoubleChecker<double>(1.0))
            .AddAttribute("HealthInterval",
                          "Time between two reports to the manager.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&ContentEncoder::m_interval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddTraceSource("Encoded",
                            "An encoding has ended.",
                            MakeTraceSourceAccessor(&ContentEncoder::m_encodedTrace),
                            "ns3::sharding::ContentEncoder::EncodedCallback");
    return tid;
}

ContentEncoder::ContentEncoder()
    : m_random(CreateObject<UniformRandomVariable>())
{
}

int64_t
ContentEncoder::AssignStreams(int64_t stream)
{
    m_random->SetStream(stream);
    return 1;
}

void
ContentEncoder::SetSpeed(double factor)
{
    NS_ABORT_MSG_UNLESS(factor > 0, "ContentEncoder: speed " << factor << ", allowed is above 0");
    m_speed = factor;
}

Time
ContentEncoder::DurationOf(double pixels) const
{
    return NanoSeconds(static_cast<int64_t>(pixels / (m_capacity * m_speed) * 1e9));
}

Time
ContentEncoder::GetBusy() const
{
    return m_counters.busy + (m_task ? Simulator::Now() - m_begun : Time(0));
}

bool
ContentEncoder::CheckConservation() const
{
    const ContentEncoderCounters& c = m_counters;
    return c.tasks ==
           c.done + c.failed + c.expired + c.dropped + m_queue.Count() + (m_task ? 1 : 0);
}

void
ContentEncoder::Begin()
{
    ContentHolder::Begin();
    Hello();
    // Encoders do not all report at once.
    m_report = Simulator::Schedule(NanoSeconds(m_interval.GetNanoSeconds() * (m_number % 64) / 64),
                                   &ContentEncoder::Report,
                                   this);
}

void
ContentEncoder::Cease()
{
    m_report.Cancel();
    m_end.Cancel();
    m_counters.dropped += m_queue.Count();
    m_queue.Clear();
    if (m_task)
    {
        ++m_counters.dropped;
        m_counters.busy += Simulator::Now() - m_begun;
        m_counters.wasted += Simulator::Now() - m_begun;
        m_task.reset();
    }
    for (auto& [pointer, copy] : std::exchange(m_copies, {}))
    {
        copy.connection->End();
    }
    if (m_control)
    {
        m_control->End();
        m_control = nullptr;
    }
    ContentHolder::Cease();
}

void
ContentEncoder::Hello()
{
    m_control = Connect(m_manager);
    ContentMessage hello;
    hello.type = CONTENT_HELLO;
    hello.tag = m_number;
    hello.holder = GetAddress();
    ShardOctetWriter out;
    out.Put64(static_cast<uint64_t>(m_capacity));
    hello.body = out.Take();
    m_control->Send(hello);
}

void
ContentEncoder::Report()
{
    if (!m_control)
    {
        Hello();
    }
    ContentHealth health;
    health.queued = m_queue.Count() + (m_task ? 1 : 0);
    health.backlog = DurationOf(m_queue.Pixels());
    if (m_task)
    {
        health.backlog += m_begun + DurationOf(m_task->Pixels()) - Simulator::Now();
    }
    health.backlog = std::max(health.backlog, Time(0));
    for (const auto& [what, requests] : TakeAsked())
    {
        health.asked.push_back({what.first, what.second, requests});
    }
    ContentMessage message;
    message.type = CONTENT_HEALTH;
    message.tag = m_number;
    message.body = health.Write();
    m_control->Send(message);
    ++m_counters.reports;
    m_report = Simulator::Schedule(m_interval, &ContentEncoder::Report, this);
}

void
ContentEncoder::ConnectionMessage(ContentConnection& connection, const ContentMessage& message)
{
    if (&connection != PeekPointer(m_control))
    {
        if (message.type == CONTENT_SHARD)
        {
            EndCopy(connection, &message);
            return;
        }
        ContentHolder::ConnectionMessage(connection, message);
        return;
    }
    switch (message.type)
    {
    case CONTENT_ENCODE:
        if (const auto task = ContentEncodeTask::Read(message))
        {
            ++m_counters.tasks;
            m_queue.Add(*task);
            EncodeNext();
        }
        break;
    case CONTENT_COPY:
        StartCopy(message);
        break;
    case CONTENT_FORGET:
        // Here the id is a segment's number.
        for (const ContentEncodeTask& task : m_queue.Forget(message.key.stream, message.key.id))
        {
            ++m_counters.expired;
            Tell(task, CONTENT_ABSENT, Time(0));
        }
        ForgetBefore(message.key.stream, message.key.id);
        break;
    default:
        break;
    }
}

void
ContentEncoder::ConnectionEnded(ContentConnection& connection)
{
    if (&connection == PeekPointer(m_control))
    {
        m_control = nullptr; // the next report opens it again
        return;
    }
    if (m_copies.count(&connection) > 0)
    {
        EndCopy(connection, nullptr);
        return;
    }
    ContentHolder::ConnectionEnded(connection);
}

void
ContentEncoder::EncodeNext()
{
    while (!m_task)
    {
        const auto task = m_queue.Take();
        if (!task)
        {
            return;
        }
        if (task->expires <= Simulator::Now())
        {
            ++m_counters.expired;
            Tell(*task, CONTENT_ABSENT, Time(0));
            continue;
        }
        m_task = task;
        m_begun = Simulator::Now();
        m_end = Simulator::Schedule(DurationOf(task->Pixels()), &ContentEncoder::Encoded, this);
    }
}

void
ContentEncoder::Encoded()
{
    const ContentEncodeTask task = *std::exchange(m_task, std::nullopt);
    const Time time = Simulator::Now() - m_begun;
    const bool success = m_random->GetValue(0, 1) >= m_failing;
    m_counters.busy += time;
    if (success)
    {
        ++m_counters.done;
        Put(task.key, {task.segment, task.rendition, task.bytes});
    }
    else
    {
        ++m_counters.failed;
        m_counters.wasted += time;
    }
    m_encodedTrace(task, time, success);
    Tell(task, success ? CONTENT_OK : CONTENT_FAILED, time);
    EncodeNext();
}

void
ContentEncoder::Tell(const ContentEncodeTask& task, ContentStatus status, Time time)
{
    if (!m_control)
    {
        return;
    }
    ContentMessage message;
    message.type = CONTENT_ENCODED;
    message.status = status;
    message.tag = m_number;
    message.key = task.key;
    ShardOctetWriter out;
    out.Put32(task.bytes).Put64(static_cast<uint64_t>(time.GetNanoSeconds()));
    message.body = out.Take();
    m_control->Send(message);
}

void
ContentEncoder::StartCopy(const ContentMessage& order)
{
    ShardOctetReader in(order.body.data(), static_cast<uint32_t>(order.body.size()));
    Copy copy;
    copy.key = order.key;
    copy.tag = order.tag;
    copy.shard.segment = in.Get32();
    copy.shard.rendition = in.Get8();
    if (!in.IsExact() || order.holder.port == 0)
    {
        return;
    }
    copy.connection = Connect(order.holder);
    ContentMessage get;
    get.type = CONTENT_GET;
    get.key = order.key;
    get.padding = RequestPadding();
    copy.connection->Send(get);
    m_copies.emplace(PeekPointer(copy.connection), std::move(copy));
}

void
ContentEncoder::EndCopy(ContentConnection& connection, const ContentMessage* answer)
{
    const auto found = m_copies.find(&connection);
    if (found == m_copies.end())
    {
        return;
    }
    Copy copy = std::move(found->second);
    m_copies.erase(found);
    copy.connection->End();
    const bool success = answer != nullptr && answer->status == CONTENT_OK &&
                         answer->key.Number() == copy.key.Number() && answer->media > 0;
    if (success)
    {
        ++m_counters.copies;
        copy.shard.bytes = answer->media;
        Put(copy.key, copy.shard);
    }
    if (!m_control)
    {
        return;
    }
    ContentMessage message;
    message.type = CONTENT_COPIED;
    message.status = success ? CONTENT_OK : CONTENT_ABSENT;
    message.tag = m_number;
    message.key = copy.key;
    ShardOctetWriter out;
    out.Put32(copy.shard.bytes);
    message.body = out.Take();
    m_control->Send(message);
}

} // namespace sharding
} // namespace ns3
