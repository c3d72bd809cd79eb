// SPDX-License-Identifier: GPL-2.0-only
#include "shard-window-equations.h"

#include "shard-field.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

using Row = ShardWindowEquations::Row;
using Term = ShardWindowEquations::Term;

/// @return whether the symbol is not all zeros
bool
HasBytes(const Row& row)
{
    return row.symbol && std::any_of(row.symbol.get(),
                                     row.symbol.get() + row.length,
                                     [](uint8_t byte) { return byte != 0; });
}

/// @return where an unknown is among the terms, or behind the last
std::vector<Term>::iterator
FindTerm(Row& row, int64_t unknown)
{
    const auto at =
        std::lower_bound(row.terms.begin(),
                         row.terms.end(),
                         unknown,
                         [](const Term& term, int64_t number) { return term.unknown < number; });
    return at != row.terms.end() && at->unknown == unknown ? at : row.terms.end();
}

} // namespace

uint64_t
ShardWindowEquations::Weight(const Row& row)
{
    return ROW_COST + row.length + uint64_t(TERM_COST) * row.terms.size();
}

/// @return place of the first equation whose pivot is not older
std::size_t
ShardWindowEquations::FindPivot(int64_t unknown) const
{
    const auto at = std::lower_bound(m_rows.begin(),
                                     m_rows.end(),
                                     unknown,
                                     [](const Row& row, int64_t number)
                                     { return row.terms.front().unknown < number; });
    return static_cast<std::size_t>(at - m_rows.begin());
}

ShardWindowEquations::Verdict
ShardWindowEquations::Add(Row&& row)
{
    // No equation has a pivot of another: what comes in by this are no pivots.
    const std::vector<Term> terms = row.terms;
    for (const Term& term : terms)
    {
        const std::size_t place = FindPivot(term.unknown);
        if (place < m_rows.size() && m_rows[place].terms.front().unknown == term.unknown)
        {
            AddMultiple(row, m_rows[place], term.factor);
        }
    }
    if (row.terms.empty())
    {
        return HasBytes(row) ? IMPOSSIBLE : USELESS;
    }
    Insert(std::move(row));
    return STORED;
}

bool
ShardWindowEquations::Learn(int64_t unknown, const uint8_t* data, uint32_t size)
{
    std::optional<Row> freed; // the equation of which it was the pivot
    for (std::size_t i = 0; i < m_rows.size() && m_rows[i].terms.front().unknown <= unknown; ++i)
    {
        Row& row = m_rows[i];
        const auto at = FindTerm(row, unknown);
        if (at == row.terms.end())
        {
            continue;
        }
        const bool isPivot = at == row.terms.begin();
        m_bytes -= Weight(row);
        AddSymbol(row, data, size, at->factor);
        row.terms.erase(at);
        if (isPivot)
        {
            freed = std::move(row);
            m_rows.erase(m_rows.begin() + static_cast<std::ptrdiff_t>(i));
            break; // the others' pivots are younger
        }
        m_bytes += Weight(row);
    }
    if (!freed)
    {
        return true;
    }
    if (freed->terms.empty())
    {
        return !HasBytes(*freed);
    }
    Insert(std::move(*freed));
    return true;
}

std::vector<Row>
ShardWindowEquations::TakeSolved()
{
    std::vector<Row> solved;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < m_rows.size(); ++i)
    {
        if (m_rows[i].terms.size() == 1)
        {
            m_bytes -= Weight(m_rows[i]);
            solved.push_back(std::move(m_rows[i]));
            continue;
        }
        if (kept != i)
        {
            m_rows[kept] = std::move(m_rows[i]);
        }
        ++kept;
    }
    m_rows.resize(kept);
    return solved;
}

void
ShardWindowEquations::DropBelow(int64_t unknown)
{
    // Whoever needs an older unknown has an older pivot.
    const std::size_t dropped = FindPivot(unknown);
    for (std::size_t i = 0; i < dropped; ++i)
    {
        m_bytes -= Weight(m_rows[i]);
    }
    m_rows.erase(m_rows.begin(), m_rows.begin() + static_cast<std::ptrdiff_t>(dropped));
}

void
ShardWindowEquations::AddSymbol(Row& row, const uint8_t* data, uint32_t size, uint8_t factor) const
{
    if (size > row.length)
    {
        if (m_real)
        {
            std::unique_ptr<uint8_t[]> longer(new uint8_t[size]());
            std::memcpy(longer.get(), row.symbol.get(), row.length);
            row.symbol = std::move(longer);
        }
        row.length = size;
    }
    if (m_real)
    {
        ShardFieldAddProduct(factor, data, size, row.symbol.get());
    }
}

void
ShardWindowEquations::AddMultiple(Row& row, const Row& other, uint8_t factor) const
{
    std::vector<Term> sum;
    sum.reserve(row.terms.size() + other.terms.size());
    auto mine = row.terms.begin();
    for (const Term& term : other.terms)
    {
        const uint8_t product = ShardFieldMultiply(term.factor, factor);
        for (; mine != row.terms.end() && mine->unknown < term.unknown; ++mine)
        {
            sum.push_back(*mine);
        }
        if (mine == row.terms.end() || mine->unknown != term.unknown)
        {
            sum.push_back({term.unknown, product});
            continue;
        }
        if (mine->factor != product)
        {
            sum.push_back({term.unknown, static_cast<uint8_t>(mine->factor ^ product)});
        }
        ++mine;
    }
    sum.insert(sum.end(), mine, row.terms.end());
    row.terms.swap(sum);
    AddSymbol(row, other.symbol.get(), other.length, factor);
}

/// Make the first factor 1.
void
ShardWindowEquations::Scale(Row& row) const
{
    const uint8_t scale = ShardFieldInverse(row.terms.front().factor);
    if (scale == 1)
    {
        return;
    }
    for (Term& term : row.terms)
    {
        term.factor = ShardFieldMultiply(term.factor, scale);
    }
    if (m_real)
    {
        std::unique_ptr<uint8_t[]> scaled(new uint8_t[row.length]());
        ShardFieldAddProduct(scale, row.symbol.get(), row.length, scaled.get());
        row.symbol = std::move(scaled);
    }
}

/// Keep an equation that has no other's pivot; others lose what becomes its own.
void
ShardWindowEquations::Insert(Row&& row)
{
    Scale(row);
    const int64_t pivot = row.terms.front().unknown;
    const std::size_t place = FindPivot(pivot);
    for (std::size_t i = 0; i < place; ++i)
    {
        Row& older = m_rows[i]; // only those can have it
        const auto at = FindTerm(older, pivot);
        if (at != older.terms.end())
        {
            m_bytes -= Weight(older);
            AddMultiple(older, row, at->factor);
            m_bytes += Weight(older);
        }
    }
    m_bytes += Weight(row);
    m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(place), std::move(row));
}

} // namespace sharding
} // namespace ns3
