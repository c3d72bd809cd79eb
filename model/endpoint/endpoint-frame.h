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

/// @param out gets the number of places and the places  @param places at most 255
inline void
PutEndpointPlaces(ShardOctetWriter& out, const std::vector<EndpointPlace>& places)
{
    out.Put8(static_cast<uint8_t>(places.size()));
    for (const EndpointPlace& place : places)
    {
        out.Put32(place.endpoint).Put32(place.address).Put16(place.port);
    }
}

/**
 * @param in what PutEndpointPlaces() put
 * @param most places that there may be
 * @param places gets them, no more than there are octets for
 * @return whether they are no more than that, and those that are there have ports
 */
inline bool
GetEndpointPlaces(ShardOctetReader& in, uint32_t most, std::vector<EndpointPlace>& places)
{
    const uint32_t count = in.Get8();
    places.clear();
    bool arePorts = true;
    for (uint32_t i = 0; count <= most && i < count && !in.IsShort(); ++i)
    {
        EndpointPlace place;
        place.endpoint = in.Get32();
        place.address = in.Get32();
        place.port = in.Get16();
        arePorts = arePorts && (place.port != 0 || in.IsShort()); // what lacks is 0
        places.push_back(place);
    }
    return count <= most && arePorts;
}

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_FRAME_H
