// SPDX-License-Identifier: GPL-2.0-only
// GraphML in and out: what is read, that writing and reading are inverse, and real files of the
// Internet Topology Zoo where the folder that SHARDING_DATA names has them.

#include "ns3/shard-graphml.h"
#include "ns3/shard-path-set.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace ns3::sharding;

namespace
{

std::string
Wrap(const std::string& inside)
{
    return "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\""
           " xmlns:y=\"http://www.yworks.com/xml/graphml\">\n"
           "<key id=\"l\" for=\"node\" attr.name=\"label\"/>\n"
           "<key id=\"lat\" for=\"node\" attr.name=\"Latitude\"/>\n"
           "<key id=\"lon\" for=\"node\" attr.name=\"Longitude\"/>\n"
           "<key id=\"s\" for=\"edge\" attr.name=\"LinkSpeedRaw\"/>\n"
           "<key id=\"d\" for=\"edge\" attr.name=\"delay_ns\"/>\n"
           "<key id=\"g\" for=\"node\" yfiles.type=\"nodegraphics\"/>\n" +
           inside + "</graphml>\n";
}

/// A node somewhere on the globe.
std::string
At(const std::string& id, const std::string& latitude, const std::string& longitude)
{
    return "<node id=\"" + id + "\"><data key=\"lat\">" + latitude + "</data><data key=\"lon\">" +
           longitude + "</data></node>";
}

} // namespace

TEST(GraphMl, ReadsIdsLabelsDelaysAndRates)
{
    const auto topology = ReadGraphMl(
        "test",
        Wrap("<graph edgedefault=\"directed\">"
             "<node id=\"a\"><data key=\"l\"> <![CDATA[Z\xC3\xBC"
             "rich & more]]>\n</data></node>"
             "<node id=\"b\"/>"
             "<edge source=\"a\" target=\"b\"><data key=\"s\">10000000000.0</data></edge>"
             "<edge source=\"b\" target=\"a\"><data key=\"d\">250</data><data key=\"s\"/></edge>"
             "<edge source=\"b\" target=\"b\"/></graph>"));
    ShardTopology expected;
    expected.AddNode("a", "Z\xC3\xBCrich & more");
    expected.AddNode("b");
    expected.AddLink(0, 1, std::nullopt, 10000000000);
    expected.AddLink(1, 0, 250);
    expected.AddLink(1, 1);
    EXPECT_TRUE(topology == expected);
}

TEST(GraphMl, TakesTheLabelFromYedGraphicsWhereThereIsNoOther)
{
    const auto topology =
        ReadGraphMl("test",
                    Wrap("<graph>"
                         "<node id=\"a\"><data key=\"g\"><y:ShapeNode><y:NodeLabel/>"
                         "<y:NodeLabel>Denver<y:Model>x</y:Model></y:NodeLabel>"
                         "<y:NodeLabel>second</y:NodeLabel></y:ShapeNode></data></node>"
                         "<node id=\"b\"><data key=\"g\"><y:NodeLabel>drawn</y:NodeLabel></data>"
                         "<data key=\"l\">given</data></node>"
                         "<node id=\"c\"><data key=\"g\"/></node></graph>"));
    ASSERT_EQ(topology.Nodes().size(), 3u);
    EXPECT_EQ(topology.Nodes()[0].label, "Denver");
    EXPECT_EQ(topology.Nodes()[1].label, "given");
    EXPECT_EQ(topology.Nodes()[2].label, "");
}

TEST(GraphMl, AcceptsEdgesBeforeNodesKeysAfterwardsUnusedAndForeignElements)
{
    const auto topology =
        ReadGraphMl("test",
                    Wrap("<desc>words</desc><graph><desc/><data key=\"nowhere\">1</data>"
                         "<edge source=\"a\" target=\"b\"><desc>x</desc></edge>"
                         "<node id=\"a\"><port name=\"p\"><data key=\"l\">port</data></port></node>"
                         "<y:node id=\"no\"/><node id=\"b\"/></graph><data key=\"l\">late</data>"));
    ASSERT_EQ(topology.Nodes().size(), 2u);
    EXPECT_EQ(topology.Nodes()[0].label, "") << "a port's data is not its node's";
    ASSERT_EQ(topology.Links().size(), 1u);
}

