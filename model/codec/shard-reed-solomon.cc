// SPDX-License-Identifier: GPL-2.0-only
#include "shard-reed-solomon.h"

#include "shard-field.h"
#include "shard-layout.h"

#include <algorithm>
#include <isa-l/erasure_code.h>
#include <vector>

namespace ns3
{
namespace sharding
{

namespace
{

/**
 * Coefficients as ISA-L wants them expanded (32 bytes each), kept for the next time. Direct-mapped,
 * so a look-up costs one comparison and memory stays bounded whatever comes: SMALL entries of at
 * most SMALL_BYTES for what is common, and a few for the huge tables of blocks of 255 shards
 * (0.5 MB each), 3.5 MB in all.
 */
class TableCache
{
  public:
    /// What a table belongs to. Encoding: k, r and no set. Decoding: k and the shards used.
    struct Key
    {
        uint32_t k{0}; ///< data shards
        uint32_t r{0}; ///< repair shards, 0 for decoding
        ShardSet used; ///< the k shards decoded from, empty for encoding

        /// @param o the other  @return whether both name the same table
        bool operator==(const Key& o) const
        {
            return k == o.k && r == o.r && used == o.used;
        }
    };

    /**
     * @param key what is wanted
     * @param rows symbols that the table computes
     * @param fill writes rows x k coefficients, row by row, when the table is not there
     * @return the table, valid until the next call
     */
    template <typename Fill>
    uint8_t* Get(const Key& key, uint32_t rows, const Fill& fill)
    {
        // What came last mostly comes again: no hash for that.
        Entry*& last = key.r != 0 ? m_lastEncode : m_lastDecode;
        if (last->key == key)
        {
            return last->tables.data();
        }
        const size_t bytes = size_t(32) * key.k * rows;
        const uint64_t hash = (key.used.Hash() + key.k + 256 * key.r) * 0x9E3779B97F4A7C15ull;
        Entry& entry = bytes <= SMALL_BYTES ? m_small[hash >> (64 - SMALL_BITS)]
                                            : m_large[hash >> (64 - LARGE_BITS)];
        last = &entry;
        if (entry.key == key)
        {
            return entry.tables.data();
        }
        entry.key = Key(); // stays so should memory run out
        m_coefficients.resize(size_t(key.k) * rows);
        fill(m_coefficients.data());
        entry.tables.resize(bytes);
        ec_init_tables(int(key.k), int(rows), m_coefficients.data(), entry.tables.data());
        entry.key = key;
        return entry.tables.data();
    }

  private:
    static constexpr uint32_t SMALL_BITS = 7;    ///< log2 of places for tables of usual size
    static constexpr size_t SMALL_BYTES = 12288; ///< largest of those
    static constexpr uint32_t LARGE_BITS = 2;    ///< log2 of places for larger ones

    /// A place in the cache; k of 0, which no block has, while it is empty.
    struct Entry
    {
        Key key;                     ///< what is here
        std::vector<uint8_t> tables; ///< the tables
    };

