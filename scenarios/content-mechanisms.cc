// SPDX-License-Identifier: GPL-2.0-only
#include "content-mechanisms.h"

#include "content-parameters.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/object-factory.h"
#include "ns3/pointer.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <map>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

Ptr<ContentAbr>
MakeContentAbr(const Values& values)
{
    const std::string rule = values.GetText("abr.rule");
    static const std::map<std::string, const char*> others{
        {"fixed", "ns3::sharding::ContentFixedAbr"},
        {"throughput", "ns3::sharding::ContentThroughputAbr"},
        {"bba", "ns3::sharding::ContentBufferAbr"},
        {"bolae", "ns3::sharding::ContentBolaEAbr"},
        {"dynamic", "ns3::sharding::ContentDynamicAbr"},
        {"mpc", "ns3::sharding::ContentMpcAbr"}};
    static const std::map<std::string, const char*> bolas{{"bola", "u"},
                                                          {"bola-basic", "basic"},
                                                          {"bola-finite", "finite"},
                                                          {"bola-o", "o"}};
    ObjectFactory factory;
    const auto makeBola = [&](const char* variant)
    {
        factory.SetTypeId("ns3::sharding::ContentBolaAbr");
        factory.Set("GammaP", DoubleValue(values.GetReal("abr.gamma_p")));
        factory.Set("Variant", StringValue(variant));
        return factory.Create<ContentAbr>();
    };
    const auto bola = bolas.find(rule);
    if (bola != bolas.end())
    {
        return makeBola(bola->second);
    }
    if (rule == "dynamic")
    {
        const Ptr<ContentAbr> full = makeBola("u");
        factory = ObjectFactory();
        factory.SetTypeId(others.at(rule));
        factory.Set("Bola", PointerValue(full));
        return factory.Create<ContentAbr>();
    }
    factory.SetTypeId(others.at(rule));
    if (rule == "fixed")
    {
        factory.Set("Rendition",
                    UintegerValue(static_cast<uint64_t>(values.GetInt("abr.rendition"))));
    }
    return factory.Create<ContentAbr>();
}

Ptr<ContentMissing>
MakeContentMissing(const Values& values)
{
    const std::string policy = values.GetText("missing.policy");
    ObjectFactory factory;
    if (policy == "ladder")
    {
        factory.SetTypeId("ns3::sharding::ContentLadder");
    }
    else
    {
        factory.SetTypeId("ns3::sharding::ContentOneRemedy");
        factory.Set("Remedy", StringValue(policy));
    }
    return factory.Create<ContentMissing>();
}

Ptr<ContentClient>
MakeContentClient(const Values& values)
{
    const auto time = [&](const char* key)
    { return TimeValue(NanoSeconds(values.GetTimeNs(key))); };
    const auto number = [&](const char* key)
    { return UintegerValue(static_cast<uint64_t>(values.GetInt(key))); };
    Ptr<ContentClient> client = CreateObject<ContentClient>();
    client->SetAttribute("Buffer", time("client.buffer"));
    client->SetAttribute("Parallel", number("client.parallel"));
    client->SetAttribute("Abandon", BooleanValue(values.GetBool("client.abandon")));
    client->SetAttribute("LiveDelay", time("client.live_delay"));
    client->SetAttribute("MostLatency", time("client.most_latency"));
    client->SetAttribute("Timeout", TimeValue(NanoSeconds(MissingTimeoutNs(values))));
    client->SetAttribute("Shun", time("missing.shun"));
    client->SetAttribute("Attempts", number("missing.attempts"));
    client->SetAbr(MakeContentAbr(values));
    client->SetMissing(MakeContentMissing(values));
    return client;
}

} // namespace shardsim
