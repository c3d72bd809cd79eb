// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_CRYPTO_H
#define SHARDSIM_TUNNEL_CRYPTO_H

#include "analysis/sample-set.h"
#include "parameter.h"
#include "scenario.h"
#include "tunnel-nodes.h"
#include "tunnel-units-meter.h"

#include "ns3/shard-tunnel-helper.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shardsim
{

/// @param set gets the parameters crypto.*
void AddCryptoParameters(ParameterSet& set);

/// @return the metrics crypto.*
std::vector<MetricInfo> CryptoMetrics();

/// @param values refused with a RequestError where crypto.* contradict each other
void CheckCrypto(const Values& values);

/// @param values the scenario's parameters  @return whether shards are encrypted
bool HasCrypto(const Values& values);

/// @param values the scenario's parameters  @return bytes that encryption adds to a shard
uint32_t CryptoOverhead(const Values& values);

/**
 * @param values the scenario's parameters
 * @param helper gets the units as they say
 */
void SetTunnelCrypto(const Values& values, ns3::sharding::ShardTunnelHelper& helper);

/**
 * The cryptographic units of a run, at both ends: what they draw, how one fails, and what is
 * measured of them.
 */
class TunnelCrypto
{
  public:
    /**
     * @param values the scenario's parameters, with units
     * @param nodes that have them
     * @param keepsTimeline note what the units of crypto.fault_end do over time
     */
    TunnelCrypto(const Values& values, const TunnelNodes& nodes, bool keepsTimeline);

    TunnelCrypto(const TunnelCrypto&) = delete;
    TunnelCrypto& operator=(const TunnelCrypto&) = delete;

    /// @return shards at the decrypting units
    uint64_t HeldAtReceiver() const;

    /**
     * @param received shards that came out of the transport
     * @param isHeard whether the receiver listens
     * @throw RunCheckError where units have lost count
     */
    void CheckConservation(uint64_t received, bool isHeard) const;

    /// @return shards that came out of the decrypting units
    uint64_t Opened() const;

    /// @param result gets the metrics crypto.*
    void Measure(RunResult& result) const;

    /// @return what is noted over time; null for nothing
    TunnelUnitsMeter* Meter()
    {
        return m_meter ? &*m_meter : nullptr;
    }

  private:
    void Begin(ns3::sharding::ShardCryptoPool& pool, int64_t stream, bool fails);
    void Encrypted(const ns3::sharding::Shard& shard, const ns3::sharding::ShardServed& served);
    void Decrypted(const ns3::sharding::Shard& shard, const ns3::sharding::ShardServed& served);
    void MeasurePools(const std::string& prefix,
                      const std::vector<const ns3::sharding::ShardCryptoPool*>& pools,
                      const SampleSet& waits,
                      RunResult& result) const;
    std::vector<const ns3::sharding::ShardCryptoPool*> Pools(bool decrypting) const;

    const Values& m_values;
    const TunnelNodes& m_nodes;
    SampleSet m_encryptWaits;                ///< ns
    SampleSet m_decryptWaits;                ///< ns
    std::optional<TunnelUnitsMeter> m_meter; ///< where there is a timeline
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_CRYPTO_H
