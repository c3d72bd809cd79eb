// SPDX-License-Identifier: GPL-2.0-only
#include "shard-policy.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardingPolicy);

TypeId
ShardingPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardingPolicy").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

} // namespace sharding
} // namespace ns3
