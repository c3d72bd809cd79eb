// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_INSTANCE_H
#define ENDPOINT_INSTANCE_H

#include "endpoint-gate.h"
#include "endpoint-hand.h"
#include "endpoint-message.h"
#include "endpoint-server.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/data-rate.h"
#include "ns3/event-id.h"
#include "ns3/inet-socket-address.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"
#include "ns3/shard-compat.h"
#include "ns3/shard-pool.h"
#include "ns3/socket.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What an endpoint did, over all of its lives.
struct EndpointCounts
{
    uint64_t received{0};      ///< requests that came
    uint64_t served{0};        ///< of these, answered
    uint64_t servedCold{0};    ///< of these, by an instance that was not warm
    uint64_t refused{0};       ///< of these, of no session that it has
    uint64_t repeated{0};      ///< of these, in service already
    uint64_t handed{0};        ///< of these, handed on to another endpoint
    uint64_t fromPeers{0};     ///< of these, handed on by another endpoint
    uint64_t dropped{0};       ///< of these, lost as it crashed or ended, or while it was none
    uint64_t created{0};       ///< lives begun
    uint64_t ended{0};         ///< lives ended, crashes not included
    uint64_t overQuota{0};     ///< of these, because the quota was used up
    uint64_t cut{0};           ///< sessions that were open as it crashed or ended
    uint64_t idled{0};         ///< sessions that fell silent without being closed
    uint64_t full{0};          ///< channels refused for lack of memory
    uint64_t away{0};          ///< channels refused because it is none or ends
    uint64_t prepared{0};      ///< clients that it was told of beforehand
    uint64_t preparedUsed{0};  ///< of these, that came
    uint64_t preparedBytes{0}; ///< of messages to, from and about them, and of early data
    uint64_t wastedBytes{0};   ///< of these, for clients that did not come
    double preparedWork{0};    ///< CPU for them, seconds at speed 1
    double unitSeconds{0};     ///< resource held: units times seconds, from command to end
    double busySeconds{0};     ///< CPU in use
    uint64_t malformed{0};     ///< messages dropped because they are none
};

/**
 * @ingroup sharding
 * A shard endpoint: a slot on a host in which the hub creates short-lived instances. An instance
 * has limited CPU, memory and bandwidth; it is not there until a cold start is over, works slowly
 * until it is warm, opens channels to who shows a good token, serves requests, and reports to the
 * hub. It ends when it is told to and nobody is left, or when its quota is used up.
 */
class EndpointInstance : public Application
{
  public:
    /**
     * Signature of the trace State.
     * @param endpoint number  @param state that it is in now
     */
    typedef void (*StateTracedCallback)(uint32_t endpoint, EndpointState state);
    /**
     * Signature of the trace Open.
     * @param endpoint number  @param client who  @param verdict EndpointOpenVerdict or
     *        ShardTokenVerdict
     */
    typedef void (*OpenTracedCallback)(uint32_t endpoint, uint64_t client, uint8_t verdict);

    /// @return the TypeId
    static TypeId GetTypeId();

    EndpointInstance();
    ~EndpointInstance() override;

    /**
     * Before it starts.
     * @param number by which all know it  @param port that it listens at
     * @param hub where reports go
     * @param secrets of the hub
     */
    void Setup(uint32_t number,
               uint16_t port,
               const InetSocketAddress& hub,
               const EndpointSecrets& secrets);

    /**
     * @param stream first number of a random stream that may be used
     * @return how many are used
     */
    int64_t AssignStreams(int64_t stream) SHARDING_ASSIGN_STREAMS_OVERRIDE;

    /// Be silent from now on, and lose everything: a crash.
    void Crash();
    /// Be there again, as a slot in which nothing runs.
    void Recover();
    /// @param factor by which it is slower from now on; 1: as it should be
    void SetSlowness(double factor);

    /// @return number by which all know it
    uint32_t GetNumber() const
    {
        return m_number;
    }

    /// @return state
    EndpointState GetState() const
    {
        return m_state;
    }

