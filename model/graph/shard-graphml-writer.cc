// SPDX-License-Identifier: GPL-2.0-only
#include "shard-graphml.h"

#include <libxml/xmlstring.h>
#include <stdexcept>

namespace ns3
{
namespace sharding
{

namespace
{

/// XML 1.0, production 2 (Char), for the characters that valid UTF-8 can hold.
bool
IsXmlText(const std::string& text)
{
    if (text.find('\0') != std::string::npos ||
        xmlCheckUTF8(reinterpret_cast<const unsigned char*>(text.c_str())) != 1)
    {
        return false;
    }
    for (const char c : text)
    {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 && c != '\t' && c != '\n' && c != '\r')
        {
            return false;
        }
    }
    // U+FFFE and U+FFFF, and the surrogates U+D800 to U+DFFF, are not characters.
    if (text.find("\xEF\xBF\xBE") != std::string::npos ||
        text.find("\xEF\xBF\xBF") != std::string::npos)
    {
        return false;
    }
    for (size_t i = 0; i + 1 < text.size(); ++i)
    {
        if (text[i] == '\xED' && static_cast<unsigned char>(text[i + 1]) >= 0xA0)
        {
            return false;
        }
    }
    return true;
}

std::string
Escape(const std::string& text)
{
    if (!IsXmlText(text))
    {
        throw std::invalid_argument("GraphML cannot hold the name " + QuoteForMessage(text) +
                                    ": allowed is UTF-8 without control characters");
    }
    std::string out;
    for (const char c : text)
    {
        switch (c)
        {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\t':
        case '\n':
        case '\r':
            // A reader turns bare white space in an attribute into blanks.
            out += "&#" + std::to_string(static_cast<int>(c)) + ";";
            break;
        default:
            out += c;
        }
    }
    return out;
}

} // namespace

std::string
WriteGraphMl(const ShardTopology& topology)
{
    std::string out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
        "  <key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n"
        "  <key id=\"delay\" for=\"edge\" attr.name=\"delay_ns\" attr.type=\"long\"/>\n"
        "  <key id=\"rate\" for=\"edge\" attr.name=\"LinkSpeedRaw\" attr.type=\"double\"/>\n"
        "  <graph edgedefault=\"undirected\">\n";
    for (const auto& node : topology.Nodes())
    {
        out += "    <node id=\"" + Escape(node.id) + "\"";
        out += node.label.empty()
                   ? "/>\n"
                   : "><data key=\"label\">" + Escape(node.label) + "</data></node>\n";
    }
    for (const auto& link : topology.Links())
    {
        out += "    <edge source=\"" + Escape(topology.Nodes()[link.a].id) + "\" target=\"" +
               Escape(topology.Nodes()[link.b].id) + "\"";
        if (!link.delayNs && !link.rateBps)
        {
            out += "/>\n";
            continue;
        }
        out += ">";
        if (link.delayNs)
        {
            out += "<data key=\"delay\">" + std::to_string(*link.delayNs) + "</data>";
        }
        if (link.rateBps)
        {
            out += "<data key=\"rate\">" + std::to_string(*link.rateBps) + "</data>";
        }
        out += "</edge>\n";
    }
    out += "  </graph>\n</graphml>\n";
    return out;
}

} // namespace sharding
} // namespace ns3
