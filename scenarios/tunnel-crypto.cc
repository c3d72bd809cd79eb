// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-crypto.h"

#include "tunnel-conservation.h"
#include "tunnel-streams.h"

#include "ns3/abort.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// @return the units' speeds; empty where the text is no list of them
std::vector<double>
ReadSpeeds(const std::string& text)
{
    std::vector<double> speeds;
    std::istringstream words(text);
    for (std::string word; std::getline(words, word, ',');)
    {
        std::istringstream number(word);
        double speed = 0;
        if (!(number >> speed) || !(number >> std::ws).eof() || !(speed >= 1e-6) || speed > 1e6)
        {
            return {};
        }
        speeds.push_back(speed);
    }
    return speeds;
}

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

void
AddCryptoParameters(ParameterSet& set)
{
    using Kind = ParameterKind;
    set.Add("crypto.units",
            Kind::INTEGER,
            "0",
            "cryptographic units at each end, side by side; 0: shards are not encrypted")
        .AtLeast("0")
        .AtMost("256");
    set.Add("crypto.rate",
            Kind::RATE,
            "1Gbps",
            "rate at which a unit works through the payload of shards")
        .AtLeast("1kbps");
    set.Add("crypto.fixed", Kind::TIME, "2us", "time that each shard takes beside that")
        .AtLeast("0s")
        .AtMost("1h");
    set.AddChoice("crypto.service",
                  {"deterministic", "exponential"},
                  "deterministic",
                  "distribution of a shard's service time, of mean crypto.fixed + bits / "
                  "crypto.rate");
    set.AddChoice(
        "crypto.dispatch",
        {"round-robin", "weighted", "shortest-queue", "random", "flow-hash"},
        "round-robin",
        "unit of each shard; weighted: where the work at hand is done soonest; flow-hash: "
        "all of a flow on one");
    set.Add("crypto.queue",
            Kind::INTEGER,
            "1000",
            "shards that wait at each unit; above, they are dropped")
        .AtLeast("0")
        .AtMost("1000000000");
    set.Add("crypto.speeds",
            Kind::TEXT,
            "",
            "factors of the units' speeds, separated by commas, one after the other and over and "
            "over: 1,0.5")
        .WhenAbsent("all 1");
    set.Add("crypto.rekey",
            Kind::INTEGER,
            "16777216",
            "shards after which the encrypting end takes the next key")
        .AtLeast("1")
        .AtMost("2147483648");
    set.Add("crypto.replay_window",
            Kind::INTEGER,
            "4096",
            "how far behind the latest of its flow a shard may come and be taken")
        .AtLeast("64")
        .AtMost("1048576");
    set.AddChoice("crypto.fault",
                  {"none", "slow", "stall", "fail"},
                  "none",
                  "what happens to a unit in mid-run: its speed becomes crypto.fault_speed, it "
                  "stops for a while, or it fails with all that it holds");
    set.AddChoice("crypto.fault_end",
                  {"encrypt", "decrypt"},
                  "encrypt",
                  "at which end that is (of the first transformation node)");
    set.Add("crypto.fault_unit", Kind::INTEGER, "0", "which unit that is, from 0")
        .AtLeast("0")
        .AtMost("255");
    set.Add("crypto.fault_speed", Kind::RATIO, "0.25", "factor of its speed, with slow")
        .Above("0")
        .AtMost("1");
    set.Add("crypto.fault_from", Kind::TIME, "", "from then on").AtLeast("0s").WhenAbsent("never");
    set.Add("crypto.fault_until", Kind::TIME, "", "until then; it works as before afterwards")
        .Above("0s")
        .WhenAbsent("the end");
    set.AddChoice("crypto.fault_shards",
                  {"redispatch", "lost"},
                  "redispatch",
                  "what becomes of the shards of a unit that fails");
}

std::vector<MetricInfo>
CryptoMetrics()
{
    std::vector<MetricInfo> metrics;
    for (const std::string end : {"crypto.", "crypto.decrypt."})
    {
        const std::string where = end == "crypto." ? " (encrypting end)" : " (decrypting end)";
        const std::vector<MetricInfo> some = {
            {end + "wait_mean_us",
             "us",
             "mean wait of a shard for its unit, of those served" + where},
            {end + "wait_p99_us", "us", "99th percentile of it"},
            {end + "utilization_ratio",
             "ratio",
             "time spent serving, of all units' time from the first shard that came to the last "
             "that left" +
                 where},
            {end + "imbalance_ratio",
             "ratio",
             "time spent serving of the busiest unit, by the mean of all" + where},
            {end + "reorder_max",
             "shards",
             "most by which a shard left behind one that was given to a unit later" + where},
            {end + "dropped", "shards", "for which a unit had no room" + where},
            {end + "lost", "shards", "of a unit, or of a node, that failed" + where},
            {end + "redispatched", "shards", "given to another unit when theirs failed" + where},
        };
        metrics.insert(metrics.end(), some.begin(), some.end());
    }
    metrics.push_back({"crypto.decrypt.rejected", "shards", "whose seal was refused"});
    metrics.push_back({"replay.rejected",
                       "shards",
                       "of these, come before, or further behind than crypto.replay_window"});
    return metrics;
}

