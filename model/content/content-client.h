// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_CLIENT_H
#define CONTENT_CLIENT_H

#include "content-abr.h"
#include "content-fetcher.h"
#include "content-guide.h"
#include "content-missing.h"
#include "content-playout.h"
#include "content-throughput.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What a client did. Requests = sum of `ends` + abandoned + open.
struct ContentClientCounters
{
    uint64_t requests{0};                  ///< sent
    uint64_t ends[CONTENT_FETCH_ENDS]{};   ///< that ended, by how
    uint64_t abandoned{0};                 ///< given up for a lower rendition, or with its segment
    uint64_t remedies[CONTENT_REMEDIES]{}; ///< what was done about what did not come
    uint64_t exhausted{0};                 ///< segments interpolated because all attempts failed
    uint64_t silent{0};                    ///< segments shown without their sound
    uint64_t usedBits{0};                  ///< of shards that came whole
    uint64_t wastedBits{0};                ///< of shards given up, as far as was reported
    Time fetching;                         ///< sum over shards that came whole, from request to end
};

/// What a client decided on a segment.
struct ContentDecision
{
    Time when;          ///< it was asked for
    uint32_t segment;   ///< number
    uint32_t rendition; ///< asked for
    double bitrate;     ///< of that, bit/s
    Time buffer;        ///< then
    double throughput;  ///< estimate, bit/s; 0 for none
    uint32_t attempt;   ///< 0 for the first request for the segment
};

/**
 * @ingroup sharding
 * Watches a stream: asks for shards, one or several at a time, in renditions that a ContentAbr
 * chooses, and plays them in order. What does not come is dealt with as a ContentMissing says, and
 * a holder of which nothing came is asked only where there is no other one, for a while. The first
 * segment is fetched alone, and playing begins with it. Where the sound is in shards of its own, a
 * segment's is asked for with its picture, and the segment is there when both are; what a policy
 * would skip or interpolate of the sound is silent.
 *
 * It waits before a request until the buffer, with the segment asked for, does not exceed its
 * limit.
 */
