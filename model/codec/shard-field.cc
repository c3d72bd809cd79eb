// SPDX-License-Identifier: GPL-2.0-only
#include "shard-field.h"

#include <array>
#include <isa-l/erasure_code.h>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr uint32_t TABLE = 32;       ///< bytes into which ISA-L expands a factor
constexpr uint32_t MOST_AT_ONCE = 8; ///< targets of one call: their tables fit on the stack

#if defined(__x86_64__) && defined(__GNUC__)
/// Forget the upper halves of the vector registers.
__attribute__((target("avx"))) void
ClearUpperHalves()
{
    __builtin_ia32_vzeroupper();
}
#endif

} // namespace

void
ShardFieldLeaveVectors()
{
#if defined(__x86_64__) && defined(__GNUC__)
    // ISA-L 2.30 returns with the upper halves in use, by which every SSE instruction that follows
    // (memcpy, the compiler's own) depends on its target: 15 % of the time of a block of 8+2.
    static const bool avx = __builtin_cpu_supports("avx");
    if (avx)
    {
        ClearUpperHalves();
    }
#endif
}

uint8_t
ShardFieldMultiply(uint8_t a, uint8_t b)
{
    return gf_mul(a, b);
}

uint8_t
ShardFieldInverse(uint8_t a)
{
    return gf_inv(a);
}

void
ShardFieldAddProducts(const uint8_t* factors,
                      uint32_t count,
                      const uint8_t* source,
                      uint32_t length,
                      uint8_t* const* targets)
{
    std::array<uint8_t, TABLE * MOST_AT_ONCE> tables;
    for (uint32_t from = 0; from < count; from += MOST_AT_ONCE)
    {
        const uint32_t rows = count - from < MOST_AT_ONCE ? count - from : MOST_AT_ONCE;
        for (uint32_t row = 0; row < rows; ++row)
        {
            gf_vect_mul_init(factors[from + row], tables.data() + TABLE * row);
        }
        // ISA-L takes its arguments without const, but writes to none but the targets.
        ec_encode_data_update(int(length),
                              1,
                              int(rows),
                              0,
                              tables.data(),
                              const_cast<uint8_t*>(source),
                              const_cast<uint8_t**>(targets + from));
    }
    ShardFieldLeaveVectors();
}

} // namespace sharding
} // namespace ns3