bool
HasCrypto(const Values& values)
{
    return values.GetInt("crypto.units") > 0;
}

uint32_t
CryptoOverhead(const Values& values)
{
    return HasCrypto(values) ? ShardSeal::OVERHEAD : 0;
}

void
CheckCrypto(const Values& values)
{
    for (const char* key : {"rate",
                            "fixed",
                            "service",
                            "dispatch",
                            "queue",
                            "speeds",
                            "rekey",
                            "replay_window",
                            "fault",
                            "fault_end",
                            "fault_unit",
                            "fault_speed",
                            "fault_from",
                            "fault_until",
                            "fault_shards"})
    {
        const std::string name = std::string("crypto.") + key;
        if (!HasCrypto(values) && values.IsSet(name) && values.GetText(name) != "none")
        {
            throw values.Error(name, "has a meaning only with crypto.units of 1 or more");
        }
    }
    if (!HasCrypto(values))
    {
        return;
    }
    if (values.GetText("sharding.policy") == "none")
    {
        throw values.Error("crypto.units",
                           "what is not sharded is not encrypted; allowed: 0 with "
                           "sharding.policy = none");
    }
    if (values.Has("crypto.speeds") && ReadSpeeds(values.GetText("crypto.speeds")).empty())
    {
        throw values.Error("crypto.speeds",
                           "'" + values.GetText("crypto.speeds") +
                               "' is no list of factors; allowed: numbers from 0.000001 to "
                               "1000000, separated by commas");
    }
    const std::string fault = values.GetText("crypto.fault");
    for (const char* key :
         {"fault_end", "fault_unit", "fault_speed", "fault_from", "fault_until", "fault_shards"})
    {
        const std::string name = std::string("crypto.") + key;
        if (fault == "none" && values.IsSet(name))
        {
            throw values.Error(name, "has a meaning only with crypto.fault");
        }
    }
    if (fault == "none")
    {
        return;
    }
    if (!values.Has("crypto.fault_from"))
    {
        throw values.Error("crypto.fault", "needs crypto.fault_from");
    }
    if (values.Has("crypto.fault_until") &&
        values.GetTimeNs("crypto.fault_until") <= values.GetTimeNs("crypto.fault_from"))
    {
        throw values.Error("crypto.fault_until", "allowed: later than crypto.fault_from");
    }
    if (values.GetInt("crypto.fault_unit") >= values.GetInt("crypto.units"))
    {
        throw values.Error("crypto.fault_unit",
                           "there is no such unit; allowed: 0 to " +
                               std::to_string(values.GetInt("crypto.units") - 1));
    }
    if (fault == "stall" && !values.Has("crypto.fault_until") && !values.Has("duration"))
    {
        throw values.Error("crypto.fault",
                           "what waits at a unit that stalls for ever is never settled; allowed "
                           "with crypto.fault_until or duration");
    }
}

void
SetTunnelCrypto(const Values& values, ShardTunnelHelper& helper)
{
    if (!HasCrypto(values))
    {
        return;
    }
    const std::map<std::string, std::string> dispatchers = {
        {"round-robin", "ns3::sharding::RoundRobinDispatcher"},
        {"weighted", "ns3::sharding::WeightedDispatcher"},
        {"shortest-queue", "ns3::sharding::ShortestQueueDispatcher"},
        {"random", "ns3::sharding::RandomDispatcher"},
        {"flow-hash", "ns3::sharding::FlowHashDispatcher"}};
    helper.SetCrypto(true);
    helper.SetDispatcher(dispatchers.at(values.GetText("crypto.dispatch")));
    helper.SetCryptoAttribute("Units", UintegerValue(values.GetInt("crypto.units")));
    helper.SetCryptoAttribute("Rate", DataRateValue(DataRate(values.GetRateBps("crypto.rate"))));
    helper.SetCryptoAttribute("Fixed", TimeValue(NanoSeconds(values.GetTimeNs("crypto.fixed"))));
    helper.SetCryptoAttribute("Service", StringValue(values.GetText("crypto.service")));
    helper.SetCryptoAttribute("MaxWaiting", UintegerValue(values.GetInt("crypto.queue")));
    helper.SetCryptoAttribute("OnFailure", StringValue(values.GetText("crypto.fault_shards")));
    helper.SetSealerAttribute("RekeyAfter", UintegerValue(values.GetInt("crypto.rekey")));
    helper.SetOpenerAttribute("ReplayWindow", UintegerValue(values.GetInt("crypto.replay_window")));
    helper.SetCryptoSpeeds(ReadSpeeds(values.GetText("crypto.speeds")));
}

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
