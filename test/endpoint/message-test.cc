// SPDX-License-Identifier: GPL-2.0-only
/*
 * 1. bytes are where docs/endpoints-network.md has them
 * 2. a message cut anywhere, or with a byte too many, is refused
 * 3. what cannot be is refused: too many places, an instance busier than time goes on, no resource,
 *    a request handed on too often
 * 4. a gate lets in who shows a good token with its proof, once, and at the endpoint it is meant
 * for
 */
#include "ns3/endpoint-gate.h"
#include "ns3/endpoint-hand.h"
#include "ns3/endpoint-message.h"

#include <gtest/gtest.h>
#include <vector>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

using Bytes = std::vector<uint8_t>;

template <typename T>
ShardError
ReadBody(const Bytes& message, std::size_t size)
{
    const Bytes body(message.begin() + 4, message.begin() + 4 + static_cast<long>(size));
    T into;
    return into.Read(body.data(), static_cast<uint32_t>(body.size()));
}

template <typename T>
void
ExpectRefusedWhenCut(Bytes message)
{
    for (std::size_t size = 0; size + 4 < message.size(); ++size)
    {
        EXPECT_NE(ReadBody<T>(message, size), SHARD_OK) << size;
    }
    EXPECT_EQ(ReadBody<T>(message, message.size() - 4), SHARD_OK);
    message.push_back(0);
    EXPECT_NE(ReadBody<T>(message, message.size() - 4), SHARD_OK);
}

EndpointGrant
Grant(std::size_t places)
{
    EndpointGrant grant;
    grant.client = 7;
    grant.places.assign(places, {3, 0x0a000001, 8003});
    return grant;
}

TEST(EndpointMessage, BytesAreWhereTheyAreDocumentedToBe)
{
    EndpointCommand command;
    command.endpoint = 0x01020304;
    command.life = 5;
    command.kind = EndpointCommand::DRAIN;
    command.group = 6;
    command.permille = 1500;
    const Bytes expected = {1, 13, 0, 21, 1, 2, 3, 4, 0, 0, 0, 5, 2, 0, 0, 0, 6, 0, 0, 5, 0xdc};
    EXPECT_EQ(command.Write(), expected);
    EndpointAsk ask;
    ask.client = 0x0102030405060708;
    ask.session = 9;
    ask.number = 10;
    ask.work = 11;
    const Bytes request = {1, 9, 0, 28, 1, 2,  3, 4, 5, 6, 7, 8, 0, 0,
                           0, 9, 0, 0,  0, 10, 0, 0, 0, 0, 0, 0, 0, 11};
    EXPECT_EQ(ask.Write(ENDPOINT_REQUEST), request);
    EndpointHand hand;
    hand.ask = ask;
    hand.address = 0x0a000001;
    hand.port = 0x0102;
    hand.home = 0x0a000002;
    hand.homePort = 0x0304;
    hand.hops = 2;
    Bytes handed = request;
    handed[1] = 14;
    handed[3] = 41;
    handed.insert(handed.end(), {10, 0, 0, 1, 1, 2, 10, 0, 0, 2, 3, 4, 2});
    EXPECT_EQ(hand.Write(), handed);
    EndpointPeers peers;
    peers.endpoint = 5;
    peers.places = {{6, 0x0a000001, 0x0102}};
    const Bytes told = {1, 15, 0, 19, 0, 0, 0, 5, 1, 0, 0, 0, 6, 10, 0, 0, 1, 1, 2};
    EXPECT_EQ(peers.Write(), told);
    EXPECT_EQ(Grant(2).Write().size(), 4U + 17 + 2 * 10 + 96 + 48);
    EXPECT_EQ(EndpointOpen().Write().size(), 4U + 20 + 96 + 8);
}

