// SPDX-License-Identifier: GPL-2.0-only
#ifndef SLOW_WINDOW_H
#define SLOW_WINDOW_H

#include "slow-field.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace codectest
{

/// docs/wire-format.md in plain words: factor number `position` of a repair shard.
inline uint8_t
SlowFactor(uint32_t flow, uint32_t block, uint32_t index, uint32_t position)
{
    const auto h = [](uint64_t x)
    {
        constexpr uint64_t mask = 0xffffffff;
        x ^= x >> 16;
        x = x * 2246822507U & mask;
        x ^= x >> 13;
        x = x * 3266489909U & mask;
        return x ^ x >> 16;
    };
    const uint64_t seed = h(h(h(flow) ^ block) ^ index);
    return uint8_t(1 + h((seed + position) & 0xffffffff) % 255);
}

/**
 * What can be known of a flow, the slow way: all equations that ever came are kept, and after every
 * shard all of them are solved anew, by textbook elimination on dense rows with logarithms.
 */
class SlowWindow
{
  public:
    using Name = std::pair<uint32_t, uint32_t>; ///< block, index

    /// A data shard has come, padded with zeros.
    void AddData(const Name& name, std::vector<uint8_t> symbol)
    {
        known[name] = std::move(symbol);
    }

    /// A repair shard has come: factors and what they add up to.
    void AddEquation(std::map<Name, uint8_t> factors, std::vector<uint8_t> sum)
    {
        m_equations.emplace_back(std::move(factors), std::move(sum));
    }

    /// @return names that can be computed and were not known, with their symbols; they are not
    ///         put among the known
    std::map<Name, std::vector<uint8_t>> Solve() const
    {
        std::set<Name> unknowns;
        for (const auto& [factors, sum] : m_equations)
        {
            for (const auto& [name, factor] : factors)
            {
                if (known.count(name) == 0)
                {
                    unknowns.insert(name);
                }
            }
        }
        const std::vector<Name> columns(unknowns.begin(), unknowns.end());
        const std::size_t n = columns.size();
        std::vector<std::vector<uint8_t>> rows; // n factors, then the sum
        for (const auto& [factors, sum] : m_equations)
        {
            std::vector<uint8_t> row(n + LENGTH, 0);
            for (std::size_t i = 0; i < sum.size(); ++i)
            {
                row[n + i] = sum[i];
            }
            bool some = false;
            for (const auto& [name, factor] : factors)
            {
                const auto at = known.find(name);
                if (at == known.end())
                {
                    std::size_t column = 0;
                    while (columns[column] != name)
                    {
                        ++column;
                    }
                    row[column] = factor;
                    some = true;
                    continue;
                }
                for (std::size_t i = 0; i < at->second.size(); ++i)
                {
                    row[n + i] ^= SlowField::Multiply(factor, at->second[i]);
                }
            }
            if (some)
            {
                rows.push_back(row);
            }
        }
        // Columns in the other order than the code under test, which makes no difference.
        std::size_t done = 0;
        for (std::size_t column = n; column-- > 0;)
        {
            std::size_t pivot = done;
            while (pivot < rows.size() && rows[pivot][column] == 0)
            {
                ++pivot;
            }
            if (pivot == rows.size())
            {
                continue;
            }
            std::swap(rows[pivot], rows[done]);
            const uint8_t inverse = SlowField::Inverse(rows[done][column]);
            for (uint8_t& value : rows[done])
            {
                value = SlowField::Multiply(value, inverse);
            }
            for (std::size_t other = 0; other < rows.size(); ++other)
            {
                const uint8_t factor = rows[other][column];
                if (other != done && factor != 0)
                {
                    for (std::size_t i = 0; i < rows[other].size(); ++i)
                    {
                        rows[other][i] ^= SlowField::Multiply(factor, rows[done][i]);
                    }
                }
            }
            ++done;
        }
        std::map<Name, std::vector<uint8_t>> solved;
        for (std::size_t row = 0; row < done; ++row)
        {
            std::size_t terms = 0;
            std::size_t last = 0;
            for (std::size_t column = 0; column < n; ++column)
            {
                terms += rows[row][column] != 0;
                last = rows[row][column] != 0 ? column : last;
            }
            if (terms == 1)
            {
                solved[columns[last]].assign(rows[row].begin() + std::ptrdiff_t(n),
                                             rows[row].end());
            }
        }
        return solved;
    }

    static constexpr std::size_t LENGTH = 40;   ///< longest symbol
    std::map<Name, std::vector<uint8_t>> known; ///< symbols

  private:
    std::vector<std::pair<std::map<Name, uint8_t>, std::vector<uint8_t>>> m_equations;
};

} // namespace codectest

#endif // SLOW_WINDOW_H
