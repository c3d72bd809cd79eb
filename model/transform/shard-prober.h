// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_PROBER_H
#define SHARD_PROBER_H

#include "shard-tier-client.h"

#include "ns3/object.h"
#include "ns3/shard-report.h"
#include "ns3/shard-transport.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a transformation node does for the feedback loop: it sends probes on every path while there
 * is traffic, passes the receiver's reports on to the decisions tier, and notices when a receiver
 * that said it would reassemble is silent, or reports that it delivers nothing of what comes. Of
 * several receivers each is probed, and missed, for itself; the decisions tier, which knows of one
 * way for each transformation node, is told only what the first says.
 */
class ShardProber : public Object, public ShardControlSink
{
  public:
    /// What came and went since the start.
    struct Counters
    {
        uint64_t probes{0};    ///< sent
        uint64_t reports{0};   ///< taken
        uint64_t stale{0};     ///< reports no later than one before, dropped
        uint64_t malformed{0}; ///< messages that contradict themselves, dropped
        uint64_t silences{0};  ///< times that the receiver fell silent
    };

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardProber();
    ~ShardProber() override;

    /// @param transport to the reassembly node
    void SetTransport(Ptr<ShardTransport> transport);

    /// @param tier is told what the receiver says; may be null
    void SetTier(Ptr<ShardTierClient> tier);

    /**
     * A packet comes: a probe may be due.
     * @param now when
     * @param peer node that it is for, of several (Shard::peer)
     */
    void Passing(Time now, uint32_t peer = 0);

    /**
     * @param now when
     * @param peer node, of several
     * @return whether it, though it is spoken to, does not reassemble
     */
    bool IsSilent(Time now, uint32_t peer = 0);

    /// The node fails: it begins anew, as one that has not heard of the receiver yet.
    void Fail();

    void AcceptControl(Time now, const ShardControlMessage& message) override;

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /**
     * Signature of the Silent trace.
     * @param [in] now when
     * @param [in] isSilent whether it, or of several one, is
     */
    typedef void (*SilentTracedCallback)(Time now, bool isSilent);

  protected:
    void DoDispose() override;

  private:
    /// What is known of a receiver.
    struct Receiver
    {
        Time lastProbe;         ///< when the last one was sent to it
        Time heard;             ///< when it last said that it delivers
        uint32_t lastReport{0}; ///< number of its latest; 0 for none
        Time lastReportAt;      ///< when that came
        uint32_t probes{0};     ///< sent to it
        bool isSpokenTo{false}; ///< a probe was sent
        bool isSilent{false};   ///< it does not reassemble
    };

    Receiver& Of(uint32_t peer);
    void SetSilent(Time now, Receiver& receiver, bool isSilent);

    Time m_interval;                          ///< attribute
    Time m_patience;                          ///< attribute
    Ptr<ShardTransport> m_transport;          ///< to the reassembly node
    Ptr<ShardTierClient> m_tier;              ///< is told; may be null
    std::vector<Receiver> m_receivers;        ///< by Shard::peer
    Counters m_counters;                      ///< what was counted
    TracedCallback<Time, bool> m_silentTrace; ///< it fell silent, or speaks again
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_PROBER_H
