// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_HUB_H
#define ENDPOINT_HUB_H

#include "endpoint-gate.h"
#include "endpoint-manager.h"
#include "endpoint-message.h"
#include "endpoint-profiler.h"
#include "endpoint-select.h"
#include "endpoint-server.h"

#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/inet-socket-address.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"
#include "ns3/shard-compat.h"
#include "ns3/shard-pool.h"
#include "ns3/socket.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What a hub did.
struct EndpointHubCounts
{
    uint64_t attempts{0};     ///< that came
    uint64_t granted{0};      ///< tokens issued
    uint64_t refused{0};      ///< attempts, because there was no endpoint
    uint64_t overloaded{0};   ///< messages dropped because too many waited for the CPU
    uint64_t prepares{0};     ///< messages to endpoints about clients
    uint64_t prepareBytes{0}; ///< of these
    uint64_t ready{0};        ///< endpoints that said that they reached the client
    uint64_t mismatched{0};   ///< of these, that do not speak its protocol
    uint64_t forwarded{0};    ///< requests, as a proxy
    uint64_t returned{0};     ///< answers, as a proxy
    uint64_t reports{0};      ///< that came
    uint64_t commands{0};     ///< that were sent
    uint64_t peers{0};        ///< messages to endpoints about each other
    uint64_t givenUp{0};      ///< endpoints that fell silent
    uint64_t malformed{0};    ///< messages dropped because they are none
    double busySeconds{0};    ///< CPU in use
};

/**
 * @ingroup sharding
 * The hub: where clients come first. It takes a client's profile, says which group of shards it
 * belongs to, tells N endpoints of that group about it, and gives the client a token with which it
 * goes straight to the one that the selection policy names. Or, to compare with, it is a proxy,
 * through which all requests and answers go. Everything that it handles passes through its CPU,
 * first come, first served.
 */
class EndpointHub : public Application
{
  public:
    /// To which endpoints a client is announced beside the one that was selected.
    enum FanoutScheme
    {
        ROUND_ROBIN,    ///< the next ones of the group
        WEIGHTED_RANDOM ///< at random, by what they can do
    };

    /// Which group a client is of.
    enum Grouping
    {
        BY_DEMAND, ///< who brings about as much, by their profiles, are together
        BY_REGION  ///< who is in the same region
    };

    /// @return a policy of its own for each group
    using SelectMaker = std::function<Ptr<EndpointSelect>()>;
    /// @param endpoint number  @return requests that are there now: for perfect knowledge only
    using LoadTruth = std::function<uint32_t(uint32_t endpoint)>;

    /// @return the TypeId
    static TypeId GetTypeId();

    EndpointHub();
    ~EndpointHub() override;

    /**
     * Before it starts.
     * @param secrets that endpoints have, too
     * @param places of the slots
     * @param pool bounds
     * @param scale policy of all groups
     * @param load how demand is predicted
     * @param demandTruth for the oracle; may be empty
     * @param makeSelect makes a policy for each group
     * @param loadTruth for policies of perfect sight; may be empty
     */
    void Setup(const EndpointSecrets& secrets,
               const std::vector<EndpointPlace>& places,
               const EndpointPoolConfig& pool,
               Ptr<EndpointScale> scale,
               const EndpointLoadConfig& load,
               EndpointManager::Truth demandTruth,
               const SelectMaker& makeSelect,
               LoadTruth loadTruth);

    /**
     * @param stream first number of a random stream that may be used
     * @return how many are used
     */
    int64_t AssignStreams(int64_t stream) SHARDING_ASSIGN_STREAMS_OVERRIDE;

    /// @return what it did
    EndpointHubCounts GetCounts() const;

    /// @return the shard manager
    const EndpointManager& GetManager() const
    {
        return *m_manager;
    }

    /// @return the client profiler
    const EndpointProfiler& GetProfiler() const
    {
        return *m_profiler;
    }

    /// @return requests that it forwarded and that are not answered, as a proxy
    uint64_t GetForwarding() const
    {
        return m_forwards.size();
    }

  protected:
    void DoDispose() override;

  private:
    /// A message that waits for the CPU.
    struct Job
    {
        EndpointMessage message; ///< what
        uint32_t address{0};     ///< from where
        uint16_t port{0};        ///< from where
    };

    /// A group of shards, as clients are sent to it.
    struct Group
    {
        Ptr<EndpointSelect> select;    ///< its policy
        std::vector<EndpointInfo> who; ///< may be chosen
        std::vector<uint32_t> loads;   ///< as the policy is to see them
        uint32_t next{0};              ///< for the round-robin fan-out
        double committed{0};           ///< demand of granted sessions, units
    };

