// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_FIGURE_PLAN_H
#define SHARDSIM_FIGURE_PLAN_H

#include "scenarios/sweep-plan.h"
#include "scenarios/toml-text.h"

namespace shardsim
{

/**
 * Read and check one [[figure]] of a sweep file.
 * @param table the figure
 * @param path the file, for messages
 * @param scenario whose metrics it may show
 * @param sweptKeys what it may show them against
 * @throw RequestError
 */
FigurePlan ReadFigure(const TomlNode& table,
                      const std::string& path,
                      const Scenario& scenario,
                      const std::vector<std::string>& sweptKeys);

} // namespace shardsim

#endif // SHARDSIM_FIGURE_PLAN_H
