// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulations in worker processes:
 * 1. the content of the results does not depend on the number of jobs;
 * 2. a run that throws, crashes, exits or chatters is a failed run with its stderr and its command;
 * 3. killed at any moment, the same sweep goes on with nothing lost or doubled;
 * 4. a signal ends the sweep in order; children do not outlive it;
 * 5. nothing is written after a wrong request.
 */
#include "analysis/results-store.h"
#include "scenarios/sweep-runner.h"
#include "temporary-folder.h"
#include "toy-scenario.h"

#include <chrono>
#include <csignal>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace shardsim
{
namespace
{

class SweepRunnerTest : public ::testing::Test
{
  protected:
    SweepOptions Options(const std::string& toml, unsigned jobs, const std::string& name = "r.db")
    {
        SweepOptions options;
        options.file = m_folder.Write("s.toml", toml);
        options.out = m_folder.File(name);
        options.jobs = jobs;
        return options;
    }

    int Run(const SweepOptions& options)
    {
        std::ostringstream out;
        std::ostringstream err;
        const int code = RunSweep(options, {&m_toy}, out, err);
        m_out = out.str();
        m_err = err.str();
        return code;
    }

    static std::vector<RunRecord> Runs(const SweepOptions& options)
    {
        return ResultsStore::Open(options.out, ResultsStore::READ_ONLY).Runs();
    }

    /** Runs done in a file that may still be being made. */
    static std::size_t DoneRuns(const SweepOptions& options)
    {
        try
        {
            return ResultsStore::Open(options.out, ResultsStore::READ_ONLY).DoneRuns().size();
        }
        catch (const std::runtime_error&)
        {
            return 0;
        }
    }

    /** All that the file says, without the time that runs took. */
    static std::string Content(const SweepOptions& options)
    {
        const auto store = ResultsStore::Open(options.out, ResultsStore::READ_ONLY);
        std::ostringstream text;
        text << std::hexfloat;
        for (const auto& key : {"scenario", "sweep", "plan_hash", "provenance", "keys", "metrics"})
        {
            text << key << "=" << store.GetInfo(key).value_or("(none)") << "\n";
        }
        for (const auto& point : store.Points())
        {
            text << point.id << point.name << point.parameters << point.swept << "\n";
        }
        for (const auto& run : store.Runs())
        {
            text << run.id << " " << run.point << " " << run.seed << " " << run.run << run.done
                 << run.message << run.command;
            for (const auto& [name, value] : run.metrics)
            {
                text << name << value.value_or(-1);
            }
            for (const int64_t sample : store.Sample(run.id, "latency"))
            {
                text << " " << sample;
            }
            text << "\n";
        }
        return text.str();
    }

    ToyScenario m_toy;
    TemporaryFolder m_folder;
    std::string m_out;
    std::string m_err;
};

const char* const GRID = R"(scenario = "toy"
runs = 5
[set]
topology.delay = "1ms"
[sweep]
topology.paths = [1, 2, 3]
[[case]]
name = "a"
[[case]]
name = "b"
loss.rate = 0.5
)";

TEST_F(SweepRunnerTest, ResultsAreTheSameWithAnyNumberOfJobs)
{
    const SweepOptions one = Options(GRID, 1, "one");
    const SweepOptions two = Options(GRID, 2, "two");
    const SweepOptions eight = Options(GRID, 8, "eight");
    EXPECT_EQ(Run(one), 0);
    EXPECT_EQ(Run(two), 0);
    EXPECT_EQ(Run(eight), 0);
    const std::string content = Content(one);
    EXPECT_EQ(content, Content(two));
    EXPECT_EQ(content, Content(eight));
    const auto runs = Runs(one);
    ASSERT_EQ(runs.size(), 30U);
    // Point 4 is paths = 2, case b; run 5: 2 * 1000 + 0.5 + 5e6 + 1e9.
    const RunRecord& last = runs[4 * 5 - 1];
    EXPECT_EQ(last.point, 4);
    EXPECT_EQ(last.run, 5U);
    ASSERT_EQ(last.metrics.size(), 3U);
    for (const auto& [name, value] : last.metrics)
    {
        EXPECT_EQ(value.has_value(), name != "nothing");
        EXPECT_EQ(value.value_or(0.0),
                  name == "product"   ? 1005002000.5
                  : name == "nothing" ? 0
                                      : 0.7);
    }
}

TEST_F(SweepRunnerTest, TheSameCommandAgainDoesNothingAndMoreRunsAreAdded)
{
    SweepOptions options = Options(GRID, 2);
    EXPECT_EQ(Run(options), 0);
    const std::string content = Content(options);
    EXPECT_EQ(Run(options), 0);
    EXPECT_EQ(Content(options), content);
    options.runs = 7;
    EXPECT_EQ(Run(options), 0);
    EXPECT_EQ(Runs(options).size(), 42U);
    EXPECT_NE(m_out.find("goes on, 30 of 42 runs are there"), std::string::npos) << m_out;
}

TEST_F(SweepRunnerTest, AnotherPlansResultsAreNotTouched)
{
    SweepOptions options = Options(GRID, 1);
    EXPECT_EQ(Run(options), 0);
    const std::string content = Content(options);
    options.overrides = {ParseOverride("label=other")};
    try
    {
        Run(options);
        ADD_FAILURE() << "was accepted";
    }
    catch (const RequestError& error)
    {
        EXPECT_NE(std::string(error.what()).find("another plan"), std::string::npos)
            << error.what();
    }
    EXPECT_EQ(Content(options), content);
    options.out = options.file; // a slip: the sweep file itself
    EXPECT_THROW(Run(options), RequestError);
    EXPECT_EQ(std::filesystem::file_size(options.file), std::string(GRID).size());
}

TEST_F(SweepRunnerTest, NothingIsWrittenForAWrongRequestOrADryRun)
{
    SweepOptions options = Options("scenario = \"toy\"\n[set]\nloss.rate = 7\n", 1, "new/r.db");
    EXPECT_THROW(Run(options), RequestError);
    EXPECT_EQ(m_folder.Count(), 1U);
    options = Options(GRID, 1, "new/r.db");
    options.dryRun = true;
    EXPECT_EQ(Run(options), 0);
    EXPECT_EQ(m_folder.Count(), 1U);
    EXPECT_NE(m_out.find("6 points x 5 runs = 30 simulations of toy"), std::string::npos) << m_out;
}

TEST_F(SweepRunnerTest, AFolderThatCannotBeMadeIsNamed)
{
    SweepOptions options = Options(GRID, 1, "s.toml/r.db");
    EXPECT_THROW(Run(options), StoreError);
}

TEST_F(SweepRunnerTest, ABadRunIsRecordedWithItsStderrAndItsCommandAndTheOthersGoOn)
{
    const SweepOptions options =
        Options("scenario = \"toy\"\n"
                "seed = 3\n"
                "[set]\n"
                "label = \"it's\"\n"
                "[sweep]\n"
                "behaviour = [\"crash\", \"throw\", \"exit\", \"chatter\", "
                "\"nan\", \"undeclared\", \"work\"]\n",
                2);
    EXPECT_EQ(Run(options), 1);
    EXPECT_NE(m_err.find("6 runs failed; the first: "), std::string::npos) << m_err;
    const auto runs = Runs(options);
    ASSERT_EQ(runs.size(), 7U);
    for (std::size_t i = 0; i < 6; ++i)
    {
        EXPECT_FALSE(runs[i].done);
        EXPECT_TRUE(runs[i].metrics.empty());
    }
    EXPECT_TRUE(runs[6].done);
    EXPECT_EQ(runs[0].message, "about to crash\nended by signal 11 (SIGSEGV)\n");
    EXPECT_EQ(runs[0].command,
              "./shardsim run toy --set 'label=it'\\''s' --set 'behaviour=crash' --seed 3 --run 1");
    EXPECT_EQ(runs[1].message, "shards sent 10, received 8, lost 1\n");
    EXPECT_EQ(runs[2].message, "ended with exit code 7 and without a result\n");
    EXPECT_EQ(runs[3].message.find("first line\nxxx"), 0U);
    EXPECT_NE(runs[3].message.find("bytes left out]\nxxx"), std::string::npos);
    EXPECT_NE(runs[3].message.find("xxx\nlast line\ntoo much was said\n"), std::string::npos);
    EXPECT_LE(runs[3].message.size(), 65536U + 100U);
    EXPECT_EQ(runs[4].message, "metric nothing is not a finite number\n");
    EXPECT_EQ(runs[5].message, "metric surprise is not declared\n");
}

TEST_F(SweepRunnerTest, AFailedRunIsRunAgain)
{
    // The input file is read by the run: a crash that depends on the world, not on the parameters.
    const SweepOptions options =
        Options("scenario = \"toy\"\n[sweep]\nbehaviour = [\"crash\", \"work\"]\n", 1);
    EXPECT_EQ(Run(options), 1);
    EXPECT_EQ(Run(options), 1);
    EXPECT_NE(m_out.find("goes on, 1 of 2 runs are there"), std::string::npos) << m_out;
    EXPECT_EQ(Runs(options).size(), 2U);
}

TEST_F(SweepRunnerTest, KilledAtAnyMomentItGoesOnWithNothingLostOrDoubled)
{
    std::string toml = GRID;
    toml.replace(toml.find("runs = 5"), 8, "runs = 20");
    const SweepOptions whole = Options(toml, 4, "whole");
    ASSERT_EQ(Run(whole), 0);
    const std::string expected = Content(whole);
    std::size_t resumed = 0;
    for (int round = 0; round < 20; ++round)
    {
        const SweepOptions options = Options(toml, 4, "killed" + std::to_string(round));
        const pid_t child = ::fork();
        if (child == 0)
        {
            Run(options);
            ::_exit(0);
        }
        // The first rounds end while the file is being made, the later ones after more and more
        // of the 120 runs.
        std::this_thread::sleep_for(std::chrono::milliseconds(round < 6 ? 8 * round : 0));
        const std::size_t enough = round < 6 ? 0 : 7 * (round - 5);
        const auto begin = std::chrono::steady_clock::now();
        while (DoneRuns(options) < enough &&
               std::chrono::steady_clock::now() - begin < std::chrono::seconds(20))
        {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        ::kill(child, SIGKILL);
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
        ASSERT_EQ(Run(options), 0);
        resumed += m_out.find("goes on") != std::string::npos ? 1 : 0;
        ASSERT_EQ(Content(options), expected) << "round " << round;
    }
    std::cout << resumed << " of 20 rounds were killed in the middle\n";
    EXPECT_GE(resumed, 7U);
}

TEST_F(SweepRunnerTest, ASignalEndsItInOrderAndItsChildrenWithIt)
{
    std::string toml = GRID;
    toml.replace(toml.find("\"1ms\""), 5, "\"300ms\"");
    for (const int signal : {SIGINT, SIGTERM})
    {
        const SweepOptions options = Options(toml, 2, "signal" + std::to_string(signal));
        const pid_t child = ::fork();
        if (child == 0)
        {
            ::setpgid(0, 0);
            const int code = Run(options);
            ::_exit(m_err.find("interrupted: ") == 0 ? code : 99);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(450));
        ::kill(child, signal);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFEXITED(status));
        EXPECT_EQ(WEXITSTATUS(status), 130);
        // The group is empty: no worker outlived the sweep.
        EXPECT_EQ(::kill(-child, 0), -1);
        EXPECT_LT(Runs(options).size(), 30U);
    }
}

TEST_F(SweepRunnerTest, OverheadOfARunIsPrinted)
{
    SweepOptions options =
        Options("scenario = \"toy\"\nruns = 300\n[set]\ntopology.delay = \"0\"\n", 1);
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_EQ(Run(options), 0);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    std::cout << "overhead: " << took.count() / 300 << " ms a run\n";
    EXPECT_EQ(Runs(options).size(), 300U);
}

TEST(ProgressTest, TellsHowLongItWillTake)
{
    EXPECT_EQ(Progress::Duration(41.6), "42 s");
    EXPECT_EQ(Progress::Duration(200), "3 min 20 s");
    EXPECT_EQ(Progress::Duration(7500), "2 h 05 min");
    std::ostringstream lines;
    Progress progress(lines, Progress::LINES, 40);
    progress.Update(Progress::Time(0), 0, 0);
    progress.Update(Progress::Time(5), 5, 0);
    progress.Update(Progress::Time(10), 10, 1);
    progress.Update(Progress::Time(11), 11, 1);
    progress.Finish(Progress::Time(40), 40, 1);
    EXPECT_EQ(lines.str(),
              "10 of 40 runs, 1 failed, about 30 s left\n40 of 40 runs, 1 failed, took 40 s\n");
    std::ostringstream bar;
    Progress(bar, Progress::BAR, 4).Update(Progress::Time(1), 1, 0);
    EXPECT_EQ(bar.str(), "\r[#######.......................] 1 of 4 runs, about 3 s left");
    std::ostringstream nothing;
    std::ostringstream single;
    Progress(single, Progress::BAR, 100, "%").Update(Progress::Time(6), 20, 0);
    EXPECT_EQ(single.str(), "\r[######........................] 20 %, about 24 s left");
    Progress quiet(nothing, Progress::NONE, 4);
    quiet.Update(Progress::Time(1), 1, 0);
    quiet.Finish(Progress::Time(1), 4, 0);
    EXPECT_EQ(nothing.str(), "");
}

} // namespace
} // namespace shardsim
