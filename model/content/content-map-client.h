// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_MAP_CLIENT_H
#define CONTENT_MAP_CLIENT_H

#include "content-map-guide.h"
#include "content-requester.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>
#include <memory>
#include <optional>

namespace ns3
{
namespace sharding
{

/// What a client has got of shard maps.
struct ContentMapCounters
{
    uint64_t requests{0};                  ///< sent
    uint64_t answers{0};                   ///< taken over
    uint64_t bytes{0};                     ///< of bodies of answers
    uint64_t failed{0};                    ///< requests without an answer
    uint64_t errors[CONTENT_MAP_ERRORS]{}; ///< answers that were not taken over, by why
};

/**
 * @ingroup sharding
 * Gets a stream's shard map from the pool's manager, in packets, and keeps it up to date: at an
 * interval it asks what has changed from where the client is to some way ahead of it.
 */
class ContentMapClient : public Object, private ContentRequestListener
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentMapClient();
    ~ContentMapClient() override;

    /**
     * Begin now.
     * @param node the client's
     * @param manager of the pool
     * @param stream number
     * @param guide that is kept up to date; not null
     * @param ready called once, when the guide can be used
     */
    void Start(Ptr<Node> node,
               const ContentAddress& manager,
               uint32_t stream,
               std::shared_ptr<ContentMapGuide> guide,
               Callback<void> ready);

    /// @param relay that is asked instead of the manager, and hands it on; before Start()
    void SetRelay(const ContentAddress& relay)
    {
        m_relay = relay;
    }

    /// Ask no more.
    void Stop();

    /// @return what it has got
    const ContentMapCounters& GetCounters() const
    {
        return m_counters;
    }

    /// @return bytes of its connection
    const ContentTally& GetTally() const
    {
        return *m_tally;
    }

  protected:
    void DoDispose() override;

  private:
    // ContentRequestListener
    void RequestPart(uint64_t request, uint32_t media) override;
    void RequestEnded(uint64_t request, const ContentMessage* answer) override;

    void Ask();
    void Take(const ContentMessage* answer);

    Time m_interval;       ///< attribute
    Time m_window;         ///< attribute
    Time m_behind;         ///< attribute
    Time m_patience;       ///< attribute
    uint16_t m_padding{0}; ///< attribute

    ContentAddress m_manager;                      ///< of the pool
    std::optional<ContentAddress> m_relay;         ///< that is asked
    uint32_t m_stream{0};                          ///< number
    std::shared_ptr<ContentMapGuide> m_guide;      ///< that is kept up to date
    Callback<void> m_ready;                        ///< to be called; null afterwards
    std::shared_ptr<ContentTally> m_tally;         ///< bytes
    std::unique_ptr<ContentRequester> m_requester; ///< to the manager
    uint64_t m_request{0};                         ///< under way; 0 for none
    Time m_asked;                                  ///< when that was sent
    Time m_roundTrip;                              ///< of the last one
    EventId m_next;                                ///< request, or end of patience
    ContentMapCounters m_counters;                 ///< what it has got
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_MAP_CLIENT_H
