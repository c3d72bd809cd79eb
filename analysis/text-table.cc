// SPDX-License-Identifier: GPL-2.0-only
#include "text-table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace shardsim
{

namespace
{

std::string
Fixed(double value, int decimals, bool sign = false)
{
    char text[512];
    std::snprintf(text, sizeof text, sign ? "%+.*f" : "%.*f", decimals, value);
    return text;
}

/** Decimals that leave `digits` significant digits of the value. */
int
DecimalsFor(double value, int digits)
{
    if (value == 0.0 || !std::isfinite(value))
    {
        return 0;
    }
    return digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(value))));
}

bool
NeedsExponent(double value)
{
    const double size = std::abs(value);
    return size != 0.0 && (size < 1e-4 || size >= 1e9);
}

} // namespace

TextTable::TextTable(std::vector<std::string> header, std::size_t labels)
    : m_labels(labels)
{
    m_rows.push_back(std::move(header));
}

void
TextTable::AddRow(std::vector<std::string> cells)
{
    cells.resize(m_rows.front().size());
    m_rows.push_back(std::move(cells));
}

void
TextTable::Print(std::ostream& out) const
{
    const std::size_t columns = m_rows.front().size();
    std::vector<std::size_t> width(columns, 0);
    for (const auto& row : m_rows)
    {
        for (std::size_t c = 0; c < columns; ++c)
        {
            width[c] = std::max(width[c], row[c].size());
        }
    }
    std::size_t labelWidth = 0;
    for (std::size_t c = 0; c < m_labels; ++c)
    {
        labelWidth += width[c] + 2;
    }
    std::size_t first = m_labels;
    do
    {
        std::size_t last = first;
        std::size_t total = labelWidth;
        while (last < columns && (last == first || total + width[last] + 2 <= kWidth))
        {
            total += width[last] + 2;
            ++last;
        }
        if (first > m_labels)
        {
            out << '\n';
        }
        for (const auto& row : m_rows)
        {
            std::string line;
            for (std::size_t c = 0; c < m_labels; ++c)
            {
                line += "  " + row[c] + std::string(width[c] - row[c].size(), ' ');
            }
            for (std::size_t c = first; c < last; ++c)
            {
                line += "  " + std::string(width[c] - row[c].size(), ' ') + row[c];
            }
            line.erase(line.find_last_not_of(' ') + 1);
            out << line << '\n';
        }
        first = last;
    } while (first < columns);
}

std::string
ReadableNumber(double value, int digits)
{
    if (std::isnan(value))
    {
        return "-";
    }
    if (std::isinf(value))
    {
        return value > 0 ? "inf" : "-inf";
    }
    if (NeedsExponent(value))
    {
        char text[64];
        std::snprintf(text, sizeof text, "%.*e", digits - 1, value);
        return text;
    }
    return Fixed(value, std::min(12, std::max(0, DecimalsFor(value, digits))));
}

std::string
ReadableEstimate(double value, const std::optional<double>& half)
{
    if (!half || *half == 0.0 || !std::isfinite(value))
    {
        return ReadableNumber(value);
    }
    if (NeedsExponent(value))
    {
        return ReadableNumber(value, 3) + " +-" + ReadableNumber(*half, 2);
    }
    // No more than five significant digits, however narrow the interval.
    const int decimals =
        std::min(DecimalsFor(*half, 2), std::max(DecimalsFor(value, 5), DecimalsFor(*half, 1)));
    const int shown = std::min(12, std::max(0, decimals));
    return Fixed(value, shown) + " +-" + Fixed(*half, shown);
}

std::string
ReadableDifference(double value, const std::optional<Interval>& interval, const std::string& suffix)
{
    const double reference = interval ? (interval->high - interval->low) / 2 : value;
    int decimals = DecimalsFor(reference, interval ? 2 : 4);
    if (reference == 0.0)
    {
        decimals = DecimalsFor(value, 4);
    }
    decimals = std::min(9, std::max(0, decimals));
    const auto number = [&](double x)
    {
        if (std::isinf(x) || (x != 0.0 && decimals == 9))
        {
            char text[64];
            std::snprintf(text, sizeof text, "%+.2e", x);
            return std::string(text) + suffix;
        }
        return (x == 0.0 ? "0" : Fixed(x, decimals, true)) + suffix;
    };
    std::string text = number(value);
    if (interval)
    {
        text += " [" + number(interval->low) + ", " + number(interval->high) + "]";
    }
    return text;
}

} // namespace shardsim
