// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_LEDGER_H
#define SHARDSIM_TUNNEL_LEDGER_H

#include "analysis/sample-set.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace shardsim
{

/// What became of one priority of datagrams.
struct TunnelClass
{
    uint64_t sent{0};    ///< datagrams
    SampleSet latencies; ///< of delivered datagrams, ns
};

/**
 * What the datagrams of a run became. It is the experimenter's notebook, not part of what is
 * simulated.
 */
struct TunnelLedger
{
    /// @param at when a datagram was sent, ns  @param isBulk it is of lower effort
    void Sent(int64_t at, bool isBulk)
    {
        firstSentNs = firstSentNs < 0 ? at : firstSentNs;
        ++sent;
        if (priorities)
        {
            ++(isBulk ? priorities->bulk : priorities->rest).sent;
        }
    }

    /**
     * @param sentNs when the datagram was sent
     * @param at when it arrived, ns
     * @param payload bytes
     * @param isBulk it is of lower effort
     */
    void Delivered(int64_t sentNs, int64_t at, uint32_t payload, bool isBulk)
    {
        ++delivered;
        deliveredBytes += payload;
        lastDeliveredNs = at;
        inTime += at - sentNs <= deadlineNs;
        latencies.Add(at - sentNs);
        if (onDelivered)
        {
            onDelivered(sentNs, at, payload);
        }
        if (priorities)
        {
            (isBulk ? priorities->bulk : priorities->rest).latencies.Add(at - sentNs);
        }
        for (int64_t time : {sentNs, at})
        {
            digest = (digest ^ static_cast<uint64_t>(time)) * 0x100000001b3U;
        }
    }

    int64_t deadlineNs{0};      ///< latency up to which a datagram is in time
    uint64_t sent{0};           ///< datagrams
    uint64_t delivered{0};      ///< datagrams
    uint64_t inTime{0};         ///< datagrams delivered within the deadline
    uint64_t deliveredBytes{0}; ///< of payload
    uint64_t duplicates{0};     ///< datagrams that arrived once more
    uint64_t replicas{0};       ///< datagrams that arrived at the replica's port
    uint64_t corrupt{0};        ///< datagrams that arrived with bytes that were not sent
    int64_t firstSentNs{-1};    ///< time of the first send, -1 for none
    int64_t lastDeliveredNs{0}; ///< time of the last delivery
    SampleSet latencies;        ///< of delivered datagrams, ns
    /// Told of deliveries, where there is a timeline: when sent, when arrived, bytes of payload.
    std::function<void(int64_t, int64_t, uint32_t)> onDelivered;

    /// Those of lower effort, and the rest.
    struct Priorities
    {
        TunnelClass bulk; ///< of traffic.bulk_flows
        TunnelClass rest; ///< all others
    };

    std::optional<Priorities> priorities; ///< where there are two
    /// Of all deliveries in their order, when sent and when arrived (FNV-1a over 64-bit words): two
    /// runs with the same digest have delivered the same datagrams at the same times.
    uint64_t digest{0xcbf29ce484222325U};
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_LEDGER_H
