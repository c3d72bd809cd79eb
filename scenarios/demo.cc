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

/// A sweep of the demo: one of those that are shipped, over computed paths.
struct DemoSweep
{
    const char* name;
    const char* question;
};

constexpr DemoSweep SWEEPS[] = {
    {"congestion", "Cross traffic fills the paths: who is late?"},
    {"loss", "Packets are lost at random: what does redundancy save, and cost?"},
    {"mtu", "The links' MTU changes: where do headers outweigh shards?"},
};

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
    out << "Links are computed by the path model (transport = path): for traffic like this the "
           "full\n"
           "ns-3 stack's times to the nanosecond; docs/tunnel.md has the proof.\n";
    for (const DemoSweep& sweep : SWEEPS)
    {
        const std::string name = sweep.name;
        SweepOptions options;
        options.file = SweepFolder() + "/" + name + ".toml";
        options.out = folder + "/" + name + ".sqlite";
        options.jobs = jobs;
        options.overrides = {ParseOverride("transport=path")};
        options.progress = Progress::StyleOfStderr();
        out << "\n== " << sweep.question << "\n   (./shardsim sweep " << options.file
            << " --set transport=path)\n\n"
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
