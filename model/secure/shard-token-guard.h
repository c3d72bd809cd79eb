// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_TOKEN_GUARD_H
#define SHARD_TOKEN_GUARD_H

#include "shard-token.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <tuple>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Remembers the tokens that were accepted until they expire, so that none is accepted twice. There
 * is room for so many; when it is full the one that expires first is forgotten, and from then on
 * nothing that expires no later than it is accepted: who floods the guard can have tokens refused,
 * never one accepted twice.
 */
class ShardTokenGuard
{
  public:
    /// @param most tokens to remember, at least 1
    explicit ShardTokenGuard(std::size_t most)
        : m_most(most)
    {
    }

    /**
     * @param now ns
     * @param number of a genuine token  @param expires when it does, ns
     * @return whether it is new, in which case it is remembered
     */
    bool Take(uint64_t now, const ShardTokenNumber& number, uint64_t expires)
    {
        while (!m_seen.empty() && std::get<0>(*m_seen.begin()) <= now)
        {
            m_seen.erase(m_seen.begin());
        }
        if (expires <= m_floor || !m_seen.emplace(expires, number.issuer, number.count).second)
        {
            return false;
        }
        if (m_seen.size() > m_most)
        {
            m_floor = std::get<0>(*m_seen.begin());
            m_seen.erase(m_seen.begin());
        }
        return true;
    }

    /// @return tokens that it remembers
    std::size_t Size() const
    {
        return m_seen.size();
    }

  private:
    std::size_t m_most;  ///< tokens
    uint64_t m_floor{0}; ///< ns: what expires until then is old
    std::set<std::tuple<uint64_t, uint32_t, uint64_t>> m_seen; ///< expires, issuer, count
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_TOKEN_GUARD_H
