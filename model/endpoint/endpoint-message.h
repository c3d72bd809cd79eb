// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_MESSAGE_H
#define ENDPOINT_MESSAGE_H

#include "ns3/packet.h"
#include "ns3/shard-header.h"
#include "ns3/shard-token.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

/**
 * @file
 * @ingroup sharding
 * What hub, endpoints and clients say to each other, one message a UDP datagram. All of them begin
 *
 *     byte 0      version: 1
 *     byte 1      type
 *     bytes 2-3   bytes of the message, without what may follow it as filling
 *
 * and go on with their body, in network byte order, which docs/endpoints-network.md draws. Parsing
 * never reads past what there is and never throws.
 */

namespace ns3
{
namespace sharding
{

/// What a message is.
enum EndpointMessageType : uint8_t
{
    ENDPOINT_ATTEMPT = 1, ///< client to hub: I want a channel
    ENDPOINT_PREPARE,     ///< hub to endpoint: this client may come; a piece of its stream follows
    ENDPOINT_PROBE,       ///< endpoint to client: are you there, and which version do you speak?
    ENDPOINT_PROBED,      ///< client to endpoint: yes, this one
    ENDPOINT_READY,       ///< endpoint to hub: it is, and I am ready
    ENDPOINT_GRANT,       ///< hub to client: a token, and where to go with it
    ENDPOINT_OPEN,        ///< client to endpoint: here is my token
    ENDPOINT_OPENED,      ///< endpoint to client: what became of it
    ENDPOINT_REQUEST,     ///< client to endpoint, or to a hub that is a proxy
    ENDPOINT_RESPONSE,    ///< back; the answer follows
    ENDPOINT_CLOSE,       ///< client to endpoint: I am done
    ENDPOINT_REPORT,      ///< endpoint to hub: what I did
    ENDPOINT_COMMAND,     ///< hub to endpoint: begin, end, so much resource
    ENDPOINT_HAND,        ///< endpoint to endpoint of its group: serve this, I am busy
    ENDPOINT_PEERS,       ///< hub to endpoint: who serves with you
    ENDPOINT_TYPES,       ///< behind the last one
};

/// Of an endpoint, in reports.
enum EndpointState : uint8_t
{
    ENDPOINT_OFF = 0,  ///< is none
    ENDPOINT_STARTING, ///< not there yet: cold start
    ENDPOINT_WARMING,  ///< works, slowly
    ENDPOINT_WARM,     ///< works
    ENDPOINT_DRAINING, ///< takes no new channels
    ENDPOINT_STATES,   ///< behind the last one
};

/// What became of an attempt to open a channel; below SHARD_TOKEN_VERDICTS it is the token's.
enum EndpointOpenVerdict : uint8_t
{
    ENDPOINT_OPEN_FULL = SHARD_TOKEN_VERDICTS, ///< no memory left
    ENDPOINT_OPEN_AWAY,                        ///< it is none, or is ending
    ENDPOINT_OPEN_VERDICTS,                    ///< behind the last one
};

/// An endpoint that stands for the hub itself, and nobody.
constexpr uint32_t ENDPOINT_HUB = 0xffffffff;

/// Client to hub. What it says of itself is for its profile.
struct EndpointAttempt
{
    uint64_t client{0};           ///< who
    uint32_t number{0};           ///< of its attempts
    uint8_t region{0};            ///< where it is
    uint8_t device{0};            ///< kind of device
    uint8_t protocol{1};          ///< version that it speaks
    uint32_t avoid{ENDPOINT_HUB}; ///< endpoint that did not answer it

    /// @return the message
    std::vector<uint8_t> Write() const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// Hub to each of N endpoints.
struct EndpointPrepare
{
    uint64_t client{0};  ///< who may come
    uint32_t number{0};  ///< of its attempts
    uint32_t address{0}; ///< to probe it at
    uint16_t port{0};    ///< to probe it at
    uint16_t early{0};   ///< bytes of its stream that follow

    /// @return the message
    std::vector<uint8_t> Write() const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// PROBE, PROBED and READY.
struct EndpointProbe
{
    uint64_t client{0};   ///< who
    uint32_t number{0};   ///< of its attempts
    uint32_t endpoint{0}; ///< whose probe
    uint32_t trip{0};     ///< READY: round trip of the probe, us
    uint8_t protocol{0};  ///< version that is spoken; READY: 0 where it is not the same

    /// @param type one of the three  @return the message
    std::vector<uint8_t> Write(EndpointMessageType type) const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// Where an endpoint is.
struct EndpointPlace
{
    uint32_t endpoint{0}; ///< number
    uint32_t address{0};  ///< IPv4
    uint16_t port{0};     ///< UDP
};

/// Hub to client.
struct EndpointGrant
{
    static constexpr uint32_t MOST_PLACES = 8; ///< that a grant names

    uint64_t client{0};                ///< who
    uint32_t number{0};                ///< of its attempts
    uint32_t group{0};                 ///< that the token is for
    std::vector<EndpointPlace> places; ///< of the group, the first one to be taken; none: refused
    ShardToken token{};                ///< for the endpoint; not to be read by the client
    std::array<uint8_t, 48> wrapped{}; ///< its secret, sealed for the client

    /// @return the message
    std::vector<uint8_t> Write() const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// Client to endpoint.
struct EndpointOpen
{
    uint64_t client{0};   ///< who
    uint32_t session{0};  ///< number of the attempt that it follows from
    uint32_t group{0};    ///< that it believes the endpoint to be of
    uint32_t endpoint{0}; ///< for which it is meant: a copy is good for no other
    ShardToken token{};   ///< from the hub
    uint64_t proof{0};    ///< ShardTag of all before, under the first half of the secret

