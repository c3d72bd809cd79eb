// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_MAP_UPDATE_H
#define CONTENT_MAP_UPDATE_H

#include "content-map.h"

#include <cstdint>
#include <map>
#include <vector>

namespace ns3
{
namespace sharding
{

/// An update as it was read.
struct ContentMap::Update
{
    ContentMapStream stream;                ///< what it is of
    uint32_t version{0};                    ///< it brings the map to
    uint32_t since{0};                      ///< it begins from
    uint32_t firstKept{0};                  ///< segment
    std::vector<ContentEncoding> encodings; ///< all of them, where since is 0
    uint16_t encodingCount{0};              ///< in the table, told or not
    std::map<uint16_t, Holder> holders;     ///< new ones
    std::vector<ContentMapEntry> entries;   ///< new ones
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_MAP_UPDATE_H
