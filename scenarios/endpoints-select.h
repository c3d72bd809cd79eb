// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_SELECT_H
#define SHARDSIM_ENDPOINTS_SELECT_H

#include "parameter.h"

#include "ns3/endpoint-select.h"

namespace shardsim
{

/**
 * @param values the scenario's parameters
 * @param salt of policies that hash, the same for all choosers
 * @return the policy that they want, without streams and endpoints
 */
ns3::Ptr<ns3::sharding::EndpointSelect> MakeEndpointSelect(const Values& values, uint64_t salt);

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_SELECT_H
