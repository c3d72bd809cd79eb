// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_METRICS_H
#define SHARDSIM_TUNNEL_METRICS_H

#include "scenario.h"

namespace shardsim
{

/** @return the metrics of the tunnel. */
const std::vector<MetricInfo>& TunnelMetrics();

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_METRICS_H
