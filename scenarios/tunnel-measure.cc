// SPDX-License-Identifier: GPL-2.0-only
#include "analysis/statistics.h"
#include "tunnel-conservation.h"
#include "tunnel-parameters.h"
#include "tunnel-run.h"
#include "tunnel-tcp.h"

#include <algorithm>
#include <cmath>

namespace shardsim
{

using namespace ns3::sharding;

void
TunnelRun::CheckConservation() const
{
    m_nodes.CheckConservation();
    const ShardReassemblyCounters& joined = m_tunnel.reassembler->GetCounters();
    const uint64_t came = m_tunnel.farTransport->GetReceived();
    const uint64_t held = m_nodes.Held();

    Require(joined.mismatches == 0,
            "every byte delivered is the byte sent",
            {{"datagrams that differ", joined.mismatches}});
    Require(m_tunnel.reassembler->CheckConservation(),
            "shards and blocks that came = ended + open",
            {{"received", joined.received}, {"opened", joined.opened}, {"open", joined.open}});
    const ShardWindowRecovery::Counters& window = m_tunnel.recovery->GetCounters();
    const ShardPreallocatorCounters buffers = BuffersCounted();
    const bool isHeard = !m_values.GetBool("reassembly.lies");
    if (m_crypto)
    {
        m_crypto->CheckConservation(came, isHeard);
    }
    // What goes on to reassembly: where there are units, what they have decrypted.
    const uint64_t received = m_crypto ? m_crypto->Opened() : came;
    const uint64_t decrypting = m_crypto ? m_crypto->HeldAtReceiver() : 0;
    Require(m_tunnel.recovery->CheckConservation(),
            "repair shards of the window = sum over what became of them",
            {{"repair", window.repair}});
    Require(window.contradictions == 0,
            "what the window computes can be",
            {{"contradictions", window.contradictions}});
    Require(received + window.recovered ==
                    joined.received + window.repair + buffers.held + buffers.dropped ||
                !isHeard,
            "shards received + computed by the window = reassembled + repair shards of the window "
            "+ held and dropped for want of a buffer",
            {{"received", received},
             {"computed", window.recovered},
             {"reassembled", joined.received},
             {"repair", window.repair},
             {"held", buffers.held},
             {"dropped", buffers.dropped}});
    Require(window.data + window.repair <= received,
            "shards that the window has seen came",
            {{"data", window.data}, {"repair", window.repair}, {"received", received}});
    Require(!m_tunnel.preallocator || !isHeard ||
                (buffers.received == received + window.recovered - window.repair &&
                 buffers.passed == joined.received && buffers.hits <= buffers.opened &&
                 buffers.released <= buffers.opened),
            "shards that came to buffers = received and computed, passed = reassembled, no more "
            "hits or releases than datagrams begun",
            {{"came", buffers.received},
             {"passed", buffers.passed},
             {"begun", buffers.opened},
             {"hits", buffers.hits},
             {"released", buffers.released}});
    const ShardHindsight& hindsight = m_tunnel.reassembler->GetHindsight();
    const uint64_t early = joined.blocks[SHARD_GIVEN_UP] + joined.blocks[SHARD_PARTIAL];
    Require(hindsight.EarlyWrong() <= early &&
                hindsight.TimeoutWrong() <= joined.blocks[SHARD_TIMED_OUT],
            "mistakes are among the blocks given up",
            {{"early", early},
             {"of these wrong", hindsight.EarlyWrong()},
             {"timed out", joined.blocks[SHARD_TIMED_OUT]},
             {"of these wrong", hindsight.TimeoutWrong()}});
    const uint64_t undone = joined.opened - joined.blocks[SHARD_RELEASED];
    Require(m_parts.Datagrams() <= undone && (AcceptsPartial(m_values) || m_parts.Datagrams() == 0),
            "datagrams of which a part was released are among those not released as a whole",
            {{"parts", m_parts.Datagrams()}, {"not released", undone}});
    const TunnelCounts counts = m_ends->Counts();
    const uint64_t entered = counts.entered;
    const uint64_t left = counts.left;
    const uint64_t lost = counts.queueDrops + counts.linkLosses;
    Require(entered >= left + lost,
            "packets that entered = left + lost + in flight",
            {{"entered", entered}, {"left", left}, {"lost", lost}});
    if (m_ends->Tcp() == nullptr && !m_values.Has("duration"))
    {
        // Everything has come to rest: nothing may still be in flight.
        Require(entered == left + lost,
                "packets that entered = left + lost",
                {{"entered", entered}, {"left", left}, {"lost", lost}});
        Require(joined.open == 0 && held == 0 && buffers.held == 0 && decrypting == 0,
                "nothing is held at the end",
                {{"open", joined.open},
                 {"held", held},
                 {"held for buffers", buffers.held},
                 {"held by decrypting units", decrypting}});
        const uint64_t whole = joined.blocks[SHARD_RELEASED];
        const uint64_t handedOver = m_ledger.delivered + m_ledger.duplicates + m_ledger.replicas;
        const uint64_t forwarded = m_nodes.Sum(
            [](const ShardTunnel& node) { return node.transformer->GetCounters().forwarded; });
        Require(m_nodes.Taken() == m_ledger.sent,
                "datagrams sent = datagrams that came to the nodes",
                {{"sent", m_ledger.sent}, {"came", m_nodes.Taken()}});
        Require(forwarded > 0 || handedOver == whole,
                "datagrams that came = released",
                {{"came", handedOver}, {"released", whole}});
    }
}

void
TunnelRun::MeasureDatagrams(RunResult& result) const
{
    const auto put = [&result](const std::string& name, std::optional<double> value)
    { result.metrics.emplace_back(name, value); };
    const auto milliseconds = [](std::optional<int64_t> ns) -> std::optional<double>
    { return ns ? std::optional<double>(static_cast<double>(*ns) / 1e6) : std::nullopt; };
    const TunnelTcp* const tcp = m_ends->Tcp();

    const uint64_t sent = m_ledger.sent;
    const auto ratio = [](uint64_t part, uint64_t whole) -> std::optional<double>
    {
        return whole == 0
                   ? std::nullopt
                   : std::optional<double>(static_cast<double>(part) / static_cast<double>(whole));
    };
    // With TCP the datagrams are the segments that TCP chose to send: counted at the tunnel.
    put("datagrams.sent", static_cast<double>(tcp ? m_nodes.Taken() : sent));
    put("datagrams.delivered",
        tcp ? std::nullopt : std::optional<double>(static_cast<double>(m_ledger.delivered)));
    put("datagrams.corrupt",
        tcp ? std::nullopt : std::optional<double>(static_cast<double>(m_ledger.corrupt)));
    put("datagrams.replicas",
        tcp ? std::nullopt : std::optional<double>(static_cast<double>(m_ledger.replicas)));
    put("datagrams.duplicate",
        tcp ? std::nullopt : std::optional<double>(static_cast<double>(m_ledger.duplicates)));
    put("datagrams.loss_ratio", ratio(sent - m_ledger.delivered, sent));
    const auto putClass = [&](const std::string& name, const TunnelClass* which)
    {
        const uint64_t all = which ? which->sent : 0;
        const uint64_t arrived = which ? which->latencies.Count() : 0;
        put("datagrams." + name + "_loss_ratio", ratio(all - arrived, all));
        put("latency_sent." + name + "_p99_ms",
            all > 0 ? milliseconds(which->latencies.QuantileOf(all, 0.99)) : std::nullopt);
    };
    putClass("bulk", m_ledger.priorities ? &m_ledger.priorities->bulk : nullptr);
    putClass("rest", m_ledger.priorities ? &m_ledger.priorities->rest : nullptr);

    const std::optional<double> mean = m_ledger.latencies.Mean();
    put("latency.mean_ms", mean ? std::optional<double>(*mean / 1e6) : std::nullopt);
    MeasureQuantiles(result);
    put("deadline.miss_ratio", ratio(sent - m_ledger.inTime, sent));

    const uint64_t payload = tcp ? tcp->Received() : m_ledger.deliveredBytes;
    const int64_t first = tcp ? 0 : m_ledger.firstSentNs;
    const int64_t last = tcp ? tcp->LastNs() : m_ledger.lastDeliveredNs;
    // bit/ns * 1000 = Mbit/s
    put("goodput_mbps",
        last > first ? static_cast<double>(payload) * 8e3 / static_cast<double>(last - first) : 0);
    put("wire.overhead_ratio", ratio(m_ends->Counts().enteredBytes, payload));
    put("tcp.completion_ms",
        tcp && tcp->Received() == tcp->Total() ? milliseconds(tcp->LastNs()) : std::nullopt);
}

void
TunnelRun::MeasureQuantiles(RunResult& result) const
{
    const SampleSet& latencies = m_ledger.latencies;
    const std::vector<std::pair<std::string, double>> quantiles =
        {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1}};
    std::vector<std::pair<std::string, uint64_t>> wanted; // metric and rank; 0 for no value
    for (const auto& [name, q] : quantiles)
    {
        const uint64_t rank = latencies.Count() > 0 ? QuantileRank(q, latencies.Count()) : 0;
        wanted.emplace_back("latency." + name + "_ms", rank);
        if (name != "p95" && name != "max")
        {
            // Over all that were sent: one that was not delivered counts as infinite.
            const uint64_t of = m_ledger.sent > 0 ? QuantileRank(q, m_ledger.sent) : 0;
            wanted.emplace_back("latency_sent." + name + "_ms", of <= latencies.Count() ? of : 0);
        }
    }
    std::vector<uint64_t> ranks;
    for (const auto& [name, rank] : wanted)
    {
        if (rank != 0)
        {
            ranks.push_back(rank);
        }
    }
    std::sort(ranks.begin(), ranks.end());
    ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
    const std::vector<int64_t> found = latencies.AtRanks(ranks);
    for (const auto& [name, rank] : wanted)
    {
        std::optional<double> value;
        if (rank != 0)
        {
            const auto at = std::lower_bound(ranks.begin(), ranks.end(), rank) - ranks.begin();
            value = static_cast<double>(found[static_cast<std::size_t>(at)]) / 1e6;
        }
        result.metrics.emplace_back(name, value);
    }
}

