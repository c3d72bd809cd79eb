// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-message.h"

#include "endpoint-frame.h"

#include "ns3/shard-tag.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

namespace
{

/// What is longer than this is filling: so much is copied out of a packet.
constexpr uint32_t LONGEST = EndpointMessage::MOST;

template <std::size_t N>
void
PutBytes(ShardOctetWriter& out, const std::array<uint8_t, N>& bytes)
{
    for (const uint8_t byte : bytes)
    {
        out.Put8(byte);
    }
}

template <std::size_t N>
void
GetBytes(ShardOctetReader& in, std::array<uint8_t, N>& bytes)
{
    for (uint8_t& byte : bytes)
    {
        byte = in.Get8();
    }
}

} // namespace

std::vector<uint8_t>
EndpointAttempt::Write() const
{
    ShardOctetWriter out = BeginEndpointMessage(ENDPOINT_ATTEMPT);
    out.Put64(client).Put32(number).Put8(region).Put8(device).Put8(protocol).Put8(0).Put32(avoid);
    return EndEndpointMessage(out);
}

ShardError
EndpointAttempt::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    client = in.Get64();
    number = in.Get32();
    region = in.Get8();
    device = in.Get8();
    protocol = in.Get8();
    const uint8_t reserved = in.Get8();
    avoid = in.Get32();
    return ShardBodyVerdict(in, reserved == 0);
}

std::vector<uint8_t>
EndpointPrepare::Write() const
{
    ShardOctetWriter out = BeginEndpointMessage(ENDPOINT_PREPARE);
    out.Put64(client).Put32(number).Put32(address).Put16(port).Put16(early);
    return EndEndpointMessage(out);
}

ShardError
EndpointPrepare::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    client = in.Get64();
    number = in.Get32();
    address = in.Get32();
    port = in.Get16();
    early = in.Get16();
    return ShardBodyVerdict(in, port != 0);
}

std::vector<uint8_t>
EndpointProbe::Write(EndpointMessageType type) const
{
    ShardOctetWriter out = BeginEndpointMessage(type);
    out.Put64(client).Put32(number).Put32(endpoint).Put32(trip).Put8(protocol);
    return EndEndpointMessage(out);
}

ShardError
EndpointProbe::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    client = in.Get64();
    number = in.Get32();
    endpoint = in.Get32();
    trip = in.Get32();
    protocol = in.Get8();
    return ShardBodyVerdict(in, true);
}

std::vector<uint8_t>
EndpointGrant::Write() const
{
    ShardOctetWriter out = BeginEndpointMessage(ENDPOINT_GRANT);
    out.Put64(client).Put32(number).Put32(group);
    PutEndpointPlaces(out, places);
    PutBytes(out, token);
    PutBytes(out, wrapped);
    return EndEndpointMessage(out);
}

ShardError
EndpointGrant::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    client = in.Get64();
    number = in.Get32();
    group = in.Get32();
    if (!GetEndpointPlaces(in, MOST_PLACES, places))
    {
        return SHARD_CONTRADICTION;
    }
    GetBytes(in, token);
    GetBytes(in, wrapped);
    return ShardBodyVerdict(in, true);
}

std::vector<uint8_t>
EndpointOpen::Write() const
{
    ShardOctetWriter out = BeginEndpointMessage(ENDPOINT_OPEN);
    out.Put64(client).Put32(session).Put32(group).Put32(endpoint);
    PutBytes(out, token);
    out.Put64(proof);
    return EndEndpointMessage(out);
}

ShardError
EndpointOpen::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    client = in.Get64();
    session = in.Get32();
    group = in.Get32();
    endpoint = in.Get32();
    GetBytes(in, token);
    proof = in.Get64();
    return ShardBodyVerdict(in, true);
}

uint64_t
EndpointOpen::ProofBy(const std::array<uint8_t, 32>& secret) const
{
    const std::vector<uint8_t> message = Write();
    ShardTagKey key;
    std::copy(secret.begin(), secret.begin() + key.size(), key.begin());
    return ShardTag(key, message.data(), message.size() - sizeof(proof));
}

std::vector<uint8_t>
EndpointOpened::Write() const
{
    ShardOctetWriter out = BeginEndpointMessage(ENDPOINT_OPENED);
    out.Put64(client).Put32(session).Put32(endpoint).Put8(verdict);
    return EndEndpointMessage(out);
}

ShardError
EndpointOpened::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    client = in.Get64();
    session = in.Get32();
    endpoint = in.Get32();
    verdict = in.Get8();
    return ShardBodyVerdict(in, verdict < ENDPOINT_OPEN_VERDICTS);
}

std::vector<uint8_t>
EndpointAsk::Write(EndpointMessageType type) const
{
    ShardOctetWriter out = BeginEndpointMessage(type);
    out.Put64(client).Put32(session).Put32(number).Put64(work);
    return EndEndpointMessage(out);
}

ShardError
EndpointAsk::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    client = in.Get64();
    session = in.Get32();
    number = in.Get32();
    work = in.Get64();
    // An hour of work is more than any request has: what says more would stop an endpoint.
    return ShardBodyVerdict(in, work <= uint64_t(3600) * 1000000000);
}

