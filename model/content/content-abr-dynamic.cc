// SPDX-License-Identifier: GPL-2.0-only
#include "content-abr-dynamic.h"

#include "content-abr-bola.h"
#include "content-abr-throughput.h"

#include "ns3/pointer.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentDynamicAbr);

TypeId
ContentDynamicAbr::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentDynamicAbr")
            .SetParent<ContentAbr>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentDynamicAbr>()
            .AddAttribute("Threshold",
                          "Buffer below which the throughput rule may be followed, and above which "
                          "BOLA may be.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&ContentDynamicAbr::m_threshold),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("Bola",
                          "The rule of the full buffer; a ContentBolaAbr unless set.",
                          PointerValue(),
                          MakePointerAccessor(&ContentDynamicAbr::m_bola),
                          MakePointerChecker<ContentAbr>())
            .AddAttribute("Throughput",
                          "The rule of the low buffer; a ContentThroughputAbr unless set.",
                          PointerValue(),
                          MakePointerAccessor(&ContentDynamicAbr::m_throughput),
                          MakePointerChecker<ContentAbr>());
    return tid;
}

ContentDynamicAbr::ContentDynamicAbr() = default;

ContentAbrChoice
ContentDynamicAbr::Choose(const ContentAbrView& view)
{
    if (!m_bola)
    {
        m_bola = CreateObject<ContentBolaAbr>();
    }
    if (!m_throughput)
    {
        m_throughput = CreateObject<ContentThroughputAbr>();
    }
    // Both are asked each time, since both learn from it.
    const ContentAbrChoice full = m_bola->Choose(view);
    const ContentAbrChoice low = m_throughput->Choose(view);
    if (m_isBola)
    {
        m_isBola = view.buffer >= m_threshold || full.rendition >= low.rendition;
    }
    else
    {
        m_isBola = view.buffer > m_threshold && full.rendition >= low.rendition;
    }
    return m_isBola ? full : low;
}

std::optional<uint32_t>
ContentDynamicAbr::Abandon(Time now,
                           const ContentAbrView& view,
                           const ContentRequest& request,
                           const ContentProgress& progress)
{
    return m_throughput ? m_throughput->Abandon(now, view, request, progress) : std::nullopt;
}

} // namespace sharding
} // namespace ns3
