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

ShardError
ShardTransport::TakeControl(Time now, uint16_t path, const uint8_t* data, uint32_t size)
{
    ShardControlType type;
    uint32_t number = 0;
    const ShardError error = ShardControl::Check(data, size, type, number);
    if (error != SHARD_OK)
    {
        ++m_rejected[error];
        return error;
    }
    ++m_controlReceived;
    if (m_controlReceiver != nullptr)
    {
        m_controlReceiver->AcceptControl(now, path, type, data, size);
    }
    return SHARD_OK;
}

} // namespace sharding
} // namespace ns3
