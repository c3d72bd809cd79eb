// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_GATE_H
#define ENDPOINT_GATE_H

#include "endpoint-message.h"

#include "ns3/nstime.h"
#include "ns3/shard-token-guard.h"

#include <array>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/// What hub and endpoints have agreed upon beforehand.
struct EndpointSecrets
{
    ShardAeadKey master{};                   ///< all keys are from it
    ShardTokenSeal seal{SHARD_TOKEN_TAGGED}; ///< sealed in earnest, or as long and in the clear
    Time rotation{Seconds(3600)};            ///< after which the next key is used; 0: never
    uint32_t keep{1};                        ///< keys before it that are still good
};

/**
 * @ingroup sharding
 * Who comes in at an endpoint: judges what is shown, and counts it. A token opens one channel, at
 * one endpoint: its proof names the endpoint, so that a copy is good for no other, and a guard
 * remembers those of this one.
 */
class EndpointGate
{
  public:
    /**
     * @param secrets of the hub
     * @param most tokens that are remembered until they expire
     */
    EndpointGate(const EndpointSecrets& secrets, std::size_t most);

    /**
     * @param now when
     * @param open what was sent
     * @param address from where
     * @param group that the endpoint is of
     * @param endpoint its number
     * @return what becomes of it: the first thing that is wrong with it, in the order of
     *         ShardTokenVerdict; a proof that does not fit makes it forged
     */
    ShardTokenVerdict Judge(Time now,
                            const EndpointOpen& open,
                            uint32_t address,
                            uint32_t group,
                            uint32_t endpoint);

    /// @param verdict which  @return how many were judged so
    uint64_t Count(ShardTokenVerdict verdict) const
    {
        return m_counts[verdict];
    }

  private:
    ShardTokenVerdict Decide(uint64_t now,
                             const EndpointOpen& open,
                             uint32_t address,
                             uint32_t group,
                             uint32_t endpoint);

    ShardTokenKeys m_keys;                                 ///< as the hub has them
    ShardTokenGuard m_guard;                               ///< against replays
    std::array<uint64_t, SHARD_TOKEN_VERDICTS> m_counts{}; ///< by verdict
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_GATE_H
