// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_SCALING_H
#define SHARDSIM_ENDPOINTS_SCALING_H

#include "parameter.h"

#include "ns3/endpoint-load.h"
#include "ns3/endpoint-scale.h"
#include "ns3/ptr.h"

#include <cstdint>

namespace shardsim
{

/**
 * @param values the scenario's parameters
 * @param each units of each group, for who does not scale
 * @return the policy of scale.policy
 */
ns3::Ptr<ns3::sharding::EndpointScale> MakeEndpointScale(const Values& values, uint32_t each);

/// @param values the scenario's parameters  @return how predict.kind predicts the load of a group
ns3::sharding::EndpointLoadConfig MakeEndpointLoad(const Values& values);

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_SCALING_H
