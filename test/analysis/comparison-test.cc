// SPDX-License-Identifier: GPL-2.0-only
/**
 * Table, comparison and export on a results file made by hand. Two cases, two values of x, seed 1,
 * runs 1 to 3:
 *
 *   metric a     x = 1              x = 2
 *   base         10  20  30         4  5  -       (- run 3 has no value)
 *   new "B"      11  22  33         5  failed  6
 */
#include "analysis/commands.h"
#include "analysis/compare.h"
#include "analysis/export.h"
#include "analysis/result-set.h"
#include "analysis/table.h"
#include "analysis/text-table.h"
#include "synthetic-store.h"

#include <cmath>
#include <cstdio>
#include <gtest/gtest.h>
#include <limits>
#include <sstream>

namespace
{

using namespace shardsim;

class HandMadeResults : public testing::Test
{
  protected:
    void SetUp() override
    {
        m_file = testing::TempDir() + "hand-made-" +
                 testing::UnitTest::GetInstance()->current_test_info()->name() + ".sqlite";
        std::remove(m_file.c_str());
        auto store = ResultsStore::Open(m_file, ResultsStore::CREATE);
        store.SetInfo("scenario", "tunnel");
        store.SetInfo("sweep_name", "hand, made");
        store.SetInfo("keys", R"(["x"])");
        store.SetInfo("figures", R"([{"x":"x","y":"a"}])");
        store.SetInfo("metrics",
                      R"([{"name":"a","unit":"ms","meaning":"first"},{"name":"latency_sent.p99_ms",
"unit":"ms","meaning":"second"}])");
        const char* names[] = {"base", "new \"B\""};
        for (int c = 0; c < 2; ++c)
        {
            for (int x = 1; x <= 2; ++x)
            {
                const std::string swept = "{\"x\":" + std::to_string(x) + "}";
                store.AddPoint({2 * c + x, names[c], swept, swept});
            }
        }
        const double none = std::numeric_limits<double>::quiet_NaN();
        const double a[4][3] = {{10, 20, 30}, {4, 5, none}, {11, 22, 33}, {5, -1, 6}};
        for (int p = 0; p < 4; ++p)
        {
            for (int r = 0; r < 3; ++r)
            {
                RunRecord run;
                run.point = p + 1;
                run.seed = 1;
                run.run = r + 1;
                run.done = a[p][r] != -1;
                if (run.done)
                {
                    run.metrics = {{"a", std::isnan(a[p][r]) ? std::optional<double>() : a[p][r]},
                                   {"latency_sent.p99_ms", std::nullopt}};
                }
                else
                {
                    run.message = "killed";
                }
                store.Append(run);
            }
        }
    }

    void TearDown() override
    {
        std::remove(m_file.c_str());
    }

    std::string m_file;
};

TEST_F(HandMadeResults, LoadsKeysInOrderWithTheCasesFirst)
{
    const auto results = ResultSet::Load(m_file);
    ASSERT_EQ(results.keys.size(), 2u);
    EXPECT_EQ(results.keys[0].name, "case");
    EXPECT_EQ(results.keys[0].values, (std::vector<std::string>{"base", "new \"B\""}));
    EXPECT_FALSE(results.keys[0].numeric);
    EXPECT_EQ(results.keys[1].name, "x");
    EXPECT_TRUE(results.keys[1].numeric);
    EXPECT_EQ(results.rows.size(), 12u);
    EXPECT_EQ(results.Failed(), 1u);
    EXPECT_EQ(results.Metric("a").unit, "ms");
}

TEST_F(HandMadeResults, ComparesPairsOfTheSameRun)
{
    const auto comparisons = Compare(ResultSet::Load(m_file), "case", "a");
    ASSERT_EQ(comparisons.size(), 2u);
    // x = 1: differences 1 2 3, mean 2, sd 1, half width 4.302653 / sqrt(3); ratio 66 / 60
    const auto& first = comparisons[0];
    EXPECT_EQ(first.pairs, 3u);
    EXPECT_EQ(first.unpaired, 0u);
    EXPECT_DOUBLE_EQ(first.baseMean, 20.0);
    EXPECT_DOUBLE_EQ(first.mean, 22.0);
    EXPECT_DOUBLE_EQ(*first.difference.mean, 2.0);
    EXPECT_NEAR(first.difference.interval->low, 2 - 2.484138, 1e-5);
    EXPECT_DOUBLE_EQ(*first.ratio.ratio, 1.1);
    // x = 2: only run 1 has both
    const auto& second = comparisons[1];
    EXPECT_EQ(second.pairs, 1u);
    EXPECT_EQ(second.unpaired, 2u);
    EXPECT_DOUBLE_EQ(*second.difference.mean, 1.0);
    EXPECT_FALSE(second.difference.interval);
}

