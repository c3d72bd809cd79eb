// SPDX-License-Identifier: GPL-2.0-only
#include "near-name.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace shardsim
{

namespace
{

/** Inserted, deleted, changed and swapped letters that lead from a to b; case does not count. */
std::size_t
EditDistance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> beforeLast(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(last.begin(), last.end(), 0);
    const auto same = [](char x, char y)
    {
        return std::tolower(static_cast<unsigned char>(x)) ==
               std::tolower(static_cast<unsigned char>(y));
    };
    for (std::size_t i = 1; i <= a.size(); ++i)
    {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j)
        {
            row[j] = std::min(
                {last[j] + 1, row[j - 1] + 1, last[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1)});
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
            {
                row[j] = std::min(row[j], beforeLast[j - 2] + 1);
            }
        }
        std::swap(beforeLast, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

} // namespace

std::string
DidYouMean(const std::string& given, const std::vector<std::string>& names)
{
    if (given.empty() || given.size() > 64)
    {
        return "";
    }
    std::size_t best = 1 + std::min<std::size_t>(3, given.size() / 3);
    std::vector<std::string> near;
    for (const auto& name : names)
    {
        std::size_t distance = EditDistance(given, name);
        // The last part alone ("rate" for "loss.rate") is a likely slip, too.
        const std::size_t dot = name.rfind('.');
        if (dot != std::string::npos && name.compare(dot + 1, std::string::npos, given) == 0)
        {
            distance = std::min<std::size_t>(distance, 1);
        }
        if (distance < best)
        {
            best = distance;
            near.clear();
        }
        if (distance == best && distance < 1 + std::min<std::size_t>(3, given.size() / 3))
        {
            near.push_back(name);
        }
    }
    std::string text;
    for (std::size_t i = 0; i < near.size() && i < 3; ++i)
    {
        text += (i == 0 ? ", did you mean " : " or ") + near[i];
    }
    return text.empty() ? text : text + "?";
}

std::string
InQuotes(const std::string& text)
{
    const std::size_t longest = 80;
    std::string quoted = "'";
    for (const unsigned char c : text.substr(0, longest))
    {
        if (c < 0x20 || c == 0x7f)
        {
            const char* hex = "0123456789abcdef";
            quoted += "\\x";
            quoted += hex[c >> 4];
            quoted += hex[c & 15];
        }
        else
        {
            quoted += static_cast<char>(c);
        }
    }
    return quoted + (text.size() > longest ? "..." : "") + "'";
}

} // namespace shardsim