void
TunnelRun::MeasureShards(RunResult& result) const
{
    const auto put = [&result](const std::string& name, uint64_t value)
    { result.metrics.emplace_back(name, static_cast<double>(value)); };
    const ShardReassemblyCounters& joined = m_tunnel.reassembler->GetCounters();
    const uint64_t sent =
        m_nodes.Sum([](const ShardTunnel& node) { return node.nearTransport->GetSent(); });
    const uint64_t received = m_tunnel.farTransport->GetReceived();
    uint64_t malformed = 0;
    for (ShardError error : {SHARD_TRUNCATED, SHARD_VERSION, SHARD_CONTRADICTION, SHARD_LENGTH})
    {
        malformed += m_tunnel.farTransport->GetRejected(error);
    }
    const uint64_t corrupt = m_tunnel.farTransport->GetRejected(SHARD_CHECKSUM);
    const TunnelCounts counts = m_ends->Counts();
    put("wire.packets", counts.entered);
    put("wire.queue_drops", counts.queueDrops);
    put("wire.link_losses", counts.linkLosses);
    put("shards.sent", sent);
    put("shards.received", received);
    put("shards.lost", sent - received - malformed - corrupt);
    put("shards.duplicate", joined.shards[SHARD_DUPLICATE]);
    put("shards.marked", m_tunnel.farTransport->GetMarked());
    put("shards.corrupt", corrupt);
    put("shards.rejected",
        malformed + joined.shards[SHARD_CONFLICT] + joined.shards[SHARD_MALFORMED] +
            joined.shards[SHARD_MIXED] + joined.shards[SHARD_NO_ROOM] + BuffersCounted().dropped +
            m_tunnel.recovery->GetCounters().repairs[ShardWindowRecovery::REFUSED]);
    put("shards.late", joined.shards[SHARD_LATE]);
    const ShardWindowRecovery::Counters& window = m_tunnel.recovery->GetCounters();
    put("fec.recovered", joined.recovered + window.recovered);
    put("fec.peak_bytes", window.peakBytes);
    put("arq.requests", m_tunnel.reassembler->GetRequestCounters().requests);
    put("arq.retransmissions",
        m_nodes.Sum([](const ShardTunnel& node)
                    { return node.history ? node.history->GetCounters().retransmitted : 0; }));
    put("reassembly.timeouts", joined.blocks[SHARD_TIMED_OUT]);
    put("reassembly.evictions", joined.Evictions());
    put("reassembly.peak_bytes", joined.peakBytes);

    const int64_t span = m_lastEndNs - std::max<int64_t>(0, m_ledger.firstSentNs);
    const auto open = static_cast<double>(m_blocksOpenNs);
    result.metrics.emplace_back("reassembly.open_mean",
                                span > 0 ? std::optional<double>(open / static_cast<double>(span))
                                         : std::nullopt);
    result.metrics.emplace_back(
        "reassembly.wait_mean_ms",
        m_blocksEnded > 0 ? std::optional<double>(open / static_cast<double>(m_blocksEnded) / 1e6)
                          : std::nullopt);
}

