// SPDX-License-Identifier: GPL-2.0-only
#include "content-fetcher.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentFetcher);

TypeId
ContentFetcher::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentFetcher").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

} // namespace sharding
} // namespace ns3
