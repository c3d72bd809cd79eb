// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a sweep file to the points to simulate:
 * 1. lists are crossed in the file's order, cases change fastest;
 * 2. nested, dotted and quoted keys are the same;
 * 3. every wrong file is refused with file, line and key;
 * 4. the plan's hash changes with what is simulated, and only with that.
 */
#include "scenarios/sweep-plan.h"
#include "temporary-folder.h"
#include "toy-scenario.h"

#include <gtest/gtest.h>

namespace shardsim
{
namespace
{

class SweepPlanTest : public ::testing::Test
{
  protected:
    SweepPlan Parse(const std::string& text, const std::vector<std::string>& sets = {})
    {
        std::vector<Override> overrides;
        for (const auto& set : sets)
        {
            overrides.push_back(ParseOverride(set));
        }
        return ParseSweep(text, "folder/my.toml", {&m_toy}, overrides);
    }

    std::string Refusal(const std::string& text, const std::vector<std::string>& sets = {})
    {
        try
        {
            Parse(text, sets);
        }
        catch (const RequestError& error)
        {
            return error.what();
        }
        return "(accepted)";
    }

    static std::string Points(const SweepPlan& plan)
    {
        std::string text;
        for (const auto& point : plan.points)
        {
            text += point.caseName;
            for (const auto& [key, value] : point.swept)
            {
                text += " " + value;
            }
            text += ";";
        }
        return text;
    }

