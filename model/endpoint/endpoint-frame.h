// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_FRAME_H
#define ENDPOINT_FRAME_H

#include "endpoint-message.h"

#include "ns3/shard-octets.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Of the messages of hub, endpoints and clients.
constexpr uint8_t ENDPOINT_VERSION = 1;

/// @param type of a message  @return a writer with the frame in front; the length comes at the end
inline ShardOctetWriter
BeginEndpointMessage(EndpointMessageType type)
{
    ShardOctetWriter out;
    out.Put8(ENDPOINT_VERSION).Put8(type).Put16(0);
    return out;
}

/// @param out with frame and body  @return the message
inline std::vector<uint8_t>
EndEndpointMessage(ShardOctetWriter& out)
{
    std::vector<uint8_t> message = out.Take();
    ShardPut16(&message[2], static_cast<uint16_t>(message.size()));
    return message;
}

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_FRAME_H
