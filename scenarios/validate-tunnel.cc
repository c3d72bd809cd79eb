// SPDX-License-Identifier: GPL-2.0-only
//
// What the tunnel must show when everything but one mechanism is switched off.
#include "analysis/closed-forms.h"
#include "analysis/latency-forms.h"
#include "validate-row.h"

#include <cmath>
#include <utility>

namespace shardsim
{

namespace
{

using Set = std::vector<std::pair<std::string, std::string>>;

/// Bytes around the payload of a shard on a link: PPP, IP, UDP, shard header; and of plain UDP.
constexpr double SHARD_LINK_HEADER = 2 + 20 + 8 + 20;
constexpr double PPP = 2;
constexpr double IP_UDP = 28;
constexpr double ACCESS_RATE = 100e9;
/// Replications of what is random.
constexpr unsigned RUNS = 30;
/// Latencies of the simulation are whole nanoseconds, rounded at every link.
constexpr double NANOSECONDS = 20e-6; // of a millisecond

Set
operator+(Set a, const Set& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// Both access links together, for a datagram of so many bytes.
double
Access(double datagram)
{
    return 2 * (datagram + PPP) * 8 / ACCESS_RATE;
}

/// Arrivals on a path of equal links, without jitter and access links, seconds.
std::vector<double>
Arrivals(unsigned n, double linkBytes, unsigned hops, double rate, double delay)
{
    return PacketArrivals(std::vector<double>(n, linkBytes),
                          std::vector<StoreAndForwardLink>(hops, {rate, delay}));
}

/// 8972 bytes of payload make a datagram of 9000; in eight shards of 1125 bytes.
const Set EIGHT = {{"traffic.size", "8972"}, {"sharding.shards", "8"}, {"topology.hops", "1"}};
constexpr double EIGHT_LINK_BYTES = 1125 + SHARD_LINK_HEADER;

Set
Loss(const char* rate, const char* datagrams)
{
    return {{"loss.model", "iid"},
            {"loss.rate", rate},
            {"traffic.datagrams", datagrams},
            {"traffic.rate", "50Mbps"},
            {"topology.delay", "1ms"},
            {"reassembly.timeout", "50ms"},
            {"topology.hops", "1"}};
}

Set
Burst(const char* rate, const char* burst, const char* datagrams)
{
    return Loss(rate, datagrams) + Set{{"loss.model", "gilbert-elliott"}, {"loss.burst", burst}};
}

void
AddLosses(std::vector<ValidationRow>& rows)
{
    const auto add = [&rows](const char* name, const char* form, double expected, const Set& set) {
        rows.push_back({name, form, "datagrams.loss_ratio", expected, std::nullopt, RUNS, set, ""});
    };
    const Set plain = {{"sharding.policy", "none"}};
    // 9008 bytes of UDP in fragments of 1480: seven.
    add("fragmented datagram, 7 fragments, 1 % iid",
        "1 - (1 - p)^n",
        FragmentedLoss(0.01, 7),
        plain + Loss("0.01", "1500"));
    add("fragmented datagram, 7 fragments, 5 % iid",
        "1 - (1 - p)^n",
        FragmentedLoss(0.05, 7),
        plain + Loss("0.05", "1000"));
    add("8 shards without repair, 5 % iid",
        "1 - (1 - p)^8",
        FragmentedLoss(0.05, 8),
        EIGHT + Loss("0.05", "1000"));
    add("XOR 8+2, 5 % iid",
        "1 - ((1 - p)^5 + 5 p (1 - p)^4)^2",
        XorBlockLoss(8, 2, 0.05),
        EIGHT + Set{{"fec.code", "xor"}, {"fec.repair", "2"}} + Loss("0.05", "2000"));
    add("Reed-Solomon 8+2, 5 % iid",
        "P(more than 2 of 10 lost)",
        BlockLoss(10, 8, 0.05),
        EIGHT + Set{{"fec.code", "rs"}, {"fec.repair", "2"}} + Loss("0.05", "3000"));
    add("Reed-Solomon 20+10, 20 % iid",
        "P(more than 10 of 30 lost)",
        BlockLoss(30, 20, 0.2),
        Set{{"sharding.shards", "20"}, {"fec.code", "rs"}, {"fec.repair", "10"}} +
            Loss("0.2", "1000"));
    // At half the rate: two copies of 50 Mbit/s would fill the link.
    const Set copies = {{"sharding.policy", "replicate"}, {"traffic.rate", "25Mbps"}};
    add("two whole copies of one packet, 10 % iid",
        "p^2",
        WholeCopiesLoss(0.1, 1, 2),
        Loss("0.1", "10000") + copies + Set{{"traffic.size", "1000"}});
    add("two whole copies of 7 fragments, 5 % iid",
        "(1 - (1 - p)^7)^2",
        WholeCopiesLoss(0.05, 7, 2),
        Loss("0.05", "1000") + copies);

    const GilbertElliott chain = GilbertElliott::FromMeans(0.05, 5);
    const Set rs = {{"sharding.shards", "10"}, {"fec.code", "rs"}, {"fec.repair", "3"}};
    add("fragmented datagram, 7 fragments, 5 % in bursts of 5",
        "Markov chain over the block",
        BlockLoss(7, 7, chain),
        plain + Burst("0.05", "5", "3000"));
    add("Reed-Solomon 10+3, 5 % in bursts of 5",
        "Markov chain over the block",
        BlockLoss(13, 10, chain),
        rs + Burst("0.05", "5", "3000"));
    // Groups have to fill, and leave in one go.
    const Set wait = {{"fec.interleave_timeout", "10s"},
                      {"reassembly.timeout", "5s"},
                      {"topology.queue", "1000p"}};
    add("the same, 4 blocks interleaved",
        "Markov chain, every 4th packet",
        BlockLoss(13, 10, chain, 4),
        rs + Burst("0.05", "5", "3000") + wait + Set{{"fec.interleave", "4"}});
    add("the same, 16 blocks interleaved",
        "Markov chain, every 16th packet",
        BlockLoss(13, 10, chain, 16),
        rs + Burst("0.05", "5", "6000") + wait + Set{{"fec.interleave", "16"}});
    add("the same over 3 paths round-robin",
        "convolved chains, mean over starts",
        SpreadBlockLoss(13, 10, std::vector<GilbertElliott>(3, chain)),
        rs + Burst("0.05", "5", "3000") + Set{{"topology.paths", "3"}});
    rows.push_back({"mean loss of packets, 5 % in bursts of 5",
                    "the rate given",
                    "wire.link_losses",
                    0.05,
                    std::nullopt,
                    RUNS,
                    rs + Burst("0.05", "5", "2000"),
                    "wire.packets"});
}

void
AddLatencies(std::vector<ValidationRow>& rows)
{
    const Set few = {{"traffic.datagrams", "50"}};
    const double rate = 100e6;
    for (unsigned hops : {1U, 2U, 5U})
    {
        const std::string text = std::to_string(hops);
        rows.push_back(
            {"8 shards over " + text + " store-and-forward links",
             "L d + (n + L - 1) s",
             "latency.max_ms",
             1e3 * (Access(9000) +
                    MessageLatency(8, EIGHT_LINK_BYTES, EIGHT_LINK_BYTES, hops, {rate, 5e-3})),
             NANOSECONDS,
             1,
             EIGHT + few + Set{{"topology.hops", text}},
             ""});
    }
    // 9008 bytes of UDP: six fragments of 1480 and one of 128, each with an IP header. The
    // receiving host puts them together, so they cross its access link one by one.
    std::vector<double> fragments(7, 1480 + 20 + PPP);
    fragments.back() = 128 + 20 + PPP;
    std::vector<StoreAndForwardLink> links(3, {rate, 5e-3});
    links.push_back({ACCESS_RATE, 0});
    rows.push_back({"7 IP fragments over 3 store-and-forward links",
                    "Lindley's recursion",
                    "latency.max_ms",
                    1e3 * (Access(9028) / 2 + PacketArrivals(fragments, links).back()),
                    NANOSECONDS,
                    1,
                    Set{{"sharding.policy", "none"}, {"topology.hops", "3"}} + few,
                    ""});
    // 24 shards on three paths: eight on each; the longest path decides.
    rows.push_back({"24 shards over 3 paths, the longest twice as long",
                    "L d (1 + 2 * 0.5) + (8 + L - 1) s",
                    "latency.max_ms",
                    1e3 * (Access(9000) + MessageLatency(8,
                                                         375 + SHARD_LINK_HEADER,
                                                         375 + SHARD_LINK_HEADER,
                                                         2,
                                                         {rate, 10e-3})),
                    NANOSECONDS,
                    1,
                    Set{{"traffic.size", "8972"},
                        {"sharding.shards", "24"},
                        {"topology.paths", "3"},
                        {"topology.spread", "0.5"}} +
                        few,
                    ""});
    rows.push_back({"bytes on the wire of Reed-Solomon 8+2",
                    "n (D / k + h) / payload",
                    "wire.overhead_ratio",
                    10 * (1125 + SHARD_LINK_HEADER - PPP) / 8972,
                    1e-12,
                    1,
                    EIGHT + few + Set{{"fec.code", "rs"}, {"fec.repair", "2"}},
                    ""});
}

void
AddJitter(std::vector<ValidationRow>& rows)
{
    const double rate = 100e6;
    const std::vector<double> base = Arrivals(10, EIGHT_LINK_BYTES, 1, rate, 5e-3);
    const double shard = EIGHT_LINK_BYTES * 8 / rate;
    const Set rs =
        EIGHT + Set{{"fec.code", "rs"}, {"fec.repair", "2"}, {"traffic.datagrams", "1000"}};
    const Set tenPaths = {{"topology.paths", "10"}};
    for (const bool exponential : {true, false})
    {
        const Jitter jitter{exponential ? Jitter::EXPONENTIAL : Jitter::UNIFORM, 10e-3};
        const std::string kind = exponential ? "exponential" : "uniform";
        const Set jittered = rs + Set{{"jitter.model", kind}, {"jitter.mean", "10ms"}};
        const auto add = [&](const std::string& name,
                             const char* form,
                             const char* metric,
                             double seconds,
                             const Set& set)
        {
            rows.push_back({name + ", " + kind + " jitter",
                            form,
                            metric,
                            1e3 * seconds,
                            std::nullopt,
                            RUNS,
                            jittered + set,
                            ""});
        };
        const auto oneByOne = SpacedArrivals(10, shard, base.front(), 0);
        add("8th of 10 shards on one path",
            "order statistic, spaced",
            "latency.mean_ms",
            Access(9000) + KthArrivalMean(oneByOne, jitter, 8),
            {});
        add("8th of 10 shards on 10 paths",
            exponential ? "mean (1/10 + ... + 1/3)" : "2 mean 8 / 11",
            "latency.mean_ms",
            Access(9000) + base.front() +
                (exponential ? ExponentialOrderMean(10, 8, 10e-3) : UniformOrderMean(10, 8, 10e-3)),
            tenPaths);
        add("the same with 10 % iid loss",
            "order statistic of those that arrive",
            "latency.mean_ms",
            Access(9000) + KthArrivalMean(SpacedArrivals(10, 0, base.front(), 0.1), jitter, 8),
            tenPaths + Set{{"loss.model", "iid"}, {"loss.rate", "0.1"}});
    }
    // Open from the first arrival to the eighth, 10 ms (1/9 + ... + 1/3) on average.
    const double open = ExponentialOrderMean(10, 8, 10e-3) - ExponentialOrderMean(10, 1, 10e-3);
    rows.push_back({"time in reassembly, exponential jitter on 10 paths",
                    "mean (1/9 + ... + 1/3)",
                    "reassembly.wait_mean_ms",
                    1e3 * open,
                    std::nullopt,
                    RUNS,
                    rs + tenPaths + Set{{"jitter.model", "exponential"}, {"jitter.mean", "10ms"}},
                    ""});
    rows.push_back({"datagrams in reassembly, without jitter",
                    "Little: rate x 7 s",
                    "reassembly.wait_mean_ms",
                    1e3 * 7 * shard,
                    NANOSECONDS,
                    1,
                    EIGHT + Set{{"traffic.datagrams", "500"}},
                    ""});
    const double perSecond = 20e6 / (8972 * 8);
    rows.push_back({"datagrams in reassembly, exponential jitter on 10 paths",
                    "Little: rate x time in reassembly",
                    "reassembly.open_mean",
                    LittlesLaw(perSecond, open),
                    std::nullopt,
                    RUNS,
                    rs + tenPaths +
                        Set{{"jitter.model", "exponential"},
                            {"jitter.mean", "10ms"},
                            {"traffic.rate", "20Mbps"},
                            {"traffic.datagrams", "6000"}},
                    ""});
}

void
AddQueueing(std::vector<ValidationRow>& rows)
{
    const double rate = 10e6;
    const double cross = (1500 + PPP) * 8 / rate;
    for (const char* load : {"0.5", "0.8"})
    {
        for (const bool sharded : {false, true})
        {
            // A probe of 72 bytes of payload at 100 kbit/s, as one plain packet or as one shard.
            const double probeBytes = sharded ? 72 + IP_UDP + SHARD_LINK_HEADER : 72 + IP_UDP + PPP;
            const double probe = probeBytes * 8 / rate;
            const double wait = PoissonMeanWait(
                {{std::stod(load) * rate / (1500 * 8), cross}, {100e3 / (72 * 8), probe}});
            rows.push_back({std::string(sharded ? "shard" : "packet") +
                                " among Poisson cross traffic, load " + load,
                            "Pollaczek-Khinchine",
                            "latency.mean_ms",
                            1e3 * (Access(72 + IP_UDP) + wait + probe + 5e-3),
                            std::nullopt,
                            RUNS,
                            Set{{"topology.hops", "1"},
                                {"topology.rate", "10Mbps"},
                                {"topology.queue", "100000p"},
                                {"congestion.load", load},
                                {"traffic.kind", "poisson"},
                                {"traffic.size", "72"},
                                {"traffic.rate", "100kbps"},
                                {"traffic.datagrams", "8000"},
                                {"sharding.policy", sharded ? "static" : "none"}},
                            ""});
        }
    }
}

/// Eight shards without repair; what is lost is asked for, and requests are not lost.
void
AddArq(std::vector<ValidationRow>& rows)
{
    constexpr double p = 0.1;
    constexpr double rate = 10e9;
    constexpr double delay = 1e-3;
    constexpr unsigned rounds = 2;
    const Set set = EIGHT + Loss("0.1", "1500") +
                    Set{{"topology.rate", "10Gbps"},
                        {"reassembly.timeout", "1s"},
                        {"arq.enabled", "true"},
                        {"arq.rounds", "2"}};
    const auto add = [&](const char* name,
                         const char* form,
                         const char* metric,
                         double expected,
                         const char* per) {
        rows.push_back({name, form, metric, expected, std::nullopt, RUNS, set, per});
    };
    add("8 shards, 2 rounds of requests, 10 % iid",
        "1 - (1 - p^(1 + rounds))^8",
        "datagrams.loss_ratio",
        MergedCopiesLoss(p, 8, 1 + rounds),
        "");
    add("shards sent for each datagram, the same",
        "8 (1 + p + p^2)",
        "shards.sent",
        8 * (1 + p + p * p),
        "datagrams.sent");
    // A round takes the shortest silence, a request of 57 bytes on the link, and its answer. While
    // round trips do not vary, the time-out of a first request is as long as that.
    const double round = 1e-3 + 2 * delay + (57 + EIGHT_LINK_BYTES) * 8 / rate;
    double latency = Access(9000) + Arrivals(8, EIGHT_LINK_BYTES, 1, rate, delay).back();
    for (unsigned r = 1; r <= rounds; ++r)
    {
        const double share = std::pow(1 - std::pow(p, r + 1), 8) - std::pow(1 - std::pow(p, r), 8);
        latency += r * round * share / std::pow(1 - std::pow(p, rounds + 1), 8);
    }
    add("latency of those delivered, the same",
        "sum of rounds by P(complete after r)",
        "latency.mean_ms",
        1e3 * latency,
        "");
}

} // namespace

std::vector<ValidationRow>
TunnelValidation()
{
    std::vector<ValidationRow> rows;
    AddLosses(rows);
    for (ValidationRow& row : WindowValidation())
    {
        rows.push_back(std::move(row));
    }
    AddLatencies(rows);
    AddJitter(rows);
    AddQueueing(rows);
    AddArq(rows);
    for (auto more : {BufferValidation, CryptoValidation})
    {
        for (ValidationRow& row : more())
        {
            rows.push_back(std::move(row));
        }
    }
    return rows;
}

} // namespace shardsim
