// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_OCTETS_H
#define SHARD_OCTETS_H

#include "shard-header.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/// @param out where to put it, network byte order  @param value the number
inline void
ShardPut16(uint8_t* out, uint16_t value)
{
    out[0] = static_cast<uint8_t>(value >> 8);
    out[1] = static_cast<uint8_t>(value);
}

/// @param out where to put it, network byte order  @param value the number
inline void
ShardPut32(uint8_t* out, uint32_t value)
{
    ShardPut16(out, static_cast<uint16_t>(value >> 16));
    ShardPut16(out + 2, static_cast<uint16_t>(value));
}

/// @param in two bytes, network byte order  @return the number
inline uint16_t
ShardGet16(const uint8_t* in)
{
    return static_cast<uint16_t>(in[0] << 8 | in[1]);
}

/// @param in four bytes, network byte order  @return the number
inline uint32_t
ShardGet32(const uint8_t* in)
{
    return static_cast<uint32_t>(ShardGet16(in)) << 16 | ShardGet16(in + 2);
}

/// @param out where to put it, network byte order  @param value the number
inline void
ShardPut64(uint8_t* out, uint64_t value)
{
    ShardPut32(out, static_cast<uint32_t>(value >> 32));
    ShardPut32(out + 4, static_cast<uint32_t>(value));
}

/// @param in eight bytes, network byte order  @return the number
inline uint64_t
ShardGet64(const uint8_t* in)
{
    return static_cast<uint64_t>(ShardGet32(in)) << 32 | ShardGet32(in + 4);
}

/// Puts numbers, network byte order, behind what is there.
class ShardOctetWriter
{
  public:
    /// @param value the number  @return the writer
    ShardOctetWriter& Put8(uint8_t value)
    {
        m_bytes.push_back(value);
        return *this;
    }

    /// @param value the number  @return the writer
    ShardOctetWriter& Put16(uint16_t value)
    {
        return Put8(static_cast<uint8_t>(value >> 8)).Put8(static_cast<uint8_t>(value));
    }

    /// @param value the number  @return the writer
    ShardOctetWriter& Put32(uint32_t value)
    {
        return Put16(static_cast<uint16_t>(value >> 16)).Put16(static_cast<uint16_t>(value));
    }

    /// @param value the number  @return the writer
    ShardOctetWriter& Put64(uint64_t value)
    {
        return Put32(static_cast<uint32_t>(value >> 32)).Put32(static_cast<uint32_t>(value));
    }

    /// @return all of it
    std::vector<uint8_t> Take()
    {
        return std::move(m_bytes);
    }

  private:
    std::vector<uint8_t> m_bytes;
};

/// Takes numbers, network byte order, one after the other; beyond the end they are 0.
class ShardOctetReader
{
  public:
    /// @param data what to read  @param size its bytes
    ShardOctetReader(const uint8_t* data, uint32_t size)
        : m_next(data),
          m_left(size)
    {
    }

    /// @return the next number
    uint8_t Get8()
    {
        const uint8_t* const at = Next(1);
        return at != nullptr ? *at : 0;
    }

    /// @return the next number
    uint16_t Get16()
    {
        const uint8_t* const at = Next(2);
        return at != nullptr ? ShardGet16(at) : 0;
    }

    /// @return the next number
    uint32_t Get32()
    {
        const uint8_t* const at = Next(4);
        return at != nullptr ? ShardGet32(at) : 0;
    }

    /// @return the next number
    uint64_t Get64()
    {
        const uint8_t* const at = Next(8);
        return at != nullptr ? ShardGet64(at) : 0;
    }

    /// @return whether all was there, and nothing is left over
    bool IsExact() const
    {
        return !m_isShort && m_left == 0;
    }

    /// @return whether more was taken than there was
    bool IsShort() const
    {
        return m_isShort;
    }

  private:
    const uint8_t* Next(uint32_t bytes)
    {
        if (m_left < bytes)
        {
            m_isShort = true;
            m_left = 0;
            return nullptr;
        }
        const uint8_t* const at = m_next;
        m_next += bytes;
        m_left -= bytes;
        return at;
    }

    const uint8_t* m_next;
    uint32_t m_left;
    bool m_isShort{false};
};

/**
 * @param in a body that was read to its end
 * @param makesSense whether what it says can be
 * @return SHARD_OK, or why it is to be dropped
 */
inline ShardError
ShardBodyVerdict(const ShardOctetReader& in, bool makesSense)
{
    return in.IsShort()    ? SHARD_TRUNCATED
           : !in.IsExact() ? SHARD_LENGTH
           : makesSense    ? SHARD_OK
                           : SHARD_CONTRADICTION;
}

/**
 * CRC-32C (RFC 3720, B.4) without its initial and final inversion, so that pieces can be joined:
 * begin with 0xffffffff and invert the end.
 * @param crc of the pieces before
 * @param data a piece  @param size its bytes
 * @return of all so far
 */
uint32_t ShardCrc32c(uint32_t crc, const uint8_t* data, uint32_t size);

} // namespace sharding
} // namespace ns3

#endif // SHARD_OCTETS_H
