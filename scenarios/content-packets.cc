// SPDX-License-Identifier: GPL-2.0-only
#include "content-packets.h"

#include "ns3/boolean.h"
#include "ns3/double.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

constexpr int64_t STREAM_ENCODERS = 4000;
constexpr int64_t STREAM_POPULARITY = 5000;
constexpr int64_t STREAM_LOSS = 3000;
constexpr uint16_t FRAME_RATE = 30;

/**
 * @param values the scenario's parameters
 * @param bitrates of the movie
 * @return renditions with a picture that fits their bitrate, about a tenth of a bit a pixel; behind
 * them the sound, where it is in shards of its own
 */
std::vector<ContentEncoding>
EncodingsOf(const Values& values, const std::vector<double>& bitrates)
{
    std::vector<ContentEncoding> encodings;
    for (const double bitrate : bitrates)
    {
        const double pixels = std::clamp(bitrate / (0.1 * FRAME_RATE), 1.0, 4e8);
        ContentEncoding encoding;
        encoding.rendition = static_cast<uint8_t>(encodings.size());
        encoding.height =
            static_cast<uint16_t>(std::max(2.0, 2 * std::round(std::sqrt(pixels * 9 / 16) / 2)));
        encoding.width =
            static_cast<uint16_t>(std::max(2.0, 2 * std::round(encoding.height * 8.0 / 9)));
        encoding.bitrate = static_cast<uint32_t>(bitrate);
        encodings.push_back(encoding);
    }
    if (values.Has("movie.sound"))
    {
        ContentEncoding sound;
        sound.codec = CONTENT_AAC;
        sound.rendition = static_cast<uint8_t>(encodings.size());
        sound.bitrate = static_cast<uint32_t>(values.GetRateBps("movie.sound"));
        encodings.push_back(sound);
    }
    return encodings;
}

Ptr<ContentAssign>
MakeAssign(const Values& values, std::size_t renditions)
{
    const std::string policy = values.GetText("assign.policy");
    if (policy == "round-robin")
    {
        return CreateObject<ContentRoundRobin>();
    }
    if (policy == "hash")
    {
        return CreateObject<ContentHashed>();
    }
    if (policy == "least-cost")
    {
        return CreateObject<ContentLeastCost>();
    }
    if (policy == "whole-streams")
    {
        Ptr<ContentAssign> whole = CreateObject<ContentWholeStreams>();
        whole->SetAttribute("Renditions", UintegerValue(renditions));
        return whole;
    }
    return CreateObject<ContentLeastLoaded>();
}

ShardTunnelHelper
MakeTunnel(const Values& values)
{
    ShardTunnelHelper tunnel;
    const int64_t repair = values.GetInt("tunnel.repair");
    tunnel.SetPolicy("ns3::sharding::StaticPolicy",
                     "Shards",
                     UintegerValue(static_cast<uint64_t>(values.GetInt("tunnel.shards"))),
                     "Code",
                     StringValue(repair > 0 ? "rs" : "none"),
                     "Repair",
                     UintegerValue(static_cast<uint64_t>(repair)));
    tunnel.SetPlacement("ns3::sharding::RoundRobinPlacement");
    return tunnel;
}

Ptr<ContentReplicate>
MakeReplicate(const std::string& policy)
{
    if (policy == "none")
    {
        return CreateObject<ContentNoReplicas>();
    }
    Ptr<ContentReplicate> replicate = CreateObject<ContentPowerReplicate>();
    const double exponent = policy == "uniform" ? 0 : policy == "proportional" ? 1 : 0.5;
    replicate->SetAttribute("Exponent", DoubleValue(exponent));
    return replicate;
}

} // namespace

