// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-crypto.h"

#include "tunnel-conservation.h"
#include "tunnel-streams.h"

#include "ns3/abort.h"

#include <algorithm>
#include <optional>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// @return the counters of some pools, added up
ShardCryptoCounters
AddUp(const std::vector<const ShardCryptoPool*>& pools)
{
    ShardCryptoCounters sum;
    for (const ShardCryptoPool* pool : pools)
    {
        const ShardCryptoCounters one = pool->GetCounters();
        sum.received += one.received;
        sum.served += one.served;
        sum.passed += one.passed;
        sum.rejected += one.rejected;
        sum.dropped += one.dropped;
        sum.lost += one.lost;
        sum.redispatched += one.redispatched;
        sum.reorderMax = std::max(sum.reorderMax, one.reorderMax);
        sum.held += one.held;
    }
    return sum;
}

} // namespace

TunnelCrypto::TunnelCrypto(const Values& values, const TunnelNodes& nodes, bool keepsTimeline)
    : m_values(values),
      m_nodes(nodes)
{
    const bool isAtReceiver = values.GetText("crypto.fault_end") == "decrypt";
    std::vector<ShardCryptoPool*> watched;
    for (std::size_t number = 0; number < nodes.All().size(); ++number)
    {
        ShardCryptoPool& pool = *nodes.All()[number]->encryption;
        Begin(pool,
              STREAM_ENCRYPT + 2 * static_cast<int64_t>(number),
              number == 0 && !isAtReceiver);
        pool.TraceConnectWithoutContext("Served", MakeCallback(&TunnelCrypto::Encrypted, this));
        watched.push_back(&pool);
    }
    ShardCryptoPool& pool = *nodes.First().decryption;
    Begin(pool, STREAM_DECRYPT, isAtReceiver);
    const bool connected =
        pool.TraceConnectWithoutContext("Served", MakeCallback(&TunnelCrypto::Decrypted, this));
    NS_ABORT_MSG_UNLESS(connected, "the pool's trace Served is gone");
    if (keepsTimeline)
    {
        m_meter.emplace(isAtReceiver ? std::vector<ShardCryptoPool*>{&pool} : watched);
    }
}

/// Give a pool its random streams, and have one of its units fail where that is wanted.
void
TunnelCrypto::Begin(ShardCryptoPool& pool, int64_t stream, bool fails)
{
    pool.AssignStreams(stream);
    const std::string fault = m_values.GetText("crypto.fault");
    if (!fails || fault == "none")
    {
        return;
    }
    const auto unit = static_cast<uint16_t>(m_values.GetInt("crypto.fault_unit"));
    const Time from = NanoSeconds(m_values.GetTimeNs("crypto.fault_from"));
    const bool ends = m_values.Has("crypto.fault_until");
    const Time until = ends ? NanoSeconds(m_values.GetTimeNs("crypto.fault_until")) : Time(0);
    if (fault == "fail")
    {
        pool.FailUnit(from, unit);
        if (ends)
        {
            pool.RecoverUnit(until, unit);
        }
        return;
    }
    pool.ChangeSpeed(from, unit, fault == "stall" ? 0 : m_values.GetReal("crypto.fault_speed"));
    if (ends)
    {
        pool.ChangeSpeed(until, unit, 1);
    }
}

void
TunnelCrypto::Encrypted(const Shard&, const ShardServed& served)
{
    m_encryptWaits.Add(served.wait.GetNanoSeconds());
}

void
TunnelCrypto::Decrypted(const Shard&, const ShardServed& served)
{
    m_decryptWaits.Add(served.wait.GetNanoSeconds());
}

std::vector<const ShardCryptoPool*>
TunnelCrypto::Pools(bool decrypting) const
{
    std::vector<const ShardCryptoPool*> pools;
    if (decrypting)
    {
        pools.push_back(PeekPointer(m_nodes.First().decryption));
        return pools;
    }
    for (const Ptr<ShardTunnel>& node : m_nodes.All())
    {
        pools.push_back(PeekPointer(node->encryption));
    }
    return pools;
}

uint64_t
TunnelCrypto::HeldAtReceiver() const
{
    return m_nodes.First().decryption->GetCounters().held;
}

uint64_t
TunnelCrypto::Opened() const
{
    return m_nodes.First().decryption->GetCounters().passed;
}

