// SPDX-License-Identifier: GPL-2.0-only
// Any bytes as GraphML: the parser either throws its one exception type or returns a topology that
// survives being written and read again, and in which paths can be looked for.

#include "ns3/shard-graphml.h"
#include "ns3/shard-path-set.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    using namespace ns3::sharding;
    const std::string text(reinterpret_cast<const char*>(data), size);
    ShardTopology topology;
    try
    {
        topology = ReadGraphMl("input", text);
    }
    catch (const ShardParseError& error)
    {
        if (error.Message().empty() || std::string(error.what()).find('\n') != std::string::npos)
        {
            std::abort();
        }
        return 0;
    }
    if (!(ReadGraphMl("copy", WriteGraphMl(topology)) == topology))
    {
        std::abort();
    }
    const auto nodes = static_cast<uint32_t>(topology.Nodes().size());
    if (nodes > 1)
    {
        for (const auto& path : FindDisjointPaths(topology, 0, nodes - 1, 8))
        {
            if (path.nodes.size() != path.links.size() + 1 || path.nodes.back() != nodes - 1)
            {
                std::abort();
            }
        }
    }
    return 0;
}
