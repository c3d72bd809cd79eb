// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program from its arguments to its output and exit code, with a toy scenario:
 * 1. --json is one object and nothing else, doubles exact, null for no value;
 * 2. exit codes are 0, 1 and 2 as promised, and an error is one line on stderr;
 * 3. the command recorded for a failed run is one that the program takes;
 * 4. a long run shows a bar on standard error if that is a terminal, and only then.
 */
#include "scenarios/command-line.h"
#include "temporary-folder.h"
#include "toy-scenario.h"

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace shardsim
{
namespace
{

using Json = nlohmann::ordered_json;

class CommandLineTest : public ::testing::Test
{
  protected:
    int Run(const std::vector<std::string>& arguments)
    {
        std::ostringstream out;
        std::ostringstream err;
        const int code = RunCommandLine(arguments, {&m_toy}, out, err);
        m_out = out.str();
        m_err = err.str();
        return code;
    }

    ToyScenario m_toy;
    TemporaryFolder m_folder;
    std::string m_out;
    std::string m_err;
};

TEST_F(CommandLineTest, ARunAsJsonIsOneObjectWithExactNumbersAndNull)
{
    ASSERT_EQ(Run({"run", "toy", "--set", "loss.rate=0.5", "--seed", "2", "--run", "1", "--json"}),
              0)
        << m_err;
    EXPECT_EQ(m_err, "");
    const Json json = Json::parse(m_out);
    EXPECT_EQ(json["scenario"], "toy");
    EXPECT_EQ(json["seed"], 2);
    EXPECT_EQ(json["run"], 1);
    EXPECT_EQ(json["parameters"].size(), m_toy.Parameters().All().size());
    EXPECT_EQ(json["parameters"]["loss.rate"], 0.5);
    EXPECT_EQ(json["parameters"]["topology.delay"], "5ms");
    EXPECT_EQ(json["metrics"]["product"].get<double>(), 2001001000.5);
    EXPECT_EQ(json["metrics"]["tenth_ms"].get<double>(), 0.30000000000000004);
    EXPECT_TRUE(json["metrics"]["nothing"].is_null());
    for (const char* key : {"module_version", "ns3_version", "compiler", "build_type"})
    {
        EXPECT_TRUE(json["provenance"][key].is_string()) << key;
    }
}

TEST_F(CommandLineTest, ARunAsTableNamesMetricValueAndUnit)
{
    ASSERT_EQ(Run({"run", "toy", "--set", "spread=2"}), 0) << m_err;
    EXPECT_NE(m_out.find("toy, seed 1, run 1\n  spread = 2\n"), std::string::npos) << m_out;
    EXPECT_NE(m_out.find("tenth_ms"), std::string::npos);
    EXPECT_NE(m_out.find("0.3"), std::string::npos);
}

TEST_F(CommandLineTest, ConfigComesFirstAndSetWins)
{
    const std::string config = m_folder.Write("c.toml", "loss.rate = 0.25\nspread = 7\n");
    ASSERT_EQ(Run({"run", "toy", "--set", "spread=8", "--config", config, "--json"}), 0) << m_err;
    const Json json = Json::parse(m_out);
    EXPECT_EQ(json["parameters"]["loss.rate"], 0.25);
    EXPECT_EQ(json["parameters"]["spread"], 8.0);
}

TEST_F(CommandLineTest, DescribeTellsAllOfEveryParameterAndMetric)
{
    ASSERT_EQ(Run({"describe", "toy"}), 0);
    EXPECT_NE(m_out.find("  loss.rate = 0\n      loss\n      ratio: at least 0 and below 1\n"),
              std::string::npos)
        << m_out;
    EXPECT_NE(m_out.find("  topology.file = (generated)\n"), std::string::npos);
    ASSERT_EQ(Run({"describe", "toy", "--json"}), 0);
    const Json json = Json::parse(m_out);
    ASSERT_EQ(json["parameters"].size(), m_toy.Parameters().All().size());
    EXPECT_EQ(json["parameters"][0]["key"], "topology.paths");
    EXPECT_EQ(json["parameters"][0]["type"], "integer");
    EXPECT_EQ(json["parameters"][0]["default"], 1);
    EXPECT_EQ(json["parameters"][0]["range"], "from 1 to 64");
    EXPECT_EQ(json["metrics"][1]["unit"], "ms");
}

TEST_F(CommandLineTest, ListIsOneLineAScenario)
{
    ASSERT_EQ(Run({"list"}), 0);
    EXPECT_EQ(m_out, "toy  no simulation at all\n");
}

TEST_F(CommandLineTest, HelpAndVersionAreNoErrors)
{
    EXPECT_EQ(Run({"--help"}), 0);
    EXPECT_NE(m_out.find("sweep"), std::string::npos);
    EXPECT_EQ(Run({"run", "--help"}), 0);
    EXPECT_NE(m_out.find("--set"), std::string::npos);
    EXPECT_EQ(Run({"--version"}), 0);
    EXPECT_EQ(m_out.find("ns3-sharding "), 0U);
    EXPECT_EQ(Run({}), 0);
}

TEST_F(CommandLineTest, AWrongRequestIsOneLineAndExitCodeTwo)
{
    const std::vector<std::pair<std::vector<std::string>, std::string>> table{
        {{"rnu", "toy"}, "unknown command 'rnu', did you mean run?; allowed: list"},
        {{"run"}, "SCENARIO is required"},
        {{"run", "tyo"}, "unknown scenario 'tyo', did you mean toy?; allowed: toy"},
        {{"run", "toy", "extra"}, "extra"},
        {{"run", "toy", "--sed", "1"}, "--sed"},
        {{"run", "toy", "--set"}, "--set"},
        {{"run", "toy", "--set", "loss.rate"}, "--set: 'loss.rate' is given; allowed: KEY=VALUE"},
        {{"run", "toy", "--set", "loss.rate=2"}, "--set loss.rate=2: loss.rate: '2' is too large"},
        {{"run", "toy", "--set", "loss.rate="}, "loss.rate: no value was given"},
        {{"run", "toy", "--set", "los.rate=2"}, "did you mean loss.rate?"},
        {{"run", "toy", "--set", "spread=1", "loss.rate=0.1"}, "loss.rate=0.1"},
        {{"run", "toy", "--set", "spread=1", "--set", "spread=2"}, "spread: is given twice"},
        {{"run", "toy", "--set", "topology.paths=13", "--set", "loss.rate=0.75"},
         "--set topology.paths=13: topology.paths: '13': 13 paths do not go with"},
        {{"run", "toy", "--seed", "0"}, "--seed: '0' is given; allowed: a whole number, from 1"},
        {{"run", "toy", "--seed", "0x1"}, "--seed: '0x1' is given"},
        {{"run", "toy", "--seed", "4294967296"}, "--seed: '4294967296' is given"},
        {{"run", "toy", "--run", "-1"}, "--run"},
        {{"run", "toy", "--config", "/no/such.toml"},
         "/no/such.toml: cannot be read: No such file"},
        {{"run", "toy", "--config", "/"}, "/: is a folder"},
        {{"describe", "x"}, "unknown scenario 'x'"},
        {{"sweep"}, "FILE.toml is required"},
        {{"sweep", "/no/such.toml"}, "/no/such.toml: cannot be read: No such file"},
        {{"sweep", "x.toml", "--jobs", "0"}, "--jobs: '0' is given; allowed: a whole number"},
        {{"sweep", "x.toml", "--runs", "many"}, "--runs: 'many' is given"},
        {{"table", "/no/such.sqlite"}, "/no/such.sqlite: cannot be read: No such file"},
        {{"export", "/no/such.sqlite"}, "export: no format is given; allowed: --csv"},
        {{"compare", "x.sqlite"}, "is required"},
        {{"validate", "--jobs", "-3"}, "--jobs"},
    };
    for (const auto& [arguments, message] : table)
    {
        EXPECT_EQ(Run(arguments), 2) << message;
        EXPECT_EQ(m_out, "") << message;
        EXPECT_EQ(m_err.find("shardsim: "), 0U) << m_err;
        EXPECT_NE(m_err.find(message), std::string::npos) << message << "\nbut: " << m_err;
        EXPECT_EQ(m_err.find('\n'), m_err.size() - 1) << m_err;
    }
}

TEST_F(CommandLineTest, AFailedCheckIsExitCodeOne)
{
    EXPECT_EQ(Run({"run", "toy", "--set", "behaviour=throw", "--json"}), 1);
    EXPECT_EQ(m_out, "");
    EXPECT_EQ(m_err, "shardsim: shards sent 10, received 8, lost 1\n");
}

TEST_F(CommandLineTest, ASweepGoesThroughToItsResults)
{
    const std::string file =
        m_folder.Write("s.toml", "scenario = \"toy\"\nruns = 2\n[sweep]\nloss.rate = [0, 0.5]\n");
    const std::string out = m_folder.File("out/r.sqlite");
    EXPECT_EQ(Run({"sweep", file, "--out", out, "--jobs", "2", "--quiet"}), 0) << m_err;
    EXPECT_EQ(m_out, out + ": 4 of 4 runs of toy\n");
    EXPECT_EQ(m_err, "");
    EXPECT_EQ(Run({"export", out, "--csv"}), 0) << m_err;
    EXPECT_NE(m_out.find("1001001000.5"), std::string::npos) << m_out;
}

/// Tells of its progress in steps of a quarter, and waits in each.
class SlowScenario : public ToyScenario
{
  public:
    explicit SlowScenario(std::chrono::milliseconds step)
        : m_step(step)
    {
    }

    RunResult DoRun(const Values& values, const RunContext& context) const override
    {
        std::cout << (context.keepSamples ? "samples wanted\n" : "no samples wanted\n");
        std::cout << (context.progress ? "watched\n" : "not watched\n");
        for (int quarter = 1; quarter <= 4; ++quarter)
        {
            std::this_thread::sleep_for(m_step);
            if (context.progress)
            {
                context.progress(quarter / 4.0);
            }
        }
        return ToyScenario::DoRun(values, context);
    }

  private:
    const std::chrono::milliseconds m_step;
};

/// What a process wrote, and how it ended.
struct Outcome
{
    int code{-1};
    std::string out;
    std::string err;
};

/**
 * @param step of the slow scenario
 * @param terminal whether standard error is one, or a file
 * @param arguments behind "run toy"
 */
Outcome
RunInProcess(std::chrono::milliseconds step,
             bool terminal,
             const std::vector<std::string>& arguments)
{
    const TemporaryFolder folder;
    const std::string outFile = folder.Write("out", "");
    const std::string errFile = folder.Write("err", "");
    const int near = ::posix_openpt(O_RDWR | O_NOCTTY);
    EXPECT_GE(near, 0);
    EXPECT_EQ(::grantpt(near), 0);
    EXPECT_EQ(::unlockpt(near), 0);
    const int far = ::open(terminal ? ::ptsname(near) : errFile.c_str(), O_RDWR | O_NOCTTY);
    EXPECT_GE(far, 0);
    std::cout.flush();
    const pid_t child = ::fork();
    if (child == 0)
    {
        ::dup2(::open(outFile.c_str(), O_WRONLY), STDOUT_FILENO);
        ::dup2(far, STDERR_FILENO);
        const SlowScenario slow(step);
        std::vector<std::string> all = {"run", "toy"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        const int code = RunCommandLine(all, {&slow}, std::cout, std::cerr);
        std::cout.flush();
        ::_exit(code);
    }
    ::close(far);
    Outcome outcome;
    if (terminal)
    {
        // Reading fails when nobody holds the other end any more.
        char some[4096];
        for (ssize_t got = 0; (got = ::read(near, some, sizeof some)) > 0;)
        {
            outcome.err.append(some, static_cast<std::size_t>(got));
        }
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    ::close(near);
    const auto text = [](const std::string& name)
    {
        std::ostringstream all;
        all << std::ifstream(name).rdbuf();
        return all.str();
    };
    outcome.out = text(outFile);
    outcome.err += text(errFile);
    return outcome;
}

TEST(RunProgressTest, ALongRunOnATerminalHasABar)
{
    const Outcome run = RunInProcess(std::chrono::milliseconds(550), true, {"--json"});
    EXPECT_EQ(run.code, 0);
    for (const std::string part : {"\r[###############...............] 50 %, about ",
                                   "\r[######################........] 75 %, about ",
                                   "\r[##############################] 100 %, took ",
                                   "no samples wanted\r\nwatched\r\n"})
    {
        EXPECT_NE(run.err.find(part), std::string::npos) << part << "\nin: " << run.err;
    }
    EXPECT_EQ(Json::parse(run.out)["metrics"]["product"].get<double>(), 1001001000.0) << run.out;
}

TEST(RunProgressTest, AnErrorIsALineOfItsOwn)
{
    const Outcome run =
        RunInProcess(std::chrono::milliseconds(300), true, {"--set", "behaviour=throw"});
    EXPECT_EQ(run.code, 1);
    EXPECT_NE(run.err.find(" left\r\nshardsim: shards sent 10, received 8, lost 1\r\n"),
              std::string::npos)
        << run.err;
}

TEST(RunProgressTest, AShortRunHasNoBar)
{
    const Outcome run = RunInProcess(std::chrono::milliseconds(1), true, {});
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.err, "");
    EXPECT_EQ(run.out.find("no samples wanted\nwatched\n"), 0U) << run.out;
}

TEST(RunProgressTest, AFileHasNoBar)
{
    const Outcome run = RunInProcess(std::chrono::milliseconds(300), false, {});
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.err, "");
    EXPECT_EQ(run.out.find("no samples wanted\nnot watched\n"), 0U) << run.out;
}

} // namespace
} // namespace shardsim
