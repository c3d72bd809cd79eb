// SPDX-License-Identifier: GPL-2.0-only
#include "shard-topology.h"

#include "shard-parse-error.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// Names that a message lists before it says "and N more".
constexpr size_t LISTED = 5;
/// Longer names are not compared for nearness: the table of the comparison grows with the product.
constexpr size_t LONGEST_COMPARED = 100;

[[noreturn]] void
Refuse(const std::string& message)
{
    throw std::invalid_argument(message);
}

std::string
Lower(std::string text)
{
    for (char& c : text)
    {
        if (c >= 'A' && c <= 'Z')
        {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return text;
}

/// Levenshtein's distance: fewest insertions, deletions and substitutions from one to the other.
size_t
EditDistance(const std::string& a, const std::string& b)
{
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j)
    {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.size(); ++i)
    {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j)
        {
            const size_t above = row[j];
            const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({substituted, above + 1, row[j - 1] + 1});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::string
List(const std::vector<std::string>& names)
{
    std::string out;
    for (size_t i = 0; i < names.size() && i < LISTED; ++i)
    {
        out += (i == 0 ? "" : ", ") + QuoteForMessage(names[i]);
    }
    if (names.size() > LISTED)
    {
        out += " and " + std::to_string(names.size() - LISTED) + " more";
    }
    return out;
}

/// The ids and labels nearest to a name, nearest first; none where nothing is near.
std::vector<std::string>
NearNames(const ShardTopology& topology, const std::string& name)
{
    if (name.size() > LONGEST_COMPARED)
    {
        return {};
    }
    const std::string wanted = Lower(name);
    const size_t limit = std::max<size_t>(1, name.size() / 3);
    std::vector<std::pair<size_t, std::string>> near;
    for (const auto& node : topology.Nodes())
    {
        for (const std::string* candidate : {&node.id, &node.label})
        {
            const size_t longer = std::max(candidate->size(), name.size());
            const size_t shorter = std::min(candidate->size(), name.size());
            if (candidate->empty() || longer - shorter > limit)
            {
                continue;
            }
            const size_t distance = EditDistance(wanted, Lower(*candidate));
            if (distance <= limit)
            {
                near.emplace_back(distance, *candidate);
            }
        }
    }
    std::sort(near.begin(), near.end());
    near.erase(std::unique(near.begin(), near.end()), near.end());
    std::vector<std::string> names;
    for (size_t i = 0; i < near.size() && i < 3; ++i)
    {
        names.push_back(near[i].second);
    }
    return names;
}

} // namespace

uint32_t
ShardTopology::AddNode(const std::string& id, const std::string& label)
{
    if (id.empty())
    {
        Refuse("a node needs an id that is not empty");
    }
    if (m_nodes.size() >= MAX_SIZE)
    {
        Refuse("more than " + std::to_string(MAX_SIZE) + " nodes");
    }
    const auto index = static_cast<uint32_t>(m_nodes.size());
    if (!m_index.emplace(id, index).second)
    {
        Refuse("node id " + QuoteForMessage(id) + " is used twice");
    }
    m_nodes.push_back({id, label});
    return index;
}

uint32_t
ShardTopology::AddLink(uint32_t a,
                       uint32_t b,
                       std::optional<int64_t> delayNs,
                       std::optional<uint64_t> rateBps)
{
    for (uint32_t end : {a, b})
    {
        if (end >= m_nodes.size())
        {
            Refuse("a link ends at node " + std::to_string(end) + ", but there are only " +
                   std::to_string(m_nodes.size()) + " nodes");
        }
    }
    if (delayNs && (*delayNs < 0 || *delayNs > MAX_DELAY_NS))
    {
        Refuse("a link's delay is " + std::to_string(*delayNs) + " ns; allowed: 0 to " +
               std::to_string(MAX_DELAY_NS));
    }
    if (rateBps && (*rateBps == 0 || *rateBps > MAX_RATE_BPS))
    {
        Refuse("a link's rate is " + std::to_string(*rateBps) + " bit/s; allowed: 1 to " +
               std::to_string(MAX_RATE_BPS));
    }
    if (m_links.size() >= MAX_SIZE)
    {
        Refuse("more than " + std::to_string(MAX_SIZE) + " links");
    }
    m_links.push_back({a, b, delayNs, rateBps});
    return static_cast<uint32_t>(m_links.size() - 1);
}

std::optional<uint32_t>
ShardTopology::FindId(const std::string& id) const
{
    const auto found = m_index.find(id);
    if (found == m_index.end())
    {
        return std::nullopt;
    }
    return found->second;
}

uint32_t
FindNode(const ShardTopology& topology, const std::string& name)
{
    if (const auto index = topology.FindId(name))
    {
        return *index;
    }
    std::vector<uint32_t> labelled;
    if (!name.empty())
    {
        for (uint32_t i = 0; i < topology.Nodes().size(); ++i)
        {
            if (topology.Nodes()[i].label == name)
            {
                labelled.push_back(i);
            }
        }
    }
    if (labelled.size() == 1)
    {
        return labelled[0];
    }
    if (labelled.size() > 1)
    {
        std::vector<std::string> ids;
        for (uint32_t i : labelled)
        {
            ids.push_back(topology.Nodes()[i].id);
        }
        Refuse(std::to_string(ids.size()) + " nodes have the label " + QuoteForMessage(name) +
               "; name one by its id: " + List(ids));
    }
    std::string message = "no node has the id or label " + QuoteForMessage(name);
    const auto near = NearNames(topology, name);
    if (!near.empty())
    {
        message += "; near: " + List(near);
    }
    Refuse(message);
}

ShardTopology
MakeParallelPaths(const ParallelPaths& shape)
{
    if (shape.paths == 0 || shape.hops == 0)
    {
        Refuse("parallel paths need at least 1 path and 1 hop, given are " +
               std::to_string(shape.paths) + " and " + std::to_string(shape.hops));
    }
    if (uint64_t(shape.paths) * shape.hops > ShardTopology::MAX_SIZE)
    {
        Refuse(std::to_string(shape.paths) + " paths of " + std::to_string(shape.hops) +
               " hops are more than " + std::to_string(ShardTopology::MAX_SIZE) + " links");
    }
    if (!std::isfinite(shape.spread) || shape.spread < 0)
    {
        Refuse("the spread of delays must be a finite number of at least 0, given is " +
               std::to_string(shape.spread));
    }
    ShardTopology topology;
    const uint32_t ingress = topology.AddNode("0", "ingress");
    const uint32_t egress = topology.AddNode("1", "egress");
    for (uint32_t path = 0; path < shape.paths; ++path)
    {
        std::optional<int64_t> delayNs = shape.delayNs;
        if (delayNs && path > 0)
        {
            const double scaled = static_cast<double>(*delayNs) * (1 + shape.spread * path);
            if (scaled > static_cast<double>(ShardTopology::MAX_DELAY_NS))
            {
                Refuse("the spread makes a link of path " + std::to_string(path) +
                       " slower than one hour");
            }
            delayNs = std::llround(scaled);
        }
        uint32_t last = ingress;
        for (uint32_t hop = 1; hop <= shape.hops; ++hop)
        {
            const uint32_t next =
                hop == shape.hops
                    ? egress
                    : topology.AddNode("p" + std::to_string(path) + "h" + std::to_string(hop));
            topology.AddLink(last, next, delayNs, shape.rateBps);
            last = next;
        }
    }
    return topology;
}

} // namespace sharding
} // namespace ns3
