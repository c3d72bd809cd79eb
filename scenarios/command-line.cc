// SPDX-License-Identifier: GPL-2.0-only
#include "command-line.h"

#include "analysis/commands.h"
#include "scenarios/demo.h"
#include "scenarios/describe.h"
#include "scenarios/near-name.h"
#include "scenarios/provenance.h"
#include "scenarios/simulation-commands.h"
#include "scenarios/sweep-runner.h"
#include "scenarios/worker-pool.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <functional>
#include <new>

namespace shardsim
{

namespace
{

/** The commands and their options, and the code that a given command line chooses. */
class Program
{
  public:
    Program(const std::vector<const Scenario*>& scenarios, std::ostream& out, std::ostream& err)
        : m_scenarios(scenarios),
          m_out(out),
          m_err(err)
    {
        m_app.name("./shardsim");
        m_app.require_subcommand(1);
        m_app.set_version_flag("--version", "ns3-sharding " + Provenance().moduleVersion);
        AddSimulation();
        AddAnalysis();
        AddChecks();
    }

    int Run(const std::vector<std::string>& arguments)
    {
        if (arguments.empty())
        {
            m_out << m_app.help();
            return 0;
        }
        RefuseUnknownCommand(arguments.front());
        try
        {
            // CLI11 takes a vector from its end.
            m_app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
        }
        catch (const CLI::Success& wish)
        {
            m_app.exit(wish, m_out, m_err); // --help, --version
            return 0;
        }
        catch (const CLI::ParseError& error)
        {
            std::string line = error.what();
            std::replace(line.begin(), line.end(), '\n', ' ');
            std::string used;
            for (const CLI::App* command : m_app.get_subcommands())
            {
                used = command->get_name() + " ";
            }
            throw RequestError(used + line + "; ./shardsim " + used +
                               "--help lists what is allowed");
        }
        return m_chosen();
    }

  private:
    CLI::App* Command(const std::string& name, const std::string& help, std::function<int()> code)
    {
        CLI::App* command = m_app.add_subcommand(name, help);
        command->callback([this, code] { m_chosen = code; });
        return command;
    }

    void AddSets(CLI::App* command)
    {
        // One value each: "--set a=1 b=2" would be a slip that must not pass.
        command->add_option("--set", m_arguments.sets, "KEY=VALUE; `describe` lists the keys")
            ->allow_extra_args(false);
    }

    void AddSimulation()
    {
        CommandArguments& a = m_arguments;
        Command("list",
                "scenarios, one line each",
                [this]
                {
                    PrintScenarios(m_scenarios, m_out);
                    return 0;
                });

        auto* describe = Command("describe",
                                 "every parameter and metric of a scenario",
                                 [this]
                                 {
                                     PrintDescription(FindScenario(m_arguments.target, m_scenarios),
                                                      m_arguments.json,
                                                      m_out);
                                     return 0;
                                 });
        describe->add_option("SCENARIO", a.target, "which one")->required();
        describe->add_flag("--json", a.json, "one JSON object");

        auto* run = Command("run",
                            "one simulation",
                            [this] { return CommandRun(m_arguments, m_scenarios, m_out, m_err); });
        run->add_option("SCENARIO", a.target, "which one")->required();
        AddSets(run);
        run->add_option("--config", a.config, "TOML file with values; --set goes before it");
        run->add_option("--seed", a.seed, "seed, from 1 (default 1)");
        run->add_option("--run", a.run, "number of the replication, from 1 (default 1)");
        run->add_flag("--json", a.json, "one JSON object on standard output");
        run->add_option("--pcap", a.pcap, "prefix of pcap files to write");
        run->add_option("--timeline",
                        a.timeline,
                        "folder for what the control loop saw and decided over time");

        auto* sweep =
            Command("sweep",
                    "the grid of a sweep file; goes on where it stopped",
                    [this] { return CommandSweep(m_arguments, m_scenarios, m_out, m_err); });
        sweep->add_option("FILE.toml", a.target, "sweep file")->required();
        sweep->add_option("--jobs", a.jobs, "simulations at a time (default: processors)");
        sweep->add_option("--out", a.out, "results (default results/NAME.sqlite)");
        sweep->add_option("--runs", a.runs, "replications, in place of the file's");
        sweep->add_flag("--dry-run", a.dryRun, "show the points and run nothing");
        sweep->add_flag("--quiet", a.quiet, "no progress");
        AddSets(sweep);
    }

