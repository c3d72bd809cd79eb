// SPDX-License-Identifier: GPL-2.0-only
#include "plot-axis.h"

#include "export.h"
#include "gnuplot.h"
#include "text-table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

namespace shardsim
{

namespace
{

constexpr double kLogSpan = 50.0;
/// The same of memory.
constexpr double kMemorySpan = 3.0;

/** A number without the zeros that it does not need. */
std::string
TicText(double number)
{
    std::string text = ReadableNumber(number, 12);
    if (text.find('.') != std::string::npos && text.find('e') == std::string::npos)
    {
        text.erase(text.find_last_not_of('0') + 1);
        text.erase(text.find_last_not_of('.') + 1);
    }
    return text;
}

/** Words over lines of at most so many letters, where the words allow. */
std::vector<std::string>
Wrap(const std::string& text, std::size_t letters)
{
    std::istringstream words(text);
    std::vector<std::string> lines;
    for (std::string word; words >> word;)
    {
        if (!lines.empty() && lines.back().size() + 1 + word.size() <= letters)
        {
            lines.back() += " " + word;
        }
        else
        {
            lines.push_back(word);
        }
    }
    return lines;
}

/** Names of categories under an axis: wrapped, or slanted where a word is too long for its place.
 */
std::string
CategoryTics(const std::vector<std::string>& names, double& extraHeightCm)
{
    const double lettersOfAxis = 48;
    const double lineCm = 0.34;
    const auto place = static_cast<std::size_t>(lettersOfAxis / static_cast<double>(names.size()));
    bool slant = false;
    std::size_t longest = 0;
    std::size_t most = 1;
    for (const auto& name : names)
    {
        const auto lines = Wrap(name, place);
        for (const auto& line : lines)
        {
            slant = slant || line.size() > place;
        }
        most = std::max(most, lines.size());
        longest = std::max(longest, name.size());
    }
    slant = slant || most > 3;
    std::ostringstream out;
    out << "set xtics noenhanced" << (slant ? " rotate by 35 right" : "") << " (";
    for (std::size_t i = 0; i < names.size(); ++i)
    {
        std::string text;
        for (const char c : slant ? names[i] : Join(Wrap(names[i], place), "\n"))
        {
            text += c == '\n'               ? "\\n"
                    : c == '"' || c == '\\' ? std::string("\\") + c
                                            : std::string(1, c);
        }
        out << (i ? ", " : "") << '"' << text << "\" " << i + 1;
    }
    const double extraLines =
        slant ? 0.23 * static_cast<double>(longest) : static_cast<double>(most - 1);
    extraHeightCm = lineCm * extraLines;
    out << ")\nset bmargin " << 3 + extraLines << "\nset xlabel offset 0," << 0.4 - extraLines
        << '\n';
    if (slant)
    {
        // The first names reach out to the left: 35 degrees make a letter 0.82 wide.
        double reach = 10.0; // what tics and label of the other axis take
        for (std::size_t i = 0; i < names.size(); ++i)
        {
            const double at = (static_cast<double>(i) + 0.5) * static_cast<double>(place);
            reach = std::max(reach, 0.82 * static_cast<double>(names[i].size()) - at + 1.0);
        }
        out << "set lmargin " << reach << '\n';
    }
    return out.str();
}

} // namespace

bool
WantsLogScale(const std::vector<double>& values)
{
    double low = std::numeric_limits<double>::infinity();
    double high = 0.0;
    for (const double v : values)
    {
        if (std::isfinite(v))
        {
            low = std::min(low, v);
            high = std::max(high, v);
        }
    }
    return low > 0.0 && high > kLogSpan * low;
}

Axis
MakeAxis(const SweptKey& key)
{
    Axis axis;
    axis.numeric = key.numeric;
    std::ostringstream out;
    if (!key.numeric)
    {
        for (std::size_t i = 0; i < key.values.size(); ++i)
        {
            axis.positions.push_back(static_cast<double>(i + 1));
        }
        axis.low = 0.5;
        axis.high = static_cast<double>(key.values.size()) + 0.5;
        out << CategoryTics(key.values, axis.extraHeightCm);
    }
    else
    {
        std::vector<double> positive;
        bool zero = false;
        for (const double v : key.numbers)
        {
            if (v > 0.0)
            {
                positive.push_back(v);
            }
            zero = zero || v == 0.0;
        }
        axis.positions = key.numbers;
        std::sort(positive.begin(), positive.end());
        // Sizes of memory double from one to the next: 128KiB, 256KiB, ..., 1MiB.
        const bool isMemory = key.unit == "B" && positive.size() > 1 &&
                              positive.back() > kMemorySpan * positive.front();
        axis.log = positive.size() + (zero ? 1 : 0) == key.numbers.size() &&
                   (isMemory || WantsLogScale(positive)) && positive.size() > 1;
        if (axis.log)
        {
            // A zero stands as far left of the smallest as the values stand apart on average.
            const double steps = static_cast<double>(positive.size() - 1);
            const double step = std::pow(positive.back() / positive.front(), 1.0 / steps);
            for (double& p : axis.positions)
            {
                p = p > 0.0 ? p : positive.front() / step;
            }
        }
        const auto ends = std::minmax_element(axis.positions.begin(), axis.positions.end());
        const double span = *ends.second - *ends.first;
        const double factor = std::pow(*ends.second / *ends.first, 0.04);
        axis.low = axis.log ? *ends.first / factor : *ends.first - 0.04 * span;
        axis.high = axis.log ? *ends.second * factor : *ends.second + 0.04 * span;
        if (span == 0.0)
        {
            axis.low = *ends.first - 0.5;
            axis.high = *ends.second + 0.5;
        }
        if (axis.log)
        {
            out << "set logscale x\n";
        }
        if (axis.log && key.values.size() <= 8)
        {
            out << "set xtics noenhanced (";
            for (std::size_t i = 0; i < key.numbers.size(); ++i)
            {
                const std::string text = isMemory ? key.values[i] : TicText(key.numbers[i]);
                out << (i ? ", " : "") << Quoted(text) << ' ' << ExactNumber(axis.positions[i]);
            }
            out << ")\n";
        }
    }
    out << "set xrange [" << ExactNumber(axis.low) << ':' << ExactNumber(axis.high) << "]\n";
    axis.commands = out.str();
    return axis;
}

} // namespace shardsim
