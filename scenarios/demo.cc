// SPDX-License-Identifier: GPL-2.0-only
#include "demo.h"

#include "analysis/commands.h"
#include "program-folder.h"
#include "scenario.h"
#include "sweep-runner.h"

#include <cstdio>
#include <filesystem>
#include <ostream>

namespace shardsim
{

namespace
{

/// A sweep of the demo: one of those that are shipped, with fewer datagrams and runs.
struct DemoSweep
{
    const char* name;
    const char* datagrams;
    const char* question;
};

constexpr DemoSweep SWEEPS[] = {
    {"congestion", "500", "Cross traffic fills the paths: who is late?"},
    {"loss", "1000", "Packets are lost at random: what does redundancy save, and cost?"},
    {"mtu", "1000", "The links' MTU changes: where do headers outweigh shards?"},
};

constexpr uint64_t RUNS = 5;

} // namespace

int
RunDemo(unsigned jobs, const std::string& folder, std::ostream& out, std::ostream& err)
{
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    if (problem)
    {
        throw StoreError(folder + ": " + problem.message());
    }
    for (const DemoSweep& sweep : SWEEPS)
    {
        const std::string name = sweep.name;
        SweepOptions options;
        options.file = SweepFolder() + "/" + name + ".toml";
        options.out = folder + "/" + name + ".sqlite";
        options.jobs = jobs;
        options.runs = RUNS;
        options.overrides = {ParseOverride(std::string("traffic.datagrams=") + sweep.datagrams)};
        options.progress = Progress::StyleOfStderr();
        out << "\n== " << sweep.question << "\n   (" << options.file << ", " << RUNS << " runs of "
            << sweep.datagrams << " datagrams)\n\n"
            << std::flush;
        const int code = RunSweep(options, AllScenarios(), err, err);
        if (code != 0)
        {
            return code;
        }
        CommandTable(options.out, out);
        CommandPlot(options.out, folder + "/" + name, err);
    }
    out << "\nFigures (PNG, SVG, PDF), their data and gnuplot scripts are in " << folder << "/*/,\n"
        << "results in " << folder << "/*.sqlite. Next: ./shardsim describe tunnel; a sweep of\n"
        << "your own: cp " << SweepFolder() << "/loss.toml mine.toml; ./shardsim sweep mine.toml\n";
    return 0;
}

} // namespace shardsim
