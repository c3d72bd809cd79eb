// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a value's text means, for each kind of parameter:
 * 1. units give exact whole numbers, never rounded ones;
 * 2. every wrong text is refused with a line that names place, key, text and what is allowed;
 * 3. JSON keeps numbers as numbers and quantities as they were written.
 */
#include "toy-scenario.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace shardsim
{
namespace
{

class ParameterTest : public ::testing::Test
{
  protected:
    Values With(const std::string& key, const std::string& text)
    {
        Values values(m_toy.Parameters());
        values.Set(key, text, "here");
        return values;
    }

    ToyScenario m_toy;
};

TEST_F(ParameterTest, TimesBecomeWholeNanoseconds)
{
    const std::vector<std::pair<std::string, int64_t>> table{
        {"5ms", 5000000},
        {"0.1ms", 100000},
        {"1.000000001s", 1000000001},
        {"250us", 250000},
        {"7ns", 7},
        {"0.1min", 6000000000},
        {"0.001h", 3600000000},
        {"1e-3s", 1000000},
        {"+2ms", 2000000},
        {".5s", 500000000},
        {"5.s", 5000000000},
        {"0.5000000000000000000000000s", 500000000},
        {"0", 0},
        {"0.0", 0},
        {"0s", 0}};
    for (const auto& [text, nanoseconds] : table)
    {
        EXPECT_EQ(With("topology.delay", text).GetTimeNs("topology.delay"), nanoseconds) << text;
    }
}

TEST_F(ParameterTest, RatesBecomeBitsASecond)
{
    EXPECT_EQ(With("topology.rate", "1Gbps").GetRateBps("topology.rate"), 1000000000U);
    EXPECT_EQ(With("topology.rate", "2.5Mbps").GetRateBps("topology.rate"), 2500000U);
    EXPECT_EQ(With("topology.rate", "64kbps").GetRateBps("topology.rate"), 64000U);
    EXPECT_EQ(With("topology.rate", "1bps").GetRateBps("topology.rate"), 1U);
}

TEST_F(ParameterTest, BytesCountInThousandsOrIn1024)
{
    EXPECT_EQ(With("memory", "1500").GetBytes("memory"), 1500);
    EXPECT_EQ(With("memory", "64kB").GetBytes("memory"), 64000);
    EXPECT_EQ(With("memory", "4MiB").GetBytes("memory"), 4194304);
    EXPECT_EQ(With("memory", "1.5KiB").GetBytes("memory"), 1536);
    EXPECT_EQ(With("memory", "2GiB").GetBytes("memory"), 2147483648);
    EXPECT_EQ(With("memory", "1GB").GetBytes("memory"), 1000000000);
}

TEST_F(ParameterTest, QueuesCountPacketsOrBytes)
{
    EXPECT_TRUE(With("topology.queue", "50p").GetQueue("topology.queue").packets);
    EXPECT_EQ(With("topology.queue", "50p").GetQueue("topology.queue").value, 50U);
    EXPECT_FALSE(With("topology.queue", "150kB").GetQueue("topology.queue").packets);
    EXPECT_EQ(With("topology.queue", "150kB").GetQueue("topology.queue").value, 150000U);
}

TEST_F(ParameterTest, PlainKindsKeepTheirValue)
{
    EXPECT_EQ(With("topology.paths", "64").GetInt("topology.paths"), 64);
    EXPECT_EQ(With("topology.paths", "+3").GetText("topology.paths"), "3");
    EXPECT_EQ(With("loss.rate", "0.1").GetReal("loss.rate"), 0.1);
    EXPECT_EQ(With("spread", "-1.25e3").GetReal("spread"), -1250.0);
    EXPECT_TRUE(With("loss.both", "true").GetBool("loss.both"));
    EXPECT_EQ(With("label", "a b='c'").GetText("label"), "a b='c'");
    EXPECT_EQ(With("behaviour", "crash").GetText("behaviour"), "crash");
}

TEST_F(ParameterTest, AnOptionalParameterHasNoValueUntilItIsGivenOne)
{
    Values values(m_toy.Parameters());
    EXPECT_FALSE(values.Has("label"));
    EXPECT_EQ(values.GetText("label"), "");
    values.Set("label", "x", "here");
    EXPECT_TRUE(values.Has("label"));
    values.Set("label", "", "there");
    EXPECT_FALSE(values.Has("label"));
    EXPECT_TRUE(values.IsSet("label"));
    EXPECT_THROW(values.GetBool("label"), std::logic_error);
}

TEST_F(ParameterTest, CopiesDoNotShareChanges)
{
    Values first(m_toy.Parameters());
    Values second = first;
    second.Set("topology.paths", "5", "here");
    EXPECT_EQ(first.GetInt("topology.paths"), 1);
    EXPECT_EQ(second.GetInt("topology.paths"), 5);
    EXPECT_EQ(first.Origin("topology.paths"), "default");
    EXPECT_EQ(second.Origin("topology.paths"), "here");
}

TEST_F(ParameterTest, JsonKeepsNumbersAndTheWrittenFormOfQuantities)
{
    Values values(m_toy.Parameters());
    values.Set("loss.rate", "0.1", "here");
    values.Set("topology.delay", "0.5ms", "here");
    const auto json = nlohmann::ordered_json::parse(values.ToJson());
    EXPECT_EQ(json.size(), m_toy.Parameters().All().size());
    EXPECT_EQ(json.begin().key(), "topology.paths");
    EXPECT_EQ(json["topology.paths"], 1);
    EXPECT_EQ(json["loss.rate"].get<double>(), 0.1);
    EXPECT_EQ(json["topology.delay"], "0.5ms");
    EXPECT_EQ(json["loss.both"], false);
    EXPECT_TRUE(json["label"].is_null());
}

TEST_F(ParameterTest, JsonSurvivesTextThatIsNoUtf8)
{
    const Values values = With("label", "\xff\xfe");
    EXPECT_TRUE(nlohmann::json::accept(values.ToJson()));
}

struct BadValue
{
    const char* key;
    const char* text;
    const char* message;
};

TEST_F(ParameterTest, EveryWrongValueIsRefusedInOneLineThatSaysWhatIsAllowed)
{
    const std::vector<BadValue> table{
        {"topology.delay", "5", "lacks a unit; allowed: a time with its unit"},
        {"topology.delay", "5.5", "lacks a unit"},
        {"topology.delay", "ms", "is not a number and a unit"},
        {"topology.delay", "5 ms", "is not a number and a unit"},
        {"topology.delay", "5msx", "unknown unit 'msx'"},
        {"topology.delay", "5MS", "unknown unit 'MS'"},
        {"topology.delay", "5Mbps", "unknown unit 'Mbps'"},
        {"topology.delay", "-5ms", "is negative"},
        {"topology.delay", "0.5ns", "not a whole number of nanoseconds"},
        {"topology.delay",
         "11s",
         "is too large; allowed: a time with its unit (ns, us, ms, s, min "
         "or h), such as 5ms, at most 10s"},
        {"topology.delay", "1e300s", "is too large"},
        {"topology.delay", "1e999s", "is not a number and a unit"},
        {"topology.delay", "99999999999999999999h", "is too large"},
        {"topology.delay", "0x5ms", "is not a number and a unit"},
        {"topology.delay", "nan", "is not a number and a unit"},
        {"topology.delay", "inf", "is not a number and a unit"},
        {"topology.delay", "5ms ", "is not a number and a unit"},
        {"topology.delay", "", "no value was given"},
        {"topology.delay", "1,5ms", "is not a number and a unit"},
        {"topology.delay", "--5ms", "is not a number and a unit"},
        {"topology.delay", "5..0ms", "is not a number and a unit"},
        {"topology.delay", "5ems", "unknown unit 'ems'"},
        {"topology.rate", "100", "lacks a unit; allowed: a rate with its unit"},
        {"topology.rate", "100MBps", "unknown unit 'MBps'"},
        {"topology.rate", "100mbps", "unknown unit 'mbps'"},
        {"topology.rate", "0bps", "is too small"},
        {"topology.rate", "0", "is too small"},
        {"topology.rate", "0.5bps", "not a whole number of bits a second"},
        {"topology.rate", "1e20Gbps", "is too large"},
        {"memory", "999", "is too small"},
        {"memory", "4mib", "unknown unit 'mib'"},
        {"memory", "4Mb", "unknown unit 'Mb'"},
        {"memory", "1.5B", "not a whole number of bytes"},
        {"memory", "1000.5", "not a whole number of bytes"},
        {"memory", "1e40", "is too large"},
        {"topology.queue", "100", "lacks a unit; allowed: a number of packets or bytes"},
        {"topology.queue", "0p", "is an empty queue"},
        {"topology.queue", "1.5p", "not a whole number of packets"},
        {"topology.queue", "-1p", "is negative"},
        {"topology.queue", "100pp", "unknown unit 'pp'"},
        {"topology.paths", "0", "is too small; allowed: a whole number, from 1 to 64"},
        {"topology.paths", "65", "is too large"},
        {"topology.paths", "-1", "is too small"},
        {"topology.paths", "1.0", "is not a whole number"},
        {"topology.paths", "1e1", "is not a whole number"},
        {"topology.paths", "0x10", "is not a whole number"},
        {"topology.paths", "two", "is not a whole number"},
        {"topology.paths", "3p", "is not a whole number"},
        {"topology.paths", "9223372036854775808", "is too large"},
        {"topology.paths", "-", "is not a whole number"},
        {"loss.rate", "1", "is too large"},
        {"loss.rate", "1.5", "is too large; allowed: a ratio, at least 0 and below 1"},
        {"loss.rate", "-0.1", "is too small"},
        {"loss.rate", "5%", "is not a finite decimal number"},
        {"loss.rate", "nan", "is not a finite decimal number"},
        {"loss.rate", "-inf", "is not a finite decimal number"},
        {"loss.rate", "1e999", "is not a finite decimal number"},
        {"loss.rate", "0x1p-3", "is not a finite decimal number"},
        {"loss.rate", "0.1f", "is not a finite decimal number"},
        {"loss.rate", "", "no value was given"},
        {"spread", "-1000001", "is too small"},
        {"spread", "1 2", "is not a finite decimal number"},
        {"spread", "1e", "is not a finite decimal number"},
        {"spread", ".", "is not a finite decimal number"},
        {"loss.both", "yes", "is neither; allowed: true or false"},
        {"loss.both", "1", "is neither"},
        {"loss.both", "True", "is neither"},
        {"behaviour", "wrok", "is none of them, did you mean work?; allowed: work, throw"},
        {"behaviour", "Work", "is none of them, did you mean work?"},
        {"behaviour", "zzzzzz", "is none of them; allowed"},
        {"label", "two\nlines", "has control characters"},
        {"topology.file", "/no/such/file", "cannot be read: No such file"},
        {"topology.file", "/", "is not a file"},
        {"los.rate", "0.1", "unknown key 'los.rate', did you mean loss.rate?"},
        {"rate", "0.1", "unknown key 'rate', did you mean topology.rate or loss.rate?"},
        {"topology.dleay", "1ms", "did you mean topology.delay?"},
        {"", "1", "unknown key ''"},
        {"nothing.like.it", "1", "unknown key 'nothing.like.it'; `describe` lists the keys"},
    };
    for (const auto& bad : table)
    {
        try
        {
            With(bad.key, bad.text);
            ADD_FAILURE() << bad.key << "=" << bad.text << " was accepted";
        }
        catch (const RequestError& error)
        {
            const std::string line = error.what();
            EXPECT_NE(line.find(bad.message), std::string::npos)
                << bad.key << "=" << bad.text << " gave: " << line;
            EXPECT_EQ(line.find("here: "), 0U) << line;
            EXPECT_NE(line.find(bad.key), std::string::npos) << line;
            EXPECT_EQ(line.find('\n'), std::string::npos) << line;
        }
    }
}

TEST_F(ParameterTest, AContradictionNamesWhereTheValueCameFrom)
{
    const RequestError error = With("topology.paths", "13").Error("topology.paths", "is unlucky");
    EXPECT_STREQ(error.what(), "here: topology.paths: '13': is unlucky");
}

TEST_F(ParameterTest, AWrongDefaultIsTheProgrammersError)
{
    ParameterSet set;
    set.Add("x", ParameterKind::TIME, "5", "lacks a unit");
    EXPECT_THROW(Values{set}, std::logic_error);
    EXPECT_THROW(set.Add("x", ParameterKind::TIME, "5ms", "twice"), std::logic_error);
}

} // namespace
} // namespace shardsim