void
TunnelRun::MeasureRelease(RunResult& result) const
{
    const auto put = [&result](const std::string& name, uint64_t value)
    { result.metrics.emplace_back(name, static_cast<double>(value)); };
    const auto some = [&result](const std::string& name, bool has, double value)
    { result.metrics.emplace_back(name, has ? std::optional<double>(value) : std::nullopt); };
    const ShardReassemblyCounters& joined = m_tunnel.reassembler->GetCounters();
    put("datagrams.partial", m_parts.Datagrams());
    put("reassembly.partial_bytes", m_parts.Bytes());
    const std::optional<double> lead = m_parts.LeadNs();
    some("reassembly.partial_lead_ms", lead.has_value(), lead.value_or(0) / 1e6);
    put("reassembly.early", joined.blocks[SHARD_GIVEN_UP] + joined.blocks[SHARD_PARTIAL]);
    put("reassembly.early_wrong", m_tunnel.reassembler->GetHindsight().EarlyWrong());
    put("reassembly.timeouts_wrong", m_tunnel.reassembler->GetHindsight().TimeoutWrong());
    const ShardArrivalCounters arrivals = m_tunnel.reassembler->GetArrivalCounters();
    const auto examined = static_cast<double>(arrivals.examined);
    // To the nanosecond, as times are: what is below is rounding in the predictor.
    some("predictor.mae_ms",
         arrivals.examined > 0,
         std::round(arrivals.error / examined * 1e9) / 1e6);
    some("predictor.coverage90_ratio",
         arrivals.examined > 0,
         static_cast<double>(arrivals.covered) / examined);
    some("predictor.coverage_ratio", arrivals.examined > 0, arrivals.score.Coverage());
    some("predictor.pinball_ms",
         arrivals.examined > 0,
         std::round(arrivals.score.Loss() * 1e9) / 1e6);
}

