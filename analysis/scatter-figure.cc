// SPDX-License-Identifier: GPL-2.0-only
#include "export.h"
#include "figures.h"
#include "plot-style.h"
#include "statistics.h"
#include "table.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace shardsim
{

namespace
{

/** Mean and both ends of the interval, which is the mean where there is none. */
std::string
Numbers(const Estimate& e)
{
    const double mean = *e.mean;
    return ExactNumber(mean) + ' ' + ExactNumber(e.interval ? e.interval->low : mean) + ' ' +
           ExactNumber(e.interval ? e.interval->high : mean);
}

} // namespace

std::optional<Figure>
ScatterFigure(const ResultSet& results,
              const std::string& across,
              const std::string& up,
              const FigureLayout& layout,
              const Panel& panel)
{
    const std::size_t count = layout.series ? results.keys[*layout.series].values.size() : 1;
    std::vector<std::string> titles;
    std::ostringstream data;
    data << "# " << across << " with its interval, " << up << " with its interval\n";
    std::vector<bool> isEmpty;
    for (std::size_t s = 0; s < count; ++s)
    {
        std::vector<std::size_t> values = panel.values;
        if (layout.series)
        {
            values[*layout.series] = s;
            const auto& key = results.keys[*layout.series];
            titles.push_back(key.name == "case" ? key.values[s] : key.name + " = " + key.values[s]);
        }
        const Estimate x = EstimateAt(results, across, values);
        const Estimate y = EstimateAt(results, up, values);
        const bool some = x.mean && y.mean && std::isfinite(*x.mean) && std::isfinite(*y.mean);
        isEmpty.push_back(!some);
        data << (s ? "\n\n" : "") << (some ? Numbers(x) + ' ' + Numbers(y) : "? ? ? ? ? ?") << '\n';
    }
    if (std::find(isEmpty.begin(), isEmpty.end(), false) == isEmpty.end())
    {
        return std::nullopt;
    }
    Figure figure;
    figure.name = FileName(up + "-against-" + across) + panel.suffix;
    figure.heightCm = 5.6 + KeyHeightCm(titles, panel.title);
    figure.data = data.str();
    std::ostringstream out;
    out << CommonStyle() << KeyCommands(titles, panel.title) << "set offsets graph 0.05, graph 0.05"
        << ", graph 0.05, graph 0.05\nset xlabel " << Quoted(MetricLabel(results.Metric(across)))
        << " noenhanced\nset ylabel " << Quoted(MetricLabel(results.Metric(up)))
        << " noenhanced\nplot \\\n";
    const std::string file = Quoted("data/" + figure.name + ".dat");
    for (std::size_t s = 0; s < count; ++s)
    {
        const std::string style = SeriesStyle(s);
        const std::string bar = style.substr(0, style.find(" dt "));
        const std::string mark = bar + style.substr(style.find(" pt "));
        const std::string title = titles.empty() ? " notitle" : " title " + Quoted(titles[s]);
        if (isEmpty[s])
        {
            out << "  keyentry with points ps 0.8 " << mark << title;
        }
        else
        {
            out << "  " << file << " index " << s << " using 1:4:2:3:5:6 with xyerrorbars ps 0.8 "
                << mark << title;
        }
        out << (s + 1 < count ? ", \\\n" : "\n");
    }
    figure.commands = out.str();
    return figure;
}

} // namespace shardsim
