// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_NETWORK_PARAMETERS_H
#define SHARDSIM_ENDPOINTS_NETWORK_PARAMETERS_H

#include "parameter.h"
#include "scenario.h"

#include <vector>

namespace shardsim
{

/** @param set takes what endpoints on a network have beside the queueing model. */
void AddEndpointsNetwork(ParameterSet& set);

/** @param metrics take what endpoints on a network yield beside the queueing model. */
void AddEndpointsNetworkMetrics(std::vector<MetricInfo>& metrics);

/**
 * Refuse what contradicts network.ideal, or each other on a network.
 * @param values of the endpoints scenario
 * @throw RequestError
 */
void CheckEndpointsNetwork(const Values& values);

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_NETWORK_PARAMETERS_H
