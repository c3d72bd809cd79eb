// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_CLIENTS_H
#define ENDPOINT_CLIENTS_H

#include "endpoint-gate.h"
#include "endpoint-message.h"

#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/inet-socket-address.h"
#include "ns3/nstime.h"
#include "ns3/shard-pool.h"
#include "ns3/socket.h"
#include "ns3/traced-callback.h"

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What a client population did.
struct EndpointClientCounts
{
    uint64_t asked{0};        ///< requests
    uint64_t done{0};         ///< of these, answered
    uint64_t failed{0};       ///< of these, given up
    uint64_t repeated{0};     ///< requests sent again
    uint64_t late{0};         ///< answers to requests that were answered or given up
    uint64_t attempts{0};     ///< first contacts begun
    uint64_t opened{0};       ///< channels
    uint64_t broken{0};       ///< channels that ended without being closed by either end
    uint64_t moved{0};        ///< channels that the endpoint wanted to be rid of
    uint64_t fallbacks{0};    ///< endpoints tried because one before did not take the client
    uint64_t forgedGrants{0}; ///< grants whose secret was not sealed for the client
    uint64_t malformed{0};    ///< messages dropped because they are none
};

/// What a thief does with a token.
enum EndpointTheft : uint8_t
{
    ENDPOINT_THEFT_REPLAY = 0, ///< shows it again, as it was
    ENDPOINT_THEFT_FORGE,      ///< changes a bit of it
    ENDPOINT_THEFT_CLIENT,     ///< says that it is another client
    ENDPOINT_THEFT_GROUP,      ///< says that it is for another group
    ENDPOINT_THEFT_EXPIRED,    ///< waits until it has expired
    ENDPOINT_THEFTS,           ///< how many there are
};

/**
 * @ingroup sharding
 * All clients behind one access network, on one node with one UDP port: a client is told by its
 * number. Each asks when it is told to, opens a channel if it has none, sends its requests to the
 * endpoint that the hub named, and goes elsewhere when there is no answer. What it asks while it
 * has no channel waits; the first requests follow the token at once.
 */
class EndpointClients : public Application
{
  public:
    /**
     * Signature of the trace Request.
     * @param client who asked  @param took until it was answered or given up  @param isDone whether
     *        answered  @param endpoint that answered, or was asked last
     */
    typedef void (*RequestTracedCallback)(uint64_t client,
                                          Time took,
                                          bool isDone,
                                          uint32_t endpoint);
    /**
     * Signature of the trace Connect.
     * @param client who  @param took from first contact to the open channel  @param endpoint where
     */
    typedef void (*ConnectTracedCallback)(uint64_t client, Time took, uint32_t endpoint);

    /// @return the TypeId
    static TypeId GetTypeId();

    EndpointClients();
    ~EndpointClients() override;

    /**
     * Before it starts.
     * @param first number of a client  @param count clients, numbered on
     * @param region where they are  @param devices kinds of device, which clients have in turn
     * @param hub where to go first
     * @param secrets of the hub; a client uses its own key only, which follows from them
     */
    void Setup(uint64_t first,
               uint32_t count,
               uint8_t region,
               uint8_t devices,
               const InetSocketAddress& hub,
               const EndpointSecrets& secrets);

    /// A client asks now. @param client number  @param work that it takes at speed 1
    void Ask(uint64_t client, Time work);

    /// @return what they did
    const EndpointClientCounts& GetCounts() const
    {
        return m_counts;
    }

    /// @return requests that are neither answered nor given up
    uint32_t GetOpen() const
    {
        return m_requests.Used();
    }

    /// @param kind of theft  @return how many were tried
    uint64_t GetThefts(EndpointTheft kind) const
    {
        return m_thefts[kind];
    }

    /// @return thefts of any kind that opened a channel: there are none
    uint64_t GetSucceeded() const
    {
        return m_succeeded;
    }

  protected:
    void DoDispose() override;

  private:
    /// How far a client is.
    enum Phase : uint8_t
    {
        NONE,    ///< no channel
        CONTACT, ///< waits for a grant
        OPENING, ///< has shown its token
        OPEN     ///< has a channel
    };

