// SPDX-License-Identifier: GPL-2.0-only
// Broken GraphML: every kind of damage is answered by one ShardParseError with file, line and
// reason.

#include "ns3/shard-graphml.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <ostream>
#include <string>

using namespace ns3::sharding;

namespace
{

/// What reading throws; a test failure where it throws nothing or something else.
template <typename... Arguments>
ShardParseError
Failure(const Arguments&... arguments)
{
    try
    {
        ReadGraphMl(arguments...);
    }
    catch (const ShardParseError& error)
    {
        return error;
    }
    ADD_FAILURE() << "nothing was refused";
    return ShardParseError("", 0, "");
}

struct Broken
{
    std::string title;
    std::string text;
    uint32_t line;
    std::string message; //!< has to be part of the message
};

void
PrintTo(const Broken& broken, std::ostream* out)
{
    *out << broken.title;
}

const std::string HEAD = "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
                         "<key id=\"s\" for=\"edge\" attr.name=\"LinkSpeedRaw\"/>\n"
                         "<key id=\"d\" for=\"edge\" attr.name=\"delay_ns\"/>\n"
                         "<key id=\"lat\" for=\"node\" attr.name=\"Latitude\"/>\n"
                         "<key id=\"lon\" for=\"node\" attr.name=\"Longitude\"/>\n"
                         "<graph>\n"
                         "<node id=\"a\"/>\n"; // the next line is line 8
const std::string TAIL = "</graph>\n</graphml>\n";

Broken
In(const std::string& title, const std::string& inside, uint32_t line, const std::string& message)
{
    return {title, HEAD + inside + TAIL, line, message};
}

Broken
InEdge(const std::string& title, const std::string& data, const std::string& message)
{
    return In(title, "<edge source=\"a\" target=\"a\">\n" + data + "\n</edge>\n", 9, message);
}

const std::string LAUGHS = "<?xml version=\"1.0\"?>\n<!DOCTYPE graphml [\n"
                           "<!ENTITY a \"ha\">\n<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\n"
                           "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">\n"
                           "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">\n"
                           "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">\n"
                           "<!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\">\n"
                           "<!ENTITY g \"&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;\">\n"
                           "<!ENTITY h \"&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;\">\n"
                           "<!ENTITY i \"&h;&h;&h;&h;&h;&h;&h;&h;&h;&h;\">\n";

const Broken BROKEN[] = {
    {"Empty", "", 1, "the file is empty"},
    {"OnlyWhiteSpace", " \n\t\n", 1, "the file is empty"},
    {"NotXml", "a,b\n1,2\n", 1, "not well-formed XML"},
    {"Binary",
     std::string("\x7F"
                 "ELF\x02\x01\x01\0\0\0\0\0",
                 12),
     1,
     "not well-formed XML"},
    {"NulInTheMiddle", HEAD + std::string("<node id=\"b\0\"/>\n", 16) + TAIL, 8, "not well-formed"},
    {"Html", "<!-- a page -->\n<html><body/></html>", 2, "root element is <html>, not GraphML's"},
    {"OtherNamespace",
     "<graphml xmlns=\"urn:x\"><graph/></graphml>",
     1,
     "root element is <graphml>"},
    {"TruncatedInATag", HEAD + "<node id=\"b\"/>\n<node i", 9, "not well-formed XML"},
    {"TruncatedInAValue", HEAD + "<node id=\"b", 8, "not well-formed XML"},
    {"TruncatedBetweenTags", HEAD + "<node id=\"b\"/>\n", 9, "Premature end of data in tag graph"},
    {"TruncatedInData",
     HEAD + "<edge source=\"a\" target=\"a\">\n<data key=\"s\">1",
     9,
     "Premature"},
    {"MismatchedTags", HEAD + "<node id=\"b\">\n</edge>\n" + TAIL, 9, "tag mismatch: node"},
    {"TextAfterTheEnd", HEAD + TAIL + "\n<graph/>\n", 11, "Extra content at the end"},
    {"UnquotedAttribute", HEAD + "<node id=b/>\n" + TAIL, 8, "not well-formed XML: AttValue"},
    {"RepeatedAttribute", HEAD + "<node id=\"b\" id=\"c\"/>\n" + TAIL, 8, "id redefined"},
    {"UnboundPrefix", HEAD + "<y:x/>\n" + TAIL, 8, "Namespace prefix y on x is not defined"},
    {"InvalidUtf8InAnAttribute", HEAD + "<node id=\"\xC3(\"/>\n" + TAIL, 8, "not well-formed XML"},
    {"InvalidUtf8InText",
     HEAD + "<node id=\"b\">\n<data key=\"lat\">\xFF</data></node>\n" + TAIL,
     9,
     "not proper UTF-8"},
    {"UnknownEncoding", "<?xml version=\"1.0\" encoding=\"x-no\"?>\n<graphml/>", 1, "x-no"},
    {"ControlCharacter", HEAD + "<node id=\"b&#7;\"/>\n" + TAIL, 8, "not well-formed XML"},
    {"UndeclaredEntity", HEAD + "<node id=\"&bomb;\"/>\n" + TAIL, 8, "Entity 'bomb' not defined"},
    {"DoctypeWithoutEntities",
     "<!DOCTYPE graphml SYSTEM \"http://localhost/graphml.dtd\">\n" + HEAD + TAIL,
     1,
     "DOCTYPE"},
    {"BillionLaughsInText",
     LAUGHS + "]>\n<graphml><graph><node id=\"x\"><desc>&i;</desc></node></graph></graphml>",
     2,
     "DOCTYPE"},
    {"DoctypeAfterAComment",
     "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- > -->\n\n<!DOCTYPE graphml>\n<graphml/>",
     4,
     "DOCTYPE"},
    {"CommentWithoutEnd", "<!-- <!DOCTYPE", 1, "not well-formed XML"},
    {"InstructionWithoutEnd", "<?xml", 1, "not well-formed XML"},
    {"ExternalEntity",
     "<!DOCTYPE graphml [\n<!ENTITY x SYSTEM \"file:///etc/hostname\">\n]>\n<graphml>&x;</graphml>",
     1,
     "DOCTYPE"},
    {"NoGraph", "<graphml>\n<key id=\"k\"/>\n</graphml>", 1, "the file has no <graph>"},
    {"NoNodes", "<graphml>\n<graph>\n</graph>\n</graphml>", 2, "the <graph> has no <node>"},
    In("NodeWithoutId", "<node/>\n", 8, "<node> needs the attribute id"),
    In("NodeWithEmptyId", "<node id=\"\"/>\n", 8, "<node> needs the attribute id"),
    In("NodeTwice",
       "\n<node id=\"a\">\n</node>\n",
       9,
       "node id \"a\" is used twice, first in line 7"),
    In("EdgeWithoutSource", "<edge target=\"a\"/>\n", 8, "<edge> needs the attribute source"),
    In("EdgeWithoutTarget", "<edge source=\"a\"/>\n", 8, "<edge> needs the attribute target"),
    In("EdgeToUnknownNode",
       "<node id=\"b\"/>\n<edge source=\"a\" target=\"c\"/>\n<node id=\"d\"/>\n",
       9,
       "an <edge> ends at node \"c\", which does not exist"),
    In("EdgeFromUnknownNode", "<edge source=\"A\" target=\"a\"/>\n", 8, "ends at node \"A\""),
    In("Hyperedge", "<hyperedge/>\n", 8, "<hyperedge> is not supported"),
    In("NestedGraph", "<node id=\"b\">\n<graph/></node>\n", 9, "a <graph> inside another"),
    In("SecondGraph", "</graph>\n<graph>\n", 9, "a second <graph>, the first is in line 6"),
    In("KeyTwice", "</graph>\n<key id=\"s\"/>\n<graph>\n", 9, "key id \"s\" is used twice"),
    In("KeyWithoutId",
       "</graph>\n<key for=\"node\"/>\n<graph>\n",
       9,
       "<key> needs the attribute id"),
    InEdge("DataWithoutKey", "<data>1</data>", "<data> needs the attribute key"),
    InEdge("DataOfUndeclaredKey", "<data key=\"z\">1</data>", "undeclared key \"z\""),
    InEdge("RateThatIsNoNumber",
           "<data key=\"s\">fast</data>",
           "LinkSpeedRaw is \"fast\"; allowed: bit/s, 1 to 1e15"),
    InEdge("RateWithAUnit", "<data key=\"s\">10Gbps</data>", "LinkSpeedRaw is \"10Gbps\""),
    InEdge("RateZero", "<data key=\"s\">0</data>", "LinkSpeedRaw is \"0\""),
    InEdge("RateNan", "<data key=\"s\">nan</data>", "LinkSpeedRaw is \"nan\""),
    InEdge("RateTooHigh", "<data key=\"s\">1e16</data>", "LinkSpeedRaw is \"1e16\""),
    InEdge("DelayNegative",
           "<data key=\"d\">-5</data>",
           "delay_ns is \"-5\"; allowed: whole nanoseconds, 0 to 3600000000000"),
    InEdge("DelayFraction", "<data key=\"d\">1.5</data>", "delay_ns is \"1.5\""),
    InEdge("DelayTooLong", "<data key=\"d\">3600000000001</data>", "delay_ns is \"3600000000001\""),
    InEdge("DelayBeyond64Bits",
           "<data key=\"d\">99999999999999999999</data>",
           "delay_ns is \"99999999999999999999\""),
    In("LatitudeOffTheGlobe",
       "<node id=\"b\">\n\n<data key=\"lat\">90.5</data></node>\n",
       10,
       "Latitude is \"90.5\"; allowed: degrees from -90 to 90"),
    In("LongitudeOffTheGlobe",
       "<node id=\"b\">\n<data key=\"lon\">-181</data></node>\n",
       9,
       "Longitude is \"-181\"; allowed: degrees from -180 to 180"),
};

class BrokenGraphMl : public testing::TestWithParam<Broken>
{
};

} // namespace