void
CheckPackets(const Values& values, const ContentInputs& inputs)
{
    if (values.GetText("transport") == "ideal")
    {
        return;
    }
    const std::size_t pictures = inputs.movie->Bitrates().size();
    if (values.Has("movie.sound") && pictures == ContentMovie::MAX_RENDITIONS)
    {
        throw values.Error("movie.sound",
                           "no room beside the renditions; allowed: with at most " +
                               std::to_string(ContentMovie::MAX_RENDITIONS - 1) + " of them");
    }
    const auto renditions = static_cast<int64_t>(pictures + (values.Has("movie.sound") ? 1 : 0));
    if (values.GetText("assign.policy") == "whole-streams" &&
        values.GetInt("pool.encoders") < renditions)
    {
        throw values.Error("pool.encoders",
                           "fewer than renditions, of which each needs an encoder with "
                           "assign.policy = whole-streams; allowed: " +
                               std::to_string(renditions) + " or more");
    }
    if (values.GetTimeNs("pool.patience") < 2 * values.GetTimeNs("pool.health"))
    {
        throw values.Error("pool.patience", "shorter than two intervals of pool.health");
    }
    if (values.GetInt("pool.encoders") > 4095)
    {
        throw values.Error("pool.encoders", "too many with transport = tcp; allowed: 1 to 4095");
    }
}

ContentPackets::ContentPackets(const Values& values,
                               const ContentInputs& inputs,
                               const std::vector<uint32_t>& failing)
    : m_values(values),
      m_inputs(inputs)
{
    const ContentMovie& movie = *inputs.movie;
    const std::vector<ContentEncoding> encodings = EncodingsOf(values, movie.Bitrates());
    ContentPoolHelper::SetTcp(static_cast<uint32_t>(values.GetInt("topology.segment")), 1 << 18);
    double pixels = 0;
    for (const ContentEncoding& encoding : encodings)
    {
        pixels += double(encoding.width) * encoding.height * FRAME_RATE;
    }
    ObjectFactory encoder("ns3::sharding::ContentEncoder");
    encoder.Set("Capacity", DoubleValue(std::max(1.0, pixels * values.GetReal("pool.speed"))));
    encoder.Set("HealthInterval", TimeValue(NanoSeconds(values.GetTimeNs("pool.health"))));
    ObjectFactory pool("ns3::sharding::ContentPool");
    const std::string preencode = values.GetText("preencode.policy");
    pool.Set("Preencode",
             StringValue(preencode == "all"    ? "All"
                         : preencode == "none" ? "None"
                                               : "Demand"));
    pool.Set("Encodings", UintegerValue(static_cast<uint64_t>(values.GetInt("pool.encodings"))));
    pool.Set("Reassign", BooleanValue(values.GetBool("pool.reassign")));
    pool.Set("Patience", TimeValue(NanoSeconds(values.GetTimeNs("pool.patience"))));
    pool.Set("Deadline", TimeValue(NanoSeconds(values.GetTimeNs("pool.deadline"))));
    pool.Set("HoldBack", TimeValue(NanoSeconds(values.GetTimeNs("pool.hold_back"))));
    pool.Set("Firm", BooleanValue(values.GetBool("pool.firm")));
    pool.Set("Keep", TimeValue(NanoSeconds(values.GetTimeNs("pool.keep"))));
    pool.Set("CopyBudget", DoubleValue(values.GetReal("replication.budget")));
    pool.Set("ContributionRate",
             DoubleValue(static_cast<double>(values.GetRateBps("pool.contribution"))));
    m_helper =
        std::make_unique<ContentPoolHelper>(static_cast<uint32_t>(values.GetInt("pool.encoders")));
    m_helper->SetEncoders(encoder);
    m_helper->SetPool(pool);
    m_helper->GetPool()->SetAssign(MakeAssign(values, encodings.size()));
    m_helper->GetPool()->SetReplicate(MakeReplicate(values.GetText("replication.policy")));
    m_helper->GetPool()->TraceConnectWithoutContext("Repaired",
                                                    MakeCallback(&ContentPackets::Repaired, this));
    int64_t stream = STREAM_ENCODERS;
    for (const auto& one : m_helper->GetEncoders())
    {
        stream += one->AssignStreams(stream);
    }
    for (uint32_t number = 1; number <= values.GetInt("pool.streams"); ++number)
    {
        ContentPoolStream what;
        what.number = number;
        what.movie = inputs.movie;
        what.encodings = encodings;
        what.live = values.GetBool("movie.live");
        m_helper->GetPool()->AddStream(what);
        m_popularity.push_back((number > 1 ? m_popularity.back() : 0) +
                               std::pow(number, -values.GetReal("clients.popularity")));
    }
    const auto clients = static_cast<uint32_t>(values.GetInt("clients.count"));
    const auto each = static_cast<uint32_t>(values.GetInt("topology.edge"));
    ObjectFactory cache;
    if (values.GetBytes("cache.capacity") > 0)
    {
        cache.SetTypeId("ns3::sharding::ContentCache");
        cache.Set("Capacity",
                  UintegerValue(static_cast<uint64_t>(values.GetBytes("cache.capacity"))));
    }
    const ContentPoolHelper::Link link{
        DataRate(static_cast<uint64_t>(values.GetRateBps("topology.edge_rate"))),
        NanoSeconds(values.GetTimeNs("topology.delay")),
        1000,
        values.GetReal("topology.loss")};
    if (values.GetText("transport") == "tunnel")
    {
        m_helper->SetTunnel(MakeTunnel(values),
                            static_cast<uint32_t>(values.GetInt("tunnel.paths")));
    }
    m_helper->AddEdges((clients + each - 1) / each, link, cache);
    m_helper->AssignStreams(STREAM_LOSS);
    for (const auto& device : m_helper->GetCoreDevices())
    {
        device->TraceConnectWithoutContext("PhyTxEnd",
                                           MakeCallback(&ContentPackets::CountCoreBytes, this));
    }
    MakeFaults(failing);
}

