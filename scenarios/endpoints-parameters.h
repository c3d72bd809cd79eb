// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_PARAMETERS_H
#define SHARDSIM_ENDPOINTS_PARAMETERS_H

#include "scenario.h"

namespace shardsim
{

/** Endpoints with at least 1 to so many in them have a metric of their own. */
constexpr unsigned ENDPOINTS_TAILS = 8;

/** @return the parameters of the endpoints. */
const ParameterSet& EndpointsParameters();

/** @return the metrics of the endpoints. */
const std::vector<MetricInfo>& EndpointsMetrics();

/**
 * Refuse values that contradict each other.
 * @throw RequestError
 */
void CheckEndpoints(const Values& values);

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_PARAMETERS_H
