// SPDX-License-Identifier: GPL-2.0-only
#include "export.h"
#include "figures.h"
#include "plot-axis.h"
#include "plot-style.h"
#include "table.h"
#include "text-table.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace shardsim
{

namespace
{

/** Cividis (Nunez, Anderton and Renslow, PLoS ONE 13(7), 2018): even for any colour vision. */
const char* const kPalette =
    "set palette defined (0 '#00224E', 0.125 '#123570', 0.25 '#3B496C', 0.375 '#575D6D', "
    "0.5 '#707173', 0.625 '#8A8678', 0.75 '#A59C74', 0.875 '#C3B369', 0.9375 '#E1CC55', "
    "1 '#FEE838')\n";

std::string
Tics(const char* axis, const SweptKey& key, const std::vector<std::size_t>& order)
{
    std::ostringstream out;
    out << "set " << axis << "tics scale 0 noenhanced (";
    for (std::size_t i = 0; i < order.size(); ++i)
    {
        out << (i ? ", " : "") << Quoted(key.values[order[i]]) << ' ' << i;
    }
    out << ")\nset " << axis << "range [-0.5:" << order.size() - 1 << ".5]\n";
    return out.str();
}

/** Values of a key in rising order of their numbers. */
std::vector<std::size_t>
Rising(const SweptKey& key)
{
    std::vector<std::size_t> order(key.values.size());
    for (std::size_t i = 0; i < order.size(); ++i)
    {
        order[i] = i;
    }
    if (key.numeric)
    {
        std::stable_sort(order.begin(),
                         order.end(),
                         [&](std::size_t a, std::size_t b)
                         { return key.numbers[a] < key.numbers[b]; });
    }
    return order;
}

/** Tics show the values as written, so a label's unit would be said twice. */
std::string
LabelWithoutUnit(SweptKey key)
{
    const bool written =
        std::any_of(key.values.begin(),
                    key.values.end(),
                    [](const auto& v)
                    { return !v.empty() && std::isalpha(static_cast<unsigned char>(v.back())); });
    if (written)
    {
        key.unit.clear();
    }
    return KeyLabel(key);
}

} // namespace

std::optional<Figure>
HeatMap(const ResultSet& results,
        std::size_t x,
        std::size_t y,
        const std::string& metric,
        const Panel& panel,
        double low,
        double high)
{
    const auto columns = Rising(results.keys[x]);
    const auto lines = Rising(results.keys[y]);
    const bool log = low > 0.0 && WantsLogScale({low, high});
    bool any = false;
    std::ostringstream data;
    data << "# column row mean text text-colour n\n";
    for (std::size_t i = 0; i < columns.size(); ++i)
    {
        for (std::size_t j = 0; j < lines.size(); ++j)
        {
            std::vector<std::size_t> values = panel.values;
            values[x] = columns[i];
            values[y] = lines[j];
            const Estimate e = EstimateAt(results, metric, values);
            data << i << ' ' << j << ' ';
            if (!e.mean || !std::isfinite(*e.mean))
            {
                data << "? " << (e.mean ? "inf" : "-") << " 0x808080 " << e.n << '\n';
                continue;
            }
            any = true;
            const double place = high <= low ? 0.0
                                 : log       ? std::log(*e.mean / low) / std::log(high / low)
                                             : (*e.mean - low) / (high - low);
            data << ExactNumber(*e.mean) << ' ' << ReadableNumber(*e.mean, 3) << ' '
                 << (place > 0.55 ? "0x000000" : "0xFFFFFF") << ' ' << e.n << '\n';
        }
    }
    if (!any)
    {
        return std::nullopt;
    }

    Figure figure;
    figure.name =
        FileName(metric + "-by-" + results.keys[x].name + "-and-" + results.keys[y].name) +
        panel.suffix;
    figure.heightCm = std::min(12.0, 2.6 + 0.68 * static_cast<double>(lines.size()));
    figure.data = data.str();
    std::string title = panel.title;
    if (title.rfind("case = ", 0) == 0)
    {
        title = title.substr(7);
    }
    std::ostringstream out;
    out << CommonStyle() << "unset key\nunset grid\nset border 0\n"
        << Tics("x", results.keys[x], columns) << Tics("y", results.keys[y], lines) << kPalette
        << "set xlabel " << Quoted(LabelWithoutUnit(results.keys[x])) << " noenhanced\nset ylabel "
        << Quoted(LabelWithoutUnit(results.keys[y])) << " noenhanced\nset cblabel "
        << Quoted(MetricLabel(results.Metric(metric))) << " noenhanced offset 1,0\n"
        << (log ? "set logscale cb\n" : "") << "set format cb '%h'\nset colorbox user origin "
        << "screen 0.80, graph 0 size screen 0.03, graph 1 noborder\nset rmargin screen 0.78\n";
    if (high > low)
    {
        out << "set cbrange [" << ExactNumber(low) << ':' << ExactNumber(high) << "]\n";
    }
    if (!title.empty())
    {
        out << "set title " << Quoted(title) << " noenhanced offset 0,-0.5\n";
    }
    const std::string file = Quoted("data/" + figure.name + ".dat");
    const int size = columns.size() > 9 ? 4 : columns.size() > 6 ? 5 : 7;
    out << "plot \\\n  " << file
        << " using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror lc palette fs solid "
           "noborder, \\\n  "
        << file << " using 1:2:4:5 with labels tc rgb variable font '," << size << "'\n";
    figure.commands = out.str();
    return figure;
}

} // namespace shardsim