TEST(EndpointMessage, CutAnywhereItIsRefused)
{
    EndpointPrepare prepare;
    prepare.port = 1;
    EndpointReport report;
    report.ended.resize(3);
    EndpointHand hand;
    hand.port = 1;
    EndpointPeers peers;
    peers.places.assign(40, {3, 0x0a000001, 8003});
    ExpectRefusedWhenCut<EndpointHand>(hand.Write());
    ExpectRefusedWhenCut<EndpointPeers>(peers.Write());
    ExpectRefusedWhenCut<EndpointAttempt>(EndpointAttempt().Write());
    ExpectRefusedWhenCut<EndpointPrepare>(prepare.Write());
    ExpectRefusedWhenCut<EndpointProbe>(EndpointProbe().Write(ENDPOINT_PROBE));
    ExpectRefusedWhenCut<EndpointGrant>(Grant(8).Write());
    ExpectRefusedWhenCut<EndpointOpen>(EndpointOpen().Write());
    ExpectRefusedWhenCut<EndpointOpened>(EndpointOpened().Write());
    ExpectRefusedWhenCut<EndpointAsk>(EndpointAsk().Write(ENDPOINT_CLOSE));
    ExpectRefusedWhenCut<EndpointAnswer>(EndpointAnswer().Write());
    ExpectRefusedWhenCut<EndpointReport>(report.Write());
    ExpectRefusedWhenCut<EndpointCommand>(EndpointCommand().Write());
}

TEST(EndpointMessage, WhatCannotBeIsRefused)
{
    const Bytes many = Grant(9).Write();
    EXPECT_EQ(ReadBody<EndpointGrant>(many, many.size() - 4), SHARD_CONTRADICTION);
    EndpointReport busy;
    busy.interval = 10;
    busy.busy = 11;
    const Bytes report = busy.Write();
    EXPECT_EQ(ReadBody<EndpointReport>(report, report.size() - 4), SHARD_CONTRADICTION);
    EndpointCommand none;
    none.permille = 0;
    const Bytes command = none.Write();
    EXPECT_EQ(ReadBody<EndpointCommand>(command, command.size() - 4), SHARD_CONTRADICTION);
    EndpointAsk endless;
    endless.work = uint64_t(1) << 63;
    const Bytes ask = endless.Write(ENDPOINT_REQUEST);
    EXPECT_EQ(ReadBody<EndpointAsk>(ask, ask.size() - 4), SHARD_CONTRADICTION);
    EndpointHand hand;
    hand.port = 1;
    for (const uint8_t hops : {0, 9})
    {
        hand.hops = hops;
        const Bytes bytes = hand.Write();
        EXPECT_EQ(ReadBody<EndpointHand>(bytes, bytes.size() - 4), SHARD_CONTRADICTION);
    }
    hand.hops = 8;
    hand.ask.work = endless.work;
    const Bytes bytes = hand.Write();
    EXPECT_EQ(ReadBody<EndpointHand>(bytes, bytes.size() - 4), SHARD_CONTRADICTION);
    EndpointPeers crowd;
    crowd.places.assign(41, {3, 0x0a000001, 8003});
    const Bytes told = crowd.Write();
    EXPECT_EQ(ReadBody<EndpointPeers>(told, told.size() - 4), SHARD_CONTRADICTION);
}

TEST(EndpointMessage, AFrameIsWhatItSaysAndTheRestIsFilling)
{
    Bytes bytes = EndpointOpened().Write();
    bytes.resize(bytes.size() + 40);
    EndpointMessage message;
    const auto size = static_cast<uint32_t>(bytes.size());
    ASSERT_EQ(message.Read(bytes.data(), size, size), SHARD_OK);
    EXPECT_EQ(message.type, ENDPOINT_OPENED);
    EXPECT_EQ(message.body.size(), 17U);
    EXPECT_EQ(message.filling, 40U);
    bytes[0] = 2;
    EXPECT_EQ(message.Read(bytes.data(), size, size), SHARD_VERSION);
    bytes[0] = 1;
    bytes[1] = ENDPOINT_TYPES;
    EXPECT_EQ(message.Read(bytes.data(), size, size), SHARD_CONTRADICTION);
    bytes[1] = 1;
    bytes[2] = 255;
    EXPECT_EQ(message.Read(bytes.data(), size, size), SHARD_LENGTH);
    EXPECT_EQ(message.Read(bytes.data(), 3, 3), SHARD_TRUNCATED);
}

