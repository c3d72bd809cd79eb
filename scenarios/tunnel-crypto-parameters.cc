// SPDX-License-Identifier: GPL-2.0-only
#include "tunnel-crypto.h"

#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <map>
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

} // namespace shardsim
