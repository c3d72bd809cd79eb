// SPDX-License-Identifier: GPL-2.0-only
#include "content-abr.h"

#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentAbr);
NS_OBJECT_ENSURE_REGISTERED(ContentFixedAbr);

TypeId
ContentAbr::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentAbr").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

uint32_t
ContentAbr::First() const
{
    return 0;
}

std::optional<uint32_t>
ContentAbr::Abandon(Time, const ContentAbrView&, const ContentRequest&, const ContentProgress&)
{
    return std::nullopt;
}

void
ContentAbr::Waited(Time)
{
}

void
ContentAbr::Fetched(const ContentAbrView&, const ContentAbrFetch&)
{
}

TypeId
ContentFixedAbr::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ContentFixedAbr")
                            .SetParent<ContentAbr>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ContentFixedAbr>()
                            .AddAttribute("Rendition",
                                          "Rendition that is always asked for, the lowest being 0.",
                                          UintegerValue(0),
                                          MakeUintegerAccessor(&ContentFixedAbr::m_rendition),
                                          MakeUintegerChecker<uint32_t>());
    return tid;
}

uint32_t
ContentFixedAbr::First() const
{
    return m_rendition;
}

ContentAbrChoice
ContentFixedAbr::Choose(const ContentAbrView& view)
{
    const auto highest = static_cast<uint32_t>(view.guide->Bitrates().size() - 1);
    return {std::min(m_rendition, highest), Time(0)};
}

} // namespace sharding
} // namespace ns3
