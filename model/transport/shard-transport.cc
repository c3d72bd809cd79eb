// SPDX-License-Identifier: GPL-2.0-only
#include "shard-transport.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardTransport);

TypeId
ShardTransport::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardTransport").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

} // namespace sharding
} // namespace ns3