TEST_P(BrokenGraphMl, IsRefusedWithFileLineAndReason)
{
    const Broken& broken = GetParam();
    const ShardParseError error = Failure("net.graphml", broken.text);
    EXPECT_EQ(error.File(), "net.graphml");
    EXPECT_EQ(error.Line(), broken.line) << error.what();
    EXPECT_NE(error.Message().find(broken.message), std::string::npos) << error.what();
    EXPECT_EQ(std::string(error.what()),
              "net.graphml:" + std::to_string(broken.line) + ": " + error.Message());
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Table,
                         BrokenGraphMl,
                         testing::ValuesIn(BROKEN),
                         [](const auto& info) { return info.param.title; });

TEST(GraphMlErrors, BytesThatAreNoUtf8AreRefusedInCdataToo)
{
    const auto refusal = [](const std::string& bytes)
    {
        return Failure("net.graphml",
                       "<graphml><key id=\"l\" for=\"node\" attr.name=\"label\"/>\n<graph>\n"
                       "<node id=\"a\"><data key=\"l\"><![CDATA[<" +
                           bytes + "]]></data></node></graph></graphml>");
    };
    // Overlong, cut off, a surrogate, beyond Unicode, a stray byte, no character of XML.
    for (const char* bytes :
         {"\xC1\x87", "\xC3", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xEF\xBF\xBF"})
    {
        const ShardParseError error = refusal(bytes);
        EXPECT_NE(error.Message().find("not well-formed XML"), std::string::npos) << error.what();
        EXPECT_EQ(error.Line(), 3) << error.what();
    }
    const auto topology = ReadGraphMl("net.graphml",
                                      "<graphml><key id=\"l\" for=\"node\" attr.name=\"label\"/>"
                                      "<graph><node id=\"a\"><data key=\"l\"><![CDATA[<"
                                      "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80]]></data></node>"
                                      "</graph></graphml>");
    EXPECT_EQ(topology.Nodes()[0].label, "<\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST(GraphMlErrors, FilesThatCannotBeReadAreNamed)
{
    const auto missing = Failure(std::string("no/such/file.graphml"));
    EXPECT_STREQ(missing.what(),
                 "no/such/file.graphml: cannot be opened: No such file or directory");
    EXPECT_EQ(missing.Line(), 0u);

    const std::string folder = std::filesystem::temp_directory_path().string();
    EXPECT_EQ(Failure(folder).what(), folder + ": is a directory, not a GraphML file");
}

// Ten to the ninth "ha", in the text and in the default of an attribute, which parsers expand
// unasked. In UTF-16 the declaration is invisible to whoever looks for ASCII.
TEST(GraphMlErrors, BillionLaughsInDisguiseAreRefusedAtOnce)
{
    const auto begin = std::chrono::steady_clock::now();
    const std::string inText =
        LAUGHS + "]>\n<graphml><graph><node id=\"n\"><desc>&i;</desc></node></graph></graphml>";
    const std::string inDefault = LAUGHS + "<!ATTLIST graphml x CDATA \"&i;\">\n]>\n"
                                           "<graphml><graph><node id=\"n\"/></graph></graphml>";
    for (const std::string& bomb : {inText, inDefault})
    {
        EXPECT_NE(Failure("bomb.graphml", bomb).Message().find("DOCTYPE"), std::string::npos);
        std::string wide = "\xFF\xFE";
        for (const char c : bomb)
        {
            wide += c;
            wide += '\0';
        }
        const auto error = Failure("bomb.graphml", wide);
        EXPECT_GE(error.Line(), 1u);
        EXPECT_NE(error.Message(), "");
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(GraphMlErrors, AHundredThousandNestedElementsAreRefused)
{
    std::string text = HEAD + "<node id=\"b\">\n";
    for (int i = 0; i < 100000; ++i)
    {
        text += "<x>";
    }
    const auto error = Failure("deep.graphml", text);
    EXPECT_EQ(error.Line(), 9u);
    EXPECT_NE(error.Message().find("not well-formed XML: Excessive depth"), std::string::npos)
        << error.what();
}

TEST(GraphMlErrors, MoreThanAMillionNodesOrEdgesAreRefused)
{
    std::string nodes = "<graphml><graph>";
    for (int i = 0; i <= 1000000; ++i)
    {
        nodes += "<node id=\"" + std::to_string(i) + "\"/>";
    }
    EXPECT_EQ(Failure("many.graphml", nodes).Message(), "more than 1000000 nodes");

    std::string edges = "<graphml><graph>\n<node id=\"a\"/>\n";
    for (int i = 0; i <= 1000000; ++i)
    {
        edges += "<edge source=\"a\" target=\"a\"/>";
    }
    const auto error = Failure("many.graphml", edges);
    EXPECT_EQ(error.Message(), "more than 1000000 links");
    EXPECT_EQ(error.Line(), 3u);
}

TEST(GraphMlErrors, LinesBeyond65535AreStillFoundNearby)
{
    const auto error = Failure("long.graphml",
                               HEAD + std::string(200000, '\n') + "<node id=\"a\"/>\n" +
                                   std::string(1000, '\n') + TAIL);
    EXPECT_GE(error.Line(), 200008u);
    EXPECT_LE(error.Line(), 200008u + 1000u);
    EXPECT_NE(error.Message().find("used twice, first in line 7"), std::string::npos);
}
