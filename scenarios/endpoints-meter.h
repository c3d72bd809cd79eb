// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_METER_H
#define SHARDSIM_ENDPOINTS_METER_H

#include "analysis/sample-set.h"
#include "endpoints-parameters.h"

#include "ns3/nstime.h"

#include <array>
#include <cstdint>
#include <vector>

namespace shardsim
{

/**
 * The experimenter's notebook: it sees everything, and has no part in what is simulated. What it
 * says of times and shares begins when the warm-up is over.
 */
class EndpointsMeter
{
  public:
    /// @param values the scenario's parameters
    explicit EndpointsMeter(const Values& values);

    /// The warm-up is over. @param now when
    void Begin(ns3::Time now);
    /// The last request was sent: shares of time end here. @param now when
    void End(ns3::Time now);

    /**
     * A request is sent.
     * @param client who sends it
     * @param endpoint where to
     * @param isFaulty whether that endpoint is faulty
     */
    void Sent(uint32_t client, uint32_t endpoint, bool isFaulty);
    /// It is at the endpoint, as one of so many. @param now when  @param inSystem requests there
    void Entered(ns3::Time now, uint32_t inSystem);
    /// One leaves an endpoint, answered or not. @param now when  @param inSystem without it
    void Left(ns3::Time now, uint32_t inSystem);
    /// @param took time from sending to answer  @param isMeasured whether sent after the warm-up
    void Completed(ns3::Time took, bool isMeasured);
    /// @param client whose request failed, whenever it was sent
    void Failed(uint32_t client);

    /// @param faulty endpoints of the pool that are faulty from now on
    void SetFaulty(uint32_t faulty);
    /// The pool is another now. @param isIn whether each endpoint is in it, by number
    void SetPool(const std::vector<bool>& isIn);

    /**
     * Fail the run where requests were lost without being counted.
     * @param held requests that are at endpoints
     * @throw RunCheckError
     */
    void CheckConservation(uint64_t held) const;

    /**
     * @param result takes the metrics, but for those of the simulation itself
     * @param isSticky whether clients have an endpoint of their own
     */
    void Measure(RunResult& result, bool isSticky) const;

    /// @return latencies, ns, ascending
    std::vector<int64_t> Latencies() const
    {
        return m_latencies.Sorted();
    }

  private:
    /// What is known of a client.
    struct Client
    {
        uint32_t endpoint{0};  ///< of its last request
        uint32_t pool{0};      ///< number of the pool when it was sent, from 1 on; 0: never
        bool hasSent{false};   ///< while an endpoint of the pool was faulty
        bool isTouched{false}; ///< to a faulty endpoint, or lost a request there
    };

    void Integrate(ns3::Time now, unsigned level);
    void MeasureQueues(RunResult& result) const;
    void MeasureBalance(RunResult& result) const;

    const double m_serviceMeanNs;   ///< of a request
    const int64_t m_sloNs;          ///< latency up to which a request is in time
    bool m_isOn{false};             ///< between the end of the warm-up and the last arrival
    ns3::Time m_begun;              ///< end of the warm-up
    ns3::Time m_ended;              ///< last arrival
    uint64_t m_sent{0};             ///< requests, here and below
    uint64_t m_completed{0};        ///< answered
    uint64_t m_failed{0};           ///< not answered
    uint64_t m_measured{0};         ///< sent after the warm-up
    uint64_t m_inTime{0};           ///< of these, answered in time
    SampleSet m_latencies;          ///< of measured ones, ns
    std::vector<uint64_t> m_sentTo; ///< by endpoint, after the warm-up

    /// Endpoints with at least i + 1 in system.
    struct Level
    {
        uint64_t count{0}; ///< of them
        double areaNs{0};  ///< its integral over time since the end of the warm-up
        ns3::Time since;   ///< when it changed last
    };

    std::array<Level, ENDPOINTS_TAILS> m_levels; ///< by i
    uint32_t m_faulty{0};                        ///< endpoints of the pool that are
    bool m_everFaulty{false};                    ///< whether one was
    uint32_t m_pool{0};                          ///< how many pools there were
    std::vector<bool> m_isIn;                    ///< whether each endpoint is in the pool
    std::vector<Client> m_clients;               ///< by number
    uint64_t m_broken{0};                        ///< connections
};

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_METER_H
