// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_OFFLOAD_ENGINE_H
#define SHARDSIM_OFFLOAD_ENGINE_H

#include "offload-load.h"

#include "ns3/net-device.h"
#include "ns3/offload-queue-disc.h"
#include "ns3/offload-watch.h"
#include "ns3/offload-workload-proxy.h"

#include <vector>

namespace shardsim
{

/// Declare buffer.*, forecast.*, shaping.*, prefetch.* and anomaly.*. @param set to add to
void AddOffloadEngineParameters(ParameterSet& set);

/**
 * The offload engine's own queue disc, as the parameters say.
 * @param values of the run
 * @param plans what is going to be asked for, which only an oracle is told
 * @param device to put it on
 * @return the disc
 */
ns3::Ptr<ns3::sharding::OffloadQueueDisc> InstallOffloadEngine(
    const Values& values,
    const std::vector<OffloadFunctionPlan>& plans,
    ns3::Ptr<ns3::NetDevice> device);

/**
 * @param values of the run
 * @param plans what is going to be asked for, which only an oracle is told
 * @return a prefetcher for each function; none with prefetch.model = none
 */
std::vector<ns3::Ptr<ns3::sharding::OffloadPrefetcher>> MakeOffloadPrefetchers(
    const Values& values,
    const std::vector<OffloadFunctionPlan>& plans);

/**
 * @param values of the run
 * @return what watches forecast errors; nullptr with anomaly.detector = none
 */
ns3::Ptr<ns3::sharding::OffloadWatch> MakeOffloadWatch(const Values& values);

} // namespace shardsim

#endif // SHARDSIM_OFFLOAD_ENGINE_H
