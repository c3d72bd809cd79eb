// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_ENCODER_H
#define CONTENT_ENCODER_H

#include "content-encode-task.h"
#include "content-holder.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"
#include "ns3/shard-compat.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

namespace ns3
{
namespace sharding
{

/// What became of an encoder's tasks. Tasks = done + failed + expired + dropped + those it has.
struct ContentEncoderCounters
{
    uint64_t tasks{0};   ///< taken
    uint64_t done{0};    ///< encoded
    uint64_t failed{0};  ///< encoded in vain (a flaky encoder)
    uint64_t expired{0}; ///< not begun when nobody wanted them any more
    uint64_t dropped{0}; ///< lost when it failed
    uint64_t copies{0};  ///< of shards got from other holders
    uint64_t reports{0}; ///< of health
    Time busy;           ///< encoding
    Time wasted;         ///< of that, without a shard in the end
};

/**
 * @ingroup sharding
 * An encoder of a pool: does what the pool's manager sends it, one task after the other, keeps the
 * shards and hands them out. It tells the manager how it is at an interval.
 */
class ContentEncoder : public ContentHolder
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentEncoder();

    /// @param manager where its pool's manager is
    void SetManager(const ContentAddress& manager)
    {
        m_manager = manager;
    }

    /// @return its number in the pool
    uint16_t GetNumber() const
    {
        return m_number;
    }

    /// It encodes at another speed. @param factor of the ordinary one, above 0
    void SetSpeed(double factor);

    /// Some of its encodings come to nothing. @param share 0 to 1
    void SetFailing(double share)
    {
        m_failing = share;
    }

    /// @return what became of its tasks
    const ContentEncoderCounters& GetCounters() const
    {
        return m_counters;
    }

    /// @return time it has encoded, what it does now included
    Time GetBusy() const;

    /// @return whether its tasks add up
    bool CheckConservation() const;

    /// @param stream of random numbers  @return how many streams it takes
    int64_t AssignStreams(int64_t stream) SHARDING_ASSIGN_STREAMS_OVERRIDE;

    /// Signature of the trace Encoded. @param task that is done  @param time it took  @param
    /// success whether there is a shard
    typedef void (*EncodedCallback)(const ContentEncodeTask& task, Time time, bool success);

  protected:
    void Begin() override;
    void Cease() override;
    void ConnectionMessage(ContentConnection& connection, const ContentMessage& message) override;
    void ConnectionEnded(ContentConnection& connection) override;

  private:
    /// A copy that is being got.
    struct Copy
    {
        Ptr<ContentConnection> connection; ///< to the holder
        ContentKey key;                    ///< of what
        Shard shard;                       ///< what is known of it
        uint32_t tag{0};                   ///< of the order
    };

    void Hello();
    void Report();
    void StartCopy(const ContentMessage& order);
    void EndCopy(ContentConnection& connection, const ContentMessage* answer);
    void EncodeNext();
    void Encoded();
    void Tell(const ContentEncodeTask& task, ContentStatus status, Time time);
    Time DurationOf(double pixels) const;

    uint16_t m_number{0};                ///< attribute
    double m_capacity{0};                ///< attribute
    Time m_interval;                     ///< attribute
    ContentAddress m_manager;            ///< of its pool
    double m_speed{1};                   ///< factor
    double m_failing{0};                 ///< share
    Ptr<UniformRandomVariable> m_random; ///< one draw for each encoding

    Ptr<ContentConnection> m_control;                                    ///< to the manager
    ContentEncoderQueue m_queue;                                         ///< tasks that wait
    std::optional<ContentEncodeTask> m_task;                             ///< that is being done
    Time m_begun;                                                        ///< that
    EventId m_end;                                                       ///< of that
    EventId m_report;                                                    ///< the next one
    std::map<ContentConnection*, Copy> m_copies;                         ///< under way
    ContentEncoderCounters m_counters;                                   ///< what became of tasks
    TracedCallback<const ContentEncodeTask&, Time, bool> m_encodedTrace; ///< trace source
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_ENCODER_H
