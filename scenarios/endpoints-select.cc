// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-select.h"

#include "ns3/double.h"
#include "ns3/object-factory.h"
#include "ns3/uinteger.h"

#include <map>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

Ptr<EndpointSelect>
MakeEndpointSelect(const Values& values, uint64_t salt)
{
    static const std::map<std::string, std::string> classes = {
        {"random", "Random"},
        {"round-robin", "RoundRobin"},
        {"weighted", "Weighted"},
        {"least-request", "LeastRequest"},
        {"power-of-d", "PowerOfChoices"},
        {"peak-ewma", "PeakEwma"},
        {"maglev", "Maglev"},
        {"rendezvous", "Rendezvous"},
        {"bounded-load", "BoundedHash"},
        {"shuffle-sharding", "ShuffleShard"},
        {"join-shortest-queue", "ShortestQueue"}};
    ObjectFactory factory("ns3::sharding::" + classes.at(values.GetText("select.policy")) +
                          "Select");
    const Ptr<EndpointSelect> select = factory.Create<EndpointSelect>();
    // Each takes those that are its own.
    const auto give = [&select](const char* attribute, const AttributeValue& value)
    { select->SetAttributeFailSafe(attribute, value); };
    const auto number = [&values](const char* key)
    { return UintegerValue(static_cast<uint64_t>(values.GetInt(key))); };
    give("Choices", number("select.choices"));
    give("Memory", TimeValue(NanoSeconds(values.GetTimeNs("select.memory"))));
    give("Slack", DoubleValue(values.GetReal("select.slack")));
    give("ShardSize", number("select.shard_size"));
    give("TableSize", number("select.table"));
    give("Salt", UintegerValue(salt));
    return select;
}

} // namespace shardsim