class GateTest : public testing::TestWithParam<ShardTokenSeal>
{
  protected:
    GateTest()
    {
        secrets.seal = GetParam();
        secrets.master.fill(9);
        ShardTokenKeys keys(secrets.master, GetParam(), 0, 1);
        claims.secret = keys.SecretFor({0, 1});
        claims.client = 7;
        claims.address = 100;
        claims.group = 2;
        claims.issued = 10;
        claims.expires = 1000;
        open.client = 7;
        open.session = 1;
        open.group = 2;
        open.endpoint = 3;
        open.token = keys.Write(10, {0, 1}, claims);
        open.proof = open.ProofBy(claims.secret);
        gate = std::make_unique<EndpointGate>(secrets, 100);
    }

    ShardTokenVerdict Judge(const EndpointOpen& what, uint32_t group = 2, uint32_t endpoint = 3)
    {
        return gate->Judge(NanoSeconds(20), what, 100, group, endpoint);
    }

    EndpointSecrets secrets;
    ShardTokenClaims claims;
    EndpointOpen open;
    std::unique_ptr<EndpointGate> gate;
};

TEST_P(GateTest, ATokenIsGoodOnce)
{
    EXPECT_EQ(Judge(open), SHARD_TOKEN_ACCEPTED);
    EXPECT_EQ(Judge(open), SHARD_TOKEN_REPLAYED);
    EXPECT_EQ(gate->Count(SHARD_TOKEN_ACCEPTED), 1U);
    EXPECT_EQ(gate->Count(SHARD_TOKEN_REPLAYED), 1U);
}

TEST_P(GateTest, WhoDoesNotKnowTheSecretCannotSpoilATokenForItsHolder)
{
    EndpointOpen guess = open;
    guess.proof ^= 1;
    EXPECT_EQ(Judge(guess), SHARD_TOKEN_FORGED);
    EXPECT_EQ(Judge(open), SHARD_TOKEN_ACCEPTED);
}

TEST_P(GateTest, ACopyIsGoodForNoOtherEndpoint)
{
    EXPECT_EQ(Judge(open, 2, 4), SHARD_TOKEN_REPLAYED);
    EndpointOpen redirected = open;
    redirected.endpoint = 4;
    EXPECT_EQ(Judge(redirected, 2, 4), SHARD_TOKEN_FORGED);
    redirected.proof = redirected.ProofBy(claims.secret); // its holder may do that
    EXPECT_EQ(Judge(redirected, 2, 4), SHARD_TOKEN_ACCEPTED);
}

TEST_P(GateTest, WhatIsWrongIsToldApart)
{
    EXPECT_EQ(Judge(open, 5), SHARD_TOKEN_WRONG_GROUP);
    EndpointOpen other = open;
    other.client = 8;
    EXPECT_EQ(Judge(other), SHARD_TOKEN_WRONG_CLIENT);
    EXPECT_EQ(gate->Judge(NanoSeconds(20), open, 101, 2, 3), SHARD_TOKEN_WRONG_CLIENT);
    EXPECT_EQ(gate->Judge(NanoSeconds(1000), open, 100, 2, 3), SHARD_TOKEN_EXPIRED);
    EXPECT_EQ(gate->Judge(NanoSeconds(9), open, 100, 2, 3), SHARD_TOKEN_EARLY);
    EXPECT_EQ(Judge(open), SHARD_TOKEN_ACCEPTED); // nothing of that has used it up
}

INSTANTIATE_TEST_SUITE_P(BothWays,
                         GateTest,
                         testing::Values(SHARD_TOKEN_SEALED, SHARD_TOKEN_TAGGED));

TEST(EndpointReport, LatencyIsByLittlesLaw)
{
    EndpointReport report;
    report.interval = 1000000;
    report.inSystem = 3;
    report.busy = 800000;
    EXPECT_FALSE(report.Latency()) << "nobody came";
    report.requests = 10;
    EXPECT_EQ(report.Latency(), 300000u) << "3 in the system, 10 a second";
    report.inSystem = 0;
    EXPECT_EQ(report.Latency(), 80000u) << "the CPU's time";
}

} // namespace