std::vector<uint8_t>
EndpointAnswer::Write() const
{
    ShardOctetWriter out = BeginEndpointMessage(ENDPOINT_RESPONSE);
    out.Put64(client).Put32(session).Put32(number).Put32(endpoint).Put8(kind).Put8(0).Put16(size);
    return EndEndpointMessage(out);
}

ShardError
EndpointAnswer::Read(const uint8_t* body, uint32_t length)
{
    ShardOctetReader in(body, length);
    client = in.Get64();
    session = in.Get32();
    number = in.Get32();
    endpoint = in.Get32();
    kind = in.Get8();
    const uint8_t reserved = in.Get8();
    size = in.Get16();
    return ShardBodyVerdict(in, kind <= NO_SUCH && reserved == 0);
}

std::optional<uint64_t>
EndpointReport::Latency() const
{
    if (requests == 0)
    {
        return std::nullopt;
    }
    return std::max<uint64_t>(uint64_t(inSystem) * interval, busy) / requests;
}

std::vector<uint8_t>
EndpointReport::Write() const
{
    ShardOctetWriter out = BeginEndpointMessage(ENDPOINT_REPORT);
    out.Put32(endpoint).Put32(life).Put8(state).Put64(at).Put32(interval).Put32(busy).Put64(work);
    out.Put32(requests).Put32(inSystem).Put32(sessions).Put64(memory).Put64(sent);
    out.Put8(static_cast<uint8_t>(ended.size()));
    for (const EndpointHistory& history : ended)
    {
        out.Put64(history.client).Put32(history.requests).Put32(history.lasted).Put64(history.work);
    }
    return EndEndpointMessage(out);
}

ShardError
EndpointReport::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    endpoint = in.Get32();
    life = in.Get32();
    state = in.Get8();
    at = in.Get64();
    interval = in.Get32();
    busy = in.Get32();
    work = in.Get64();
    requests = in.Get32();
    inSystem = in.Get32();
    sessions = in.Get32();
    memory = in.Get64();
    sent = in.Get64();
    const uint32_t count = in.Get8();
    ended.clear();
    if (state >= ENDPOINT_STATES || busy > interval || at >= uint64_t(1) << 63 ||
        count > MOST_HISTORIES)
    {
        return SHARD_CONTRADICTION;
    }
    for (uint32_t i = 0; i < count && !in.IsShort(); ++i)
    {
        EndpointHistory history;
        history.client = in.Get64();
        history.requests = in.Get32();
        history.lasted = in.Get32();
        history.work = in.Get64();
        ended.push_back(history);
    }
    return ShardBodyVerdict(in, true);
}

std::vector<uint8_t>
EndpointCommand::Write() const
{
    ShardOctetWriter out = BeginEndpointMessage(ENDPOINT_COMMAND);
    out.Put32(endpoint).Put32(life).Put8(kind).Put32(group).Put32(permille);
    return EndEndpointMessage(out);
}

ShardError
EndpointCommand::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    endpoint = in.Get32();
    life = in.Get32();
    kind = in.Get8();
    group = in.Get32();
    permille = in.Get32();
    return ShardBodyVerdict(in,
                            kind >= CREATE && kind < KINDS && permille > 0 && permille <= 1000000);
}

ShardError
EndpointMessage::Read(const uint8_t* data, uint32_t size, uint32_t whole)
{
    if (size < FRAME)
    {
        return SHARD_TRUNCATED;
    }
    if (data[0] != ENDPOINT_VERSION)
    {
        return SHARD_VERSION;
    }
    if (data[1] == 0 || data[1] >= ENDPOINT_TYPES)
    {
        return SHARD_CONTRADICTION;
    }
    const uint32_t length = ShardGet16(data + 2);
    if (length < FRAME || length > size || whole < size)
    {
        return SHARD_LENGTH;
    }
    type = static_cast<EndpointMessageType>(data[1]);
    body.assign(data + FRAME, data + length);
    filling = whole - length;
    return SHARD_OK;
}

ShardError
EndpointMessage::Read(Ptr<const Packet> packet)
{
    std::array<uint8_t, LONGEST> bytes;
    // Filling is not looked at, and not copied: most of a datagram may be that.
    uint32_t size = packet->CopyData(bytes.data(), FRAME);
    if (size == FRAME)
    {
        const uint32_t length = ShardGet16(&bytes[2]);
        size = packet->CopyData(bytes.data(), std::max(FRAME, std::min(length, LONGEST)));
    }
    return Read(bytes.data(), size, packet->GetSize());
}

Ptr<Packet>
EndpointPacket(const std::vector<uint8_t>& message, uint32_t filling)
{
    Ptr<Packet> packet = Create<Packet>(message.data(), static_cast<uint32_t>(message.size()));
    if (filling > 0)
    {
        packet->AddPaddingAtEnd(filling);
    }
    return packet;
}

} // namespace sharding
} // namespace ns3