TEST_F(HandMadeResults, ComparesAlongASweptKeyToo)
{
    const auto comparisons = Compare(ResultSet::Load(m_file), "x", "a");
    ASSERT_EQ(comparisons.size(), 2u);
    EXPECT_EQ(comparisons[0].pairs, 2u); // base: 4 - 10, 5 - 20
    EXPECT_DOUBLE_EQ(*comparisons[0].difference.mean, -10.5);
    EXPECT_EQ(comparisons[1].pairs, 2u); // new: 5 - 11, 6 - 33
    EXPECT_DOUBLE_EQ(*comparisons[1].difference.mean, -16.5);
}

TEST_F(HandMadeResults, InfiniteValuesHaveNoDifference)
{
    const auto comparisons = Compare(ResultSet::Load(m_file), "case", "latency_sent.p99_ms");
    EXPECT_EQ(comparisons[0].pairs, 0u);
    EXPECT_EQ(comparisons[0].unpaired, 3u);
    EXPECT_FALSE(comparisons[0].difference.mean);
}

TEST_F(HandMadeResults, PrintsTheComparison)
{
    // The base varies too much at x = 1 for its ratio to be bounded: t^2 s11 / n = 617 > 20^2.
    std::ostringstream out;
    CommandCompare(m_file, "case", "a", out);
    EXPECT_EQ(out.str(),
              "a [ms] by case; base: base\n"
              "Pairs of the same x, seed and run. Failed runs of the sweep, left out: 1.\n"
              "\n"
              "  x  case     n   base   mean   difference [95%]  relative [95%]\n"
              "  1  new \"B\"  3  20.00  22.00  +2.0 [-0.5, +4.5]         +10.00%\n"
              "  2  new \"B\"  1  4.000  5.000             +1.000         +25.00%\n"
              "\n"
              "* the interval of the difference leaves out 0 (no correction for several "
              "comparisons).\n"
              "Difference: paired Student t; relative: ratio of means, Fieller. One pair has no "
              "interval.\n"
              "Replications left out, without a partner or a finite value: 2.\n");
}

TEST_F(HandMadeResults, PrintsTheTable)
{
    std::ostringstream out;
    CommandTable(m_file, out);
    // x = 1: mean 20, sd 10, half width 4.302653 * 10 / sqrt(3) = 24.841; case new: 27.33
    // x = 2: 4 5: mean 4.5, sd 0.7071, half width 12.7062 * 0.7071 / sqrt(2) = 6.353
    EXPECT_EQ(out.str(),
              "hand, made (tunnel): 12 runs, 1 failed; case (2) x x (2)\n"
              "Mean over 3 replications, +- half of its 95% confidence interval (Student t);\n"
              "none where all agree. (n=...) where fewer have a value, - where none has.\n"
              "\n"
              "a [ms]: first\n"
              "  case         x=1                2\n"
              "  base     20 +-25  4.5 +-6.4 (n=2)\n"
              "  new \"B\"  22 +-27  5.5 +-6.4 (n=2)\n");
}

TEST_F(HandMadeResults, ExportsTidyRowsExactly)
{
    std::ostringstream out;
    CommandExportCsv(m_file, out);
    EXPECT_EQ(out.str(),
              "sweep,case,x,seed,run,status,a,latency_sent.p99_ms\r\n"
              "\"hand, made\",base,1,1,1,done,10,\r\n"
              "\"hand, made\",base,1,1,2,done,20,\r\n"
              "\"hand, made\",base,1,1,3,done,30,\r\n"
              "\"hand, made\",base,2,1,1,done,4,\r\n"
              "\"hand, made\",base,2,1,2,done,5,\r\n"
              "\"hand, made\",base,2,1,3,done,,\r\n"
              "\"hand, made\",\"new \"\"B\"\"\",1,1,1,done,11,\r\n"
              "\"hand, made\",\"new \"\"B\"\"\",1,1,2,done,22,\r\n"
              "\"hand, made\",\"new \"\"B\"\"\",1,1,3,done,33,\r\n"
              "\"hand, made\",\"new \"\"B\"\"\",2,1,1,done,5,\r\n"
              "\"hand, made\",\"new \"\"B\"\"\",2,1,2,failed,,\r\n"
              "\"hand, made\",\"new \"\"B\"\"\",2,1,3,done,6,\r\n");
}

