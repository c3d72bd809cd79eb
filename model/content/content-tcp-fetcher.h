// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_TCP_FETCHER_H
#define CONTENT_TCP_FETCHER_H

#include "content-fetcher.h"
#include "content-map-guide.h"
#include "content-requester.h"

#include "ns3/event-id.h"
#include "ns3/nstime.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

namespace ns3
{
namespace sharding
{

/// What became of fetches. Fetches = fetched + absent + unreachable + aborted + those under way.
struct ContentTcpCounters
{
    uint64_t fetches{0};     ///< asked for
    uint64_t fetched{0};     ///< that came whole
    uint64_t absent{0};      ///< that the holder does not have, or that the map does not know
    uint64_t unknown{0};     ///< of these, that the map does not know: nobody was asked
    uint64_t unreachable{0}; ///< for which nobody was there
    uint64_t aborted{0};     ///< that were not wanted any more
    uint64_t mediaBytes{0};  ///< of those that came whole
};

/**
 * @ingroup sharding
 * Shards over ns-3's TCP, from the holders that a shard map names or from a cache before them. Each
 * fetch has a connection to itself; connections are used again.
 */
class ContentTcpFetcher : public ContentFetcher, private ContentRequestListener
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentTcpFetcher();
    ~ContentTcpFetcher() override;

    /// @param node the client's  @param guide of the stream; not null
    void Install(Ptr<Node> node, std::shared_ptr<const ContentMapGuide> guide);

    /// @param cache that is asked instead of the holders
    void SetCache(const ContentAddress& cache)
    {
        m_cache = cache;
    }

    uint64_t Fetch(const ContentRequest& request, ContentFetchListener& listener) override;
    void Abort(uint64_t fetch) override;

    /// @return what became of fetches
    const ContentTcpCounters& GetCounters() const
    {
        return m_counters;
    }

    /// @return bytes of its connections
    const ContentTally& GetTally() const
    {
        return *m_tally;
    }

    /// @return whether fetches add up
    bool CheckConservation() const;

  protected:
    void DoDispose() override;

  private:
    struct Flight
    {
        ContentFetchListener* listener{nullptr}; ///< who hears
        uint64_t request{0};                     ///< over a connection; 0 for none
        bool wantsParts{false};                  ///< and hears of parts
        ContentProgress progress;                ///< so far
        Time reported;                           ///< when it heard last
        uint64_t reportedBits{0};                ///< what it heard then
        EventId answer;                          ///< where nobody is asked
    };

    // ContentRequestListener
    void RequestPart(uint64_t request, uint32_t media) override;
    void RequestEnded(uint64_t request, const ContentMessage* answer) override;

    void End(uint64_t fetch, ContentFetchEnd end);
    void NoteProgress(Flight& flight, uint32_t media);

    uint32_t m_mostIdle{0};                         ///< attribute
    uint16_t m_padding{0};                          ///< attribute
    std::shared_ptr<const ContentMapGuide> m_guide; ///< of the stream
    std::optional<ContentAddress> m_cache;          ///< that is asked
    std::shared_ptr<ContentTally> m_tally;          ///< bytes
    std::unique_ptr<ContentRequester> m_requester;  ///< to holders
    std::map<uint64_t, Flight> m_flights;           ///< by number of the fetch
    std::map<uint64_t, uint64_t> m_requests;        ///< fetch, by request
    uint64_t m_last{0};                             ///< fetch
    ContentTcpCounters m_counters;                  ///< what became of fetches
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_TCP_FETCHER_H