class ContentClient : public Object, private ContentFetchListener
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentClient();
    ~ContentClient() override;

    /// @param guide what there is; not null
    void SetGuide(std::shared_ptr<const ContentGuide> guide);
    /// @param fetcher how it comes; not null, and this client's alone
    void SetFetcher(Ptr<ContentFetcher> fetcher);
    /// @param abr which rendition; not null, and this client's alone
    void SetAbr(Ptr<ContentAbr> abr);
    /// @param missing what to do about what does not come; not null
    void SetMissing(Ptr<ContentMissing> missing);

    /// Begin now.
    void Start();

    /// @return whether it has begun and played all
    bool IsOver() const
    {
        return m_playout && m_playout->IsOver();
    }

    /// Play up to now. @return what playing came to; nothing before Start()
    std::optional<ContentPlayoutTotals> Totals();

    /**
     * Play what is buffered to its end, without waiting for it: for when nothing more will come.
     * @return when that is
     */
    Time Finish();

    /// @return what it did
    const ContentClientCounters& GetCounters() const
    {
        return m_counters;
    }

    /// @return whether requests and segments add up
    bool CheckConservation() const;

    /// Signature of the trace Decision. @param decision what was asked for
    typedef void (*DecisionCallback)(const ContentDecision& decision);

  protected:
    void DoDispose() override;

  private:
    /// A segment that is being fetched.
    struct Flight
    {
        uint32_t segment{0};         ///< number
        bool isSound{false};         ///< of it
        uint32_t rendition{0};       ///< asked for
        uint32_t holder{0};          ///< asked
        uint64_t bits{0};            ///< of it
        uint32_t attempts{0};        ///< that came to nothing
        std::vector<uint32_t> asked; ///< holders, of this rendition, in order
        ContentProgress progress;    ///< of the request
        Time heard;                  ///< when something last came
        EventId timer;               ///< looks whether something comes
    };

    /// A segment under way whose sound is in a shard of its own.
    struct Halves
    {
        bool hasSound{false}; ///< that is settled
        std::optional<ContentSettled>
            picture;           ///< how that is settled, where it waits for the sound
        uint32_t rendition{0}; ///< of the picture
    };

    // ContentFetchListener
    void FetchProgressed(uint64_t fetch, const ContentProgress& progress) override;
    void FetchEnded(uint64_t fetch, const ContentProgress& progress, ContentFetchEnd end) override;

    /// @return segments under way
    std::size_t CountBusy() const;
    /// @return time that the segments under way will fill
    Time TimeUnderWay() const;
    /// Ask for the sound, with the first request for the picture. @param segment number
    void AskForSound(uint32_t segment);
    /// The sound is there, or will never be. @param segment number
    void SettleSound(uint32_t segment);
    /// The sound is of no use any more. @param segment number
    void DropSound(uint32_t segment);
    /// Ask for what can be asked for now.
    void Proceed();
    /// @return the next segment to ask for; nothing when there is none
    std::optional<uint32_t> NextSegment() const;
    /// Take it off what is to be asked for. @param segment that NextSegment() gave
    void TakeSegment(uint32_t segment);
    /// The buffer had been full. @param delay how long
    void WaitedForRoom(Time delay);
    /// Choose the rendition. @param segment number
    void Decide(uint32_t segment);
    /// Ask for the first time. @param segment number  @param rendition of it
    void Begin(uint32_t segment, uint32_t rendition);
    /// Ask. @param flight with segment, rendition and holder
    void Request(Flight flight);
    /// Look whether something comes. @param fetch number
    void CheckTimeout(uint64_t fetch);
    /// It did not come. @param flight that ended  @param why what became of it
    void Remedy(Flight flight, ContentFetchEnd why);
    /// Ask once more. @param flight with what to ask for
    void Resume(Flight flight);
    /// @param segment number  @param how it is settled  @param rendition of it
    void Settle(uint32_t segment, ContentSettled how, uint32_t rendition);
    /// Leave out what is too old (live).
    void CatchUp();
    /// @param segment in question  @return what the rule is told
    ContentAbrView View(uint32_t segment) const;
    /// @param bits of a shard  @return how long a request for it is expected to take
    Time Expected(uint64_t bits) const;

    std::shared_ptr<const ContentGuide> m_guide; ///< what there is
    Ptr<ContentFetcher> m_fetcher;               ///< how it comes
    Ptr<ContentAbr> m_abr;                       ///< which rendition
    Ptr<ContentMissing> m_missing;               ///< what to do about what does not come
    Time m_bufferLimit;                          ///< attribute
    uint32_t m_parallel{1};                      ///< attribute
    bool m_abandons{true};                       ///< attribute
    Time m_timeout;                              ///< attribute
    uint32_t m_attempts{0};                      ///< attribute
    Time m_shun;                                 ///< attribute
    Time m_liveDelay;                            ///< attribute
    Time m_mostLatency;                          ///< attribute
    Time m_quick;                                ///< attribute
    Time m_slow;                                 ///< attribute

    std::optional<ContentPlayout> m_playout;               ///< since Start()
    std::optional<ContentThroughput> m_throughput;         ///< since Start()
    std::map<uint64_t, Flight> m_flights;                  ///< by number of the fetch
    std::map<std::pair<uint32_t, bool>, EventId> m_pauses; ///< before segments (or, true, their
                                                           ///< sound) are asked for again
    std::map<uint32_t, Halves> m_halves;    ///< segments under way, where sound is apart
    std::deque<uint32_t> m_again;           ///< segments given up, to decide on anew
    std::map<uint32_t, uint32_t> m_givenUp; ///< how often, of segments not settled
    std::map<uint32_t, Time>
        m_shunned;          ///< holders of which nothing came, and until when they are shunned
    uint32_t m_begin{0};    ///< first segment of the session
    uint32_t m_next{0};     ///< first segment never asked for
    bool m_finished{false}; ///< nothing more will come
    EventId m_wait;         ///< before the next request
    ContentClientCounters m_counters;                       ///< what it did
    TracedCallback<const ContentDecision&> m_decisionTrace; ///< trace source
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_CLIENT_H