ContentPackets::~ContentPackets()
{
    for (auto& site : m_sites)
    {
        site.map->Dispose();
        site.fetcher->Dispose();
    }
}

void
ContentPackets::MakeFaults(const std::vector<uint32_t>& failing)
{
    const auto encoders = static_cast<double>(m_helper->GetEncoders().size());
    const Time from = NanoSeconds(m_values.GetTimeNs("faults.crash_at"));
    const auto hit = [&](const char* share)
    { return static_cast<std::size_t>(std::lround(m_values.GetReal(share) * encoders)); };
    const std::size_t crash = hit("faults.crash");
    const std::size_t slow = hit("faults.slow");
    const std::size_t flaky = hit("faults.flaky");
    for (std::size_t i = 0; i < failing.size(); ++i)
    {
        Ptr<ContentEncoder> encoder = m_helper->GetEncoders()[failing[i]];
        // Those that crash, behind them those that become slow, then those that become flaky.
        if (i < crash)
        {
            Simulator::Schedule(from, &ContentServer::Fail, encoder);
            if (m_values.Has("faults.crash_for"))
            {
                const Time to = from + NanoSeconds(m_values.GetTimeNs("faults.crash_for"));
                Simulator::Schedule(to, &ContentServer::Recover, encoder);
            }
        }
        else if (i < crash + slow)
        {
            Simulator::Schedule(from,
                                &ContentEncoder::SetSpeed,
                                encoder,
                                m_values.GetReal("faults.slow_speed"));
        }
        else if (i < crash + slow + flaky)
        {
            Simulator::Schedule(from,
                                &ContentEncoder::SetFailing,
                                encoder,
                                m_values.GetReal("faults.flaky_share"));
        }
    }
}

void
ContentPackets::Repaired(const ContentRepair& repair)
{
    // One crash in a run: that of faults.crash_at.
    const Time took = repair.repaired - NanoSeconds(m_values.GetTimeNs("faults.crash_at"));
    ++m_repairs;
    m_repairSum += took;
    m_repairMost = std::max(m_repairMost, took);
}

void
ContentPackets::CountCoreBytes(Ptr<const Packet> packet)
{
    m_coreBytes += packet->GetSize();
}

void
ContentPackets::CountBytes(Ptr<const Packet> packet)
{
    m_wireBytes += packet->GetSize();
}

