// SPDX-License-Identifier: GPL-2.0-only
#include "content-missing.h"

#include "ns3/shard-compat.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentMissing);
NS_OBJECT_ENSURE_REGISTERED(ContentOneRemedy);
NS_OBJECT_ENSURE_REGISTERED(ContentLadder);

TypeId
ContentMissing::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentMissing").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

TypeId
ContentOneRemedy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentOneRemedy")
            .SetParent<ContentMissing>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentOneRemedy>()
            .AddAttribute("Remedy",
                          "retry (the same holder), other (holder), lower (rendition), skip or "
                          "interpolate.",
                          ShardEnumValue<ContentRemedyKind>(CONTENT_OTHER_HOLDER),
                          ShardMakeEnumAccessor<ContentRemedyKind>(&ContentOneRemedy::m_kind),
                          ShardMakeEnumChecker(CONTENT_RETRY,
                                               "retry",
                                               CONTENT_OTHER_HOLDER,
                                               "other",
                                               CONTENT_LOWER,
                                               "lower",
                                               CONTENT_SKIP,
                                               "skip",
                                               CONTENT_INTERPOLATE,
                                               "interpolate"))
            .AddAttribute("Delay",
                          "Before the same holder is asked again; twice as long each time.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&ContentOneRemedy::m_delay),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("MostDelay",
                          "Longest such delay.",
                          TimeValue(Seconds(5)),
                          MakeTimeAccessor(&ContentOneRemedy::m_mostDelay),
                          MakeTimeChecker(Time(0)));
    return tid;
}

ContentRemedy
ContentOneRemedy::Judge(const ContentMissingView& view)
{
    ContentRemedy remedy;
    remedy.kind = m_kind;
    const bool asksAnother = (m_kind == CONTENT_OTHER_HOLDER && view.holdersLeft > 0) ||
                             (m_kind == CONTENT_LOWER && view.rendition > 0);
    const bool asks = m_kind != CONTENT_SKIP && m_kind != CONTENT_INTERPOLATE;
    if (asks && !asksAnother)
    {
        constexpr uint32_t MOST_DOUBLINGS = 20; // what the longest delay is for is past them
        const uint32_t doublings = std::min(view.attemptsHere - 1, MOST_DOUBLINGS);
        remedy.delay =
            std::min(m_mostDelay,
                     TimeStep(static_cast<uint64_t>(m_delay.GetTimeStep()) << doublings));
    }
    return remedy;
}

TypeId
ContentLadder::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentLadder")
            .SetParent<ContentMissing>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentLadder>()
            .AddAttribute("Patience",
                          "On demand, requests for a segment before it is interpolated.",
                          UintegerValue(4),
                          MakeUintegerAccessor(&ContentLadder::m_patience),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("Delay",
                          "Before a holder is asked again that was asked already.",
                          TimeValue(MilliSeconds(100)),
                          MakeTimeAccessor(&ContentLadder::m_delay),
                          MakeTimeChecker(Time(0)));
    return tid;
}

ContentRemedy
ContentLadder::Judge(const ContentMissingView& view)
{
    ContentRemedy remedy;
    if (view.holdersLeft > 0 && view.expected < view.buffer)
    {
        remedy.kind = CONTENT_OTHER_HOLDER;
        return remedy;
    }
    const bool isWaiting = !view.live && view.attempts < m_patience;
    if (view.rendition > 0 && (view.expectedLowest < view.buffer || isWaiting))
    {
        remedy.kind = CONTENT_LOWER;
        return remedy;
    }
    if (isWaiting || (view.holdersLeft > 0 && view.expectedLowest < view.buffer))
    {
        remedy.kind = CONTENT_OTHER_HOLDER;
        remedy.delay = view.holdersLeft > 0 ? Time(0) : m_delay;
        return remedy;
    }
    remedy.kind = CONTENT_INTERPOLATE;
    return remedy;
}

} // namespace sharding
} // namespace ns3
