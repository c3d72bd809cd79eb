// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_PROFILER_H
#define ENDPOINT_PROFILER_H

#include "ns3/nstime.h"

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What a client's demand is predicted by.
enum EndpointProfile
{
    ENDPOINT_PROFILE_NONE,   ///< the mean of all sessions
    ENDPOINT_PROFILE_CLIENT, ///< the client's own sessions, where it had any
    ENDPOINT_PROFILE_LEARNED ///< a linear model of all that is known
};

/// What is known of a client when it comes.
struct EndpointFeatures
{
    uint64_t client{0}; ///< who: its history and pattern of requests are kept by it
    uint8_t region{0};  ///< where it is
    uint8_t device{0};  ///< kind of device
};

/**
 * @ingroup sharding
 * Says how much work a client's session will bring in a second, and which group of shards it
 * belongs to by that; learns from what endpoints report of sessions that have ended. The linear
 * model is of history, pattern of requests, region, device and time of day, learnt by normalised
 * least mean squares (B. Widrow, M. E. Hoff, 1960). A client's group is the rank of its demand
 * among those of the last clients, so that groups are wanted by as many clients each.
 */
class EndpointProfiler
{
  public:
    /**
     * @param profile what by
     * @param groups of shards, at least 1
     * @param day period of the time of day
     */
    EndpointProfiler(EndpointProfile profile, uint32_t groups, Time day);

    /// @param now when  @param features of a client  @return units that it is going to need
    double Demand(Time now, const EndpointFeatures& features) const;

    /// @param client that comes  @param demand that it is said to have  @return its group
    uint32_t Group(uint64_t client, double demand);

    /**
     * A session has ended.
     * @param now when
     * @param features of the client
     * @param requests that it made  @param work that they took at speed 1  @param lasted how long
     */
    void Learn(Time now,
               const EndpointFeatures& features,
               uint32_t requests,
               Time work,
               Time lasted);

    /// @return mean absolute error of what was said beforehand, by the mean demand; 0: none yet
    double ErrorRatio() const
    {
        return m_sum > 0 ? m_errors / m_sum : 0;
    }

  private:
    static constexpr std::size_t REGIONS = 8;                              ///< that are told apart
    static constexpr std::size_t DEVICES = 4;                              ///< that are told apart
    static constexpr std::size_t FEATURES = 1 + 2 + 2 + REGIONS + DEVICES; ///< of the model
    static constexpr std::size_t RANKED = 256; ///< clients that ranks are among

    using Input = std::array<double, FEATURES>;

    /// What a client did.
    struct History
    {
        double demand{0};     ///< units, mean that is forgotten slowly
        double rate{0};       ///< requests in a second, likewise
        uint32_t sessions{0}; ///< so far
    };

    Input InputFor(Time now, const EndpointFeatures& features) const;

    EndpointProfile m_profile;                         ///< what by
    uint32_t m_groups;                                 ///< of shards
    Time m_day;                                        ///< period of the time of day
    Input m_weights{};                                 ///< of the model
    double m_mean{0};                                  ///< demand of all sessions
    double m_meanRate{0};                              ///< of requests, of all sessions
    uint64_t m_learnt{0};                              ///< sessions
    double m_errors{0};                                ///< sum of absolute errors
    double m_sum{0};                                   ///< of demands
    std::unordered_map<uint64_t, History> m_histories; ///< by client
    std::vector<double> m_recent;                      ///< demands of the last clients, a ring
    std::size_t m_place{0};                            ///< in it
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_PROFILER_H
