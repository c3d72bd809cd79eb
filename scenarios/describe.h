// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_DESCRIBE_H
#define SHARDSIM_DESCRIBE_H

#include "scenario.h"

#include <iosfwd>

namespace shardsim
{

/** Print the scenarios, one line each. */
void PrintScenarios(const std::vector<const Scenario*>& scenarios, std::ostream& out);

/** Print every parameter and metric of a scenario, as tables or as one JSON object. */
void PrintDescription(const Scenario& scenario, bool json, std::ostream& out);

/** Print a run's result: as a table, or as one JSON object on one line, doubles exact. */
void PrintResult(const Scenario& scenario,
                 const Values& values,
                 const RunContext& context,
                 const RunResult& result,
                 bool json,
                 std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_DESCRIBE_H
