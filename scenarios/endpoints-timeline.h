// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_TIMELINE_H
#define SHARDSIM_ENDPOINTS_TIMELINE_H

#include "analysis/timeline.h"

#include "ns3/endpoint-instance.h"
#include "ns3/nstime.h"
#include "ns3/ptr.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace shardsim
{

/**
 * What a pool of endpoints did over time: interval by interval the work that came, the units that
 * there were for it, what was forecast, and how many requests were answered too late. It only
 * looks: a run does the same with it and without.
 */
class EndpointsTimeline
{
  public:
    /// @param start of the first interval  @param interval length of each
    EndpointsTimeline(ns3::Time start, ns3::Time interval);

    /// @param at when a request was asked  @param work that it brings, at speed 1
    void Asked(ns3::Time at, ns3::Time work);

    /// @param asked when a request was asked that was answered in time
    void InTime(ns3::Time asked);

    /**
     * An interval ends.
     * @param endpoints all that there are
     * @param forecast units, where one decides by a forecast
     */
    void Sample(const std::vector<ns3::Ptr<ns3::sharding::EndpointInstance>>& endpoints,
                std::optional<double> forecast);

    /// @return a row for each interval in which requests came
    Timeline Past() const;

  private:
    /// What became of an interval's requests.
    struct Requests
    {
        double work{0};     ///< s at speed 1
        uint64_t asked{0};  ///< how many
        uint64_t inTime{0}; ///< of these, answered in time
    };

    /// At the end of an interval.
    struct Pool
    {
        double forecast{0}; ///< units; NaN: none
        double warm{0};     ///< units at full speed
        double cold{0};     ///< units that start or warm up
        double draining{0}; ///< units that take no new channels
    };

    Requests& At(ns3::Time asked);

    const ns3::Time m_start;
    const ns3::Time m_interval;
    std::vector<Requests> m_requests; ///< by interval
    std::vector<Pool> m_pools;        ///< by interval
};

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_TIMELINE_H
