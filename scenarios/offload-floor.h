// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_OFFLOAD_FLOOR_H
#define SHARDSIM_OFFLOAD_FLOOR_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace shardsim
{

/// Something that a line is to carry.
struct OffloadJob
{
    int64_t atNs{0};   ///< from when on it can
    double takesNs{0}; ///< of the line
};

/**
 * What the latency of all jobs but so many cannot be below, in whichever order one line carries
 * them, even by an order that knows all of them beforehand; nothing is carried before it is asked
 * for.
 *
 * Of the jobs that came since the line was idle, all that take no longer than L are carried after
 * that and before L is over since the last of them came. So the time of all of them, but for those
 * left out, is at most L and the time since: the demand bound of real-time scheduling (Baruah,
 * Rosier and Howell, Real-Time Systems 2, 1990). Fewest are left out where they are the longest
 * ones, and those that take longer than L by themselves. Sums of these over all busy periods, of
 * which none shares a job with another, are within `spared` from the latency on that is returned.
 *
 * @param jobs in any order
 * @param spared jobs whose latency does not count, whichever
 * @return ns, not rounded up; 0 where there are no other jobs
 */
double OffloadFloor(const std::vector<OffloadJob>& jobs, std::size_t spared);

} // namespace shardsim

#endif // SHARDSIM_OFFLOAD_FLOOR_H