void
TunnelCrypto::CheckConservation(uint64_t received, bool isHeard) const
{
    const bool mayFail = m_values.GetText("crypto.fault") == "fail";
    const bool isAtReceiver = m_values.GetText("crypto.fault_end") == "decrypt";
    for (bool decrypting : {false, true})
    {
        const std::string at = decrypting ? " where it is decrypted" : " where it is encrypted";
        const SampleSet& waits = decrypting ? m_decryptWaits : m_encryptWaits;
        const ShardCryptoCounters all = AddUp(Pools(decrypting));
        for (const ShardCryptoPool* pool : Pools(decrypting))
        {
            const ShardCryptoCounters c = pool->GetCounters();
            Require(pool->CheckConservation(),
                    "shards that came to units = served + dropped + lost + held" + at,
                    {{"came", c.received},
                     {"served", c.served},
                     {"dropped", c.dropped},
                     {"lost", c.lost},
                     {"held", c.held}});
        }
        Require(waits.Count() == all.served,
                "waits noted = shards served" + at,
                {{"noted", waits.Count()}, {"served", all.served}});
        const bool mayLose =
            (mayFail && decrypting == isAtReceiver) || (!decrypting && m_nodes.All().size() > 1);
        Require(mayLose || all.lost + all.redispatched == 0,
                "units that do not fail lose nothing" + at,
                {{"lost", all.lost}, {"redispatched", all.redispatched}});
    }
    const ShardCryptoCounters opening = AddUp(Pools(true));
    const ShardOpener& opener = *m_nodes.First().opener;
    Require(opening.rejected == opener.GetRejected() && opening.passed == opener.GetAccepted(),
            "shards decrypted or rejected by units = by the opener",
            {{"passed", opening.passed},
             {"opened", opener.GetAccepted()},
             {"rejected", opening.rejected},
             {"refused", opener.GetRejected()}});
    const uint64_t sealed =
        m_nodes.Sum([](const ShardTunnel& node) { return node.sealer->GetSealed(); });
    Require(sealed == AddUp(Pools(false)).passed,
            "shards that encrypting units handed on = sealed",
            {{"handed on", AddUp(Pools(false)).passed}, {"sealed", sealed}});
    Require(!isHeard || opening.received == received,
            "shards received = came to the decrypting units",
            {{"received", received}, {"came", opening.received}});
}

void
TunnelCrypto::MeasurePools(const std::string& prefix,
                           const std::vector<const ShardCryptoPool*>& pools,
                           const SampleSet& waits,
                           RunResult& result) const
{
    const auto put = [&](const char* name, std::optional<double> value)
    { result.metrics.emplace_back(prefix + name, value); };
    const std::optional<double> mean = waits.Mean();
    const std::optional<int64_t> tail = waits.Quantile(0.99);
    put("wait_mean_us", mean ? std::optional<double>(*mean / 1e3) : std::nullopt);
    put("wait_p99_us",
        tail ? std::optional<double>(static_cast<double>(*tail) / 1e3) : std::nullopt);
    double busy = 0;
    double there = 0;
    double busiest = 0;
    std::size_t units = 0;
    for (const ShardCryptoPool* pool : pools)
    {
        const double span = (pool->GetLast() - pool->GetFirst()).GetSeconds();
        for (const ShardCryptoUnit& unit : pool->GetUnits())
        {
            const double one =
                TimeStep(static_cast<uint64_t>(unit.GetCounters().busy)).GetSeconds();
            busy += one;
            there += std::max(span, 0.0);
            busiest = std::max(busiest, one);
            ++units;
        }
    }
    put("utilization_ratio", there > 0 ? std::optional<double>(busy / there) : std::nullopt);
    put("imbalance_ratio",
        busy > 0 ? std::optional<double>(busiest * static_cast<double>(units) / busy)
                 : std::nullopt);
    const ShardCryptoCounters all = AddUp(pools);
    put("reorder_max", static_cast<double>(all.reorderMax));
    put("dropped", static_cast<double>(all.dropped));
    put("lost", static_cast<double>(all.lost));
    put("redispatched", static_cast<double>(all.redispatched));
}

void
TunnelCrypto::Measure(RunResult& result) const
{
    MeasurePools("crypto.", Pools(false), m_encryptWaits, result);
    MeasurePools("crypto.decrypt.", Pools(true), m_decryptWaits, result);
    const ShardOpener& opener = *m_nodes.First().opener;
    result.metrics.emplace_back("crypto.decrypt.rejected",
                                static_cast<double>(opener.GetRejected()));
    result.metrics.emplace_back("replay.rejected",
                                static_cast<double>(opener.GetRejected(SHARD_SEAL_TOO_OLD) +
                                                    opener.GetRejected(SHARD_SEAL_REPLAYED)));
}

} // namespace shardsim
