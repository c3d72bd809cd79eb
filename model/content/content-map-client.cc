// SPDX-License-Identifier: GPL-2.0-only
#include "content-map-client.h"

#include "ns3/abort.h"
#include "ns3/shard-octets.h"
#include "ns3/simulator.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentMapClient);

TypeId
ContentMapClient::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentMapClient")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentMapClient>()
            .AddAttribute("Interval",
                          "Time between two looks at the map.",
                          TimeValue(MilliSeconds(500)),
                          MakeTimeAccessor(&ContentMapClient::m_interval),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("Window",
                          "Time ahead of the client for which it wants to know the map.",
                          TimeValue(Seconds(20)),
                          MakeTimeAccessor(&ContentMapClient::m_window),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("Behind",
                          "Live, time before now from which on it wants to know the map at the "
                          "begin.",
                          TimeValue(Seconds(15)),
                          MakeTimeAccessor(&ContentMapClient::m_behind),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Patience",
                          "An answer that takes longer is not waited for.",
                          TimeValue(Seconds(2)),
                          MakeTimeAccessor(&ContentMapClient::m_patience),
                          MakeTimeChecker(MilliSeconds(1)))
            .AddAttribute("RequestPadding",
                          "Bytes of a request beyond its head of 32 bytes; a request of HTTP/1.1 "
                          "has about 400.",
                          UintegerValue(368),
                          MakeUintegerAccessor(&ContentMapClient::m_padding),
                          MakeUintegerChecker<uint16_t>(0, ContentMessage::MAX_PADDING));
    return tid;
}

ContentMapClient::ContentMapClient()
    : m_tally(std::make_shared<ContentTally>())
{
}

ContentMapClient::~ContentMapClient() = default;

void
ContentMapClient::DoDispose()
{
    Stop();
    m_requester.reset();
    Object::DoDispose();
}

void
ContentMapClient::Start(Ptr<Node> node,
                        const ContentAddress& manager,
                        uint32_t stream,
                        std::shared_ptr<ContentMapGuide> guide,
                        Callback<void> ready)
{
    NS_ABORT_MSG_IF(m_requester || !guide, "ContentMapClient: begun twice, or without a guide");
    m_manager = manager;
    m_stream = stream;
    m_guide = std::move(guide);
    m_ready = ready;
    ContentRequestListener& self = *this;
    m_requester = std::make_unique<ContentRequester>(node, self, m_tally, 1);
    Ask();
}

void
ContentMapClient::Stop()
{
    m_next.Cancel();
    if (m_requester)
    {
        m_requester->Clear();
    }
    m_request = 0;
    m_ready.Nullify();
}

void
ContentMapClient::Ask()
{
    if (m_request > 0)
    {
        // It was waited for long enough.
        m_requester->Abort(std::exchange(m_request, 0));
        ++m_counters.failed;
    }
    const ContentMap& map = m_guide->Map();
    ContentMapWindow window;
    window.since = map.Version();
    if (map.Version() > 0)
    {
        const int64_t duration = map.Stream().duration;
        const Time now = Simulator::Now();
        const auto ahead = static_cast<uint32_t>(m_window.GetNanoSeconds() / duration + 1);
        uint32_t position = m_guide->Position();
        if (map.Count() == 0 && m_guide->IsLive())
        {
            const int64_t first = (now - m_behind).GetNanoSeconds() - map.Stream().beginAt;
            position = static_cast<uint32_t>(std::max<int64_t>(first, 0) / duration);
        }
        // What was asked for lately may be asked for again.
        constexpr uint32_t MARGIN = 8;
        window.from = position - std::min(position, MARGIN);
        window.known = window.from;
        if (map.Count() > 0)
        {
            window.from = std::min(window.from, map.End());
            window.known = map.End();
            m_guide->Map().Prune(window.from);
        }
        window.count = position - window.from + ahead;
    }
    ContentMessage message;
    message.type = CONTENT_GET_MAP;
    message.key = {m_stream, window.from};
    message.holder = m_manager;
    message.padding = m_padding;
    ShardOctetWriter out;
    out.Put32(window.since).Put32(window.known).Put32(window.count);
    message.body = out.Take();
    ++m_counters.requests;
    m_asked = Simulator::Now();
    m_request = m_requester->Ask(m_relay.value_or(m_manager), message);
    m_next = Simulator::Schedule(m_patience, &ContentMapClient::Ask, this);
    m_guide->SetNextLook(m_asked + std::max(m_roundTrip, MilliSeconds(1)));
}

void
ContentMapClient::RequestPart(uint64_t, uint32_t)
{
}

void
ContentMapClient::RequestEnded(uint64_t request, const ContentMessage* answer)
{
    if (request == m_request)
    {
        m_request = 0;
        m_next.Cancel();
        m_roundTrip = Simulator::Now() - m_asked;
        Take(answer);
    }
}

void
ContentMapClient::Take(const ContentMessage* answer)
{
    ContentMap& map = m_guide->Map();
    const bool isFirst = map.Version() == 0;
    Time next = std::max(m_asked + m_interval, Simulator::Now());
    if (answer == nullptr || answer->type != CONTENT_MAP || answer->status != CONTENT_OK)
    {
        ++m_counters.failed;
    }
    else
    {
        m_counters.bytes += answer->body.size();
        const ContentMapError error =
            map.Apply(answer->body.data(), static_cast<uint32_t>(answer->body.size()));
        if (error != CONTENT_MAP_OK)
        {
            ++m_counters.errors[error];
        }
        else
        {
            ++m_counters.answers;
            m_guide->Updated();
            // The first answer tells what the stream is; where to look follows from that.
            next = isFirst ? Simulator::Now() : next;
        }
    }
    m_next = Simulator::Schedule(next - Simulator::Now(), &ContentMapClient::Ask, this);
    m_guide->SetNextLook(next + m_roundTrip + MilliSeconds(1));
    if (!isFirst && map.Count() > 0 && !m_ready.IsNull())
    {
        const Callback<void> ready = m_ready;
        m_ready.Nullify();
        ready();
    }
}

} // namespace sharding
} // namespace ns3