    /// A client.
    struct Client
    {
        Phase phase{NONE};                 ///< how far it is
        uint8_t tries{0};                  ///< of this phase
        uint8_t place{0};                  ///< of those granted
        uint32_t session{0};               ///< number of its attempt
        uint32_t group{0};                 ///< granted
        std::vector<EndpointPlace> places; ///< granted
        ShardToken token{};                ///< granted
        std::array<uint8_t, 32> secret{};  ///< granted
        Time contact;                      ///< when it began to want a channel
        Time opened;                       ///< when it had one
        Time active;                       ///< when it last asked or was answered
        std::vector<uint32_t> requests;    ///< handles of those that are not answered
    };

    /// A request.
    struct Request
    {
        uint64_t client{0};              ///< whose
        uint32_t number{0};              ///< of all of this population
        uint32_t session{0};             ///< in which it was sent; 0: it is to be sent
        uint32_t endpoint{ENDPOINT_HUB}; ///< to which
        uint8_t tries{0};                ///< how often in all
        uint8_t triesHere{0};            ///< how often in this session
        Time work;                       ///< that it takes
        Time asked;                      ///< when
    };

    /// What is to be looked at when it is late.
    struct Deadline
    {
        Time at;          ///< when
        uint64_t client;  ///< whose
        Phase phase;      ///< OPEN: a request
        uint32_t session; ///< or number of the request
        uint32_t handle;  ///< of the request, or place
        uint8_t tries;    ///< as they were
    };

    void StartApplication() override;
    void StopApplication() override;

    Client& At(uint64_t client)
    {
        return m_clients[client - m_first];
    }

    bool IsMine(uint64_t client) const
    {
        return client >= m_first && client - m_first < m_clients.size();
    }

    void Receive(Ptr<Socket> socket);
    void ReceiveStolen(Ptr<Socket> socket);
    void TakeProbe(const EndpointMessage& message, const InetSocketAddress& from);
    void TakeGrant(const EndpointMessage& message);
    void TakeOpened(const EndpointMessage& message);
    void TakeAnswer(const EndpointMessage& message);
    void Contact(uint64_t number, uint32_t avoid);
    void SendAttempt(uint64_t number, uint32_t avoid);
    void SendOpen(uint64_t number);
    void NextPlace(uint64_t number, uint32_t avoid);
    void SendRequests(uint64_t number);
    void SendRequest(uint32_t handle);
    void Close(uint64_t number);
    void Lost(uint64_t number, uint32_t avoid);
    void Finish(uint32_t handle, bool isDone, uint32_t endpoint);
    void CheckIdle(uint64_t number, uint32_t session);
    void Wait(const Deadline& deadline);
    void CheckDeadlines();
    void Steal(uint64_t number, uint64_t kinds);
    void ShowStolen(EndpointOpen open, EndpointPlace place, uint8_t kind);
    EndpointOpen OpenOf(uint64_t number);
    void Send(Ptr<Socket> socket,
              const std::vector<uint8_t>& message,
              uint32_t address,
              uint16_t port);

    Time m_timeout;           ///< after which nothing is expected any more
    uint32_t m_retries{0};    ///< repetitions
    Time m_idle;              ///< after which a channel is closed
    Time m_sessionLength;     ///< after which another channel is asked for
    uint8_t m_protocol{1};    ///< version that they speak
    uint32_t m_stealEvery{0}; ///< channels for each token that is stolen; 0: none
    Time m_tokenLifetime;     ///< that a thief waits

    uint64_t m_first{0};                                           ///< number of a client
    uint8_t m_region{0};                                           ///< where they are
    uint8_t m_devices{1};                                          ///< kinds
    uint32_t m_hubAddress{0};                                      ///< of the hub
    uint16_t m_hubPort{0};                                         ///< of the hub
    EndpointSecrets m_secrets;                                     ///< for the clients' own keys
    std::vector<Client> m_clients;                                 ///< by number less the first
    ShardPool<Request> m_requests;                                 ///< that are open
    uint32_t m_number{0};                                          ///< of the last request
    std::deque<Deadline> m_deadlines;                              ///< in order
    EventId m_checking;                                            ///< of the first
    Ptr<Socket> m_socket;                                          ///< UDP
    Ptr<Socket> m_thief;                                           ///< UDP
    EndpointClientCounts m_counts;                                 ///< what they did
    std::array<uint64_t, ENDPOINT_THEFTS> m_thefts{};              ///< by kind
    uint64_t m_succeeded{0};                                       ///< thefts
    TracedCallback<uint64_t, Time, bool, uint32_t> m_requestTrace; ///< Request
    TracedCallback<uint64_t, Time, uint32_t> m_connectTrace;       ///< Connect
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_CLIENTS_H