    /// @return resource, in units; 0 while there is none
    double GetUnits() const
    {
        return m_state == ENDPOINT_OFF ? 0 : m_permille / 1000.0;
    }

    /// @return jobs that are there
    uint32_t GetInSystem() const;

    /// @return requests that are there
    uint32_t GetHeld() const
    {
        return m_held;
    }

    /// @return sessions that are open
    uint32_t GetSessions() const
    {
        return static_cast<uint32_t>(m_sessions.size());
    }

    /// @return clients with an open session
    std::vector<uint64_t> GetClients() const;

    /// @return what it did, up to now
    EndpointCounts GetCounts() const;

    /// @param verdict of tokens  @return how many were judged so, over all of its lives
    uint64_t GetVerdicts(ShardTokenVerdict verdict) const
    {
        return m_gate->Count(verdict);
    }

  protected:
    void DoDispose() override;

  private:
    /// What the CPU is asked to do.
    struct Job
    {
        EndpointMessageType type{ENDPOINT_REQUEST}; ///< what it was asked by
        EndpointAsk ask;                            ///< REQUEST; else client and session alone
        uint32_t address{0};                        ///< of who asked
        uint16_t port{0};                           ///< of who asked
        Time came;                                  ///< when
        uint8_t hops{0};                            ///< how often it was handed on
        uint32_t home{0};                           ///< of that who was to serve it; else none
        uint16_t homePort{0};                       ///< the same
    };

    /// A channel.
    struct Session
    {
        uint32_t session{0};             ///< number, of the client
        uint32_t address{0};             ///< of the client
        uint16_t port{0};                ///< of the client
        Time opened;                     ///< when
        Time active;                     ///< when it asked last
        uint32_t requests{0};            ///< that it made
        uint64_t work{0};                ///< that they took, ns
        std::vector<uint32_t> inService; ///< numbers of its requests
        std::vector<uint32_t> handedOn;  ///< numbers of those that others serve
    };

    using Sessions = std::map<uint64_t, Session>; ///< by client

    /// A client that may come.
    struct Prepared
    {
        uint32_t number{0};  ///< of its attempt
        Time since;          ///< when
        uint32_t address{0}; ///< to probe it at
        uint16_t port{0};    ///< to probe it at
        uint32_t bytes{0};   ///< spent for it
        uint32_t early{0};   ///< of its stream, held
        Time probed;         ///< when it was
    };

    void StartApplication() override;
    void StopApplication() override;
    void Receive(Ptr<Socket> socket);
    void Lose(Ptr<const Packet> packet);
    Sessions::iterator FindSession(uint64_t client, uint32_t session);
    void TakePrepare(const EndpointMessage& message);
    void TakeProbed(const EndpointMessage& message);
    void TakeOpen(const EndpointMessage& message, uint32_t address, uint16_t port);
    void TakeRequest(const EndpointMessage& message, uint32_t address, uint16_t port);
    void TakeClose(const EndpointMessage& message);
    void TakeHand(const EndpointMessage& message, uint32_t address, uint16_t port);
    void TakePeers(const EndpointMessage& message);
    void TakeServed(const EndpointMessage& message);
    bool HandOn(const Job& job, uint32_t avoid);
    void TellHome(const Job& job, uint8_t kind);
    void Serve(const Job& job);
    void TakeCommand(const EndpointMessage& message);
    void SetState(EndpointState state);
    void Begin();
    void End();
    void Drop(bool isCrash);
    void Started();
    void Warmed();
    void Idle();
    void AddJob(const Job& job, Time work);
    void Depart();
    void Finish(const Job& job);
    EndpointAnswer MakeAnswer(const Job& job, uint8_t kind) const;
    void Answer(const Job& job, uint8_t kind);
    void SendAnswer(EndpointAnswer answer, uint32_t address, uint16_t port);
    void Opened(uint64_t client,
                uint32_t session,
                uint8_t verdict,
                uint32_t address,
                uint16_t port);
    void CloseSession(uint64_t client, const Session& session);
    void Sweep();
    void Report();
    void SendReport(const std::vector<EndpointHistory>& ended);
    void UpdateSpeed();
    void UpdateDeparture();
    void Account();
    uint64_t Memory() const;
    void Forget(std::map<uint64_t, Prepared>::iterator prepared, bool isWasted);
    void Send(const std::vector<uint8_t>& message,
              uint32_t address,
              uint16_t port,
              uint32_t filling);
    bool IsRunning() const;

