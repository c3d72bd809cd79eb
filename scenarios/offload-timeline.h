// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_OFFLOAD_TIMELINE_H
#define SHARDSIM_OFFLOAD_TIMELINE_H

#include "analysis/timeline.h"

#include "ns3/offload-queue-disc.h"

#include <cstdint>
#include <vector>

namespace shardsim
{

/**
 * What an engine forecast and did with its memory, an interval a row: the time; of the watched
 * function bytes expected and seen, the score of that and whether there was an alert; the excess of
 * the forecasts' absolute errors over those of the last value again, summed up over functions and
 * time; and the memory that is planned for each function.
 */
class OffloadTimeline
{
  public:
    /// @param disc of the engine  @param watched function
    OffloadTimeline(ns3::Ptr<ns3::sharding::OffloadQueueDisc> disc, uint32_t watched);

    /**
     * An interval of a function is over. Functions come in order.
     * @param seconds now
     * @param function of which
     * @param expected bytes  @param seen bytes  @param score of the watch; NaN without one
     */
    void Take(double seconds, uint32_t function, double expected, double seen, double score);

    /// The watch raised an alert of the watched function, in the interval to be taken next.
    void Alert()
    {
        m_isAlert = true;
    }

    /// @return what was taken
    const Timeline& Get() const
    {
        return m_timeline;
    }

  private:
    ns3::Ptr<ns3::sharding::OffloadQueueDisc> m_disc; ///< of the engine
    uint32_t m_watched;                               ///< function
    std::vector<double> m_last;                       ///< bytes seen of each function
    std::vector<double> m_row;                        ///< of this interval
    double m_regret{0};                               ///< bytes
    bool m_isAlert{false};                            ///< in this interval
    Timeline m_timeline;                              ///< rows so far
};

} // namespace shardsim

#endif // SHARDSIM_OFFLOAD_TIMELINE_H
