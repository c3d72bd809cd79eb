// SPDX-License-Identifier: GPL-2.0-only
// What hub, endpoints and clients may be sent: any bytes as a token, and as each message. A token
// that was not written is never genuine; what is read of a message and written again is what came.

#include "ns3/endpoint-gate.h"
#include "ns3/endpoint-hand.h"
#include "ns3/endpoint-message.h"
#include "ns3/shard-token-wrap.h"
#include "ns3/shard-token.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

void
Require(bool holds)
{
    if (!holds)
    {
        std::abort();
    }
}

EndpointSecrets
Secrets(ShardTokenSeal seal)
{
    EndpointSecrets secrets;
    secrets.master.fill(42);
    secrets.seal = seal;
    return secrets;
}

/// Any bytes as a token, and laid over a genuine one.
void
CheckTokens(const uint8_t* data, std::size_t size)
{
    for (const ShardTokenSeal seal : {SHARD_TOKEN_SEALED, SHARD_TOKEN_TAGGED})
    {
        ShardTokenKeys keys(Secrets(seal).master, seal, 0, 1);
        ShardTokenNumber number;
        ShardTokenClaims claims;
        const std::vector<uint8_t> exact(data, data + size);
        Require(keys.Read(5, exact.data(), exact.size(), number, claims) != SHARD_TOKEN_ACCEPTED);
        ShardTokenClaims genuine;
        genuine.client = 3;
        genuine.expires = 10;
        const ShardToken token = keys.Write(1, {1, 2}, genuine);
        ShardToken changed = token;
        for (std::size_t i = 0; i < size; ++i)
        {
            changed[i % changed.size()] ^= data[i];
        }
        Require((keys.Read(5, changed.data(), changed.size(), number, claims) ==
                 SHARD_TOKEN_ACCEPTED) == (changed == token));
        // Shown at an endpoint, without knowledge of the secret.
        EndpointOpen open;
        open.client = 3;
        open.token = changed;
        EndpointGate gate(Secrets(seal), 10);
        Require(gate.Judge(NanoSeconds(5), open, 0, 0, 0) != SHARD_TOKEN_ACCEPTED);
    }
}

template <typename T>
void
CheckBody(const EndpointMessage& message)
{
    T body;
    const auto size = static_cast<uint32_t>(message.body.size());
    if (body.Read(message.body.data(), size) == SHARD_OK)
    {
        const std::vector<uint8_t> again = body.Write();
        Require(again.size() == EndpointMessage::FRAME + size);
        Require(std::equal(message.body.begin(),
                           message.body.end(),
                           again.begin() + EndpointMessage::FRAME));
    }
}

template <typename T>
void
CheckTypedBody(const EndpointMessage& message)
{
    T body;
    const auto size = static_cast<uint32_t>(message.body.size());
    if (body.Read(message.body.data(), size) == SHARD_OK)
    {
        const std::vector<uint8_t> again = body.Write(message.type);
        Require(again.size() == EndpointMessage::FRAME + size);
        Require(std::equal(message.body.begin(),
                           message.body.end(),
                           again.begin() + EndpointMessage::FRAME));
    }
}

/// Any bytes as a datagram: its body is read as every kind of message, whatever it says it is.
void
CheckMessages(const uint8_t* data, std::size_t size)
{
    const std::vector<uint8_t> exact(data, data + size);
    EndpointMessage message;
    const auto length = static_cast<uint32_t>(size);
    if (message.Read(exact.data(), length, length) != SHARD_OK)
    {
        message.type = ENDPOINT_REQUEST;
        message.body = exact;
    }
    else
    {
        Require(EndpointMessage::FRAME + message.body.size() + message.filling == size);
    }
    CheckBody<EndpointAttempt>(message);
    CheckBody<EndpointPrepare>(message);
    CheckTypedBody<EndpointProbe>(message);
    CheckBody<EndpointGrant>(message);
    CheckBody<EndpointOpen>(message);
    CheckBody<EndpointOpened>(message);
    CheckTypedBody<EndpointAsk>(message);
    CheckBody<EndpointAnswer>(message);
    CheckBody<EndpointReport>(message);
    CheckBody<EndpointCommand>(message);
    CheckBody<EndpointHand>(message);
    CheckBody<EndpointPeers>(message);
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    CheckTokens(data, size);
    CheckMessages(data, size);
    return 0;
}
