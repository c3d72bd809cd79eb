// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_EGRESS_H
#define SHARD_EGRESS_H

#include "shard-release.h"

#include "ns3/object.h"
#include "ns3/traced-callback.h"

namespace ns3
{

class Address;
class Node;
class Packet;
class VirtualNetDevice;

namespace sharding
{

/**
 * @ingroup sharding
 * The reassembly node's foot on the IP stack: a released datagram comes in at a virtual device as
 * if it had been received there, with its original headers, and goes on by the node's routes.
 * IPv4 only.
 */
class ShardEgress : public Object, public ShardDatagramSink
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardEgress();
    ~ShardEgress() override;

    /**
     * Give a node the virtual device.
     * @param node the reassembly node, with an IPv4 stack
     */
    void Install(Ptr<Node> node);

    void Release(Time now, const ShardRelease& release) override;

    /**
     * Parts of datagrams are no IP packets: they are handed to this, where there is one, and are
     * dropped and counted otherwise.
     * @param receiver takes parts; not owned
     */
    void SetPartialReceiver(ShardDatagramSink* receiver)
    {
        m_partialReceiver = receiver;
    }

    /// @return parts that nobody took
    uint64_t GetPartialsDropped() const
    {
        return m_partialsDropped;
    }

    /// @return datagrams that nothing was known of but their size, and that could not be handed on
    uint64_t GetUnknown() const
    {
        return m_unknown;
    }

    /**
     * Signature of the Release trace.
     * @param [in] now when
     * @param [in] release what was handed on
     */
    typedef void (*ReleaseTracedCallback)(Time now, const ShardRelease& release);

  protected:
    void DoDispose() override;

  private:
    bool RefuseToSend(Ptr<Packet> packet,
                      const Address& source,
                      const Address& destination,
                      uint16_t protocol);

    Ptr<VirtualNetDevice> m_device;                           ///< where datagrams come in
    uint64_t m_unknown{0};                                    ///< neither bytes nor origin
    ShardDatagramSink* m_partialReceiver{nullptr};            ///< takes parts; not owned
    uint64_t m_partialsDropped{0};                            ///< that nobody took
    TracedCallback<Time, const ShardRelease&> m_releaseTrace; ///< handed on
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_EGRESS_H
