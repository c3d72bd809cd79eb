// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TRANSPORT_H
#define SHARD_TRANSPORT_H

#include "ns3/data-rate.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/shard-control.h"
#include "ns3/shard-replay-window.h"
#include "ns3/shard.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a sender knows of one of its paths by configuration. What a path does now has to be
 * learnt from reports.
 */
struct ShardPathInfo
{
    uint32_t mtu{1500}; ///< largest IP packet that passes unfragmented, bytes
    DataRate rate;      ///< of its slowest link; 0 when not known
    Time delay;         ///< one-way propagation; 0 when not known
};

/// A control message that has come: whole, genuine, and for the first time.
struct ShardControlMessage
{
    ShardControlType type{SHARD_CONTROL_REQUEST}; ///< what it is
    uint32_t number{0};                           ///< at its sender
    uint16_t path{0};                             ///< it took
    uint32_t peer{0};                             ///< who sent it
    uint32_t place{0};                            ///< of that in GetPeers(); 0 for one not known
    bool isMarked{false};                         ///< it came with congestion experienced
    const uint8_t* body{nullptr};                 ///< what it says, while it is being handed over
    uint32_t size{0};                             ///< bytes of that
};

/**
 * @ingroup sharding
 * Takes the control messages that come out of a transport.
 */
class ShardControlSink
{
  public:
    virtual ~ShardControlSink() = default;

    /**
     * Take a message.
     * @param now when it came
     * @param message what came
     */
    virtual void AcceptControl(Time now, const ShardControlMessage& message) = 0;
};

/**
 * @ingroup sharding
 * One end of the way between two nodes of a tunnel. As a sink it takes shards and sends each on
 * the path that it names; those that come from the other end it hands to a receiver. It is the
 * only thing that knows how shards travel.
 */
class ShardTransport : public Object, public ShardSink
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// @return number of paths to the other end
    virtual uint32_t GetPathCount() const = 0;

    /**
     * @param path number, from 0
     * @return what is known of it
     */
    virtual ShardPathInfo GetPath(uint32_t path) const = 0;

    /// @return bytes that a shard's payload is wrapped in: shard, UDP and IP header
    virtual uint32_t GetOverhead() const = 0;

    /// Stands for the other end where there is only one.
    static constexpr uint32_t ANY_PEER = UINT32_MAX;

    /// @return numbers of those at the other end, where it is known that there are several; the
    /// first of them is the one that ANY_PEER means
    virtual std::vector<uint32_t> GetPeers() const;

    /**
     * @param target where shards are to go; 0: to the first
     * @return the place in GetPeers() of who is there (Shard::peer); nothing where it is not known
     */
    virtual std::optional<uint32_t> FindPeer(const ShardTarget& target) const;

    /**
     * Send a control message. It shares links and queues with the shards of its direction.
     * @param now when
     * @param path number of the path to take
     * @param type what it is
     * @param body what it says
     * @param peer whom to tell, where there are several; one that is not known stands for the first
     */
    void SendControl(Time now,
                     uint16_t path,
                     ShardControlType type,
                     const std::vector<uint8_t>& body,
                     uint32_t peer = ANY_PEER);

    /**
     * @param isDown the node of this end has failed: control messages that come are lost, until it
     *        is said to have recovered
     */
    void SetDown(bool isDown)
    {
        m_isDown = isDown;
    }

    /// @return control messages that came while the node of this end had failed
    uint64_t GetControlMissed() const
    {
        return m_controlMissed;
    }

    /**
     * @param type of message
     * @param receiver takes such messages that come from the other end; not owned
     */
    void SetControlReceiver(ShardControlType type, ShardControlSink* receiver)
    {
        m_controlReceivers[type] = receiver;
    }

    /// @return control messages sent
    uint64_t GetControlSent() const
    {
        return m_controlSent;
    }

    /// @return control messages received that were taken
    uint64_t GetControlReceived() const
    {
        return m_controlReceived;
    }

    /**
     * @param receiver takes every well-formed shard that comes from the other end; not owned
     */
    void SetReceiver(ShardSink* receiver)
    {
        m_receiver = receiver;
    }

    /// @return shards sent
    uint64_t GetSent() const
    {
        return m_sent;
    }

    /// @return well-formed shards received
    uint64_t GetReceived() const
    {
        return m_received;
    }

    /// @return of these, with congestion experienced (CE of RFC 3168)
    uint64_t GetMarked() const
    {
        return m_marked;
    }

    /**
     * @param error a reason
     * @return packets that came and were dropped for it
     */
    uint64_t GetRejected(ShardError error) const
    {
        return m_rejected[error];
    }

  protected:
    void DoDispose() override;

    /**
     * Put a control message on its way.
     * @param now when  @param path number of the path to take
     * @param peer whom to tell, as in SendControl()  @param message all of it
     */
    virtual void DoSendControl(Time now,
                               uint16_t path,
                               uint32_t peer,
                               const std::vector<uint8_t>& message) = 0;

    /**
     * A control message has come out: check it and hand it on.
     * @param now when  @param path it took  @param peer who sent it
     * @param data what came  @param size its bytes
     * @param place of the peer in GetPeers(); 0 for one that is not known
     * @param isMarked it came with congestion experienced
     * @return SHARD_OK, or why it was dropped (and counted)
     */
    ShardError TakeControl(Time now,
                           uint16_t path,
                           uint32_t peer,
                           const uint8_t* data,
                           uint32_t size,
                           uint32_t place = 0,
                           bool isMarked = false);

    bool m_isSealed{false};                          ///< attribute
    bool m_ecn{false};                               ///< attribute
    ShardSink* m_receiver{nullptr};                  ///< takes what comes; not owned
    uint64_t m_sent{0};                              ///< shards
    uint64_t m_received{0};                          ///< well-formed shards
    uint64_t m_marked{0};                            ///< of these, with congestion experienced
    std::array<uint64_t, SHARD_ERRORS> m_rejected{}; ///< packets dropped, by reason

  private:
    void SetControlKey(const std::string& digits);
    std::string GetControlKey() const;

    ShardTagKey m_controlKey{};    ///< attribute
    uint32_t m_controlNumber{0};   ///< of the message that was sent last
    uint64_t m_controlSent{0};     ///< control messages
    uint64_t m_controlReceived{0}; ///< control messages that were taken
    uint64_t m_controlMissed{0};   ///< control messages that came to a failed node
    bool m_isDown{false};          ///< the node of this end has failed
    std::array<ShardControlSink*, SHARD_CONTROL_TYPES> m_controlReceivers{}; ///< not owned
    std::map<uint32_t, ShardReplayWindow> m_controlWindows;                  ///< by peer
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_TRANSPORT_H
