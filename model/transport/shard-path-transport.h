// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_PATH_TRANSPORT_H
#define SHARD_PATH_TRANSPORT_H

#include "shard-arrival-queue.h"
#include "shard-transport.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/shard-path-model.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Shards over computed paths: what becomes of a shard is known when it is sent, and the only event
 * is that of its arrival. One object is one end; Connect() makes a pair of them. Sizes on the way
 * are those of ShardUdpTransport, fragmentation by IP included, so that both give the same times.
 *
 * **Slack.** A receiver whose reaction takes at least some time to be felt anywhere (because what
 * it sends has to cross a link first, or because nobody listens) may be told of an arrival by so
 * much later: with the right `now`, in the right order, but many arrivals in one event. This is
 * the lookahead of conservative parallel simulation (K. M. Chandy and J. Misra, "Distributed
 * simulation", IEEE TSE 1979). A receiver with timers has to know its slack (ShardReassembler).
 */
class ShardPathTransport : public ShardTransport
{
  public:
    /// Called with a piece (IP fragment) of a plain packet: when it came, its bytes, and the packet
    /// if that is whole now, else null.
    typedef Callback<void, Time, uint32_t, Ptr<const Datagram>> PlainCallback;

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardPathTransport();
    ~ShardPathTransport() override;

    /**
     * Make two ends each other's peers. An end may have several, who tell themselves apart by
     * SetNumber(); shards, and control messages for nobody in particular, go to the first.
     * @param a one end
     * @param b the other
     */
    static void Connect(Ptr<ShardPathTransport> a, Ptr<ShardPathTransport> b);

    /**
     * Add a path to the other end.
     * @param path what lies on the way
     * @param info what is known of it
     */
    void AddPath(const ShardPathModel& path, const ShardPathInfo& info);

    /**
     * Send over the same paths as another end of the same site: packets of both wait in the same
     * queues, in the order in which they are sent. In place of AddPath().
     * @param other end, whose paths have been added
     */
    void SharePaths(Ptr<ShardPathTransport> other);

    /**
     * @param peer number of this end as a sender, for the other
     */
    void SetNumber(uint32_t peer);

    /// @param receiver takes plain packets that come from the other end
    void SetPlainReceiver(PlainCallback receiver);

    uint32_t GetPathCount() const override;
    ShardPathInfo GetPath(uint32_t path) const override;
    std::vector<uint32_t> GetPeers() const override;
    uint32_t GetOverhead() const override;
    void Accept(Time now, Shard&& shard) override;

    /**
     * Send a packet that was not sharded, on the first path.
     * @param now when
     * @param datagram the packet
     */
    void SendPlain(Time now, Ptr<const Datagram> datagram);

    /// Hand over what has come, without waiting for slack to pass. @param until not after now
    void Flush(Time until);

    /**
     * @param path number of a path to the other end
     * @param now when
     * @return what was sent on it, by all ends that share it, and what became of that, until then
     */
    ShardPathModel::Counters GetPathCounters(uint32_t path, Time now) const;

    /// @return IP packets that came out at this end
    uint64_t GetPackets() const
    {
        return m_packets;
    }

  protected:
    void DoSendControl(Time now,
                       uint16_t path,
                       uint32_t peer,
                       const std::vector<uint8_t>& message) override;
    void DoDispose() override;

  private:
    struct Path
    {
        ShardPathModel way; ///< what lies on it
        ShardPathInfo info; ///< what is known of it
    };

    /// Paths that one or several ends send over.
    struct Ways
    {
        std::vector<Path> paths; ///< to the other end
        bool isShared{false};    ///< several ends send over them, from behind a common gateway
    };

    template <typename Each>
    bool SendPieces(Time now, Path& path, uint32_t bytes, Each each);
    void Expect(ShardArrival&& arrival);
    void Schedule();
    void Due();
    void Deliver(int64_t until);
    void Come();
    void DeliverFirst();

    std::vector<ShardPathTransport*> m_peers;               ///< the other end, or several
    Time m_slack;                                           ///< attribute
    uint32_t m_number{0};                                   ///< of this end as a sender
    std::shared_ptr<Ways> m_ways{std::make_shared<Ways>()}; ///< to the other end
    ShardArrivalQueue m_arrivals;                           ///< from the other end
    PlainCallback m_plainReceiver;                          ///< takes plain packets
    EventId m_due;                                          ///< hands over arrivals
    int64_t m_dueFor{INT64_MAX};                            ///< arrival for which that is scheduled
    bool m_delivering{false};                               ///< Deliver is at work
    uint64_t m_packets{0};                                  ///< IP packets that came out
    std::vector<ShardArrival> m_pieces;                     ///< scratch: of a plain packet
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_PATH_TRANSPORT_H
