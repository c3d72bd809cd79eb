// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-gate.h"

namespace ns3
{
namespace sharding
{

EndpointGate::EndpointGate(const EndpointSecrets& secrets, std::size_t most)
    : m_keys(secrets.master,
             secrets.seal,
             static_cast<uint64_t>(secrets.rotation.GetNanoSeconds()),
             secrets.keep),
      m_guard(most)
{
}

ShardTokenVerdict
EndpointGate::Judge(Time now,
                    const EndpointOpen& open,
                    uint32_t address,
                    uint32_t group,
                    uint32_t endpoint)
{
    const ShardTokenVerdict verdict =
        Decide(static_cast<uint64_t>(now.GetNanoSeconds()), open, address, group, endpoint);
    ++m_counts[verdict];
    return verdict;
}

ShardTokenVerdict
EndpointGate::Decide(uint64_t now,
                     const EndpointOpen& open,
                     uint32_t address,
                     uint32_t group,
                     uint32_t endpoint)
{
    ShardTokenNumber number;
    ShardTokenClaims claims;
    ShardTokenVerdict verdict =
        m_keys.Read(now, open.token.data(), open.token.size(), number, claims);
    if (verdict != SHARD_TOKEN_ACCEPTED)
    {
        return verdict;
    }
    verdict = ShardTokenJudge(now, claims, open.client, address, group);
    if (verdict != SHARD_TOKEN_ACCEPTED)
    {
        return verdict;
    }
    // Before the token is used up: who has seen a token but does not know its secret must not be
    // able to spoil it for its holder.
    if (open.group != group)
    {
        return SHARD_TOKEN_WRONG_GROUP;
    }
    if (open.proof != open.ProofBy(claims.secret))
    {
        return SHARD_TOKEN_FORGED;
    }
    if (open.endpoint != endpoint || !m_guard.Take(now, number, claims.expires))
    {
        return SHARD_TOKEN_REPLAYED;
    }
    return SHARD_TOKEN_ACCEPTED;
}

} // namespace sharding
} // namespace ns3
