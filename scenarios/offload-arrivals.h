// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_OFFLOAD_ARRIVALS_H
#define SHARDSIM_OFFLOAD_ARRIVALS_H

#include "scenario.h"

#include <cstdint>
#include <vector>

namespace shardsim
{

/**
 * @param values functions.mix and what belongs to it, duration
 * @param function of which
 * @param rate requests a second, on the mean
 * @return times of its requests in ns, increasing
 */
std::vector<int64_t> OffloadArrivals(const Values& values, uint32_t function, double rate);

/**
 * @param values anomaly.*, duration
 * @param rate requests a second, on the mean
 * @param times of the function's requests in ns, increasing
 * @return the same with the fault in them
 */
std::vector<int64_t> WithOffloadFault(const Values& values,
                                      double rate,
                                      std::vector<int64_t> times);

} // namespace shardsim

#endif // SHARDSIM_OFFLOAD_ARRIVALS_H
