// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_SWEEP_RUNNER_H
#define SHARDSIM_SWEEP_RUNNER_H

#include "scenarios/progress.h"
#include "scenarios/sweep-plan.h"

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace shardsim
{

/** Exit code of a sweep that was interrupted: 128 and the number of SIGINT, as shells have it. */
constexpr int EXIT_INTERRUPTED = 130;

/** What `shardsim sweep` is told. */
struct SweepOptions
{
    std::string file;                ///< the sweep file
    std::string out;                 ///< results; "" = results/NAME.sqlite
    unsigned jobs{1};                ///< workers at a time
    std::optional<uint64_t> runs;    ///< in place of the file's
    std::vector<Override> overrides; ///< in place of the file's [set]
    bool dryRun{false};              ///< only show what would be run
    Progress::Style progress{Progress::NONE};
};

/**
 * Run the simulations of a sweep that its results file does not have yet, failed ones again.
 * @param out told what was done
 * @param err told the progress and what went wrong
 * @return 0; 1 if a run failed; EXIT_INTERRUPTED
 * @throw RequestError for a wrong file, or results of another plan; nothing is written then
 * @throw StoreError when results cannot be kept
 */
int RunSweep(const SweepOptions& options,
             const std::vector<const Scenario*>& scenarios,
             std::ostream& out,
             std::ostream& err);

/** @return the command line that repeats a run, quoted for a shell. */
std::string RepeatCommand(const Scenario& scenario,
                          const Values& values,
                          uint64_t seed,
                          uint64_t run);

} // namespace shardsim

#endif // SHARDSIM_SWEEP_RUNNER_H
