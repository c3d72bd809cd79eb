// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_POOL_H
#define CONTENT_POOL_H

#include "content-assign.h"
#include "content-demand.h"
#include "content-encode-task.h"
#include "content-movie.h"
#include "content-replicate.h"
#include "content-server.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/// A stream that a pool encodes.
struct ContentPoolStream
{
    uint32_t number{0};                        ///< unique
    std::shared_ptr<const ContentMovie> movie; ///< sizes of its shards
    std::vector<ContentEncoding> encodings;    ///< of its renditions, one each, in order; sound in
                                               ///< shards of its own, of constant bitrate, is last
    bool live{false};                          ///< made while it is watched, from `begin` on
    Time begin;                                ///< live: when its first picture is taken

    /// @param segment number  @param rendition number  @return bits of the shard
    uint64_t Bits(uint32_t segment, uint32_t rendition) const;
};

/// When streams on demand are encoded.
enum ContentPreencode : uint8_t
{
    CONTENT_PREENCODE_ALL,    ///< all at once at the begin
    CONTENT_PREENCODE_NONE,   ///< a shard when it is asked for
    CONTENT_PREENCODE_DEMAND, ///< the same, and off peak what is expected to be asked for
};

/**
 * What became of what a manager has ordered. Orders = done + failed + lost + expired + those under
 * way; encoding time reported = time of done + failed.
 */
struct ContentPoolCounters
{
    uint64_t shards{0};        ///< named in maps
    uint64_t made{0};          ///< of these, that were there for the first time
    uint64_t heldBack{0};      ///< of these, that were never ordered for want of time
    uint64_t orders{0};        ///< encodings
    uint64_t done{0};          ///< orders
    uint64_t failed{0};        ///< orders that an encoder did not succeed in
    uint64_t lost{0};          ///< orders that an encoder had when it was given up
    uint64_t expired{0};       ///< orders that nobody wanted any more
    uint64_t reassigned{0};    ///< orders given anew, after a failure
    uint64_t spare{0};         ///< encodings done of shards that were there already
    uint64_t preencoded{0};    ///< orders given off peak
    uint64_t onDemand{0};      ///< orders given because a client asked
    uint64_t copyOrders{0};    ///< copies = copied + those that failed, were lost or are under way
    uint64_t copied{0};        ///< copies there
    uint64_t failures{0};      ///< encoders given up
    uint64_t returns{0};       ///< encoders that came back
    uint64_t mapRequests{0};   ///< answered
    uint64_t mapBytes{0};      ///< of bodies of maps sent
    uint64_t healthReports{0}; ///< taken
    Time encoding;             ///< reported, of orders done and failed
    Time wasted;               ///< of that, of orders failed or spare
};

/// A shard that a failure had taken away is there again.
struct ContentRepair
{
    ContentKey key;  ///< of what
    uint16_t failed; ///< encoder
    Time noticed;    ///< when it was given up
    Time repaired;   ///< when the shard was there again
};

/**
 * @ingroup sharding
 * Manager of an encoder pool: keeps the shard maps, gives shards to encoders as a ContentAssign
 * says, watches over their health, gives what a failed one had to others at once, has shards
 * copied as a ContentReplicate says, and encodes ahead off peak. What it knows of encoders and of
 * demand came in their reports; what others know of shards they ask it for.
 */
