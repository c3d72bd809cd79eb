// SPDX-License-Identifier: GPL-2.0-only
/**
 * Figures of a results file with made-up numbers: which files there are, that they are PNG, SVG
 * and PDF, the same bytes each time, and that their data is what it says.
 */
#include "analysis/commands.h"
#include "analysis/figures.h"
#include "analysis/plot-axis.h"
#include "analysis/plot-style.h"
#include "synthetic-store.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

namespace
{

using namespace shardsim;
namespace fs = std::filesystem;

class Figures : public testing::Test
{
  protected:
    void SetUp() override
    {
        m_folder = testing::TempDir() + "figures-" +
                   testing::UnitTest::GetInstance()->current_test_info()->name();
        fs::remove_all(m_folder);
        fs::create_directories(m_folder);
        m_file = m_folder + "/results.sqlite";
    }

    void TearDown() override
    {
        fs::remove_all(m_folder);
    }

    std::set<std::string> Names(const std::vector<Figure>& figures) const
    {
        std::set<std::string> names;
        for (const auto& f : figures)
        {
            names.insert(f.name);
        }
        return names;
    }

    static std::string Read(const std::string& path)
    {
        std::ifstream in(path, std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        return text.str();
    }

    std::string m_folder;
    std::string m_file;
};

const auto kNoSamples = [](const std::vector<std::size_t>&) { return PooledSample(); };

/** Sample of 8 delivered of 10 sent, 1 to 8 ms. */
PooledSample
EightOfTen(const std::vector<std::size_t>&)
{
    PooledSample sample;
    for (int64_t ms = 1; ms <= 8; ++ms)
    {
        sample.nanoseconds.push_back(ms * 1000000);
    }
    sample.sent = 10;
    return sample;
}

TEST_F(Figures, DrawsEachAsPngSvgAndPdfTheSameBytesEachTime)
{
    test::SyntheticSweep sweep;
    sweep.runs = 3;
    sweep.datagrams = 200;
    sweep.loss = {0.05};
    sweep.cases = {"plain IP", "RS 8+2 'x' _y_"};
    sweep.figures = R"([{"x":"loss.rate","y":"latency.p99_ms"}])";
    test::MakeSyntheticStore(m_file, sweep);
    std::ostringstream out;
    CommandPlot(m_file, m_folder + "/a", out);
    CommandPlot(m_file, m_folder + "/b", out);
    for (const std::string name : {"latency.p99_ms-by-loss.rate",
                                   "latency-cdf--loss.rate-0.05",
                                   "latency-ccdf--loss.rate-0.05"})
    {
        const std::string a = m_folder + "/a/" + name;
        EXPECT_NE(out.str().find(a + ".{png,svg,pdf}\n"), std::string::npos) << out.str();
        EXPECT_EQ(Read(a + ".png").substr(0, 8), "\x89PNG\r\n\x1a\n");
        EXPECT_EQ(Read(a + ".pdf").substr(0, 5), "%PDF-");
        EXPECT_NE(Read(a + ".svg").find("<svg"), std::string::npos);
        for (const char* ending : {".png", ".svg", ".pdf"})
        {
            EXPECT_GT(Read(a + ending).size(), 3000u);
            EXPECT_TRUE(Read(a + ending) == Read(m_folder + "/b/" + name + ending)) << ending;
        }
        EXPECT_TRUE(fs::exists(m_folder + "/a/data/" + name + ".gp"));
        EXPECT_TRUE(fs::exists(m_folder + "/a/data/" + name + ".dat"));
    }
}

TEST_F(Figures, NameACaseThatHasNoValueAnywhere)
{
    test::SyntheticSweep sweep;
    sweep.runs = 2;
    sweep.datagrams = 20;
    sweep.loss = {0.01, 0.1};
    sweep.cases = {"good", "hopeless"};
    sweep.figures = R"([{"x":"loss.rate","y":"latency.p99_ms"}])";
    test::MakeSyntheticStore(m_file, sweep);
    ResultSet results = ResultSet::Load(m_file);
    for (ResultRow& row : results.rows)
    {
        if (results.keys[0].values[row.values[0]] == "hopeless")
        {
            row.metrics["latency.p99_ms"] = std::nullopt;
        }
    }
    for (const Figure& figure : MakeFigures(results, kNoSamples))
    {
        if (figure.name == "latency.p99_ms-by-loss.rate")
        {
            EXPECT_NE(figure.commands.find("'hopeless (no finite value)'"), std::string::npos)
                << figure.commands;
            EXPECT_NE(figure.commands.find("title 'good'"), std::string::npos);
            return;
        }
    }
    FAIL() << "no such figure";
}

TEST_F(Figures, AreTheStandingOnesWhenTheSweepListsNone)
{
    test::SyntheticSweep sweep;
    sweep.runs = 2;
    sweep.datagrams = 20;
    sweep.loss = {0.01, 0.1};
    test::MakeSyntheticStore(m_file, sweep);
    EXPECT_EQ(Names(MakeFigures(ResultSet::Load(m_file), EightOfTen)),
              (std::set<std::string>{"latency.p50_ms-by-loss.rate",
                                     "latency.p99_ms-by-loss.rate",
                                     "datagrams.loss_ratio-by-loss.rate",
                                     "goodput_mbps-by-loss.rate",
                                     "wire.overhead_ratio-by-loss.rate",
                                     "latency-cdf--loss.rate-0.01",
                                     "latency-cdf--loss.rate-0.1",
                                     "latency-ccdf--loss.rate-0.01",
                                     "latency-ccdf--loss.rate-0.1"}));
}

TEST_F(Figures, TwoNumericKeysMakeHeatMapsAndAFigureForEachOtherValue)
{
    test::SyntheticSweep sweep;
    sweep.runs = 2;
    sweep.datagrams = 20;
    sweep.loss = {0.01, 0.1};
    sweep.load = {0.2, 0.8};
    sweep.cases = {"one", "two"};
    sweep.figures = R"([{"x":"loss.rate","y":"goodput_mbps"}])";
    test::MakeSyntheticStore(m_file, sweep);
    EXPECT_EQ(Names(MakeFigures(ResultSet::Load(m_file), kNoSamples)),
              (std::set<std::string>{
                  "goodput_mbps-by-loss.rate--congestion.load-0.2",
                  "goodput_mbps-by-loss.rate--congestion.load-0.8",
                  "goodput_mbps-by-loss.rate-and-congestion.load--case-one",
                  "goodput_mbps-by-loss.rate-and-congestion.load--case-two",
              }));
}

TEST_F(Figures, AskedForAnUnknownMetricAreRefusedAndNothingIsDrawn)
{
    test::SyntheticSweep sweep;
    sweep.runs = 1;
    sweep.datagrams = 20;
    const std::string good = R"({"x":"loss.rate","y":"goodput_mbps"},)";
    for (const std::string bad : {R"({"x":"loss.rate","y":"goodput"})",
                                  R"({"x":"loss","y":"goodput_mbps"})",
                                  R"({"x":"loss.rate","y":"goodput_mbps","kind":"pie"})",
                                  R"({"x":"loss.rate","y":"goodput_mbps","kind":"heatmap"})"})
    {
        sweep.figures = "[" + good + bad + "]";
        test::MakeSyntheticStore(m_file, sweep);
        std::ostringstream out;
        EXPECT_THROW(CommandPlot(m_file, m_folder + "/x", out), RequestError) << bad;
        EXPECT_FALSE(fs::exists(m_folder + "/x"));
    }
}

TEST_F(Figures, NeedGnuplot)
{
    const std::string path = std::getenv("PATH");
    setenv("PATH", m_folder.c_str(), 1);
    try
    {
        FindGnuplot();
        ADD_FAILURE() << "found a gnuplot in an empty folder";
    }
    catch (const RequestError& e)
    {
        EXPECT_NE(std::string(e.what()).find("gnuplot-nox"), std::string::npos);
    }
    setenv("PATH", path.c_str(), 1);
}

TEST_F(Figures, SayWhatGnuplotSaidWhenItFails)
{
    try
    {
        Draw(FindGnuplot(), m_folder, Figure{"broken", "", "plot nonsense(x)", 6.0});
        ADD_FAILURE() << "gnuplot drew nonsense";
    }
    catch (const StoreError& e)
    {
        EXPECT_NE(std::string(e.what()).find("undefined function: nonsense"), std::string::npos)
            << e.what();
    }
}

TEST_F(Figures, CannotBeWrittenBelowAFile)
{
    std::ofstream(m_folder + "/taken") << "x";
    EXPECT_THROW(Draw(FindGnuplot(), m_folder + "/taken", Figure{"f", "", "plot x", 6.0}),
                 StoreError);
}

TEST_F(Figures, DistributionsAreOverAllThatWereSent)
{
    test::SyntheticSweep sweep;
    sweep.runs = 1;
    sweep.datagrams = 20;
    sweep.loss = {0.1};
    sweep.cases = {""};
    test::MakeSyntheticStore(m_file, sweep);
    const auto results = ResultSet::Load(m_file);
    ASSERT_EQ(results.keys.size(), 1u);
    const auto layout = LayOut(results, {});
    const auto panels = Panels(results, layout, 6);
    ASSERT_EQ(panels.size(), 1u);
    const auto last = [](const Figure& figure)
    {
        // the curve's last point: the line before the first blank one
        std::istringstream lines(figure.data);
        std::string before;
        for (std::string line; std::getline(lines, line) && !line.empty();)
        {
            before = line;
        }
        return std::stod(before.substr(before.find(' ')));
    };
    const auto cdf = DistributionFigure(results, false, layout, panels[0], EightOfTen);
    const auto ccdf = DistributionFigure(results, true, layout, panels[0], EightOfTen);
    EXPECT_DOUBLE_EQ(last(*cdf), 0.8);
    EXPECT_DOUBLE_EQ(last(*ccdf), 0.2);
    EXPECT_FALSE(DistributionFigure(results, false, layout, panels[0], kNoSamples));
    // a step: just before 2 ms the share is that of 1 ms
    EXPECT_NE(cdf->data.find("\n1 0\n1 0.1\n2 0.1\n2 0.2\n"), std::string::npos) << cdf->data;
}

TEST_F(Figures, DistributionOfClientsQualityMayBeNegativeAndHasNoComplement)
{
    test::SyntheticSweep sweep;
    sweep.loss = {0.1};
    sweep.cases = {""};
    test::MakeSyntheticStore(m_file, sweep);
    const auto results = ResultSet::Load(m_file);
    const auto layout = LayOut(results, {});
    const auto panels = Panels(results, layout, 6);
    const auto quality = [](const std::vector<std::size_t>&)
    {
        PooledSample sample;
        sample.nanoseconds = {-3000000, -1000000, 500000, 2000000};
        sample.sent = 4;
        sample.isQoe = true;
        return sample;
    };
    const auto cdf = DistributionFigure(results, false, layout, panels[0], quality);
    ASSERT_TRUE(cdf);
    EXPECT_EQ(cdf->name, "qoe-cdf" + panels[0].suffix);
    EXPECT_NE(cdf->data.find("\n-3 0\n-3 0.25\n-1 0.25\n-1 0.5\n"), std::string::npos) << cdf->data;
    EXPECT_EQ(cdf->commands.find("logscale"), std::string::npos);
    EXPECT_NE(cdf->commands.find("Share of clients"), std::string::npos);
    EXPECT_FALSE(DistributionFigure(results, true, layout, panels[0], quality));
}

TEST_F(Figures, ScatterHasAPointWithBothIntervalsForEachCase)
{
    test::SyntheticSweep sweep;
    sweep.loss = {0.01};
    sweep.samples = false;
    sweep.figures = R"([{"kind":"scatter","x":"wire.overhead_ratio","y":"datagrams.loss_ratio"}])";
    test::MakeSyntheticStore(m_file, sweep);
    const auto results = ResultSet::Load(m_file);
    const auto figures = MakeFigures(results, kNoSamples);
    ASSERT_EQ(figures.size(), 1u);
    EXPECT_EQ(figures[0].name.rfind("datagrams.loss_ratio-against-wire.overhead_ratio", 0), 0u);
    // One line of six numbers for each case, the means within their intervals.
    std::istringstream lines(figures[0].data);
    int points = 0;
    for (std::string line; std::getline(lines, line);)
    {
        std::istringstream numbers(line);
        double x[3];
        double y[3];
        if (numbers >> x[0] >> x[1] >> x[2] >> y[0] >> y[1] >> y[2])
        {
            ++points;
            EXPECT_LE(x[1], x[0]);
            EXPECT_LE(x[0], x[2]);
            EXPECT_LT(y[1], y[0]);
            EXPECT_LT(y[0], y[2]);
        }
    }
    EXPECT_EQ(points, 4);
    sweep.figures = R"([{"kind":"scatter","x":"loss.rate","y":"datagrams.loss_ratio"}])";
    test::MakeSyntheticStore(m_file, sweep);
    EXPECT_THROW(MakeFigures(ResultSet::Load(m_file), kNoSamples), RequestError);
}

TEST_F(Figures, ScatterAlongAKeyJoinsItsPointsInTheOrderOfTheKey)
{
    test::SyntheticSweep sweep;
    sweep.loss = {0.05, 0.01, 0.2};
    sweep.samples = false;
    sweep.figures = R"([{"kind":"scatter","x":"wire.overhead_ratio","y":"datagrams.loss_ratio",)"
                    R"("along":"loss.rate"}])";
    test::MakeSyntheticStore(m_file, sweep);
    const auto results = ResultSet::Load(m_file);
    const auto figures = MakeFigures(results, kNoSamples);
    ASSERT_FALSE(figures.empty());
    const Figure& figure = figures[0];
    EXPECT_EQ(figure.name, "datagrams.loss_ratio-against-wire.overhead_ratio");
    EXPECT_NE(figure.commands.find("with lines"), std::string::npos);
    // Three points for each case, with the loss rate's losses rising along each line.
    std::istringstream lines(figure.data);
    std::vector<double> ups;
    for (std::string line; std::getline(lines, line);)
    {
        std::istringstream numbers(line);
        double n[6];
        if (numbers >> n[0] >> n[1] >> n[2] >> n[3] >> n[4] >> n[5])
        {
            ups.push_back(n[3]);
        }
    }
    ASSERT_EQ(ups.size(), 12u);
    for (std::size_t i = 0; i < ups.size(); ++i)
    {
        if (i % 3 > 0)
        {
            EXPECT_LT(ups[i - 1], ups[i]) << i;
        }
    }
    sweep.figures = R"([{"kind":"scatter","x":"wire.overhead_ratio","y":"datagrams.loss_ratio",)"
                    R"("along":"goodput_mbps"}])";
    test::MakeSyntheticStore(m_file, sweep);
    EXPECT_THROW(MakeFigures(ResultSet::Load(m_file), kNoSamples), RequestError);
}

TEST(PlotAxis, IsLogarithmicForValuesThatSpanMoreThanAFactorOf50)
{
    SweptKey key;
    key.name = "loss.rate";
    key.numeric = true;
    key.values = {"0", "0.001", "0.01", "0.1"};
    key.numbers = {0, 0.001, 0.01, 0.1};
    const Axis axis = MakeAxis(key);
    EXPECT_TRUE(axis.log);
    EXPECT_NEAR(axis.positions[0], 0.0001, 1e-12); // a step left of the smallest
    EXPECT_NE(axis.commands.find("'0' 1e-04"), std::string::npos) << axis.commands;
    key.values = {"0.01", "0.5"};
    key.numbers = {0.01, 0.5};
    EXPECT_FALSE(MakeAxis(key).log);
    key.values = {"-1", "100"};
    key.numbers = {-1, 100};
    EXPECT_FALSE(MakeAxis(key).log);
}

TEST(PlotAxis, IsLogarithmicForSizesOfMemoryAndNamesThemAsTheyWereGiven)
{
    SweptKey key;
    key.name = "buffer.total";
    key.numeric = true;
    key.unit = "B";
    key.values = {"128KiB", "256KiB", "1MiB"};
    key.numbers = {131072, 262144, 1048576};
    const Axis axis = MakeAxis(key);
    EXPECT_TRUE(axis.log);
    EXPECT_NE(axis.commands.find("'256KiB' 262144"), std::string::npos) << axis.commands;
    key.values = {"500B", "1400B"};
    key.numbers = {500, 1400};
    EXPECT_FALSE(MakeAxis(key).log);
}

TEST(PlotAxis, TakesWordsAsCategories)
{
    SweptKey key;
    key.name = "fec.code";
    key.values = {"none", "say \"xor\""};
    const Axis axis = MakeAxis(key);
    EXPECT_FALSE(axis.numeric);
    EXPECT_EQ(axis.positions, (std::vector<double>{1, 2}));
    EXPECT_NE(axis.commands.find(R"("say \"xor\"" 2)"), std::string::npos);
}

TEST(PlotLabels, SayWhatIsMeasuredAndItsUnit)
{
    EXPECT_EQ(MetricLabel({"latency.p99_ms", "ms", ""}), "99th percentile of latency (ms)");
    EXPECT_EQ(MetricLabel({"latency.p999_ms", "ms", ""}), "99.9th percentile of latency (ms)");
    EXPECT_EQ(MetricLabel({"latency.p50_ms", "ms", ""}), "Median latency (ms)");
    EXPECT_EQ(MetricLabel({"datagrams.loss_ratio", "ratio", ""}), "Datagram loss");
    EXPECT_EQ(MetricLabel({"goodput_mbps", "Mbps", ""}), "Goodput (Mbps)");
    EXPECT_EQ(MetricLabel({"fec.recovered", "shards", ""}), "FEC recovered (shards)");
    EXPECT_EQ(MetricLabel({"crypto.wait_p99_us", "us", ""}), "99th percentile of crypto wait (us)");
    SweptKey key;
    key.name = "topology.delay";
    key.numeric = true;
    key.unit = "ms";
    EXPECT_EQ(KeyLabel(key), "Link delay (ms)");
    key.name = "topology.mtu";
    EXPECT_EQ(KeyLabel(key), "MTU (B)");
}

TEST(PlotStyle, NoTwoOfEightSeriesShareColourDashOrMarker)
{
    std::set<std::string> colours;
    std::set<std::string> dashes;
    std::set<std::string> markers;
    for (std::size_t s = 0; s < 8; ++s)
    {
        const std::string style = SeriesStyle(s);
        colours.insert(SeriesColour(s));
        dashes.insert(style.substr(style.find(" dt "), style.find(" pt ") - style.find(" dt ")));
        markers.insert(style.substr(style.find(" pt ")));
    }
    EXPECT_EQ(colours.size(), 8u);
    EXPECT_EQ(dashes.size(), 8u);
    EXPECT_EQ(markers.size(), 8u);
    EXPECT_NE(SeriesStyle(0), SeriesStyle(8));
}

} // namespace
