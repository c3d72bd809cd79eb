// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_DEMO_H
#define SHARDSIM_DEMO_H

#include <iosfwd>
#include <string>

namespace shardsim
{

/**
 * The main job, small: congestion, loss and MTU sweeps of the tunnel against its baselines.
 * @param jobs simulations at a time
 * @param folder where results and figures go
 * @param out told the results
 * @param err told the progress
 * @return as RunSweep
 */
int RunDemo(unsigned jobs, const std::string& folder, std::ostream& out, std::ostream& err);

} // namespace shardsim

#endif // SHARDSIM_DEMO_H