    void AddAnalysis()
    {
        CommandArguments& a = m_arguments;
        auto* table = Command("table",
                              "comparison table with confidence intervals",
                              [this]
                              {
                                  CommandTable(m_arguments.target, m_out);
                                  return 0;
                              });
        auto* plot =
            Command("plot",
                    "figures as PNG, SVG and PDF",
                    [this]
                    {
                        const auto beside =
                            std::filesystem::path(m_arguments.target).replace_extension();
                        CommandPlot(m_arguments.target,
                                    m_arguments.out.empty() ? beside.string() : m_arguments.out,
                                    m_out);
                        return 0;
                    });
        auto* exporter =
            Command("export",
                    "tidy rows",
                    [this]
                    {
                        if (!m_arguments.csv)
                        {
                            throw RequestError("export: no format is given; allowed: --csv");
                        }
                        CommandExportCsv(m_arguments.target, m_out);
                        return 0;
                    });
        auto* compare = Command(
            "compare",
            "paired differences with intervals",
            [this]
            {
                CommandCompare(m_arguments.target, m_arguments.by, m_arguments.metric, m_out);
                return 0;
            });
        for (CLI::App* command : {table, plot, exporter, compare})
        {
            command->add_option("FILE.sqlite", a.target, "results of a sweep")->required();
        }
        plot->add_option("--out", a.out, "folder of the figures (default: named like the results)");
        exporter->add_flag("--csv", a.csv, "comma-separated values on standard output");
        compare->add_option("--by", a.by, "swept key, or case")->required();
        compare->add_option("--metric", a.metric, "metric to compare")->required();
    }

    void AddChecks()
    {
        CommandArguments& a = m_arguments;
        auto* validate =
            Command("validate",
                    "each model against its closed form",
                    [this] { return CommandValidate(m_arguments, m_scenarios, m_out); });
        validate->add_option("SCENARIO", a.target, "only this one");
        AddSets(validate);
        validate->add_option("--jobs", a.jobs, "simulations at a time (default: processors)");
        validate->add_flag("--json", a.json, "one JSON object");

        auto* demo = Command("demo",
                             "small sweeps, a table and figures",
                             [this]
                             {
                                 const std::string folder =
                                     m_arguments.out.empty() ? "results/demo" : m_arguments.out;
                                 return RunDemo(m_arguments.Jobs(), folder, m_out, m_err);
                             });
        demo->add_option("--jobs", a.jobs, "simulations at a time (default: processors)");
        demo->add_option("--out", a.out, "folder (default results/demo)");

        Command(
            "test",
            "build and run every test",
            [this]
            {
                m_out
                    << "The tests are built and run by the launcher in the project's root folder:\n"
                       "  ./shardsim test\n";
                return 0;
            });
    }

    void RefuseUnknownCommand(const std::string& word) const
    {
        std::vector<std::string> names;
        std::string known;
        for (const CLI::App* command : m_app.get_subcommands([](const CLI::App*) { return true; }))
        {
            names.push_back(command->get_name());
            known += (known.empty() ? "" : ", ") + command->get_name();
        }
        if (word[0] != '-' && std::find(names.begin(), names.end(), word) == names.end())
        {
            throw RequestError("unknown command " + InQuotes(word) + DidYouMean(word, names) +
                               "; allowed: " + known);
        }
    }

    const std::vector<const Scenario*>& m_scenarios;
    std::ostream& m_out;
    std::ostream& m_err;
    CLI::App m_app{"Traffic cut into shards, simulated in ns-3: latency, loss and throughput"};
    CommandArguments m_arguments;
    std::function<int()> m_chosen;
};

} // namespace

int
RunCommandLine(const std::vector<std::string>& arguments,
               const std::vector<const Scenario*>& scenarios,
               std::ostream& out,
               std::ostream& err)
{
    try
    {
        return Program(scenarios, out, err).Run(arguments);
    }
    catch (const RequestError& error)
    {
        err << "shardsim: " << error.what() << std::endl;
        return 2;
    }
    catch (const std::bad_alloc&)
    {
        err << "shardsim: out of memory" << std::endl;
        return 1;
    }
    catch (const std::exception& error)
    {
        err << "shardsim: " << error.what() << std::endl;
        return 1;
    }
}

} // namespace shardsim
