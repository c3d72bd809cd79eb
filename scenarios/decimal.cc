// SPDX-License-Identifier: GPL-2.0-only
#include "decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace shardsim
{

namespace
{

bool
IsDigit(char c)
{
    return c >= '0' && c <= '9';
}

/** Parts of a decimal number. */
struct Parts
{
    std::string digits;  ///< without the point
    int64_t exponent{0}; ///< power of ten that digits are multiplied by
};

std::optional<Parts>
Split(const std::string& text)
{
    Parts parts;
    std::size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    bool point = false;
    for (; i < text.size() && (IsDigit(text[i]) || (text[i] == '.' && !point)); ++i)
    {
        if (text[i] == '.')
        {
            point = true;
            continue;
        }
        parts.digits += text[i];
        parts.exponent -= point ? 1 : 0;
    }
    if (parts.digits.empty())
    {
        return std::nullopt;
    }
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E'))
    {
        ++i;
        const bool negative = i < text.size() && text[i] == '-';
        i += i < text.size() && (text[i] == '-' || text[i] == '+') ? 1 : 0;
        int64_t exponent = 0;
        const std::size_t first = i;
        for (; i < text.size() && IsDigit(text[i]); ++i)
        {
            // Beyond any double: no need to count further.
            exponent = exponent > 100000 ? exponent : exponent * 10 + (text[i] - '0');
        }
        if (i == first)
        {
            return std::nullopt;
        }
        parts.exponent += negative ? -exponent : exponent;
    }
    if (i != text.size())
    {
        return std::nullopt;
    }
    return parts;
}

} // namespace

std::optional<double>
ParseDecimal(const std::string& text)
{
    if (!Split(text))
    {
        return std::nullopt;
    }
    double value = 0.0;
    const char* first = text.data() + (text[0] == '+' ? 1 : 0);
    const auto result = std::from_chars(first, text.data() + text.size(), value);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size() ||
        !std::isfinite(value))
    {
        return std::nullopt;
    }
    return value;
}

ScaledDecimal
ParseScaled(const std::string& text, uint64_t scale)
{
    __extension__ typedef unsigned __int128 Wide;
    auto parts = Split(text);
    if (!parts)
    {
        return {ScaledDecimal::FRACTION, 0};
    }
    std::string digits =
        parts->digits.substr(std::min(parts->digits.find_first_not_of('0'), parts->digits.size()));
    while (!digits.empty() && digits.back() == '0')
    {
        digits.pop_back();
        ++parts->exponent;
    }
    if (digits.empty())
    {
        return {ScaledDecimal::OK, 0};
    }
    // 24 digits times the largest scale is below 2^127. More of them are a fraction or too large.
    if (digits.size() > 24)
    {
        const bool large = static_cast<int64_t>(digits.size()) + parts->exponent > 19;
        return {large ? ScaledDecimal::OVERFLOW_ : ScaledDecimal::FRACTION, 0};
    }
    const Wide limit = static_cast<Wide>(std::numeric_limits<int64_t>::max());
    Wide product = 0;
    for (const char digit : digits)
    {
        product = product * 10 + static_cast<Wide>(digit - '0');
    }
    product *= scale;
    for (; parts->exponent < 0; ++parts->exponent)
    {
        if (product % 10 != 0)
        {
            return {ScaledDecimal::FRACTION, 0};
        }
        product /= 10;
    }
    for (; parts->exponent > 0; --parts->exponent)
    {
        if (product > limit)
        {
            break;
        }
        product *= 10;
    }
    if (product > limit)
    {
        return {ScaledDecimal::OVERFLOW_, 0};
    }
    return {ScaledDecimal::OK, static_cast<int64_t>(product)};
}

} // namespace shardsim
