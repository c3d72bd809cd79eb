// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_CONTENT_PARAMETERS_H
#define SHARDSIM_CONTENT_PARAMETERS_H

#include "scenario.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace shardsim
{

/** @return the parameters of content. */
const ParameterSet& ContentParameters();

/** @return the metrics of content. */
const std::vector<MetricInfo>& ContentMetrics();

/**
 * Refuse values that contradict each other, and input files that are wrong.
 * @throw RequestError
 */
void CheckContent(const Values& values);

/**
 * @return nanoseconds of a shard; nothing where shards are the segments of the movie
 * @throw RequestError where shards.duration is neither a time nor from-movie
 */
std::optional<int64_t> ShardDurationNs(const Values& values);

/**
 * @return bit/s, ascending, as movie.bitrates says
 * @throw RequestError where it says anything else
 */
std::vector<double> MovieBitrates(const Values& values);

/** @return nanoseconds after which a request of which nothing comes has failed. */
int64_t MissingTimeoutNs(const Values& values);

} // namespace shardsim

#endif // SHARDSIM_CONTENT_PARAMETERS_H
