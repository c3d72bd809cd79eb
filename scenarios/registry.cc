// SPDX-License-Identifier: GPL-2.0-only
#include "endpoints-scenario.h"
#include "scenario.h"
#include "tunnel-scenario.h"

namespace shardsim
{

std::vector<const Scenario*>
AllScenarios()
{
    // A list that is written down, not filled by static objects: those vanish when a linker drops
    // an object file that nobody refers to, and their order is nobody's choice.
    static const TunnelScenario tunnel;
    static const EndpointsScenario endpoints;
    return {&tunnel, &endpoints};
}

} // namespace shardsim
