// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_CACHE_H
#define CONTENT_CACHE_H

#include "content-lru.h"
#include "content-relay.h"
#include "content-requester.h"

#include "ns3/event-id.h"

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Requests = hits + joined + misses; misses = fetched + absent + failed + those under way.
struct ContentCacheCounters
{
    uint64_t requests{0};   ///< of clients
    uint64_t hits{0};       ///< that were there
    uint64_t joined{0};     ///< that waited for what was being fetched for others
    uint64_t misses{0};     ///< for which a holder was asked
    uint64_t fetched{0};    ///< misses that came
    uint64_t absent{0};     ///< misses that the holder did not have
    uint64_t failed{0};     ///< misses that did not come
    uint64_t mediaBytes{0}; ///< of shards that it began to send
};

/**
 * @ingroup sharding
 * A cache between clients and holders: least recently used goes first. Clients ask it for a shard,
 * and say which holder has it; that one is asked where the shard is not there. It hands a shard on
 * when it has the whole of it. Who asks for what is on its way already waits for that.
 * Shard maps it hands on as any relay does, and keeps none.
 */
class ContentCache : public ContentRelay, private ContentRequestListener
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// @return what became of requests
    const ContentCacheCounters& GetCounters() const
    {
        return m_counters;
    }

    /// @return bytes of media that it has
    uint64_t StoredBytes() const
    {
        return m_lru ? m_lru->Bytes() : 0;
    }

    /// @return whether requests add up
    bool CheckConservation() const override;

  protected:
    void Begin() override;
    void Cease() override;
    void ConnectionMessage(ContentConnection& connection, const ContentMessage& message) override;
    void ConnectionEnded(ContentConnection& connection) override;

  private:
    /// A shard that is on its way here.
    struct Miss
    {
        uint64_t key;              ///< of it
        std::vector<Asker> askers; ///< who wait for it
        uint32_t media{0};         ///< bytes so far
        EventId timer;             ///< of patience
    };

    // ContentRequestListener
    void RequestPart(uint64_t request, uint32_t media) override;
    void RequestEnded(uint64_t request, const ContentMessage* answer) override;

    void LosePatience(uint64_t request, uint32_t media);
    void End(uint64_t request, ContentStatus status, uint32_t bytes);
    void Answer(const Asker& asker, uint64_t key, ContentStatus status, uint32_t bytes);

    uint64_t m_capacity{0};                        ///< attribute
    Time m_patience;                               ///< attribute
    uint32_t m_mostIdle{0};                        ///< attribute
    std::unique_ptr<ContentLru> m_lru;             ///< what it has
    std::unique_ptr<ContentRequester> m_requester; ///< to holders
    std::map<uint64_t, Miss> m_misses;             ///< by request
    /// request, by key and holder: who names another holder does not wait for the first one
    std::map<std::pair<uint64_t, uint64_t>, uint64_t> m_onTheWay;
    std::map<uint64_t, uint64_t> m_holders; ///< that requests are of, by request
    ContentCacheCounters m_counters;        ///< what became of requests
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_CACHE_H