TEST_F(HandMadeResults, ATableDoesNotTakeTheMetricOfAScatterForAKey)
{
    test::SyntheticSweep sweep;
    sweep.samples = false;
    sweep.figures = R"([{"kind":"scatter","x":"wire.overhead_ratio","y":"datagrams.loss_ratio"}])";
    test::MakeSyntheticStore(m_file, sweep);
    std::ostringstream out;
    CommandTable(m_file, out);
    EXPECT_NE(out.str().find("\ndatagrams.loss_ratio"), std::string::npos);
}

TEST_F(HandMadeResults, AnUnknownNameIsRefusedWithNearOnes)
{
    std::ostringstream out;
    const auto message = [&](const std::string& by, const std::string& metric) -> std::string
    {
        try
        {
            CommandCompare(m_file, by, metric, out);
        }
        catch (const RequestError& e)
        {
            return e.what();
        }
        return "";
    };
    EXPECT_EQ(message("case", "latency_sent.p9_ms"),
              m_file + ": no metric 'latency_sent.p9_ms' in these results; there is "
                       "latency_sent.p99_ms, ...");
    EXPECT_EQ(message("cas", "a"),
              m_file + ": no swept key 'cas' in these results; there is case, ...");
    EXPECT_EQ(message("zzz", "a"),
              m_file + ": no swept key 'zzz' in these results; there is case, x");
    EXPECT_EQ(out.str(), "");
    EXPECT_THROW(CommandTable(m_file + ".absent", out), RequestError);
}

TEST(ResultQuantity, IsReadInOneUnitForEachKind)
{
    EXPECT_EQ(ParseQuantity("5ms"), std::make_pair(5.0, std::string("ms")));
    EXPECT_EQ(ParseQuantity("1.5s"), std::make_pair(1500.0, std::string("ms")));
    EXPECT_EQ(ParseQuantity("2Gbps"), std::make_pair(2000.0, std::string("Mbps")));
    EXPECT_EQ(ParseQuantity("4KiB"), std::make_pair(4096.0, std::string("B")));
    EXPECT_EQ(ParseQuantity("100p"), std::make_pair(100.0, std::string("p")));
    EXPECT_EQ(ParseQuantity("1e-3"), std::make_pair(1e-3, std::string()));
    EXPECT_FALSE(ParseQuantity("rs"));
    EXPECT_FALSE(ParseQuantity("5parsec"));
    EXPECT_FALSE(ParseQuantity("inf"));
    EXPECT_FALSE(ParseQuantity(""));
}

TEST(ReadableText, NumbersAsReadersLikeThem)
{
    EXPECT_EQ(ReadableNumber(0), "0");
    EXPECT_EQ(ReadableNumber(12.3456), "12.35");
    EXPECT_EQ(ReadableNumber(123456), "123456");
    EXPECT_EQ(ReadableNumber(0.00012345), "0.0001234");
    EXPECT_EQ(ReadableNumber(3.3e-5), "3.300e-05");
    EXPECT_EQ(ReadableNumber(std::numeric_limits<double>::infinity()), "inf");
    EXPECT_EQ(ReadableEstimate(12.3456, 0.0432), "12.346 +-0.043");
    EXPECT_EQ(ReadableEstimate(12.3456, 4.32), "12.3 +-4.3");
    EXPECT_EQ(ReadableEstimate(12.3456, std::nullopt), "12.35");
    EXPECT_EQ(ReadableEstimate(12.5, 0.0), "12.50");
    EXPECT_EQ(ReadableDifference(-1.5, Interval{-1.75, -1.25}), "-1.50 [-1.75, -1.25]");
}

TEST(ReadableText, NumbersInFilesAreExact)
{
    EXPECT_EQ(ExactNumber(0.1), "0.1");
    for (const double x : {0.1 + 0.2, 1.0 / 3, 1e-300, 123456789.123456789})
    {
        EXPECT_EQ(std::stod(ExactNumber(x)), x);
    }
    EXPECT_EQ(CsvField("a\nb"), "\"a\nb\"");
    EXPECT_EQ(CsvField("plain"), "plain");
}

TEST(ReadableText, WideTablesGoOnBelowWithTheirLabels)
{
    std::vector<std::string> header{"case"};
    std::vector<std::string> row{"one"};
    for (int i = 0; i < 12; ++i)
    {
        header.push_back("column " + std::to_string(i));
        row.push_back(std::to_string(i));
    }
    TextTable table(header, 1);
    table.AddRow(row);
    std::ostringstream out;
    table.Print(out);
    std::istringstream lines(out.str());
    int labelled = 0;
    for (std::string line; std::getline(lines, line);)
    {
        EXPECT_LE(line.size(), TextTable::kWidth);
        labelled += line.rfind("  case", 0) == 0 ? 1 : 0;
    }
    EXPECT_EQ(labelled, 2);
    EXPECT_NE(out.str().find("column 11"), std::string::npos);
}

} // namespace