uint32_t
ContentPackets::StreamOf(uint32_t client) const
{
    Ptr<UniformRandomVariable> draw = CreateObject<UniformRandomVariable>();
    draw->SetStream(STREAM_POPULARITY + client);
    const double at = draw->GetValue(0, m_popularity.back());
    const auto found = std::upper_bound(m_popularity.begin(), m_popularity.end(), at);
    const auto index = static_cast<uint32_t>(found - m_popularity.begin());
    return std::min(index, static_cast<uint32_t>(m_popularity.size() - 1)) + 1;
}

void
ContentPackets::Add(uint32_t number, Time when, Ptr<ContentClient> client)
{
    m_links.push_back(m_inputs.NetworkOf(number));
    const auto& trace = m_links.back();
    ContentPoolHelper::Link link;
    link.rate =
        DataRate(static_cast<uint64_t>(std::max(1000.0, trace->Periods().front().bandwidth)));
    // The trace's latency is a round trip; what the way beyond the client's link takes is off it.
    const Time beyond = NanoSeconds(m_values.GetTimeNs("topology.delay")) + MicroSeconds(2100);
    link.delay =
        std::max(NanoSeconds(trace->Periods().front().latency.GetNanoSeconds() / 2) - beyond,
                 MicroSeconds(100));
    link.queue = static_cast<uint32_t>(m_values.GetInt("topology.queue"));
    const auto edge = number / static_cast<uint32_t>(m_values.GetInt("topology.edge"));
    ContentClientSite site = m_helper->AddClient(edge, link);
    site.map->SetAttribute("Interval", TimeValue(NanoSeconds(m_values.GetTimeNs("map.interval"))));
    site.map->SetAttribute(
        "Behind",
        TimeValue(NanoSeconds(m_values.GetTimeNs("client.live_delay")) + Seconds(2)));
    client->SetGuide(site.guide);
    client->SetFetcher(site.fetcher);
    for (const Ptr<NetDevice>& device : {Ptr<NetDevice>(site.down), site.node->GetDevice(0)})
    {
        device->TraceConnectWithoutContext("PhyTxEnd",
                                           MakeCallback(&ContentPackets::CountBytes, this));
    }
    m_sites.push_back(site);
    m_clients.push_back(client);
    const ContentAddress manager = m_helper->GetPool()->GetAddress();
    const uint32_t stream = StreamOf(number);
    const Callback<void> ready = MakeCallback(&ContentClient::Start, client);
    Simulator::Schedule(when,
                        [site, manager, stream, ready]()
                        { site.map->Start(site.node, manager, stream, site.guide, ready); });
    if (trace->Periods().size() > 1)
    {
        Simulator::Schedule(trace->Periods().front().duration,
                            &ContentPackets::FollowTrace,
                            this,
                            number,
                            std::size_t(1));
    }
    m_lastBegin = std::max(m_lastBegin, when);
}

void
ContentPackets::FollowTrace(uint32_t number, std::size_t period)
{
    const auto& periods = m_links[number]->Periods();
    const auto& now = periods[period % periods.size()];
    // A link of ns-3 cannot stand still: 1 kbit/s is the least.
    m_sites[number].down->SetDataRate(
        DataRate(static_cast<uint64_t>(std::max(1000.0, now.bandwidth))));
    Simulator::Schedule(now.duration, &ContentPackets::FollowTrace, this, number, period + 1);
}

void
ContentPackets::LookForEnd()
{
    const bool over = std::all_of(m_clients.begin(),
                                  m_clients.end(),
                                  [](const Ptr<ContentClient>& client)
                                  { return client->Totals() && client->IsOver(); });
    if (over)
    {
        Simulator::Stop();
        return;
    }
    Simulator::Schedule(Seconds(1), &ContentPackets::LookForEnd, this);
}

void
ContentPackets::Run()
{
    Simulator::Schedule(m_lastBegin, &ContentPackets::LookForEnd, this);
    // Ten times as long as it should take is for ever.
    Simulator::Stop(m_lastBegin + Seconds(m_inputs.movie->Length().GetSeconds() * 10 + 600));
    Simulator::Run();
}

} // namespace shardsim
