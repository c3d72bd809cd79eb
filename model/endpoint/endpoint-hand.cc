// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-hand.h"

#include "endpoint-frame.h"


namespace ns3
{
namespace sharding
{

std::vector<uint8_t>
EndpointHand::Write() const
{
    ShardOctetWriter out = BeginEndpointMessage(ENDPOINT_HAND);
    out.Put64(ask.client).Put32(ask.session).Put32(ask.number).Put64(ask.work);
    out.Put32(address).Put16(port).Put32(home).Put16(homePort).Put8(hops);
    return EndEndpointMessage(out);
}

ShardError
EndpointHand::Read(const uint8_t* body, uint32_t size)
{
    constexpr uint32_t ASK = 24; // bytes
    if (size < ASK)
    {
        return SHARD_TRUNCATED;
    }
    const ShardError verdict = ask.Read(body, ASK);
    if (verdict != SHARD_OK)
    {
        return verdict;
    }
    ShardOctetReader in(body + ASK, size - ASK);
    address = in.Get32();
    port = in.Get16();
    home = in.Get32();
    homePort = in.Get16();
    hops = in.Get8();
    return ShardBodyVerdict(in, port != 0 && hops > 0 && hops <= MOST_HOPS);
}

std::vector<uint8_t>
EndpointPeers::Write() const
{
    ShardOctetWriter out = BeginEndpointMessage(ENDPOINT_PEERS);
    out.Put32(endpoint);
    PutEndpointPlaces(out, places);
    return EndEndpointMessage(out);
}

ShardError
EndpointPeers::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    endpoint = in.Get32();
    return GetEndpointPlaces(in, MOST_PEERS, places) ? ShardBodyVerdict(in, true)
                                                     : SHARD_CONTRADICTION;
}

} // namespace sharding
} // namespace ns3