    Entry m_small[1 << SMALL_BITS];      ///< tables of usual size
    Entry m_large[1 << LARGE_BITS];      ///< larger tables
    Entry* m_lastEncode{m_small};        ///< used last for encoding
    Entry* m_lastDecode{m_small};        ///< used last for decoding
    std::vector<uint8_t> m_coefficients; ///< scratch
};

/// @return this thread's cache; made when first used, so that other threads do not pay for it
TableCache&
Tables()
{
    static thread_local TableCache cache;
    return cache;
}

/// The bulk of the work: rows of sums of products over `length` byte columns.
void
Multiply(uint32_t length,
         uint32_t k,
         uint32_t rows,
         uint8_t* tables,
         const uint8_t* const* sources,
         uint8_t* const* targets)
{
    // ISA-L takes its arguments without const, but writes to none but the targets.
    ec_encode_data(int(length),
                   int(k),
                   int(rows),
                   tables,
                   const_cast<uint8_t**>(sources),
                   const_cast<uint8_t**>(targets));
    ShardFieldLeaveVectors();
}

/**
 * Coefficients that give missing data symbols from k others. Where f(x) = sum of d_j / (x + j)
 * over the data, P(x) = f(x) * product of (x + j) is a polynomial of degree below k whose value is
 * known, up to a known factor, at each shard at hand; Lagrange's formula at a missing index m,
 * common factors cancelled, gives the coefficient of shard s as v(m) * u(s) / (m + s) with
 *   u(s) = product over missing l of (s + l) / product over repairs i other than s of (s + i)
 *   v(m) = product over repairs i of (m + i) / product over missing l other than m of (m + l),
 * products in which no factor is zero: no matrix to invert and nothing that could be singular.
 *
 * @param used the k shards at hand, a missing data shard's column being that of a repair shard
 * @param lost the missing data shards
 * @param repair as many repair shards
 * @param count how many are missing
 * @param k data shards
 * @param out receives count x k coefficients
 */
void
DecodingCoefficients(const uint8_t* used,
                     const uint8_t* lost,
                     const uint8_t* repair,
                     uint32_t count,
                     uint32_t k,
                     uint8_t* out)
{
    const auto product = [count](uint8_t x, const uint8_t* others)
    {
        uint8_t result = 1;
        for (uint32_t i = 0; i < count; ++i)
        {
            if (others[i] != x)
            {
                result = gf_mul(result, x ^ others[i]);
            }
        }
        return result;
    };
    uint8_t u[MAX_BLOCK_SHARDS];
    for (uint32_t c = 0; c < k; ++c)
    {
        u[c] = gf_mul(product(used[c], lost), gf_inv(product(used[c], repair)));
    }
    for (uint32_t row = 0; row < count; ++row)
    {
        const uint8_t m = lost[row];
        const uint8_t v = gf_mul(product(m, repair), gf_inv(product(m, lost)));
        for (uint32_t c = 0; c < k; ++c)
        {
            out[row * k + c] = gf_mul(gf_mul(v, u[c]), gf_inv(m ^ used[c]));
        }
    }
}

} // namespace

const char*
ReedSolomonCode::Refusal(uint32_t /* k */, uint32_t /* r */) const
{
    return nullptr;
}

ShardSet
ReedSolomonCode::Covers(uint32_t k, uint32_t /* r */, uint32_t /* index */) const
{
    return ShardSet::Below(k);
}

uint32_t
ReedSolomonCode::CopyOf(uint32_t k, uint32_t /* r */, uint32_t /* index */) const
{
    // Not even with k = 1, where a repair symbol is a multiple of the data symbol.
    return k;
}

ShardSet
ReedSolomonCode::Recoverable(uint32_t k, uint32_t r, const ShardSet& held) const
{
    const ShardSet data = ShardSet::Below(k);
    return Decodable(k, r, held) ? data : held & data;
}

bool
ReedSolomonCode::Decodable(uint32_t k, uint32_t r, const ShardSet& held) const
{
    return held.CountBelow(k + r) >= k;
}

void
ReedSolomonCode::Encode(uint32_t k,
                        uint32_t r,
                        const uint8_t* const* data,
                        uint32_t length,
                        uint8_t* const* repair) const
{
    if (r == 0)
    {
        return;
    }
    TableCache::Key key;
    key.k = k;
    key.r = r;
    uint8_t* tables = Tables().Get(key,
                                   r,
                                   [k, r](uint8_t* out)
                                   {
                                       // ISA-L writes the identity above the Cauchy rows; only
                                       // these are wanted.
                                       std::vector<uint8_t> matrix(size_t(k + r) * k);
                                       gf_gen_cauchy1_matrix(matrix.data(), int(k + r), int(k));
                                       std::copy(matrix.begin() + size_t(k) * k, matrix.end(), out);
                                   });
    Multiply(length, k, r, tables, data, repair);
}

void
ReedSolomonCode::Recover(uint32_t k,
                         uint32_t r,
                         const ShardSet& held,
                         const uint8_t* const* symbols,
                         uint32_t length,
                         uint8_t* const* out) const
{
    const uint8_t* sources[MAX_BLOCK_SHARDS];
    uint8_t* targets[MAX_BLOCK_SHARDS];
    uint8_t used[MAX_BLOCK_SHARDS];
    uint8_t lost[MAX_BLOCK_SHARDS];
    uint8_t repair[MAX_BLOCK_SHARDS];
    uint32_t count = 0;
    uint32_t next = k; // where to look for the next repair shard
    TableCache::Key key;
    key.k = k;
    for (uint32_t j = 0; j < k; ++j)
    {
        uint32_t s = j;
        if (!held.Test(j))
        {
            s = held.Next(next);
            if (s >= k + r)
            {
                return; // fewer than k shards: nothing to be had
            }
            next = s + 1;
            lost[count] = uint8_t(j);
            repair[count] = uint8_t(s);
            targets[count] = out[j];
            ++count;
        }
        used[j] = uint8_t(s);
        sources[j] = symbols[s];
        key.used.Set(s);
    }
    if (count == 0)
    {
        return;
    }
    uint8_t* tables =
        Tables().Get(key,
                     count,
                     [&](uint8_t* coefficients)
                     { DecodingCoefficients(used, lost, repair, count, k, coefficients); });
    Multiply(length, k, count, tables, sources, targets);
}

} // namespace sharding
} // namespace ns3