    EndpointDiscipline m_discipline{ENDPOINT_FIFO}; ///< of the CPU
    Time m_coldStart;                               ///< from command to being there
    Time m_warmUp;                                  ///< from then to full speed
    double m_coldSpeed{0.5};                        ///< until then, of full speed
    uint64_t m_memory{0};                           ///< bytes
    uint32_t m_sessionMemory{0};                    ///< bytes of each
    DataRate m_bandwidth;                           ///< of answers
    uint32_t m_quota{0};                            ///< requests of a life; 0: no end
    Time m_sessionIdle;                             ///< after which a silent session is closed
    Time m_drainTime;                               ///< after which it ends though some are left
    Time m_interval;                                ///< between reports
    Time m_prepareWork;                             ///< CPU for each client told of
    Time m_openWork;                                ///< CPU to open a channel unprepared
    Time m_prepareHold;                             ///< for which a client is expected
    uint32_t m_answerSize{0};                       ///< bytes
    uint8_t m_protocol{1};                          ///< version that it speaks
    uint32_t m_guardSize{0};                        ///< tokens remembered
    uint8_t m_hops{0};                              ///< of a request that finds nobody idle

    uint32_t m_number{0};                     ///< by which all know it
    uint16_t m_port{0};                       ///< that it listens at
    uint32_t m_address{0};                    ///< own
    uint32_t m_hubAddress{0};                 ///< where reports go
    uint16_t m_hubPort{0};                    ///< where reports go
    EndpointSecrets m_secrets;                ///< of the hub
    std::unique_ptr<EndpointGate> m_gate;     ///< who comes in
    Ptr<Socket> m_socket;                     ///< UDP
    EndpointState m_state{ENDPOINT_OFF};      ///< of the instance
    bool m_isDown{false};                     ///< crashed: the slot itself does not answer
    double m_slowness{1};                     ///< by a fault
    uint32_t m_life{0};                       ///< how often it was created
    uint32_t m_group{0};                      ///< that it is of
    uint32_t m_permille{1000};                ///< resource, of a unit
    uint32_t m_servedInLife{0};               ///< requests
    bool m_isWarm{false};                     ///< at full speed, draining or not
    std::unique_ptr<EndpointServer> m_server; ///< the CPU
    ShardPool<Job> m_jobs;                    ///< at it
    uint32_t m_held{0};                       ///< requests among them
    Sessions m_sessions;                      ///< channels
    std::map<uint64_t, Prepared> m_prepared;  ///< by client
    uint64_t m_early{0};                      ///< bytes of early data, of all of these
    std::vector<EndpointHistory> m_histories; ///< of sessions that ended, to be reported
    std::vector<EndpointPlace> m_peers;       ///< others of the group
    Ptr<UniformRandomVariable> m_uniform;     ///< which of them
    Time m_sendFree;                          ///< when all answers are out
    Time m_accounted;                         ///< up to when the two sums are
    Time m_reported;                          ///< when it reported last
    double m_busyInReport{0};                 ///< seconds
    uint64_t m_workInReport{0};               ///< ns
    uint32_t m_requestsInReport{0};           ///< that came
    uint64_t m_sentInReport{0};               ///< bytes
    EndpointCounts m_counts;                  ///< over all lives
    EventId m_departure;                      ///< next one
    EventId m_change;                         ///< of state
    EventId m_reporting;                      ///< next one
    TracedCallback<uint32_t, EndpointState> m_stateTrace;    ///< State
    TracedCallback<uint32_t, uint64_t, uint8_t> m_openTrace; ///< Open
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_INSTANCE_H
