// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_CODEC_SCRATCH_H
#define SHARD_CODEC_SCRATCH_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Memory of this thread for the duration of one computation; the next call may hand it out again.
 * It is kept from call to call, but not what only a freak block needed.
 *
 * @param bytes how many are needed at least
 * @return that many or more bytes, of any content
 */
inline std::vector<uint8_t>&
CodecScratch(size_t bytes)
{
    constexpr size_t kept = size_t(1) << 20;
    static thread_local std::vector<uint8_t> scratch;
    if (scratch.capacity() > kept && bytes <= kept)
    {
        scratch = std::vector<uint8_t>();
    }
    if (scratch.size() < bytes)
    {
        scratch.resize(bytes);
    }
    return scratch;
}

} // namespace sharding
} // namespace ns3

#endif // SHARD_CODEC_SCRATCH_H
