// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_PARTS_H
#define SHARDSIM_TUNNEL_PARTS_H

#include "ns3/shard-block-table.h"

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>

namespace shardsim
{

/**
 * Takes note of parts of datagrams that leave reassembly. Like the ledger, it is the experimenter's
 * notebook. A part is no IP packet that a host could be given (docs/decisions/0013), so parts are
 * noted where they leave the reassembly node, on either transport.
 */
class TunnelParts : public ns3::sharding::ShardDatagramSink
{
  public:
    /// @param now when  @param release a part
    void Release(ns3::Time now, const ns3::sharding::ShardRelease& release) override;

    /// @param end of a block
    void Ended(const ns3::sharding::ShardBlockEnd& end);

    /// @return datagrams of which a part left reassembly, and not the whole
    uint64_t Datagrams() const
    {
        return m_datagrams + m_open.size();
    }

    /// @return bytes of these that did
    uint64_t Bytes() const;

    /// @return mean time by which bytes of whole datagrams left before the whole, ns; nothing where
    /// none did
    std::optional<double> LeadNs() const;

  private:
    using Key = std::tuple<uint32_t, uint32_t, uint32_t>;

    /// What has left of a datagram.
    struct Part
    {
        uint64_t bytes{0};   ///< from the front
        double byteTimes{0}; ///< sum over these of when, ns
    };

    std::map<Key, Part> m_open; ///< datagrams of which more may come
    uint64_t m_datagrams{0};    ///< of which no more comes
    uint64_t m_bytes{0};        ///< of these
    uint64_t m_leadBytes{0};    ///< of whole datagrams, that left before
    double m_leadNs{0};         ///< sum over these of how much sooner
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_PARTS_H
