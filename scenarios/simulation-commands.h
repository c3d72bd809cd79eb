// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_SIMULATION_COMMANDS_H
#define SHARDSIM_SIMULATION_COMMANDS_H

#include "scenario.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace shardsim
{

/** All that the commands' options are read into. */
struct CommandArguments
{
    std::string target;
    std::vector<std::string> sets;
    std::string config;
    std::string seed{"1"};
    std::string run{"1"};
    std::string runs;
    std::string jobs;
    std::string out;
    std::string pcap;
    std::string timeline;
    std::string by;
    std::string metric;
    bool json{false};
    bool csv{false};
    bool dryRun{false};
    bool quiet{false};

    /// @return simulations at a time: as asked for, else as many as there are processors
    unsigned Jobs() const;
};

/**
 * `run`: one simulation.
 * @param arguments of the command line
 * @param scenarios what can be run
 * @param out where the result goes
 * @param err where progress goes
 * @return exit code
 */
int CommandRun(const CommandArguments& arguments,
               const std::vector<const Scenario*>& scenarios,
               std::ostream& out,
               std::ostream& err);

/** `sweep`: parameters as with CommandRun(). */
int CommandSweep(const CommandArguments& arguments,
                 const std::vector<const Scenario*>& scenarios,
                 std::ostream& out,
                 std::ostream& err);

/** `validate`: parameters as with CommandRun(). */
int CommandValidate(const CommandArguments& arguments,
                    const std::vector<const Scenario*>& scenarios,
                    std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_SIMULATION_COMMANDS_H
