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
    std::vector<Override> overrides; ///< in place of what rows set
    unsigned jobs{1};                ///< simulations at a time
    bool json{false};                ///< one JSON object instead of a table
};

/** A scenario, and what is checked of it. */
struct Validation
{
    const Scenario* scenario;        ///< not owned
    std::vector<ValidationRow> rows; ///< rows that follow each other and set the same share runs
};

/**
 * Hold scenarios against closed forms. An override goes to all scenarios that have its key.
 * @param validations what is checked, and what is right
 * @param options how
 * @param out where the verdicts go
 * @return 0; 1 if a row fails
 */
int RunValidate(std::vector<Validation> validations,
                const ValidateOptions& options,
                std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_VALIDATE_H
