// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_HAND_H
#define ENDPOINT_HAND_H

#include "endpoint-message.h"

#include <cstdint>
#include <vector>

/**
 * @file
 * @ingroup sharding
 * What makes endpoints of a group serve for each other: a client's token balances its session, and
 * a request that finds its endpoint busy is handed on to another one, from which the answer goes
 * straight to the client (the transfer policy "Random" with a threshold of one job: D. Eager, E.
 * Lazowska and J. Zahorjan, "Adaptive load sharing in homogeneous distributed systems", IEEE TSE
 * 12(5), 1986).
 */

namespace ns3
{
namespace sharding
{

/// Endpoint to endpoint: a request.
struct EndpointHand
{
    static constexpr uint8_t MOST_HOPS = 8; ///< of a request

    EndpointAsk ask;      ///< what was asked
    uint32_t address{0};  ///< where the answer goes
    uint16_t port{0};     ///< where the answer goes
    uint32_t home{0};     ///< where the client's channel is, to be told when it is served
    uint16_t homePort{0}; ///< the same; 0: there is none, a proxy asked
    uint8_t hops{1};      ///< how often it was handed on, this time included

    /// @return the message
    std::vector<uint8_t> Write() const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// Hub to endpoint: who serves with it.
struct EndpointPeers
{
    static constexpr uint32_t MOST_PEERS = 40; ///< that one is told of

    uint32_t endpoint{0};              ///< who
    std::vector<EndpointPlace> places; ///< of its group, itself not among them

    /// @return the message
    std::vector<uint8_t> Write() const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_HAND_H
