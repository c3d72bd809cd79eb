// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_TIER_PARAMETERS_H
#define SHARDSIM_TUNNEL_TIER_PARAMETERS_H

#include "parameter.h"

namespace shardsim
{

/** @param set gets the parameters of the decisions tier, its policies and the control plane. */
void AddTierParameters(ParameterSet& set);

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_TIER_PARAMETERS_H
