// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_PARAMETERS_H
#define SHARDSIM_TUNNEL_PARAMETERS_H

#include "scenario.h"

namespace shardsim
{

/** @return the parameters of the tunnel. */
const ParameterSet& TunnelParameters();

/** @return the predictor of arrivals: its word, or "none". */
std::string PredictorOf(const Values& values);

/** @return whether the receiver takes parts of datagrams. */
bool AcceptsPartial(const Values& values);

/** @return bytes of the reassembly node's memory that one flow may have. */
int64_t FlowMemory(const Values& values);

/** @return whether buffers of datagrams and the time to allocate them are modelled. */
bool ModelsBuffers(const Values& values);

/** @return bytes of each buffer of the pool with reassembly.prealloc = fixed. */
int64_t PoolBufferSize(const Values& values);

/**
 * Refuse values that contradict each other.
 * @throw RequestError
 */
void CheckTunnel(const Values& values);

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_PARAMETERS_H
