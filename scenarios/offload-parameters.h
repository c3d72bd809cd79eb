// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_OFFLOAD_PARAMETERS_H
#define SHARDSIM_OFFLOAD_PARAMETERS_H

#include "scenario.h"

namespace shardsim
{

/** @return the parameters of the scenario `offload`. */
const ParameterSet& OffloadParameters();

/** @return the metrics of the scenario `offload`. */
const std::vector<MetricInfo>& OffloadMetrics();

/**
 * Refuse values that contradict each other.
 * @throw RequestError
 */
void CheckOffload(const Values& values);

} // namespace shardsim

#endif // SHARDSIM_OFFLOAD_PARAMETERS_H
