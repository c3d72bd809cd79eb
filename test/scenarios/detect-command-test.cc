// SPDX-License-Identifier: GPL-2.0-only
//
// The command `detect`, and the reader of time series.
//  1. one row of scores for each row of the series, timestamps and values as they were given
//  2. missing values have a score of 0; dates in other spellings and seconds are times
//  3. a wrong file is one line with file, line, what is given and what is allowed; nothing is
//     written, and what was there stays
//  4. times are those of the calendar

#include "analysis/errors.h"
#include "scenarios/detect-command.h"
#include "scenarios/series-reader.h"
#include "temporary-folder.h"

#include <gtest/gtest.h>
#include <sstream>
#include <vector>

namespace shardsim
{
namespace
{

class DetectCommandTest : public ::testing::Test
{
  protected:
    /// @return what the command says: its line, or its refusal
    std::string Detect(const std::string& text)
    {
        const std::string series = m_folder.Write("series.csv", text);
        std::ostringstream out;
        try
        {
            CommandDetect(series, m_folder.File("scores.csv"), out);
        }
        catch (const RequestError& error)
        {
            return std::string(error.what()).substr(m_folder.File("").size());
        }
        return out.str().substr(m_folder.File("").size());
    }

    std::vector<std::string> Lines() const
    {
        std::ifstream file(m_folder.File("scores.csv"));
        std::vector<std::string> lines;
        for (std::string line; std::getline(file, line);)
        {
            lines.push_back(line);
        }
        return lines;
    }

    TemporaryFolder m_folder;
};

TEST_F(DetectCommandTest, WritesARowForEachRow)
{
    EXPECT_EQ(Detect("timestamp,value\r\n2014-04-01 00:00:00,1.50\r\n2014-04-01T00:05:00.5Z,\n\n"
                     "2014-04-01 00:10,NaN\n1396311300,2e3\n"),
              "scores.csv: 4 rows scored, of which 2 without a value\n");
    EXPECT_EQ(Lines(),
              (std::vector<std::string>{"timestamp,value,forecast,score",
                                        "2014-04-01 00:00:00,1.50,1.5,0",
                                        "2014-04-01T00:05:00.5Z,,1.5,0",
                                        "2014-04-01 00:10,NaN,1.5,0",
                                        "1396311300,2e3,1.5,0"}));
    EXPECT_EQ(m_folder.Count(), 2u); // and nothing else
}

TEST_F(DetectCommandTest, FindsWhatDiffers)
{
    std::ostringstream text;
    text << "timestamp,value\n";
    for (int i = 0; i < 600; ++i)
    {
        text << 300 * i << ',' << (i == 500 ? 90 : i * 7 % 11) << '\n';
    }
    Detect(text.str());
    const auto lines = Lines();
    ASSERT_EQ(lines.size(), 601u);
    const auto score = [&](int row)
    { return std::stod(lines[row + 1].substr(lines[row + 1].rfind(',') + 1)); };
    EXPECT_GT(score(500), 0.25);
    for (int i = 200; i < 500; ++i)
    {
        EXPECT_LT(score(i), 0.2) << i;
    }
}

TEST_F(DetectCommandTest, RefusesWhatIsNoSeriesAndWritesNothing)
{
    const std::string time = "2014-04-01 00:00:00";
    const std::string field = " is given; allowed: a decimal number, or nothing or nan for a "
                              "missing one";
    const std::string moment = " is given; allowed: YYYY-MM-DD HH:MM:SS, or seconds";
    const std::pair<std::string, std::string> wrong[] = {
        {"", "series.csv:1: nothing is given; allowed: timestamp,value as the first line"},
        {"time,value\n1,2\n",
         "series.csv:1: 'time,value' is given; allowed: timestamp,value as the first line"},
        {"timestamp,value\n",
         "series.csv: no row is given; allowed: at least one below the first line"},
        {"timestamp,value\n" + time + ",x\n", "series.csv:2: value 'x'" + field},
        {"timestamp,value\n1,1\n\n2,inf\n", "series.csv:4: value 'inf'" + field},
        {"timestamp,value\n1,1e999\n", "series.csv:2: value '1e999'" + field},
        {"timestamp,value\n2014-02-29 00:00:00,1\n",
         "series.csv:2: timestamp '2014-02-29 00:00:00'" + moment},
        {"timestamp,value\n2014-04-01 24:00:00,1\n",
         "series.csv:2: timestamp '2014-04-01 24:00:00'" + moment},
        {"timestamp,value\n,1\n", "series.csv:2: timestamp ''" + moment},
        {"timestamp,value\n1,2,3\n",
         "series.csv:2: '1,2,3' is given; allowed: two fields, a timestamp and a value"},
        {"timestamp,value\n1\n",
         "series.csv:2: '1' is given; allowed: two fields, a timestamp and a value"},
    };
    for (const auto& [text, line] : wrong)
    {
        EXPECT_EQ(Detect(text), line);
        EXPECT_EQ(m_folder.Count(), 1u) << line; // the series
    }
    m_folder.Write("scores.csv", "kept");
    Detect("timestamp,value\n1,1\n2,x\n");
    EXPECT_EQ(Lines(), std::vector<std::string>{"kept"});
    EXPECT_EQ(m_folder.Count(), 2u);
}

TEST_F(DetectCommandTest, RefusesFilesThatCannotBe)
{
    const std::string series = m_folder.Write("series.csv", "timestamp,value\n1,1\n");
    std::ostringstream out;
    EXPECT_THROW(CommandDetect(m_folder.File("none"), m_folder.File("o"), out), RequestError);
    EXPECT_THROW(CommandDetect(m_folder.File(""), m_folder.File("o"), out), RequestError);
    EXPECT_THROW(CommandDetect(series, series, out), RequestError);
    EXPECT_THROW(CommandDetect(series, m_folder.File(""), out), RequestError);
    EXPECT_THROW(CommandDetect(series, m_folder.File("no/o"), out), RequestError);
    EXPECT_EQ(m_folder.Count(), 1u);
    EXPECT_EQ(out.str(), "");
}

TEST(ParseTimestampTest, CountsSecondsOfTheCalendar)
{
    EXPECT_EQ(ParseTimestamp("1970-01-01 00:00:00"), 0.0);
    EXPECT_EQ(ParseTimestamp("2000-02-29 12:00:00"), 951825600.0);
    EXPECT_EQ(ParseTimestamp("2014-04-01 00:05:00"), 1396310700.0);
    EXPECT_EQ(ParseTimestamp("1969-12-31 23:59"), -60.0);
    EXPECT_EQ(ParseTimestamp("2014-04-01 00:05:00.250000"), 1396310700.25);
    EXPECT_EQ(ParseTimestamp("-1.5e3"), -1500.0);
    for (const char* wrong : {"",
                              "-",
                              "2014-04-01",
                              "2014-4-1 00:00:00",
                              "2014-13-01 00:00:00",
                              "2014-04-01 00:00:00 x",
                              "1900-02-29 00:00:00",
                              "00:00:00"})
    {
        EXPECT_EQ(ParseTimestamp(wrong), std::nullopt) << wrong;
    }
}

} // namespace
} // namespace shardsim
