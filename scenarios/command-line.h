// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_COMMAND_LINE_H
#define SHARDSIM_COMMAND_LINE_H

#include "scenario.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace shardsim
{

/**
 * The program `shardsim`, without its process: the commands of README.md.
 * @param arguments without the program's name
 * @param scenarios what can be run
 * @param out results
 * @param err progress and errors, one line each
 * @return exit code: 0 done; 1 ran, and a check failed; 2 the request was wrong, nothing was
 * written; 130 interrupted
 */
int RunCommandLine(const std::vector<std::string>& arguments,
                   const std::vector<const Scenario*>& scenarios,
                   std::ostream& out,
                   std::ostream& err);

} // namespace shardsim

#endif // SHARDSIM_COMMAND_LINE_H