TEST(GraphMl, ReadsFilesWithoutANamespaceAndInLatin1)
{
    const auto topology = ReadGraphMl("test",
                                      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><graphml>"
                                      "<graph><node id=\"Z\xFCrich\"/></graph></graphml>");
    ASSERT_EQ(topology.Nodes().size(), 1u);
    EXPECT_EQ(topology.Nodes()[0].id, "Z\xC3\xBCrich");
}

TEST(GraphMl, AppliesTheDefaultOfAKey)
{
    const auto topology = ReadGraphMl(
        "test",
        "<graphml><key id=\"d\" for=\"edge\" attr.name=\"delay_ns\"><default>7</default></key>"
        "<graph><node id=\"a\"/><edge source=\"a\" target=\"a\"/>"
        "<edge source=\"a\" target=\"a\"><data key=\"d\">8</data></edge></graph></graphml>");
    ASSERT_EQ(topology.Links().size(), 2u);
    EXPECT_EQ(topology.Links()[0].delayNs, 7);
    EXPECT_EQ(topology.Links()[1].delayNs, 8);
}

// A quarter of the equator is pi/2 * 6371008.8 m = 10007557.2 m, light in fibre does
// 299792458 * 2/3 = 199861638.67 m/s: 50072426.6 ns. The poles are twice as far apart. 180 degrees
// west is 180 degrees east. A delay that is given goes first.
TEST(GraphMl, DerivesDelaysFromPositions)
{
    const auto topology = ReadGraphMl("test",
                                      Wrap("<graph>" + At("origin", "0", "0") +
                                           At("east", "0", "90") + At("north", "90", "17.5") +
                                           At("south", "-90", "0") + At("west", "0", "-180") +
                                           At("same", "0.0", "180") + "<node id=\"unknown\"/>" +
                                           "<edge source=\"origin\" target=\"east\"/>"
                                           "<edge source=\"north\" target=\"south\"/>"
                                           "<edge source=\"west\" target=\"same\"/>"
                                           "<edge source=\"origin\" target=\"unknown\"/>"
                                           "<edge source=\"origin\" target=\"east\">"
                                           "<data key=\"d\">12</data></edge></graph>"));
    const auto& links = topology.Links();
    ASSERT_EQ(links.size(), 5u);
    EXPECT_NEAR(static_cast<double>(links[0].delayNs.value()), 50072426.6, 2.0);
    EXPECT_NEAR(static_cast<double>(links[1].delayNs.value()), 100144853.1, 2.0);
    EXPECT_EQ(links[2].delayNs, 0);
    EXPECT_FALSE(links[3].delayNs.has_value());
    EXPECT_EQ(links[4].delayNs, 12);
}

TEST(GraphMl, GivesBackWhatItWrote)
{
    ShardTopology topology;
    topology.AddNode("n0", "<A> & \"B\" 'C' ]]>");
    topology.AddNode(" tab\tnewline\nreturn\r ", "in\ner\tspace");
    topology.AddNode("Z\xC3\xBCrich \xF0\x9F\x8C\x90");
    topology.AddLink(0, 1, 0, 1);
    topology.AddLink(1, 0, ShardTopology::MAX_DELAY_NS, ShardTopology::MAX_RATE_BPS);
    topology.AddLink(2, 2);
    topology.AddLink(1, 2, std::nullopt, 999999999999999);
    topology.AddLink(1, 2, 123456789);
    EXPECT_TRUE(ReadGraphMl("copy", WriteGraphMl(topology)) == topology);

    ParallelPaths shape;
    shape.paths = 3;
    shape.hops = 4;
    shape.delayNs = 5000000;
    shape.rateBps = 100000000;
    const auto generated = MakeParallelPaths(shape);
    EXPECT_TRUE(ReadGraphMl("copy", WriteGraphMl(generated)) == generated);
}

TEST(GraphMl, WritesThisText)
{
    ShardTopology topology;
    topology.AddNode("a", "A&B");
    topology.AddNode("b");
    topology.AddLink(0, 1, 5, 8);
    topology.AddLink(1, 0);
    EXPECT_EQ(WriteGraphMl(topology),
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
              "  <key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n"
              "  <key id=\"delay\" for=\"edge\" attr.name=\"delay_ns\" attr.type=\"long\"/>\n"
              "  <key id=\"rate\" for=\"edge\" attr.name=\"LinkSpeedRaw\" attr.type=\"double\"/>\n"
              "  <graph edgedefault=\"undirected\">\n"
              "    <node id=\"a\"><data key=\"label\">A&amp;B</data></node>\n"
              "    <node id=\"b\"/>\n"
              "    <edge source=\"a\" target=\"b\"><data key=\"delay\">5</data>"
              "<data key=\"rate\">8</data></edge>\n"
              "    <edge source=\"b\" target=\"a\"/>\n"
              "  </graph>\n"
              "</graphml>\n");
}