void
TunnelRun::MeasureControl(RunResult& result) const
{
    const auto put = [&result](const std::string& name, uint64_t value)
    { result.metrics.emplace_back(name, static_cast<double>(value)); };
    ShardControlPlane::Counters plane;
    if (const ns3::Ptr<ShardControlPlane> there = m_ends->Plane())
    {
        plane = there->GetCounters();
    }
    put("control.reports", plane.reports);
    put("control.directives", plane.asks + plane.pushed);
    put("control.pushed", plane.pushed);
    put("control.changes", m_loop ? m_loop->Changes() : 0);
    put("control.oscillations", m_loop ? m_loop->Oscillations() : 0);
    result.metrics.emplace_back(
        "control.last_change_s",
        m_loop && m_loop->Changes() > 0
            ? std::optional<double>(static_cast<double>(m_loop->LastChangeNs()) / 1e9)
            : std::nullopt);
    result.metrics.emplace_back("control.settling_s",
                                m_loop ? m_loop->SettlingSeconds() : std::nullopt);
    put("control.silences",
        m_nodes.Sum([](const ShardTunnel& node)
                    { return node.prober ? node.prober->GetCounters().silences : 0; }));
    const auto client = [](const ShardTunnel& node)
    { return node.tier ? node.tier->GetCounters() : ShardTierClient::Counters(); };
    put("tier.asked", m_nodes.Sum([&](const ShardTunnel& node) { return client(node).asked; }));
    put("tier.failed", m_nodes.Sum([&](const ShardTunnel& node) { return client(node).failed; }));
    put("datagrams.undecided",
        m_nodes.Sum([](const ShardTunnel& node)
                    { return node.transformer->GetCounters().undecided; }));
}

void
TunnelRun::MeasureBuffers(RunResult& result) const
{
    const ShardPreallocatorCounters buffers = BuffersCounted();
    const auto put = [&result](const char* name, bool has, double value, double of)
    { result.metrics.emplace_back(name, has ? std::optional<double>(value / of) : std::nullopt); };
    const auto hits = static_cast<double>(buffers.hits);
    const auto opened = static_cast<double>(buffers.opened);
    put("reassembly.prealloc_hit_ratio", buffers.opened > 0, hits, opened);
    put("reassembly.prealloc_waste_byte_s", buffers.opened > 0, buffers.wasteByteTicks, 1e9);
    put("reassembly.prealloc_gained_ms",
        buffers.released > 0,
        static_cast<double>(buffers.gained.GetNanoSeconds()) / 1e6,
        static_cast<double>(buffers.released));
}

void
TunnelRun::MeasureCrypto(RunResult& result) const
{
    if (m_crypto)
    {
        m_crypto->Measure(result);
        return;
    }
    for (const MetricInfo& metric : CryptoMetrics())
    {
        result.metrics.emplace_back(metric.name, std::nullopt);
    }
}

} // namespace shardsim
