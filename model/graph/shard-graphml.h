// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_GRAPHML_H
#define SHARD_GRAPHML_H

#include "shard-parse-error.h"
#include "shard-topology.h"

#include <string>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Read a topology from a GraphML file (http://graphml.graphdrawing.org), as the Internet Topology
 * Zoo (Knight et al., JSAC 29(9), 2011) publishes them, plain or in yEd's flavour.
 *
 * Read are one graph, its nodes and its edges, in any order. Every edge is a link for both
 * directions, whatever `edgedefault` says: the Zoo's files say "directed" of links that are not.
 * From `<data>`, by `attr.name` of its key:
 *
 * | of    | attr.name             | becomes                                                       |
 * |-------|-----------------------|---------------------------------------------------------------|
 * | node  | label                 | the label, else the first non-empty y:NodeLabel of yEd        |
 * | node  | Latitude, Longitude   | degrees; where both ends of an edge without delay_ns have     |
 * |       |                       | them: its delay, great circle at 2/3 of the speed of light    |
 * | edge  | delay_ns              | the delay, whole ns                                           |
 * | edge  | LinkSpeedRaw          | the rate, bit/s                                               |
 *
 * White space around values is dropped, an empty value counts as none, `<default>` of a key is
 * honoured, and other data, ports and graphics are skipped. Refused are document type declarations
 * (their entities can expand without bound), nested graphs, hyperedges, several graphs, and more
 * than ShardTopology::MAX_SIZE nodes or edges. Nothing is ever fetched from a network.
 *
 * @param file path of the file, at most 256 MiB
 * @return the topology, nodes and links in the order of the file
 * @throws ShardParseError naming file and line. Beyond line 65534 the XML library reports the
 *         line only approximately.
 */
ShardTopology ReadGraphMl(const std::string& file);

/**
 * The same from memory.
 *
 * @param name what messages call the input
 * @param text the GraphML text
 * @return the topology
 * @throws ShardParseError naming the input and the line
 */
ShardTopology ReadGraphMl(const std::string& name, const std::string& text);

/**
 * @param topology what to write
 * @return GraphML in UTF-8, of which ReadGraphMl() makes the same topology, provided that the
 *         labels have no white space at their ends
 * @throws std::invalid_argument where an id or a label is not UTF-8 or has a character that XML
 *         cannot express (a control character)
 */
std::string WriteGraphMl(const ShardTopology& topology);

} // namespace sharding
} // namespace ns3

#endif // SHARD_GRAPHML_H
