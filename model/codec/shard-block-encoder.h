// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_BLOCK_ENCODER_H
#define SHARD_BLOCK_ENCODER_H

#include "shard-erasure-code.h"
#include "shard-layout.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Computes the repair shards of a datagram where it lies. Data shards need no work: they are
 * slices of the datagram (ShardLayout). Holds scratch memory only, so one object serves any number
 * of flows.
 */
class ShardBlockEncoder
{
  public:
    /**
     * @param code the erasure code
     * @param layout how the datagram is cut
     * @param datagram layout.DatagramSize() bytes
     * @param r repair shards, allowed by the code for the layout's k
     * @param repair receives r symbols of layout.SymbolSize() bytes, one after the other
     */
    void Encode(const ErasureCode& code,
                const ShardLayout& layout,
                const uint8_t* datagram,
                uint32_t r,
                uint8_t* repair);

    /**
     * The same by the number of the code.
     * @param code number of the code
     * @param layout how the datagram is cut
     * @param datagram layout.DatagramSize() bytes
     * @param r repair shards
     * @param repair receives r symbols of layout.SymbolSize() bytes, one after the other
     * @return nullptr when done, else what is allowed (ShardCodeRefusal), and nothing was written
     */
    const char* Encode(ShardCode code,
                       const ShardLayout& layout,
                       const uint8_t* datagram,
                       uint32_t r,
                       uint8_t* repair);

  private:
    std::vector<uint8_t> m_first; ///< scratch for a padded first shard
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_BLOCK_ENCODER_H
