// SPDX-License-Identifier: GPL-2.0-only
/*
 * The results file:
 * 1. what goes in comes out, doubles and samples bit by bit, a missing value as missing;
 * 2. a failed run is replaced by a later one, a done run is never doubled;
 * 3. a reader may look while the writer writes; a second writer may not;
 * 4. a full disk and a folder that cannot be written give a clear error, and nothing is lost.
 */
#include "../scenarios/temporary-folder.h"
#include "analysis/results-store.h"

#include <csignal>
#include <gtest/gtest.h>
#include <limits>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shardsim
{
namespace
{

class ResultsStoreTest : public ::testing::Test
{
  protected:
    static RunRecord Run(int64_t point, uint64_t run)
    {
        RunRecord record;
        record.point = point;
        record.run = run;
        record.done = true;
        record.command = "./shardsim run toy";
        return record;
    }

    ResultsStore Create()
    {
        return ResultsStore::Open(m_path, ResultsStore::CREATE);
    }

    ResultsStore Read()
    {
        return ResultsStore::Open(m_path, ResultsStore::READ_ONLY);
    }

    template <typename E, typename F>
    static std::string Message(const F& action)
    {
        try
        {
            action();
        }
        catch (const E& error)
        {
            return error.what();
        }
        return "(nothing was thrown)";
    }

    TemporaryFolder m_folder;
    std::string m_path{m_folder.File("r.sqlite")};
};

TEST_F(ResultsStoreTest, GivesBackWhatItWasGivenBitByBit)
{
    const std::vector<int64_t> latencies{7, -3, 7, 1000000000000, 0};
    {
        ResultsStore store = Create();
        store.SetInfo("scenario", "toy");
        store.SetInfo("scenario", "toy2");
        store.AddPoint({1, "a case", "{}", "{\"x\":1}"});
        store.AddPoint({2, "", "{}", "{}"});
        RunRecord record = Run(2, 5);
        record.seed = 4294967295;
        record.wallSeconds = 0.25;
        record.metrics = {{"tenth", 0.1 + 0.2},
                          {"tiny", std::numeric_limits<double>::denorm_min()},
                          {"minus", -0.0},
                          {"none", std::nullopt}};
        record.samples = {{"latency", latencies}, {"empty", {}}};
        store.Append(record);
        store.Append(Run(1, 1));
    }
    ResultsStore store = Read();
    EXPECT_EQ(store.GetInfo("scenario"), "toy2");
    EXPECT_EQ(store.GetInfo("no such"), std::nullopt);
    const auto points = store.Points();
    ASSERT_EQ(points.size(), 2U);
    EXPECT_EQ(points[0].name, "a case");
    EXPECT_EQ(points[0].swept, "{\"x\":1}");
    const auto runs = store.Runs();
    ASSERT_EQ(runs.size(), 2U);
    EXPECT_EQ(runs[0].point, 1);
    EXPECT_TRUE(runs[0].metrics.empty());
    EXPECT_EQ(runs[1].seed, 4294967295U);
    EXPECT_EQ(runs[1].run, 5U);
    EXPECT_EQ(runs[1].wallSeconds, 0.25);
    EXPECT_EQ(runs[1].command, "./shardsim run toy");
    ASSERT_EQ(runs[1].metrics.size(), 4U);
    for (const auto& [name, value] : runs[1].metrics)
    {
        const double expected = name == "tenth"  ? 0.30000000000000004
                                : name == "tiny" ? 4.9406564584124654e-324
                                                 : -0.0;
        EXPECT_EQ(value.has_value(), name != "none");
        EXPECT_EQ(value.value_or(0.0), name == "none" ? 0.0 : expected) << name;
    }
    EXPECT_EQ(store.Sample(runs[1].id, "latency"),
              (std::vector<int64_t>{-3, 0, 7, 7, 1000000000000}));
    EXPECT_TRUE(store.Sample(runs[1].id, "empty").empty());
    EXPECT_TRUE(store.Sample(runs[1].id, "no such").empty());
}

TEST_F(ResultsStoreTest, LeavesOneFile)
{
    {
        ResultsStore store = Create();
        store.Append(Run(1, 1));
    }
    EXPECT_EQ(m_folder.Count(), 1U);
}

TEST_F(ResultsStoreTest, AFailedRunIsReplacedADoneOneNeverDoubled)
{
    ResultsStore store = Create();
    RunRecord failed = Run(1, 1);
    failed.done = false;
    failed.message = "crashed";
    failed.metrics = {{"old", 1.0}};
    store.Append(failed);
    EXPECT_FALSE(store.HasRun(1, 1, 1));
    EXPECT_EQ(store.FailedRuns().size(), 1U);
    RunRecord good = Run(1, 1);
    good.metrics = {{"new", 2.0}};
    store.Append(good);
    EXPECT_TRUE(store.HasRun(1, 1, 1));
    EXPECT_TRUE(store.FailedRuns().empty());
    EXPECT_THROW(store.Append(good), StoreError);
    const auto runs = store.Runs();
    ASSERT_EQ(runs.size(), 1U);
    ASSERT_EQ(runs[0].metrics.size(), 1U);
    EXPECT_EQ(runs[0].metrics[0].first, "new");
    EXPECT_EQ(store.DoneRuns(), (std::set<RunKey>{{1, 1, 1}}));
}

TEST_F(ResultsStoreTest, ARunThatCannotBeWrittenWholeIsNotWrittenAtAll)
{
    ResultsStore store = Create();
    RunRecord twice = Run(1, 1);
    twice.metrics = {{"same", 1.0}, {"same", 2.0}};
    EXPECT_THROW(store.Append(twice), StoreError);
    EXPECT_TRUE(store.Runs().empty());
    store.Append(Run(1, 1));
    EXPECT_EQ(store.Runs().size(), 1U);
}

TEST_F(ResultsStoreTest, AReaderSeesTheRunsWhileTheWriterGoesOn)
{
    ResultsStore writer = Create();
    writer.Append(Run(1, 1));
    ResultsStore reader = Read();
    EXPECT_EQ(reader.Runs().size(), 1U);
    writer.Append(Run(1, 2));
    EXPECT_EQ(reader.Runs().size(), 2U);
}

TEST_F(ResultsStoreTest, ASecondWriterIsRefused)
{
    ResultsStore writer = Create();
    EXPECT_EQ(Message<StoreError>([&] { Create(); }), m_path + ": another sweep is writing to it");
}

TEST_F(ResultsStoreTest, WhatIsNoResultsFileIsTheUsersMistake)
{
    EXPECT_EQ(Message<RequestError>([&] { Read(); }),
              m_path + ": cannot be read: No such file or directory");
    const std::string text = m_folder.Write("text", std::string(5000, 'x'));
    EXPECT_EQ(Message<RequestError>([&] { ResultsStore::Open(text, ResultsStore::READ_ONLY); }),
              text + ": is not a results file of shardsim (no SQLite file)");
    EXPECT_EQ(Message<RequestError>([&] { ResultsStore::Open(text, ResultsStore::CREATE); }),
              text + ": is not a results file of shardsim (no SQLite file)");
    EXPECT_EQ(std::filesystem::file_size(text), 5000U);
    const std::string empty = m_folder.Write("empty", "");
    EXPECT_NE(Message<RequestError>([&] { ResultsStore::Open(empty, ResultsStore::READ_ONLY); })
                  .find("is not a results file"),
              std::string::npos);
    EXPECT_NE(Message<RequestError>(
                  [&] { ResultsStore::Open(m_folder.File(""), ResultsStore::READ_ONLY); })
                  .find("is not a file"),
              std::string::npos);
}

TEST_F(ResultsStoreTest, AFolderThatIsNotThereIsNamed)
{
    const std::string path = m_folder.File("no/such/r.sqlite");
    EXPECT_EQ(Message<StoreError>([&] { ResultsStore::Open(path, ResultsStore::CREATE); }),
              path + ": cannot be written: No such file or directory");
}

TEST_F(ResultsStoreTest, WhenTheFileCannotGrowTheRunsSoFarAreKept)
{
    {
        ResultsStore store = Create();
        store.Append(Run(1, 1));
    }
    // In a child, whose files may not exceed 64 KiB: the limit cannot be lifted again.
    const pid_t child = ::fork();
    if (child == 0)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        const struct rlimit limit = {65536, 65536};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        int code = 1;
        try
        {
            ResultsStore store = Create();
            store.Append(Run(1, 2));
            RunRecord large = Run(1, 3);
            large.message = std::string(1000000, 'x');
            store.Append(large);
        }
        catch (const StoreError& error)
        {
            code = std::string(error.what()).find(m_path) == 0 ? 42 : 2;
        }
        ::_exit(code);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 42);
    EXPECT_EQ(Read().DoneRuns(), (std::set<RunKey>{{1, 1, 1}, {1, 1, 2}}));
    Create().Append(Run(1, 3));
    EXPECT_EQ(Read().DoneRuns().size(), 3U);
}

TEST_F(ResultsStoreTest, SamplesCostAFewBytesEachAndSurviveTheExtremes)
{
    const int64_t most = std::numeric_limits<int64_t>::max();
    const int64_t least = std::numeric_limits<int64_t>::min();
    EXPECT_EQ(DecodeSamples(EncodeSamples({most, 0, least})),
              (std::vector<int64_t>{least, 0, most}));
    EXPECT_EQ(DecodeSamples(EncodeSamples({-1})), (std::vector<int64_t>{-1}));
    std::vector<int64_t> dense;
    for (int64_t i = 0; i < 1000; ++i)
    {
        dense.push_back(20000000 + i * 100);
    }
    EXPECT_LE(EncodeSamples(dense).size(), 1004U); // 4 for the first, then one byte for each 100
    EXPECT_THROW(DecodeSamples("\x80"), StoreError);
    EXPECT_THROW(DecodeSamples(std::string(11, '\xff')), StoreError);
}

} // namespace
} // namespace shardsim
