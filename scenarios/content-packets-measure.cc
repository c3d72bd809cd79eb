// SPDX-License-Identifier: GPL-2.0-only
// What a run whose shards travel in packets came to.
#include "content-packets.h"
#include "tunnel-conservation.h"

#include "ns3/simulator.h"

#include <optional>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

void
ContentPackets::CheckConservation() const
{
    Require(m_helper->GetPool()->CheckConservation(),
            "orders = done + failed + lost + expired + under way",
            {{"orders", m_helper->GetPool()->GetCounters().orders}});
    for (const auto& encoder : m_helper->GetEncoders())
    {
        Require(encoder->CheckConservation(),
                "tasks = done + failed + expired + dropped + held",
                {{"tasks", encoder->GetCounters().tasks}});
    }
    for (const auto& relay : m_helper->GetRelays())
    {
        Require(relay->CheckConservation(),
                "requests for maps = answered + orphaned + lost + under way, and a cache's "
                "requests = hits + joined + misses",
                {{"requests for maps", relay->GetRelayCounters().relayed}});
    }
    for (const auto& tunnel : m_helper->GetTunnels())
    {
        const auto& sent = tunnel->transformer->GetCounters();
        Require(tunnel->reassembler->CheckConservation() &&
                    sent.datagrams == sent.forwarded + sent.sharded,
                "shards received = kept + refused, blocks = ended + open, packets = sharded + "
                "left as they were",
                {{"packets", sent.datagrams}});
    }
    for (const auto& site : m_sites)
    {
        Require(site.fetcher->CheckConservation(),
                "fetches = fetched + absent + unreachable + aborted + under way",
                {{"fetches", site.fetcher->GetCounters().fetches}});
        for (const uint64_t count : site.map->GetCounters().errors)
        {
            Require(count == 0, "no shard map is refused", {{"refused", count}});
        }
    }
}

void
ContentPackets::Measure(RunResult& result) const
{
    const ContentPoolCounters& pool = m_helper->GetPool()->GetCounters();
    const auto put = [&](const char* name, std::optional<double> value)
    { result.metrics.emplace_back(name, value); };
    const auto ratio = [](double part, double whole)
    { return whole > 0 ? std::optional<double>(part / whole) : std::nullopt; };
    double busy = 0;
    double served = 0;
    for (const auto& encoder : m_helper->GetEncoders())
    {
        busy += encoder->GetBusy().GetSeconds();
        served += static_cast<double>(encoder->GetHolderCounters().mediaBytes);
    }
    double media = 0;
    double mapBytes = 0;
    double mapRequests = 0;
    for (const auto& site : m_sites)
    {
        media += static_cast<double>(site.fetcher->GetCounters().mediaBytes);
        mapBytes += static_cast<double>(site.map->GetCounters().bytes);
        mapRequests += static_cast<double>(site.map->GetCounters().requests);
    }
    uint64_t requests = 0;
    uint64_t misses = 0;
    for (const auto& cache : m_helper->GetCaches())
    {
        requests += cache->GetCounters().requests;
        misses += cache->GetCounters().misses;
    }
    const auto encoders = static_cast<double>(m_helper->GetEncoders().size());
    put("encoder.utilization_ratio", ratio(busy, encoders * Simulator::Now().GetSeconds()));
    put("encoder.orders", static_cast<double>(pool.orders));
    put("encoder.held_back", static_cast<double>(pool.heldBack));
    put("encoder.reassigned", static_cast<double>(pool.reassigned));
    put("encoder.encoding_s", pool.encoding.GetSeconds());
    put("encoder.wasted_s", pool.wasted.GetSeconds());
    put("encoder.preencoded", static_cast<double>(pool.preencoded));
    put("encoder.on_demand", static_cast<double>(pool.onDemand));
    put("replication.copied", static_cast<double>(pool.copied));
    put("repair_ms", ratio(m_repairSum.GetSeconds() * 1e3, static_cast<double>(m_repairs)));
    put("repair_max_ms",
        m_repairs > 0 ? std::optional<double>(m_repairMost.GetSeconds() * 1e3) : std::nullopt);
    put("repair.shards", static_cast<double>(m_repairs));
    put("cache.hit_ratio",
        ratio(static_cast<double>(requests - misses), static_cast<double>(requests)));
    put("map.requests", mapRequests);
    put("map.bytes_ratio", ratio(mapBytes, media));
    put("wire.overhead_ratio", ratio(static_cast<double>(m_wireBytes), media));
    put("core.bytes_ratio", ratio(static_cast<double>(m_coreBytes), media));
    MeasureTunnels(result);
    put("origin.bytes_ratio", ratio(served, media));
}

void
ContentPackets::MeasureTunnels(RunResult& result) const
{
    uint64_t sharded = 0;
    uint64_t released = 0;
    uint64_t recovered = 0;
    for (const auto& tunnel : m_helper->GetTunnels())
    {
        const ShardReassemblyCounters& came = tunnel->reassembler->GetCounters();
        sharded += tunnel->transformer->GetCounters().sharded;
        released += came.blocks[SHARD_RELEASED];
        recovered += came.recoveredBlocks;
    }
    const auto put = [&](const char* name, uint64_t count)
    {
        result.metrics.emplace_back(name,
                                    m_helper->GetTunnels().empty()
                                        ? std::nullopt
                                        : std::optional<double>(static_cast<double>(count)));
    };
    put("tunnel.packets", sharded);
    put("tunnel.recovered", recovered);
    // What is on its way at the end has not come either.
    put("tunnel.lost", sharded - released);
}

} // namespace shardsim