TEST(GraphMl, RefusesToWriteWhatXmlCannotExpress)
{
    for (const std::string& name : {std::string("bell\a"),
                                    std::string("nul\0", 4),
                                    std::string("\xFF"),
                                    std::string("\xC3"),
                                    std::string("\xED\xA0\x80"),
                                    std::string("\xEF\xBF\xBF")})
    {
        ShardTopology topology;
        topology.AddNode("n0", name);
        EXPECT_THROW(WriteGraphMl(topology), std::invalid_argument);
    }
}

TEST(GraphMl, ReadsFromAFile)
{
    const auto file = std::filesystem::temp_directory_path() /
                      ("shard-graphml-test-" + std::to_string(std::random_device()()) + ".graphml");
    ParallelPaths shape;
    shape.paths = 2;
    shape.hops = 2;
    const auto topology = MakeParallelPaths(shape);
    std::ofstream(file) << WriteGraphMl(topology);
    const auto copy = ReadGraphMl(file.string());
    std::filesystem::remove(file);
    EXPECT_TRUE(copy == topology);
}

/// Files of the Topology Zoo, which may not be passed on and so are not part of this project.
class TopologyZoo : public testing::Test
{
  protected:
    ShardTopology Read(const std::string& file) const
    {
        return ReadGraphMl(m_folder + "/" + file + ".graphml");
    }

    void SetUp() override
    {
        const char* data = std::getenv("SHARDING_DATA");
        m_folder = std::string(data == nullptr ? "" : data) + "/topology";
        if (data == nullptr || !std::filesystem::exists(m_folder + "/Abilene.graphml"))
        {
            GTEST_SKIP() << "SHARDING_DATA names no folder with topology/Abilene.graphml";
        }
    }

    std::string m_folder;
};

TEST_F(TopologyZoo, HasAsManyNodesAndLinksAsAPlainCountOfItsTags)
{
    const auto sizes = [this](const std::string& file)
    {
        const auto topology = Read(file);
        return std::make_pair(topology.Nodes().size(), topology.Links().size());
    };
    using Sizes = std::pair<size_t, size_t>;
    EXPECT_EQ(sizes("Abilene"), Sizes(11, 14));
    EXPECT_EQ(sizes("BtNorthAmerica"), Sizes(36, 76));
    EXPECT_EQ(sizes("Dfn"), Sizes(58, 87));
    EXPECT_EQ(sizes("Geant2001"), Sizes(27, 38));
}

// Abilene on its map: the northern way Seattle - Denver - Kansas City - Indianapolis - Chicago -
// New York, the southern way by the coast, Houston, Atlanta and Washington; both cities have two
// links, so there is no third.
TEST_F(TopologyZoo, AbileneHasANorthernAndASouthernWay)
{
    const auto topology = Read("Abilene");
    const auto paths = RequireDisjointPaths(topology, "Seattle", "New York", 2);
    std::vector<std::vector<std::string>> ways;
    for (const auto& path : paths)
    {
        ways.emplace_back();
        for (const uint32_t node : path.nodes)
        {
            ways.back().push_back(topology.Nodes()[node].label);
        }
    }
    using Way = std::vector<std::string>;
    ASSERT_EQ(ways.size(), 2u);
    EXPECT_EQ(ways[0],
              (Way{"Seattle", "Denver", "Kansas City", "Indianapolis", "Chicago", "New York"}));
    EXPECT_EQ(ways[1],
              (Way{"Seattle",
                   "Sunnyvale",
                   "Los Angeles",
                   "Houston",
                   "Atlanta",
                   "Washington DC",
                   "New York"}));
    EXPECT_EQ(FindDisjointPaths(topology, 0, FindNode(topology, "New York"), 3).size(), 2u);
}

TEST_F(TopologyZoo, SharedLabelsHaveToBeNamedById)
{
    EXPECT_THROW(FindNode(Read("Dfn"), "Telekom"), std::invalid_argument);
    EXPECT_THROW(FindNode(Read("BtNorthAmerica"), "?"), std::invalid_argument);
    EXPECT_EQ(FindNode(Read("BtNorthAmerica"), "n11"), 11u);
    EXPECT_EQ(FindNode(Read("Geant2001"), "DE"), 11u);
}
