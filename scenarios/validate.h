// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_VALIDATE_H
#define SHARDSIM_VALIDATE_H

#include "sweep-plan.h"
#include "validate-row.h"

#include <iosfwd>
#include <vector>

namespace shardsim
{

class Scenario;

/** How models are held against closed forms. */
struct ValidateOptions
{
    std::vector<Override> overrides; ///< for every row, in place of what it sets
    unsigned jobs{1};                ///< simulations at a time
    bool json{false};                ///< one JSON object instead of a table
};

/**
 * Hold a scenario against closed forms.
 * @param scenario the scenario
 * @param rows what is checked, and what is right
 * @param options how
 * @param out where the verdicts go
 * @return 0; 1 if a row fails
 */
int RunValidate(const Scenario& scenario,
                std::vector<ValidationRow> rows,
                const ValidateOptions& options,
                std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_VALIDATE_H