class ContentPool : public ContentServer
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentPool();

    /// @param assign who gets what; not null
    void SetAssign(Ptr<ContentAssign> assign);

    /// @param replicate how many holders; not null
    void SetReplicate(Ptr<ContentReplicate> replicate);

    /// @param encoders of the pool, numbered from 1
    void SetEncoders(uint32_t encoders)
    {
        m_poolSize = encoders;
    }

    /// @param stream to encode; before it starts
    void AddStream(const ContentPoolStream& stream);

    /// @param stream number  @return its map; null where there is no such stream
    const ContentMap* GetMap(uint32_t stream) const;

    /// @return what became of its orders
    const ContentPoolCounters& GetCounters() const
    {
        return m_counters;
    }

    /// @return shards that should be there, and that nobody makes or has
    uint32_t CountWaiting() const
    {
        return static_cast<uint32_t>(m_waiting.size());
    }

    /// @return whether orders add up
    bool CheckConservation() const;

    /// Signature of the trace Repaired. @param repair what is there again
    typedef void (*RepairedCallback)(const ContentRepair& repair);
    /// Signature of the trace Failure. @param encoder number  @param works whether it is back
    typedef void (*FailureCallback)(uint16_t encoder, bool works);

  protected:
    void Begin() override;
    void Cease() override;
    void DoDispose() override;
    void ConnectionMessage(ContentConnection& connection, const ContentMessage& message) override;
    void ConnectionEnded(ContentConnection& connection) override;

  private:
    /// A stream, and how far it is.
    struct Stream
    {
        ContentPoolStream what;      ///< is encoded
        ContentMap map;              ///< of it
        uint32_t next{0};            ///< segment that is to be named
        uint32_t best{UINT32_MAX};   ///< rendition of pictures that there is time for
        Time holdBack;               ///< until when those above are not encoded
        std::vector<uint32_t> ahead; ///< of each rendition, the segment to encode ahead next
    };

    /// An encoder, as it is known.
    struct Encoder
    {
        Ptr<ContentConnection> connection; ///< that it has opened
        ContentAddress address;            ///< where it is
        double capacity{0};                ///< pixels a second
        bool works{false};                 ///< it was heard of
        Time heard;                        ///< last
        double pixels{0};                  ///< of orders under way
        std::set<uint64_t> orders;         ///< under way, by key
        std::set<uint64_t> shards;         ///< that it has
        std::set<uint64_t> copies;         ///< ordered, by key
    };

    /// A shard that is being made or repaired.
    struct Work
    {
        uint32_t orders{0};       ///< under way
        Time deadline;            ///< when it should be there
        std::set<uint16_t> avoid; ///< encoders that did not succeed
        bool isLost{false};       ///< it had been there
        uint16_t failed{0};       ///< encoder that had it
        Time noticed;             ///< when that was given up
    };

    void TakeHello(ContentConnection& connection, const ContentMessage& message);
    void TakeHealth(Encoder& encoder, const ContentMessage& message);
    void TakeEncoded(uint16_t number, const ContentMessage& message);
    void TakeCopied(uint16_t number, const ContentMessage& message);
    void AnswerMap(ContentConnection& connection, const ContentMessage& message);
    void AnswerShard(ContentConnection& connection, const ContentMessage& message);

    void NameSegment(uint32_t stream);
    void CheckHealth();
    void GiveUp(uint16_t number);
    /// Have shards encoded. @param keys of them  @param deadline of those that have none
    void Want(const std::vector<uint64_t>& keys, Time deadline);
    /// Give shards to encoders. @param keys of them, all in m_work  @param copies of each
    void Order(const std::vector<uint64_t>& keys, uint32_t copies);
    void SendOrder(uint16_t number, const ContentEncodeTask& task);
    /// A holder has it. @param number of it  @param key of what  @param bytes of it
    void AddShard(uint16_t number, uint64_t key, uint32_t bytes);
    void Replicate(uint64_t key);
    void LookAhead();
    void EncodeAhead();
    void Forget(Stream& stream, uint32_t segment);
    /// It is over with an order. @param number of the encoder  @param key of what  @return whether
    /// there was such an order
    bool CloseOrder(uint16_t number, uint64_t key);
    /// There was no time for a shard. @param key of it
    void HoldBack(uint64_t key);
    /// What is not there, and is not being made, is to be made. @param key of it
    void WantAgain(uint64_t key);
    std::vector<ContentAssignEncoder> KnownEncoders() const;
    ContentEncodeTask TaskOf(uint64_t key) const;
    Time ExpiresAt(uint64_t key) const;
    ContentDemand::Kind KindOf(uint64_t key) const;
    const ContentMapEntry* EntryOf(uint64_t key) const;

    Time m_check;                                        ///< attribute
    Time m_patience;                                     ///< attribute
    Time m_deadline;                                     ///< attribute
    Time m_keep;                                         ///< attribute
    uint32_t m_encodings{1};                             ///< attribute
    bool m_reassigns{true};                              ///< attribute
    bool m_firm{false};                                  ///< attribute
    Time m_holdBack;                                     ///< attribute
    double m_contribution{0};                            ///< attribute
    double m_budget{1};                                  ///< attribute
    ContentPreencode m_preencode{CONTENT_PREENCODE_ALL}; ///< attribute
    double m_offPeak{0};                                 ///< attribute
    Time m_period;                                       ///< attribute

    Ptr<ContentAssign> m_assign;                      ///< who gets what
    Ptr<ContentReplicate> m_replicate;                ///< how many holders
    uint32_t m_poolSize{0};                           ///< encoders
    std::map<uint32_t, Stream> m_streams;             ///< by number
    std::map<uint16_t, Encoder> m_encoders;           ///< by number
    std::unordered_map<uint64_t, Work> m_work;        ///< shards to be made, by key
    std::set<uint64_t> m_waiting;                     ///< of these, that no encoder could be given
    ContentDemand m_demand;                           ///< what is asked for
    std::map<ContentDemand::Kind, uint32_t> m_copies; ///< holders that shards are to have
    EventId m_checkEvent;                             ///< of health
    EventId m_aheadEvent;                             ///< of demand
    ContentPoolCounters m_counters;                   ///< what became of orders
    TracedCallback<const ContentRepair&> m_repairedTrace; ///< trace source
    TracedCallback<uint16_t, bool> m_failureTrace;        ///< trace source
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_POOL_H
