// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_HEX_H
#define SHARD_HEX_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace ns3
{
namespace sharding
{

/**
 * @param digits two for each byte, 0-9 and a-f
 * @param bytes set to what they say; not changed where that is nothing
 * @return whether they are as many as they should be, and digits
 */
template <std::size_t N>
bool
ShardReadHex(const std::string& digits, std::array<uint8_t, N>& bytes)
{
    const std::string hexadecimal = "0123456789abcdef";
    if (digits.size() != 2 * N || digits.find_first_not_of(hexadecimal) != std::string::npos)
    {
        return false;
    }
    for (std::size_t i = 0; i < N; ++i)
    {
        bytes[i] = static_cast<uint8_t>(hexadecimal.find(digits[2 * i]) << 4 |
                                        hexadecimal.find(digits[2 * i + 1]));
    }
    return true;
}

/// @param bytes any  @return two digits for each
template <std::size_t N>
std::string
ShardWriteHex(const std::array<uint8_t, N>& bytes)
{
    std::string digits;
    for (const uint8_t byte : bytes)
    {
        digits += "0123456789abcdef"[byte >> 4];
        digits += "0123456789abcdef"[byte & 15];
    }
    return digits;
}

} // namespace sharding
} // namespace ns3

#endif // SHARD_HEX_H
