// SPDX-License-Identifier: GPL-2.0-only
/*
 * The judge of models, on a scenario whose numbers are known:
 * 1. what lies within the tolerance, or whose interval holds the expected value, passes;
 * 2. a wrong closed form fails, exactly or statistically, with exit code 1 and the command to
 * repeat;
 * 3. a run that fails, or has no value, fails its row;
 * 4. overrides reach every row, and are checked as any request;
 * 5. rows that set the same share their runs, and each has its own metric;
 * 6. of several scenarios, an override reaches those that have its key.
 */
#include "analysis/errors.h"
#include "scenarios/validate.h"
#include "toy-scenario.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace shardsim
{
namespace
{

/// tenth_ms is run / 10 + 0.2: 0.3 in the first run, 0.5 on average over five.
ValidationRow
Row(double expected, std::optional<double> tolerance, unsigned runs)
{
    ValidationRow row;
    row.name = "tenths";
    row.form = "run / 10 + 0.2";
    row.metric = "tenth_ms";
    row.expected = expected;
    row.tolerance = tolerance;
    row.runs = runs;
    row.set = {{"topology.delay", "0ms"}};
    return row;
}

class ValidateTest : public ::testing::Test
{
  protected:
    int Validate(const std::vector<ValidationRow>& rows)
    {
        std::ostringstream out;
        const int code = RunValidate({{&m_toy, rows}}, m_options, out);
        m_out = out.str();
        return code;
    }

    bool Says(const std::string& text) const
    {
        return m_out.find(text) != std::string::npos;
    }

    ToyScenario m_toy;
    ValidateOptions m_options;
    std::string m_out;
};

TEST_F(ValidateTest, PassesWhatIsRight)
{
    EXPECT_EQ(Validate({Row(0.3, 1e-9, 1), Row(0.5, std::nullopt, 5)}), 0);
    EXPECT_TRUE(Says("2 passed, 0 failed")) << m_out;
    EXPECT_FALSE(Says("FAIL")) << m_out;
}

TEST_F(ValidateTest, FailsAWrongExactValueAndSaysHowToRepeatIt)
{
    EXPECT_EQ(Validate({Row(0.3, 1e-9, 1), Row(0.3001, 1e-9, 1)}), 1);
    EXPECT_TRUE(Says("1 passed, 1 failed")) << m_out;
    EXPECT_TRUE(Says("FAIL")) << m_out;
    EXPECT_TRUE(Says("shardsim run toy --set 'topology.delay=0ms'")) << m_out;
}

TEST_F(ValidateTest, FailsAMeanWhoseIntervalDoesNotHoldTheExpectedValue)
{
    // Five values 0.3 to 0.7: standard error 0.071, and t(0.995, 4) = 4.604 makes it +-0.326.
    EXPECT_EQ(Validate({Row(0.82, std::nullopt, 5)}), 0) << m_out;
    EXPECT_EQ(Validate({Row(0.83, std::nullopt, 5)}), 1) << m_out;
}

TEST_F(ValidateTest, FailsWhatHasNoValueOrNoRun)
{
    ValidationRow nothing = Row(0, 1e9, 1);
    nothing.metric = "nothing";
    EXPECT_EQ(Validate({nothing}), 1);
    EXPECT_TRUE(Says("no value")) << m_out;
    ValidationRow broken = Row(0.5, std::nullopt, 5);
    broken.set.emplace_back("behaviour", "throw");
    EXPECT_EQ(Validate({broken}), 1);
    EXPECT_TRUE(Says("shards sent 10, received 8, lost 1")) << m_out;
}

TEST_F(ValidateTest, JsonSaysTheSame)
{
    m_options.json = true;
    EXPECT_EQ(Validate({Row(0.3, 1e-9, 1), Row(0.83, std::nullopt, 5)}), 1);
    const auto rows = nlohmann::json::parse(m_out).at("rows");
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].at("verdict"), "pass");
    EXPECT_EQ(rows[1].at("verdict"), "fail");
    EXPECT_NEAR(rows[1].at("measured").get<double>(), 0.5, 1e-12);
}

TEST_F(ValidateTest, OverridesReachEveryRowAndAreChecked)
{
    m_options.overrides = {ParseOverride("behaviour=throw")};
    EXPECT_EQ(Validate({Row(0.3, 1e-9, 1)}), 1);
    m_options.overrides = {ParseOverride("behaviour=dance")};
    EXPECT_THROW(Validate({Row(0.3, 1e-9, 1)}), RequestError);
}

TEST_F(ValidateTest, RowsThatSetTheSameShareTheirRuns)
{
    ValidationRow other = Row(0, 1, 5); // 1e9 of the seed, 1e6 of each run, 1000 of a path
    other.metric = "product";
    other.expected = 1e9 + 3e6 + 1000;
    testing::internal::CaptureStderr();
    EXPECT_EQ(Validate({Row(0.5, std::nullopt, 5), other, Row(0.3, 1e-9, 1)}), 0) << m_out;
    EXPECT_NE(testing::internal::GetCapturedStderr().find("6 of 6 runs"), std::string::npos);
}

/// A toy without a parameter.
class BareScenario : public ToyScenario
{
  public:
    const ParameterSet& Parameters() const override
    {
        static const ParameterSet none;
        return none;
    }

    void Check(const Values&) const override
    {
    }

    RunResult DoRun(const Values&, const RunContext&) const override
    {
        RunResult result;
        result.metrics.emplace_back("tenth_ms", 0.7);
        return result;
    }
};

TEST_F(ValidateTest, AnOverrideReachesTheScenariosThatHaveItsKey)
{
    const BareScenario bare;
    ValidationRow row = Row(0.7, 1e-9, 1);
    row.set.clear();
    m_options.overrides = {ParseOverride("behaviour=throw")};
    std::ostringstream out;
    EXPECT_EQ(RunValidate({{&m_toy, {Row(0.3, 1e-9, 1)}}, {&bare, {row}}}, m_options, out), 1);
    EXPECT_NE(out.str().find("1 passed, 1 failed"), std::string::npos) << out.str();
    m_options.overrides = {ParseOverride("nobody=knows")};
    EXPECT_THROW(RunValidate({{&m_toy, {}}, {&bare, {row}}}, m_options, out), RequestError);
}

} // namespace
} // namespace shardsim
