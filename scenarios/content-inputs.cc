// SPDX-License-Identifier: GPL-2.0-only
#include "content-inputs.h"

#include "content-parameters.h"

#include "ns3/content-models.h"

#include <algorithm>
#include <cmath>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

ContentMovie
MakeMovie(const Values& values)
{
    if (values.Has("movie.file"))
    {
        return ContentMovie::Load(values.GetText("movie.file"));
    }
    const Time length = NanoSeconds(values.GetTimeNs("movie.length"));
    const Time segment = NanoSeconds(values.GetTimeNs("movie.segment"));
    const std::vector<double> bitrates = MovieBitrates(values);
    if (values.GetText("movie.model") == "constant")
    {
        return MakeConstantMovie(length, segment, bitrates);
    }
    ContentSceneModel model;
    model.meanScene = NanoSeconds(values.GetTimeNs("movie.scene"));
    model.deviation = values.GetReal("movie.complexity");
    model.sensitivity = values.GetReal("movie.sensitivity");
    return MakeVariableMovie(length, segment, bitrates, model, CONTENT_STREAM_MOVIE);
}

} // namespace

ContentInputs::ContentInputs(const Values& values)
    : m_values(values)
{
    const auto duration = ShardDurationNs(values);
    try
    {
        ContentMovie whole = MakeMovie(values);
        if (duration)
        {
            whole =
                whole.Cut(NanoSeconds(*duration), NanoSeconds(values.GetTimeNs("shards.keyframe")));
        }
        movie = std::make_shared<const ContentMovie>(std::move(whole));
        if (values.Has("network.file"))
        {
            m_network = std::make_shared<const ContentNetworkTrace>(
                ContentNetworkTrace::Load(values.GetText("network.file")));
        }
        else if (values.GetText("network.model") == "constant")
        {
            m_network = std::make_shared<const ContentNetworkTrace>(
                std::vector<ContentNetworkTrace::Period>{
                    {Seconds(1),
                     static_cast<double>(values.GetRateBps("network.rate")),
                     NanoSeconds(values.GetTimeNs("network.latency"))}});
        }
    }
    catch (const ShardParseError& error)
    {
        throw RequestError(error.what());
    }
}

std::shared_ptr<const ContentNetworkTrace>
ContentInputs::NetworkOf(uint32_t client) const
{
    if (m_network)
    {
        return m_network;
    }
    ContentBandwidthModel model;
    model.mean = static_cast<double>(m_values.GetRateBps("network.rate"));
    model.deviation = m_values.GetReal("network.deviation");
    model.memory = m_values.GetReal("network.memory");
    model.period = NanoSeconds(m_values.GetTimeNs("network.period"));
    model.latency = NanoSeconds(m_values.GetTimeNs("network.latency"));
    // As long as the movie with some stalls, so that hardly anybody sees it repeat; bounded, since
    // every client has its own.
    const double movieLength = movie->Length().GetSeconds();
    const double periods = std::ceil(1.5 * movieLength / model.period.GetSeconds());
    constexpr double LEAST = 10;
    constexpr double MOST = 10000;
    model.periods = static_cast<uint32_t>(std::min(std::max(periods, LEAST), MOST));
    return std::make_shared<const ContentNetworkTrace>(
        MakeVariableNetwork(model, CONTENT_STREAM_NETWORK + client));
}

} // namespace shardsim