    /// @return the message
    std::vector<uint8_t> Write() const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
    /// @param secret of the token  @return what the proof has to be
    uint64_t ProofBy(const std::array<uint8_t, 32>& secret) const;
};

/// Endpoint to client.
struct EndpointOpened
{
    uint64_t client{0};   ///< who
    uint32_t session{0};  ///< that it asked for
    uint32_t endpoint{0}; ///< who answers
    uint8_t verdict{0};   ///< EndpointOpenVerdict or ShardTokenVerdict; 0: it is open

    /// @return the message
    std::vector<uint8_t> Write() const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// Client to endpoint, or to the hub, or the hub's on its behalf; CLOSE without number and work.
struct EndpointAsk
{
    uint64_t client{0};  ///< who
    uint32_t session{0}; ///< of it
    uint32_t number{0};  ///< of its requests
    uint64_t work{0};    ///< that it takes, ns at speed 1

    /// @param type REQUEST or CLOSE  @return the message
    std::vector<uint8_t> Write(EndpointMessageType type) const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// Endpoint to client, or to the hub and on to the client.
struct EndpointAnswer
{
    /// How it went.
    enum Kind : uint8_t
    {
        DONE = 0,    ///< it is served
        MOVE = 1,    ///< it is served, and is to look for another endpoint: this one ends
        NO_SUCH = 2, ///< there is no such session here
    };

    uint64_t client{0};   ///< who
    uint32_t session{0};  ///< of it
    uint32_t number{0};   ///< of its requests
    uint32_t endpoint{0}; ///< who answers
    uint8_t kind{DONE};   ///< how it went
    uint16_t size{0};     ///< bytes of the answer that follow

    /// @return the message
    std::vector<uint8_t> Write() const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// What became of a session, for the client's profile.
struct EndpointHistory
{
    uint64_t client{0};   ///< who
    uint32_t requests{0}; ///< that it made
    uint32_t lasted{0};   ///< ms
    uint64_t work{0};     ///< that they took, ns at speed 1
};

/// Endpoint to hub, once an interval and when its state changes.
struct EndpointReport
{
    static constexpr uint32_t MOST_HISTORIES = 40; ///< in one report

    uint32_t endpoint{0};               ///< who
    uint32_t life{0};                   ///< how often it had been created when it was, this once
    uint8_t state{ENDPOINT_OFF};        ///< EndpointState
    uint64_t at{0};                     ///< when, ns
    uint32_t interval{0};               ///< that it speaks of, us
    uint32_t busy{0};                   ///< of it, us: CPU
    uint64_t work{0};                   ///< that came in it, ns at speed 1
    uint32_t requests{0};               ///< that came in it
    uint32_t inSystem{0};               ///< jobs now
    uint32_t sessions{0};               ///< now
    uint64_t memory{0};                 ///< in use, bytes
    uint64_t sent{0};                   ///< bytes in it
    std::vector<EndpointHistory> ended; ///< sessions in it

    /**
     * @return us that a request takes there: what is in the system by what comes (J. D. C. Little,
     * Operations Research 9, 1961), and no less than the CPU's time for each; nothing where none
     * came
     */
    std::optional<uint64_t> Latency() const;

    /// @return the message
    std::vector<uint8_t> Write() const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// Hub to endpoint.
struct EndpointCommand
{
    /// What is to be done; again and again, it is done once.
    enum Kind : uint8_t
    {
        CREATE = 1, ///< begin; where it is draining: go on
        DRAIN,      ///< no new channels, and end when nobody is left
        KINDS,      ///< behind the last one
    };

    uint32_t endpoint{0};    ///< who
    uint32_t life{0};        ///< which time
    uint8_t kind{CREATE};    ///< what
    uint32_t group{0};       ///< that it is of
    uint32_t permille{1000}; ///< resource: speed, memory and bandwidth, of one unit's

    /// @return the message
    std::vector<uint8_t> Write() const;
    /// @param body of a message  @param size of it  @return SHARD_OK, or why it is to be dropped
    ShardError Read(const uint8_t* body, uint32_t size);
};

/// A message as it came: its frame is checked, its body is not.
struct EndpointMessage
{
    static constexpr uint32_t FRAME = 4;   ///< bytes before the body
    static constexpr uint32_t MOST = 1400; ///< bytes of a datagram, filling included

    EndpointMessageType type{ENDPOINT_ATTEMPT}; ///< what it is
    std::vector<uint8_t> body;                  ///< behind the frame, without filling
    uint32_t filling{0};                        ///< bytes behind it

    /**
     * @param data what came  @param size its bytes
     * @param whole bytes of the datagram, of which these are the first
     * @return SHARD_OK, or why it is to be dropped
     */
    ShardError Read(const uint8_t* data, uint32_t size, uint32_t whole);
    /// @param packet what came  @return SHARD_OK, or why it is to be dropped
    ShardError Read(Ptr<const Packet> packet);
};

/// @param body of a message  @param into what to read it into  @return whether it is one
template <typename T>
bool
ReadEndpointBody(const std::vector<uint8_t>& body, T& into)
{
    return into.Read(body.data(), static_cast<uint32_t>(body.size())) == SHARD_OK;
}

/// @param message as written  @param filling bytes behind it  @return what to send
Ptr<Packet> EndpointPacket(const std::vector<uint8_t>& message, uint32_t filling = 0);

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_MESSAGE_H