    /// A client that was told where to go.
    struct Client
    {
        EndpointFeatures features; ///< for its profile
        uint32_t group{0};         ///< that it was sent to
        double demand{0};          ///< that it was said to bring, units; 0: not counted now
        Time since;                ///< when
    };

    /// A grant that waits for the first endpoint to be ready.
    struct Pending
    {
        EndpointAttempt attempt;       ///< of the client
        uint32_t address{0};           ///< of the client
        uint16_t port{0};              ///< of the client
        uint32_t group{0};             ///< that it belongs to
        std::vector<uint32_t> numbers; ///< of endpoints, the selected one first
        Time sent;                     ///< when they were told
        EventId late;                  ///< nobody was ready in time
    };

    /// A request that was forwarded.
    struct Forward
    {
        uint32_t address{0};  ///< of the client
        uint16_t port{0};     ///< of the client
        uint32_t endpoint{0}; ///< to which
        uint32_t group{0};    ///< of that
        Time sent;            ///< when
    };

    void StartApplication() override;
    void StopApplication() override;
    void Receive(Ptr<Socket> socket);
    void Work();
    void UpdateWork();
    void TakeAttempt(const Job& job);
    void TakeReady(const Job& job);
    void TakeRequest(const Job& job);
    void TakeResponse(const Job& job);
    void TakeReport(const Job& job);
    void Tick();
    void Watch();
    void SendCommands(const std::vector<EndpointCommand>& commands);
    void GroupsChanged();
    void TellPeers(const Group& group);
    void UpdateLoads(Group& group);
    uint32_t FillGroup(uint32_t wanted) const;
    uint32_t Select(Group& group, uint64_t client, uint32_t avoid);
    std::vector<uint32_t> Announce(const Job& job,
                                   const EndpointAttempt& attempt,
                                   Group& group,
                                   uint32_t selected);
    void Grant(const Pending& pending, const std::vector<uint32_t>& numbers);
    void Late(uint64_t client);
    void Send(const std::vector<uint8_t>& message,
              uint32_t address,
              uint16_t port,
              uint32_t filling);
    void Commit(Client& client, double demand);

    uint16_t m_port{0};                                  ///< that it listens at
    bool m_isProxy{false};                               ///< requests go through it
    Time m_work;                                         ///< CPU for each message
    uint32_t m_queueLimit{0};                            ///< messages that wait for the CPU
    uint32_t m_fanout{0};                                ///< N
    FanoutScheme m_scheme{ROUND_ROBIN};                  ///< who is told
    bool m_isFirstReady{false};                          ///< the first that is ready is taken
    Time m_readyTimeout;                                 ///< else the selected one, after this
    uint32_t m_early{0};                                 ///< bytes of the stream for each
    uint32_t m_fallbacks{0};                             ///< further places that a grant names
    Time m_lifetime;                                     ///< of a token
    EndpointProfile m_profile{ENDPOINT_PROFILE_LEARNED}; ///< what by
    Grouping m_grouping{BY_DEMAND};                      ///< which group a client is of
    Time m_day;                                          ///< period of the time of day
    bool m_useCommitted{true};                           ///< granted sessions count in the forecast
    Time m_commitHold;                                   ///< after which one is forgotten
    double m_coldSpeed{0.5};                             ///< of endpoints that are not warm
    bool m_arePeers{false};                              ///< endpoints are told of each other

    EndpointSecrets m_secrets;                                   ///< shared with endpoints
    std::unique_ptr<ShardTokenKeys> m_keys;                      ///< of tokens
    ShardTokenNumber m_number;                                   ///< of the next token
    std::unique_ptr<EndpointManager> m_manager;                  ///< of shards
    std::unique_ptr<EndpointProfiler> m_profiler;                ///< of clients
    LoadTruth m_loadTruth;                                       ///< for perfect sight
    EndpointPoolConfig m_pool;                                   ///< bounds
    SelectMaker m_makeSelect;                                    ///< of policies
    std::vector<Group> m_groups;                                 ///< by number
    std::unordered_map<uint64_t, Client> m_clients;              ///< by number
    std::map<uint64_t, Pending> m_pending;                       ///< by client
    std::map<std::pair<uint64_t, uint32_t>, Forward> m_forwards; ///< by client and request
    std::vector<uint32_t> m_forwardsAt;                          ///< how many, by endpoint
    Ptr<UniformRandomVariable> m_uniform;                        ///< of the fan-out
    Ptr<Socket> m_socket;                                        ///< UDP
    uint32_t m_address{0};                                       ///< own
    EndpointFifoServer m_server;                                 ///< the CPU
    ShardPool<Job> m_jobs;                                       ///< that wait for it
    EndpointHubCounts m_counts;                                  ///< what it did
    EventId m_working;                                           ///< CPU
    EventId m_ticking;                                           ///< next decision
    EventId m_watching;                                          ///< next look for the silent
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_HUB_H
