// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_IDEAL_FETCHER_H
#define CONTENT_IDEAL_FETCHER_H

#include "content-fetcher.h"
#include "content-network-trace.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Who of the holders is there, where holders are no nodes. What is drawn depends on the seed and on
 * what is asked for, so that it is the same whatever else a client does.
 */
class ContentHolderFaults
{
  public:
    /// Begins with a number drawn from a stream. @param seed of what is drawn
    explicit ContentHolderFaults(uint64_t seed = 0);

    /// A holder does not answer for a while. @param holder which  @param from begin  @param to end
    void SetDown(uint32_t holder, Time from, Time to);

    /// A share of shards is at a holder that should have them, but is not. @param share 0 to 1
    void SetAbsent(double share);

    /// @param holder which  @param now when  @return whether it answers
    bool IsUp(uint32_t holder, Time now) const;

    /// @param holder which  @param now when  @return when it will cease to answer; Time::Max()
    /// never
    Time UpUntil(uint32_t holder, Time now) const;

    /// @param request of a shard  @return whether the holder has it
    bool Has(const ContentRequest& request) const;

  private:
    struct Outage
    {
        Time from; ///< first moment
        Time to;   ///< first moment after
    };

    uint64_t m_seed;                                   ///< of what is drawn
    double m_absent{0};                                ///< share of shards
    std::map<uint32_t, std::vector<Outage>> m_outages; ///< by holder
};

/**
 * @ingroup sharding
 * Shards over a link without packets: a request waits for the trace's latency, then its bits come
 * at the trace's bandwidth, all to the nanosecond. Requests that are under way at the same time
 * wait together; their bits come in the order of the requests, one shard after the other. A holder
 * that is down does not answer at all, one that does not have a shard says so after the latency.
 */
class ContentIdealFetcher : public ContentFetcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// @param trace of the link; not null
    void SetTrace(std::shared_ptr<const ContentNetworkTrace> trace);

    /// @param faults of the holders; null: none
    void SetFaults(std::shared_ptr<const ContentHolderFaults> faults);

    uint64_t Fetch(const ContentRequest& request, ContentFetchListener& listener) override;
    void Abort(uint64_t fetch) override;

  protected:
    void DoDispose() override;

  private:
    struct Transfer
    {
        uint64_t number;                ///< of the fetch
        ContentRequest request;         ///< what for
        ContentFetchListener* listener; ///< who wants to hear
        ContentProgress progress;       ///< how far it is
        Time ready;                     ///< when its first bit can come
        bool has{true};                 ///< the holder has it
    };

    /// Let the first in line, if it is not served yet, have the link.
    void Serve();
    /// The first in line has come, or a report of it is due. @param whole it has come
    void Step(bool whole);
    /// What the next event of the first in line is. @param from when the part at hand begins
    void Plan(Time from);

    std::shared_ptr<const ContentNetworkTrace> m_trace;  ///< of the link
    std::shared_ptr<const ContentHolderFaults> m_faults; ///< of the holders; may be null
    std::deque<Transfer> m_line;                         ///< in order of the requests
    uint64_t m_last{0};                                  ///< number of the last fetch
    bool m_serving{false};                               ///< the first in line has the link
    Time m_since;                                        ///< begin of the part at hand
    Time m_end;                                          ///< when the first in line has come
    EventId m_event;                                     ///< of the first in line
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_IDEAL_FETCHER_H
