// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-scaling.h"

#include "ns3/double.h"
#include "ns3/object-factory.h"
#include "ns3/uinteger.h"

#include <map>
#include <string>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

Time
TimeOf(const Values& values, const char* key)
{
    return NanoSeconds(values.GetTimeNs(key));
}

} // namespace

Ptr<EndpointScale>
MakeEndpointScale(const Values& values, uint32_t each)
{
    const std::string policy = values.GetText("scale.policy");
    ObjectFactory factory(policy == "static"      ? "ns3::sharding::StaticScale"
                          : policy == "threshold" ? "ns3::sharding::ThresholdScale"
                                                  : "ns3::sharding::ForecastScale");
    if (policy == "static")
    {
        factory.Set("Units", UintegerValue(each));
        return factory.Create<EndpointScale>();
    }
    factory.Set("Target", DoubleValue(values.GetReal("scale.target")));
    const Time window = values.Has("scale.stabilisation") ? TimeOf(values, "scale.stabilisation")
                        : policy == "threshold"           ? Seconds(30)
                                                          : Seconds(10);
    factory.Set("Stabilisation", TimeValue(window));
    return factory.Create<EndpointScale>();
}

EndpointLoadConfig
MakeEndpointLoad(const Values& values)
{
    static const std::map<std::string, EndpointPredictor> kinds = {
        {"none", ENDPOINT_PREDICT_NONE},
        {"last", ENDPOINT_PREDICT_LAST},
        {"window", ENDPOINT_PREDICT_WINDOW},
        {"holt-winters", ENDPOINT_PREDICT_HOLT_WINTERS},
        {"learned", ENDPOINT_PREDICT_LEARNED},
        {"oracle", ENDPOINT_PREDICT_ORACLE}};
    EndpointLoadConfig load;
    load.kind = kinds.at(values.GetText("predict.kind"));
    load.interval = TimeOf(values, "scale.interval");
    // What is decided now is of use when an endpoint is warm, at once where those that there are
    // get more, and stands until the next decision.
    load.lead = load.interval;
    if (values.GetText("scale.mode") == "instances")
    {
        load.lead += TimeOf(values, "endpoint.cold_start") + TimeOf(values, "endpoint.warm_up");
    }
    load.period = values.Has("predict.period") ? TimeOf(values, "predict.period")
                  : values.GetText("clients.arrivals") == "diurnal"
                      ? TimeOf(values, "clients.period")
                      : Time(0);
    load.quantile = values.GetReal("predict.quantile");
    return load;
}

} // namespace shardsim
