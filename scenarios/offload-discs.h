// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_OFFLOAD_DISCS_H
#define SHARDSIM_OFFLOAD_DISCS_H

#include "offload-load.h"

#include "ns3/net-device.h"
#include "ns3/queue-disc.h"

#include <string>
#include <vector>

namespace shardsim
{

/** @return the words of `disc`. */
const std::vector<std::string>& OffloadDiscs();

/**
 * Put the queue disc under test, with buffer.total of memory, on a device. Discs that count packets
 * only are given as many as there are full packets in that memory.
 * @param values of the run
 * @param plans what is going to be asked for, which only an oracle is told
 * @param device of the engine, towards the network
 * @return the disc
 */
ns3::Ptr<ns3::QueueDisc> InstallOffloadDisc(const Values& values,
                                            const std::vector<OffloadFunctionPlan>& plans,
                                            ns3::Ptr<ns3::NetDevice> device);

} // namespace shardsim

#endif // SHARDSIM_OFFLOAD_DISCS_H
