// SPDX-License-Identifier: GPL-2.0-only
#ifndef TUNNEL_DRAW_H
#define TUNNEL_DRAW_H

#include <algorithm>
#include <cstdint>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

/// Random configurations of the scenario `tunnel`, as what a user would set.
namespace shardsim
{

using Set = std::vector<std::pair<std::string, std::string>>;

/// Draws a configuration. The generator is the standard's, so it is the same everywhere; the
/// standard's distributions are not, and are not used.
class Dice
{
  public:
    explicit Dice(uint32_t seed)
        : m_engine(seed)
    {
    }

    uint32_t Below(uint32_t n)
    {
        return static_cast<uint32_t>(m_engine() % n);
    }

    bool OneIn(uint32_t n)
    {
        return Below(n) == 0;
    }

    std::string From(std::vector<std::string> choices)
    {
        return choices[Below(static_cast<uint32_t>(choices.size()))];
    }

  private:
    std::mt19937 m_engine;
};

inline Set
Draw(Dice& dice, bool cross)
{
    Set set = {{"traffic.datagrams", std::to_string(20 + dice.Below(150))},
               {"traffic.size", dice.From({"100", "1000", "1472", "4000", "9000", "30000"})},
               {"traffic.rate", dice.From({"1Mbps", "10Mbps", "40Mbps", "90Mbps", "200Mbps"})},
               {"traffic.kind", dice.From({"cbr", "poisson"})},
               {"traffic.flows", dice.From({"1", "1", "2", "7", "40"})},
               {"topology.paths", dice.From({"1", "1", "2", "3", "5"})},
               {"topology.hops", dice.From({"1", "2", "2", "3", "4"})},
               {"topology.rate", dice.From({"10Mbps", "33333333bps", "100Mbps", "1Gbps"})},
               {"topology.delay", dice.From({"0ms", "1us", "100us", "5ms", "20ms"})},
               {"topology.mtu", dice.From({"576", "1500", "1500", "9000"})},
               {"topology.queue", dice.From({"1p", "3p", "20p", "100p", "100p", "9kB", "64KiB"})},
               {"topology.spread", dice.From({"0", "0", "0.3", "1"})},
               {"placement",
                dice.From({"single", "round-robin", "round-robin", "weighted", "least-delay"})},
               {"sharding.policy", dice.From({"static", "static", "static", "none", "replicate"})},
               {"reassembly.order", dice.From({"any", "any", "in-order"})},
               {"reassembly.timeout", dice.From({"2ms", "30ms", "500ms"})},
               {"payload", dice.From({"virtual", "virtual", "real"})}};
    const auto put = [&set](const char* key, const std::string& value)
    { set.emplace_back(key, value); };
    switch (dice.Below(3))
    {
    case 0:
        put("loss.model", "iid");
        put("loss.rate", dice.From({"0.01", "0.2"}));
        break;
    case 1:
        put("loss.model", "gilbert-elliott");
        put("loss.rate", dice.From({"0.02", "0.3"}));
        put("loss.burst", dice.From({"2", "8"}));
        break;
    default:
        break;
    }
    if (dice.OneIn(3))
    {
        put("jitter.model", dice.From({"exponential", "uniform"}));
        put("jitter.mean", dice.From({"10us", "1ms", "15ms"}));
    }
    if (cross)
    {
        put("congestion.load", dice.From({"0.3", "0.9", "1.2"}));
        put("congestion.arrivals", dice.From({"poisson", "cbr", "onoff"}));
    }
    if (dice.OneIn(3))
    {
        put("fec.code", dice.From({"xor", "rs"}));
        put("fec.repair", dice.From({"1", "2"}));
        put("fec.interleave", dice.From({"1", "1", "4"}));
        put("fec.interleave_timeout", dice.From({"1ms", "20ms"}));
    }
    if (dice.OneIn(3))
    {
        put("sharding.shards", dice.From({"2", "8", "20"}));
        put("sharding.sizing", dice.From({"equal", "header-first"}));
    }
    if (dice.OneIn(4))
    {
        put("pacing.rate", dice.From({"9Mbps", "95Mbps"}));
        put("pacing.queue", dice.From({"5", "1000"}));
    }
    if (dice.OneIn(4))
    {
        put("reassembly.memory", dice.From({"70KiB", "200KiB"}));
    }
    if (dice.OneIn(3))
    {
        put("arq.enabled", "true");
        put("arq.rounds", dice.From({"1", "3", "6"}));
        put("arq.memory", dice.From({"50KiB", "4MiB"}));
    }
    if (dice.OneIn(4))
    {
        put("loss.both", "true");
    }
    if (dice.OneIn(6))
    {
        put("duration", dice.From({"10ms", "55ms", "123456789ns"}));
    }
    return set;
}

/// The same under the sliding-window code.
inline Set
UnderSlidingWindow(Dice& dice, Set set)
{
    for (const auto& [key, value] : Set{{"sharding.policy", "static"},
                                        {"sharding.sizing", "equal"},
                                        {"fec.code", "sliding-window"},
                                        {"fec.repair", dice.From({"1", "2", "5"})},
                                        {"fec.window", dice.From({"1", "2", "8", "16"})},
                                        {"fec.interleave", "1"}})
    {
        set.emplace_back(key, value); // the last word on a key counts
    }
    return set;
}

/// Add how buffers are allocated.
inline void
DrawBuffers(Dice& dice, Set& set)
{
    const std::string prealloc = dice.From({"none", "fixed", "predictive"});
    const std::string coldTime = dice.From({"0s", "1us", "300us", "3ms", "40ms"});
    const std::string buffers = dice.From({"1", "4", "16"});
    const std::string margin = dice.From({"0", "1", "4"});
    const std::string memory = dice.From({"40KiB", "1MiB"});
    const bool isPlain = std::count(set.begin(),
                                    set.end(),
                                    std::pair<std::string, std::string>("sharding.policy", "none"));
    if (dice.OneIn(2) || isPlain)
    {
        return;
    }
    set.emplace_back("reassembly.prealloc", prealloc);
    set.emplace_back("reassembly.cold_time", coldTime);
    if (prealloc == "fixed")
    {
        set.emplace_back("reassembly.prealloc_buffers", buffers);
    }
    if (prealloc == "predictive")
    {
        set.emplace_back("reassembly.prealloc_margin", margin);
        set.emplace_back("reassembly.prealloc_memory", memory);
    }
}

/// Add when datagrams are released.
inline void
DrawRelease(Dice& dice, Set& set)
{
    const std::string release = dice.From({"complete", "partial", "predictive", "predictive"});
    const std::string predictor =
        dice.From({"ewma", "histogram", "quantile", "rls", "kalman", "lstm"});
    const std::string confidence = dice.From({"0.5", "0.9", "0.99"});
    const std::string partial = dice.From({"true", "false"});
    const std::string blocks = dice.From({"0", "0", "1", "3", "20"});
    const bool isPlain = std::count(set.begin(),
                                    set.end(),
                                    std::pair<std::string, std::string>("sharding.policy", "none"));
    if (isPlain)
    {
        return;
    }
    set.emplace_back("reassembly.release", release);
    set.emplace_back("reassembly.blocks", blocks);
    if (dice.OneIn(2) || release == "predictive")
    {
        set.emplace_back("predictor", predictor);
    }
    if (release == "predictive")
    {
        set.emplace_back("reassembly.confidence", confidence);
        set.emplace_back("reassembly.accept_partial", partial);
    }
}

/// Have several nodes, and most times one that fails.
inline void
DrawNodes(Dice& dice, Set& set)
{
    const auto put = [&set](const char* key, const std::string& value)
    { set.emplace_back(key, value); };
    put("nodes.count", dice.From({"2", "3", "4", "8"}));
    put("traffic.flows", dice.From({"3", "12", "40"}));
    const std::string at = dice.From({"0s", "10ms", "50100us", "123456789ns", "300ms"});
    const std::string detection = dice.From({"0s", "1ms", "50ms", "200ms"});
    const std::string until = dice.From({"124ms", "323456us", "900ms"});
    if (!dice.OneIn(5))
    {
        put("nodes.fails_at", at);
        put("nodes.fails", dice.From({"0", "1"}));
        put("nodes.detection", detection);
        if (dice.OneIn(2) && at != "300ms")
        {
            put("nodes.recovers_at", until);
        }
    }
    // Not both: a probe does not wait for shards that wait for a buffer, and with slack it may come
    // to the reassembler before those that passed sooner.
    const bool hasBuffers =
        std::any_of(set.begin(),
                    set.end(),
                    [](const auto& one) { return one.first == "reassembly.cold_time"; });
    if (dice.OneIn(3) && !hasBuffers)
    {
        put("tier.enabled", "true");
        put("tier.delay", dice.From({"0s", "1ms", "17ms"}));
        put("tier.fail", dice.From({"open", "closed"}));
        put("control.interval", dice.From({"10ms", "100ms"}));
        put("sharding.policy", dice.From({"static", "threshold", "adaptive"}));
    }
}

/// Have cryptographic units at both ends, and often one that does not keep up.
inline void
DrawUnits(Dice& dice, Set& set)
{
    const auto put = [&set](const char* key, const std::string& value)
    { set.emplace_back(key, value); };
    const bool isPlain = std::count(set.begin(),
                                    set.end(),
                                    std::pair<std::string, std::string>("sharding.policy", "none"));
    if (isPlain)
    {
        put("sharding.policy", "static"); // the last word on a key counts
    }
    put("crypto.units", dice.From({"1", "2", "3", "8"}));
    put("crypto.rate", dice.From({"10Mbps", "100Mbps", "1Gbps", "1000Gbps"}));
    put("crypto.fixed", dice.From({"0s", "2us", "100us", "1ms"}));
    put("crypto.service", dice.From({"deterministic", "exponential"}));
    put("crypto.dispatch",
        dice.From({"round-robin", "weighted", "shortest-queue", "random", "flow-hash"}));
    put("crypto.queue", dice.From({"0", "3", "1000", "1000"}));
    put("crypto.rekey", dice.From({"50", "16777216"}));
    put("crypto.replay_window", dice.From({"64", "4096"}));
    if (dice.OneIn(3))
    {
        put("crypto.speeds", dice.From({"1,0.5", "3", "0.1,1,1"}));
    }
    const std::string fault = dice.From({"none", "slow", "stall", "fail"});
    const std::string until = dice.From({"30ms", "61234567ns", "200ms"});
    const std::string end = dice.From({"encrypt", "decrypt"});
    const std::string from = dice.From({"0s", "5ms", "21us"});
    const std::string shards = dice.From({"redispatch", "lost"});
    if (fault != "none")
    {
        put("crypto.fault", fault);
        put("crypto.fault_end", end);
        put("crypto.fault_from", from);
        put("crypto.fault_shards", shards);
        if (fault == "stall" || dice.OneIn(2))
        {
            put("crypto.fault_until", until);
        }
    }
}

/// @return what a user would type
inline std::string
Command(const Set& set)
{
    std::ostringstream out;
    out << "run tunnel";
    for (const auto& [key, value] : set)
    {
        out << " --set " << key << "=" << value;
    }
    return out.str();
}

} // namespace shardsim

#endif // TUNNEL_DRAW_H