    ToyScenario m_toy;
};

const char* const FULL = R"(scenario = "toy"
runs = 3
seed = 9
[set]
topology.delay = "1ms"
loss.both = true
[sweep]
topology.paths = [2, 1]
"loss.rate" = [0.0, 0.25]
[[case]]
name = "plain"
[[case]]
name = "wide"
spread = 2.5
[[figure]]
x = "loss.rate"
y = "product"
[[figure]]
kind = "heatmap"
x = "loss.rate"
y = "topology.paths"
z = "tenth_ms"
)";

TEST_F(SweepPlanTest, ListsAreCrossedInTheOrderOfTheFileAndCasesChangeFastest)
{
    const SweepPlan plan = Parse(FULL);
    EXPECT_EQ(plan.name, "my");
    EXPECT_EQ(plan.runs, 3U);
    EXPECT_EQ(plan.seed, 9U);
    EXPECT_EQ(Points(plan),
              "plain 2 0;wide 2 0;plain 2 0.25;wide 2 0.25;"
              "plain 1 0;wide 1 0;plain 1 0.25;wide 1 0.25;");
    EXPECT_EQ(plan.points[3].values.GetReal("spread"), 2.5);
    EXPECT_EQ(plan.points[2].values.GetReal("spread"), 0.0);
    EXPECT_EQ(plan.points[2].values.GetInt("topology.paths"), 2);
    EXPECT_EQ(plan.points[2].values.GetTimeNs("topology.delay"), 1000000);
    EXPECT_TRUE(plan.points[2].values.GetBool("loss.both"));
    EXPECT_EQ(plan.points[2].values.Origin("loss.rate"), "folder/my.toml:9");
    EXPECT_EQ(plan.KeysJson(), R"(["topology.paths","loss.rate"])");
    EXPECT_EQ(SweepPlan::SweptJson(plan.points[2]), R"({"topology.paths":2,"loss.rate":0.25})");
    EXPECT_EQ(plan.FiguresJson(),
              R"([{"x":"loss.rate","y":"product"},)"
              R"({"kind":"heatmap","x":"loss.rate","y":"topology.paths","z":"tenth_ms"}])");
}

TEST_F(SweepPlanTest, SpellingsOfAKeyMeanTheSame)
{
    const std::string head = "scenario = \"toy\"\n";
    const std::string hash = Parse(head + "[set]\nloss.rate = 0.5\nloss.both = true\n").hash;
    EXPECT_EQ(Parse(head + "[set]\n\"loss.rate\" = 0.5\n\"loss.both\" = \"true\"\n").hash, hash);
    EXPECT_EQ(Parse(head + "[set.loss]\nrate = 0.5\nboth = true\n").hash, hash);
    EXPECT_EQ(Parse(head + "set = {loss = {rate = 0.5, both = true}}\n").hash, hash);
    EXPECT_NE(Parse(head + "[set]\nloss.rate = 0.5\n").hash, hash);
}

TEST_F(SweepPlanTest, WithoutListsAndCasesThereIsOnePoint)
{
    const SweepPlan plan = Parse("scenario = \"toy\"");
    EXPECT_EQ(plan.points.size(), 1U);
    EXPECT_EQ(plan.runs, 1U);
    EXPECT_EQ(plan.seed, 1U);
}

TEST_F(SweepPlanTest, TheCommandLineReplacesValuesAndLists)
{
    const SweepPlan plan = Parse(FULL, {"loss.rate=0.125", "topology.delay=2ms"});
    EXPECT_EQ(Points(plan), "plain 2 0.125;wide 2 0.125;plain 1 0.125;wide 1 0.125;");
    EXPECT_EQ(plan.points[0].values.GetTimeNs("topology.delay"), 2000000);
    EXPECT_EQ(plan.KeysJson(), R"(["topology.paths","loss.rate"])");
}

TEST_F(SweepPlanTest, TheHashIsOfWhatIsSimulated)
{
    const std::string hash = Parse(FULL).hash;
    std::string text = FULL;
    EXPECT_EQ(Parse("# a comment\n" + text.substr(0, text.find("[[figure]]"))).hash, hash);
    std::string more = FULL;
    more.replace(more.find("runs = 3"), 8, "runs = 8");
    EXPECT_EQ(Parse(more).hash, hash);
    std::string seed = FULL;
    seed.replace(seed.find("seed = 9"), 8, "seed = 8");
    EXPECT_NE(Parse(seed).hash, hash);
    EXPECT_NE(Parse(FULL, {"label=x"}).hash, hash);
}

TEST_F(SweepPlanTest, FilesAreFoundBesideTheSweepAndTheirContentCounts)
{
    const TemporaryFolder folder;
    folder.Write("input.txt", "one");
    const std::string text = "scenario = \"toy\"\n[set]\ntopology.file = \"input.txt\"\n";
    const std::string path = folder.File("sweep.toml");
    const SweepPlan plan = ParseSweep(text, path, {&m_toy}, {});
    EXPECT_EQ(plan.points[0].values.GetText("topology.file"), folder.File("input.txt"));
    folder.Write("input.txt", "two");
    EXPECT_NE(ParseSweep(text, path, {&m_toy}, {}).hash, plan.hash);
}

TEST_F(SweepPlanTest, AWrongFileIsRefusedWithFileLineAndKey)
{
    const std::string head = "scenario = \"toy\"\n";
    const std::vector<std::pair<std::string, std::string>> table{
        {"", "my.toml:1: scenario: is missing"},
        {"scenario = 5", "my.toml:1: scenario: '5' is given"},
        {"scenario = \"tony\"", "my.toml:1: scenario: unknown scenario 'tony', did you mean toy?"},
        {"scenario = ", "my.toml:1: not TOML: "},
        {head + "[set\n", "my.toml:2: not TOML: "},
        {head + "a = 1\na = 2\n", "my.toml:3: not TOML: "},
        {head + "[=]\n", "my.toml:2: not TOML: "},
        {head + "[.set]\n", "my.toml:2: not TOML: "},
        {head + "run = 5", "my.toml:2: unknown key 'run', did you mean runs?; allowed: scenario"},
        {head + "loss.rate = 0.5", "my.toml:2: unknown key 'loss'"},
        {head + "runs = 0", "my.toml:2: runs: '0' is given; allowed: a whole number, from 1"},
        {head + "runs = -3", "runs: '-3' is given"},
        {head + "runs = 1.5", "runs: '1.5' is given"},
        {head + "runs = \"3\"", "runs: '3' is given"},
        {head + "runs = 1000001", "runs: '1000001' is given"},
        {head + "seed = 4294967296", "seed: '4294967296' is given"},
        {head + "seed = []", "seed: a list is given"},
        {head + "set = 5", "my.toml:2: set: '5' is given; allowed: a table"},
        {head + "[set]\n\nloss.rate = 2", "my.toml:4: loss.rate: '2' is too large"},
        {head + "[set]\nloss.rate = nan", "loss.rate: 'nan' is not a finite decimal number"},
        {head + "[set]\nloss.rate = -inf", "loss.rate: '-inf' is not a finite"},
        {head + "[set]\ntopology.delay = 5", "my.toml:3: topology.delay: '5' lacks a unit"},
        {head + "[set]\ntopology.paths = 2.5", "topology.paths: '2.5' is not a whole number"},
        {head + "[set]\nlos.rate = 0.5", "my.toml:3: unknown key 'los.rate', did you mean"},
        {head + "[set]\nloss.rate = [0.1]",
         "my.toml:3: loss.rate: a list is given; allowed: a ratio"},
        {head + "[set]\nlabel = 1979-05-27", "my.toml:3: a date or time"},
        {head + "[set]\nloss.rate = 0.1\n\"loss.rate\" = 0.2",
         "my.toml:4: loss.rate: is given twice, "
         "first on line 3"},
        {head + "[sweep]\nloss.rate = 0.5",
         "my.toml:3: loss.rate: '0.5' is given; allowed: a list"},
        {head + "[sweep]\nloss.rate = []", "my.toml:3: loss.rate: the list is empty"},
        {head + "[sweep]\nloss.rate = [0.1,\n 0.2,\n 7]", "my.toml:5: loss.rate: '7' is too large"},
        {head + "[sweep]\nloss.rate = [[0.1]]", "loss.rate: a list is given"},
        {head + "[sweep]\nloss.rate = [{}]", "loss.rate: a table is given"},
        {head + "[sweep]\nloss.rate = [0.5, 0.50]",
         "my.toml:3: loss.rate: '0.5' is in the list twice"},
        {head + "[sweep]\ntopology.delay = [\"1ms\", \"0.001s\"]", "'0.001s' is in the list twice"},
        {head + "[sweep]\nno.such = [1]", "my.toml:3: unknown key 'no.such'"},
        {head + "sweep = [1]", "my.toml:2: sweep: a list is given; allowed: a table"},
        {head + "[set]\nloss.rate = 0.1\n[sweep]\nloss.rate = [0.2]",
         "my.toml:3: loss.rate: is under [sweep] already"},
        {head + "[sweep]\nloss.rate = [0.2]\n[[case]]\nname = \"a\"\nloss.rate = 0.3",
         "my.toml:6: loss.rate: is under [sweep] already"},
        {head + "[case]\nname = \"a\"",
         "my.toml:2: case: a table is given; allowed: a list of tables"},
        {head + "case = [1]", "case: '1' is given; allowed: a list of tables"},
        {head + "[[case]]\nspread = 1", "my.toml:2: name: is missing"},
        {head + "[[case]]\nname = \"\"", "my.toml:3: name: '' is given"},
        {head + "[[case]]\nname = 7", "my.toml:3: name: '7' is given"},
        {head + "[[case]]\nname = \"a\"\n[[case]]\nname = \"a\"",
         "my.toml:5: name: 'a' is given twice"},
        {head + "[[case]]\nname = \"a\"\nspread = \"x\"", "my.toml:4: spread: 'x' is not a finite"},
        {head + "[[figure]]\ny = \"product\"", "my.toml:2: x: is missing; a figure of kind line"},
        {head + "[[figure]]\nx = \"spread\"\ny = \"product\"",
         "my.toml:3: x: 'spread' is not swept"},
        {head + "[sweep]\nspread = [1]\n[[figure]]\nx = \"spread\"\ny = \"prodct\"",
         "my.toml:6: y: 'prodct' is no metric, did you mean product?"},
        {head + "[[figure]]\nkind = \"pie\"",
         "my.toml:3: kind: 'pie' is given; allowed: line, scatter, cdf"},
        {head + "[[figure]]\nkind = \"cdf\"\ncolour = \"red\"", "my.toml:4: 'colour': unknown key"},
        {head + "[sweep]\nspread = [1]\n[[figure]]\nx = \"spread\"\ny = \"product\"\nalong = "
                "\"spread\"",
         "my.toml:7: along: needs kind = scatter"},
        {head + "[sweep]\nspread = [1]\n[[figure]]\nkind = \"scatter\"\nx = \"product\"\ny = "
                "\"product\"\nalong = \"product\"",
         "my.toml:8: along: 'product' is not swept"},
        {head + "[[figure]]\nx = 5", "my.toml:3: x: no text is given"},
        {head + "[sweep]\nspread = [1]\n[[figure]]\nkind = \"heatmap\"\nx = \"spread\"",
         "my.toml:4: y: is missing; a figure of kind heatmap"},
        {head + "[sweep]\ntopology.paths = [1, 13]\nloss.rate = [0.1, 0.75]",
         "my.toml:3: topology.paths: '13': 13 paths do not go with loss.rate above 0.5 (at "
         "topology.paths = 13, loss.rate = 0.75)"},
    };
    for (const auto& [text, message] : table)
    {
        const std::string line = Refusal(text);
        EXPECT_NE(line.find(message), std::string::npos) << text << "\ngave: " << line;
        EXPECT_EQ(line.find("folder/my.toml:"), 0U) << line;
        EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    }
}

TEST_F(SweepPlanTest, AWrongOverrideIsRefused)
{
    EXPECT_EQ(Refusal(FULL, {"loss.rate=2"}).find("--set loss.rate=2: loss.rate: '2' is too"), 0U);
    EXPECT_NE(Refusal(FULL, {"loss.rate"}).find("allowed: KEY=VALUE"), std::string::npos);
    EXPECT_NE(Refusal(FULL, {"=3"}).find("allowed: KEY=VALUE"), std::string::npos);
    EXPECT_NE(Refusal(FULL, {"label=a", "label=b"}).find("is given twice"), std::string::npos);
    EXPECT_NE(Refusal(FULL, {"spread=3"}).find("is what the cases differ in (folder/my.toml:14)"),
              std::string::npos);
}

TEST_F(SweepPlanTest, TooManyPointsAreRefusedBeforeTheyAreMade)
{
    std::string list = "[0";
    for (int i = 1; i < 2000; ++i)
    {
        list += "," + std::to_string(i);
    }
    const std::string text =
        "scenario = \"toy\"\n[sweep]\nspread = " + list + "]\nlabel = " + list + "]\n";
    EXPECT_NE(Refusal(text).find("cross to more than 100000 points"), std::string::npos);
}

TEST_F(SweepPlanTest, DeepNestingDoesNotExhaustTheStack)
{
    std::string dots = "a";
    for (int i = 0; i < 200000; ++i)
    {
        dots += ".a";
    }
    EXPECT_NE(Refusal(dots + " = 1").find("more than 100 dots"), std::string::npos);
    EXPECT_NE(Refusal("a = " + std::string(200000, '[')).find("not TOML"), std::string::npos);
}

TEST_F(SweepPlanTest, AConfigFileSetsValuesOfOneRun)
{
    Values values(m_toy.Parameters());
    ApplyConfig("loss.rate = 0.5\n[topology]\npaths = 3\n[set]\nspread = 2\n",
                "c.toml",
                m_toy,
                values);
    EXPECT_EQ(values.GetReal("loss.rate"), 0.5);
    EXPECT_EQ(values.GetInt("topology.paths"), 3);
    EXPECT_EQ(values.GetReal("spread"), 2.0);
    EXPECT_EQ(values.Origin("topology.paths"), "c.toml:3");
    const auto refusal = [&](const std::string& text) -> std::string
    {
        try
        {
            ApplyConfig(text, "c.toml", m_toy, values);
        }
        catch (const RequestError& error)
        {
            return error.what();
        }
        return "(accepted)";
    };
    EXPECT_EQ(refusal("[sweep]\nspread = [1]").find("c.toml:1: sweep: belongs to a sweep file"),
              0U);
    EXPECT_EQ(refusal("scenario = \"other\"").find("c.toml:1: scenario: 'other' is given"), 0U);
    EXPECT_EQ(refusal("spread = [1]").find("c.toml:1: spread: a list is given"), 0U);
    EXPECT_EQ(refusal("\nsped = 1").find("c.toml:2: unknown key 'sped'"), 0U);
    EXPECT_EQ(refusal("spread = 1\n[set]\nspread = 2").find("c.toml:3: spread: is given twice"),
              0U);
}

} // namespace
} // namespace shardsim
