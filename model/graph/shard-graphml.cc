// SPDX-License-Identifier: GPL-2.0-only
#include "shard-graphml.h"

#include "shard-xml-reader.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <locale>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr size_t MAX_BYTES = size_t(256) << 20;
const char* const GRAPHML_NAMESPACE = "http://graphml.graphdrawing.org/xmlns";

std::string
Trim(const std::string& text)
{
    static const char* const white = " \t\r\n";
    const size_t first = text.find_first_not_of(white);
    if (first == std::string::npos)
    {
        return "";
    }
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

/// A number in the C locale, whatever the program's locale is; nothing where anything is left over.
template <typename T>
std::optional<T>
Number(const std::string& text)
{
    std::istringstream stream(text);
    stream.imbue(std::locale::classic());
    T value;
    if (!(stream >> std::noskipws >> value) ||
        stream.peek() != std::istringstream::traits_type::eof())
    {
        return std::nullopt;
    }
    return value;
}

/// Degrees on the globe.
struct Position
{
    double latitude;
    double longitude;
};

/// Light in fibre along the great circle (haversine formula), in ns.
int64_t
FibreDelayNs(const Position& a, const Position& b)
{
    constexpr double radian = 3.14159265358979323846 / 180;
    constexpr double earthRadius = 6371008.8; // m, mean radius R1 of the IUGG
    constexpr double fibreSpeed = 299792458.0 * 2 / 3;
    const double up = std::sin((b.latitude - a.latitude) * radian / 2);
    const double along = std::sin((b.longitude - a.longitude) * radian / 2);
    const double haversine =
        up * up + std::cos(a.latitude * radian) * std::cos(b.latitude * radian) * along * along;
    const double arc = 2 * std::asin(std::sqrt(std::min(1.0, haversine)));
    return std::llround(arc * earthRadius / fibreSpeed * 1e9);
}

/// One pass over one GraphML text.
class GraphMlParser
{
  public:
    GraphMlParser(const std::string& name, const std::string& text)
        : m_name(name),
          m_reader(name, text)
    {
    }

    ShardTopology Parse()
    {
        while (const auto event = m_reader.Next())
        {
            Visit(*event);
        }
        if (m_graphLine == 0)
        {
            Fail(1, "the file has no <graph>");
        }
        if (m_topology.Nodes().empty())
        {
            Fail(m_graphLine, "the <graph> has no <node>");
        }
        AddLinks();
        return std::move(m_topology);
    }

  private:
    /// A declared kind of data.
    struct Key
    {
        std::string domain; //!< node, edge, graph, all ...
        std::string name;   //!< attr.name
        std::string fallback;
    };

    /// The data of one node or edge, by attr.name.
    using Values = std::map<std::string, std::string>;

    /// An edge, to be resolved when all nodes are known.
    struct Edge
    {
        uint32_t line;
        std::string source;
        std::string target;
        std::optional<int64_t> delayNs;
        std::optional<uint64_t> rateBps;
    };

    [[noreturn]] void Fail(uint32_t line, const std::string& message) const
    {
        throw ShardParseError(m_name, line, message);
    }

    std::string Needed(const std::string& element, const char* name) const
    {
        auto value = m_reader.Attribute(name);
        if (!value || value->empty())
        {
            Fail(m_reader.Line(), "<" + element + "> needs the attribute " + name);
        }
        return *value;
    }

    void Visit(ShardXmlReader::Event event)
    {
        const int depth = m_reader.Depth();
        switch (event)
        {
        case ShardXmlReader::Event::BEGIN:
            BeginElement(m_reader.Name(), depth);
            break;
        case ShardXmlReader::Event::END:
            EndElement(depth);
            break;
        case ShardXmlReader::Event::TEXT:
            if (m_collect != nullptr && depth == m_collectDepth + 1)
            {
                *m_collect += m_reader.Text();
            }
            break;
        }
    }

    bool InGraphMlNamespace() const
    {
        const std::string uri = m_reader.Namespace();
        return uri.empty() ||
               uri.compare(0, std::strlen(GRAPHML_NAMESPACE), GRAPHML_NAMESPACE) == 0;
    }

    /// The elements of interest and where they stand: graphml > key, graph > node, edge > data.
    void BeginElement(const std::string& name, int depth)
    {
        if (depth == 0)
        {
            if (name != "graphml" || !InGraphMlNamespace())
            {
                Fail(m_reader.Line(),
                     "the root element is <" + name + ">, not GraphML's <graphml>");
            }
        }
        else if (m_data != nullptr)
        {
            if (name == "NodeLabel" && Trim(m_graphicsLabel).empty())
            {
                Collect(m_graphicsLabel, depth);
            }
        }
        else if (!InGraphMlNamespace() || !BeginOurs(name, depth))
        {
            m_reader.SkipContent();
            return;
        }
        if (m_reader.IsEmpty())
        {
            EndElement(depth);
        }
    }

    /// An element of GraphML itself; false where it is of no interest.
    bool BeginOurs(const std::string& name, int depth)
    {
        if (name == "graph")
        {
            BeginGraph(depth);
        }
        else if (depth == 1 && name == "key")
        {
            BeginKey();
        }
        else if (depth == 2 && name == "default" && m_key != nullptr)
        {
            Collect(m_key->fallback, depth);
        }
        else if (depth == 2 && m_key == nullptr && (name == "node" || name == "edge"))
        {
            BeginItem(name);
        }
        else if (depth == 2 && name == "hyperedge")
        {
            Fail(m_reader.Line(), "<hyperedge> is not supported: a link joins two nodes");
        }
        else if (depth == 3 && name == "data" && !m_item.empty())
        {
            BeginData(depth);
        }
        else
        {
            return false;
        }
        return true;
    }

    void EndElement(int depth)
    {
        if (m_collect != nullptr && depth == m_collectDepth)
        {
            m_collect = nullptr;
        }
        if (depth == 3 && m_data)
        {
            EndData();
        }
        else if (depth == 2 && !m_item.empty())
        {
            EndItem();
        }
        else if (depth == 1)
        {
            m_key = nullptr;
        }
    }

    void Collect(std::string& into, int depth)
    {
        m_collect = &into;
        m_collectDepth = depth;
    }

    void BeginGraph(int depth)
    {
        if (depth != 1)
        {
            Fail(m_reader.Line(), "a <graph> inside another is not supported");
        }
        if (m_graphLine != 0)
        {
            Fail(m_reader.Line(),
                 "a second <graph>, the first is in line " + std::to_string(m_graphLine) +
                     "; one is allowed");
        }
        m_graphLine = m_reader.Line();
    }

    void BeginKey()
    {
        const std::string id = Needed("key", "id");
        const Key key{m_reader.Attribute("for").value_or("all"),
                      m_reader.Attribute("attr.name").value_or(""),
                      ""};
        const auto [entry, added] = m_keys.emplace(id, key);
        if (!added)
        {
            Fail(m_reader.Line(), "key id " + QuoteForMessage(id) + " is used twice");
        }
        m_key = &entry->second;
    }

    void BeginItem(const std::string& kind)
    {
        m_item = kind;
        m_itemLine = m_reader.Line();
        m_values.clear();
        m_graphicsLabel.clear();
        if (kind == "node")
        {
            m_id = Needed(kind, "id");
        }
        else
        {
            m_source = Needed(kind, "source");
            m_target = Needed(kind, "target");
        }
    }

    void BeginData(int depth)
    {
        const std::string id = Needed("data", "key");
        const auto key = m_keys.find(id);
        if (key == m_keys.end())
        {
            Fail(m_reader.Line(), "<data> of the undeclared key " + QuoteForMessage(id));
        }
        m_data = &key->second;
        m_dataLine = m_reader.Line();
        m_dataText.clear();
        Collect(m_dataText, depth);
    }

    void EndData()
    {
        const std::string value = Trim(m_dataText);
        if (!value.empty())
        {
            m_values[m_data->name] = value;
            m_lines[m_data->name] = m_dataLine;
        }
        m_data = nullptr;
    }

    void EndItem()
    {
        for (const auto& entry : m_keys)
        {
            const Key& key = entry.second;
            const std::string fallback = Trim(key.fallback);
            if (!fallback.empty() && (key.domain == m_item || key.domain == "all"))
            {
                m_values.emplace(key.name, fallback);
            }
        }
        m_item == "node" ? EndNode() : EndEdge();
        m_item.clear();
        m_lines.clear();
    }

    /// A number among the values of the current node or edge; nothing where it has no such value.
    template <typename T>
    std::optional<T> Value(const std::string& name, T least, T most, const char* allowed) const
    {
        const auto found = m_values.find(name);
        if (found == m_values.end())
        {
            return std::nullopt;
        }
        const auto number = Number<T>(found->second);
        if (!number || !(*number >= least && *number <= most))
        {
            const auto line = m_lines.find(name);
            Fail(line == m_lines.end() ? m_itemLine : line->second,
                 name + " is " + QuoteForMessage(found->second) + "; allowed: " + allowed);
        }
        return number;
    }

    void EndNode()
    {
        if (const auto first = m_topology.FindId(m_id))
        {
            Fail(m_itemLine,
                 "node id " + QuoteForMessage(m_id) + " is used twice, first in line " +
                     std::to_string(m_nodeLines[*first]));
        }
        const auto label = m_values.find("label");
        const auto latitude = Value<double>("Latitude", -90, 90, "degrees from -90 to 90");
        const auto longitude = Value<double>("Longitude", -180, 180, "degrees from -180 to 180");
        try
        {
            m_topology.AddNode(m_id,
                               label != m_values.end() ? label->second : Trim(m_graphicsLabel));
        }
        catch (const std::invalid_argument& error)
        {
            Fail(m_itemLine, error.what());
        }
        m_nodeLines.push_back(m_itemLine);
        m_positions.emplace_back();
        if (latitude && longitude)
        {
            m_positions.back() = Position{*latitude, *longitude};
        }
    }

    void EndEdge()
    {
        if (m_edges.size() >= ShardTopology::MAX_SIZE)
        {
            Fail(m_itemLine, "more than " + std::to_string(ShardTopology::MAX_SIZE) + " links");
        }
        Edge edge{m_itemLine, m_source, m_target, std::nullopt, std::nullopt};
        edge.delayNs = Value<int64_t>("delay_ns",
                                      0,
                                      ShardTopology::MAX_DELAY_NS,
                                      "whole nanoseconds, 0 to 3600000000000");
        // A double, because the Zoo writes "10000000000.0".
        const auto rate = Value<double>("LinkSpeedRaw",
                                        1,
                                        static_cast<double>(ShardTopology::MAX_RATE_BPS),
                                        "bit/s, 1 to 1e15");
        if (rate)
        {
            edge.rateBps = static_cast<uint64_t>(std::llround(*rate));
        }
        m_edges.push_back(std::move(edge));
    }

    uint32_t EndOf(const Edge& edge, const std::string& id) const
    {
        const auto node = m_topology.FindId(id);
        if (!node)
        {
            Fail(edge.line,
                 "an <edge> ends at node " + QuoteForMessage(id) + ", which does not exist");
        }
        return *node;
    }

    void AddLinks()
    {
        for (const Edge& edge : m_edges)
        {
            const uint32_t a = EndOf(edge, edge.source);
            const uint32_t b = EndOf(edge, edge.target);
            auto delayNs = edge.delayNs;
            if (!delayNs && m_positions[a] && m_positions[b])
            {
                delayNs = FibreDelayNs(*m_positions[a], *m_positions[b]);
            }
            m_topology.AddLink(a, b, delayNs, edge.rateBps);
        }
    }

    const std::string& m_name;
    ShardXmlReader m_reader;

    std::map<std::string, Key> m_keys; //!< by id
    Key* m_key = nullptr;              //!< the key that is open
    uint32_t m_graphLine = 0;          //!< where the graph begins, 0 before it

    std::string m_item;                      //!< "node" or "edge" while one is open
    uint32_t m_itemLine = 0;                 //!< where it begins
    std::string m_id;                        //!< of the open node
    std::string m_source;                    //!< of the open edge
    std::string m_target;                    //!< of the open edge
    Values m_values;                         //!< its data so far
    std::map<std::string, uint32_t> m_lines; //!< where each of them was given
    std::string m_graphicsLabel;             //!< its first non-empty y:NodeLabel

    const Key* m_data = nullptr; //!< the key of the data that is open
    uint32_t m_dataLine = 0;
    std::string m_dataText;
    std::string* m_collect = nullptr; //!< where text goes that stands at m_collectDepth + 1
    int m_collectDepth = 0;

    ShardTopology m_topology;
    std::vector<uint32_t> m_nodeLines;
    std::vector<std::optional<Position>> m_positions;
    std::vector<Edge> m_edges;
};

} // namespace

ShardTopology
ReadGraphMl(const std::string& name, const std::string& text)
{
    if (text.size() > MAX_BYTES)
    {
        throw ShardParseError(name, 0, "the file is larger than 256 MiB");
    }
    if (Trim(text).empty())
    {
        throw ShardParseError(name, 1, "the file is empty");
    }
    return GraphMlParser(name, text).Parse();
}

ShardTopology
ReadGraphMl(const std::string& file)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
    {
        throw ShardParseError(file, 0, "is a directory, not a GraphML file");
    }
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
    {
        throw ShardParseError(file,
                              0,
                              std::string("cannot be opened: ") +
                                  std::generic_category().message(errno));
    }
    std::string text;
    std::vector<char> chunk(size_t(1) << 16);
    while (text.size() <= MAX_BYTES && stream)
    {
        stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
        text.append(chunk.data(), static_cast<size_t>(stream.gcount()));
    }
    if (stream.bad())
    {
        throw ShardParseError(file, 0, "cannot be read");
    }
    return ReadGraphMl(file, text);
}

} // namespace sharding
} // namespace ns3
