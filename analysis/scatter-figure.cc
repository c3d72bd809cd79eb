// SPDX-License-Identifier: GPL-2.0-only
#include "export.h"
#include "figures.h"
#include "plot-axis.h"
#include "plot-style.h"
#include "statistics.h"
#include "table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <sstream>

namespace shardsim
{

namespace
{

/** A point: both metrics, with their intervals. */
struct Point
{
    Estimate x;
    Estimate y;
};

/** Mean and both ends of the interval, which is the mean where there is none. @param floor below
 * which it is cut */
std::string
Numbers(const Estimate& e, double floor)
{
    const double mean = *e.mean;
    return ExactNumber(mean) + ' ' +
           ExactNumber(e.interval ? std::max(e.interval->low, floor) : mean) + ' ' +
           ExactNumber(e.interval ? e.interval->high : mean);
}

/** @return points of a series that have both values, one for each value of the key, in its order */
std::vector<Point>
PointsOf(const ResultSet& results,
         const std::string& across,
         const std::string& up,
         const std::vector<std::size_t>& along,
         std::vector<std::size_t> values)
{
    std::vector<std::size_t> order{0};
    if (!along.empty())
    {
        const SweptKey& key = results.keys[along.front()];
        order.resize(key.values.size());
        std::iota(order.begin(), order.end(), 0);
        if (key.numeric)
        {
            std::stable_sort(order.begin(),
                             order.end(),
                             [&](std::size_t a, std::size_t b)
                             { return key.numbers[a] < key.numbers[b]; });
        }
    }
    std::vector<Point> points;
    for (const std::size_t i : order)
    {
        if (!along.empty())
        {
            values[along.front()] = i;
        }
        const Point p{EstimateAt(results, across, values), EstimateAt(results, up, values)};
        if (p.x.mean && p.y.mean && std::isfinite(*p.x.mean) && std::isfinite(*p.y.mean))
        {
            points.push_back(p);
        }
    }
    return points;
}

} // namespace

std::optional<Figure>
ScatterFigure(const ResultSet& results,
              const std::string& across,
              const std::string& up,
              const std::vector<std::size_t>& along,
              const FigureLayout& layout,
              const Panel& panel)
{
    const std::size_t count = layout.series ? results.keys[*layout.series].values.size() : 1;
    std::vector<std::string> titles;
    std::vector<std::vector<Point>> series;
    std::vector<double> ups;
    for (std::size_t s = 0; s < count; ++s)
    {
        std::vector<std::size_t> values = panel.values;
        if (layout.series)
        {
            values[*layout.series] = s;
            const auto& key = results.keys[*layout.series];
            titles.push_back(key.name == "case" ? key.values[s] : key.name + " = " + key.values[s]);
        }
        series.push_back(PointsOf(results, across, up, along, values));
        for (const Point& p : series.back())
        {
            ups.push_back(*p.y.mean);
        }
    }
    if (ups.empty())
    {
        return std::nullopt;
    }
    const bool log = WantsLogScale(ups);
    constexpr double none = -std::numeric_limits<double>::infinity();
    const double floor = log ? *std::min_element(ups.begin(), ups.end()) / 3 : none;
    std::ostringstream data;
    data << "# " << across << " with its interval, " << up << " with its interval\n";
    for (std::size_t s = 0; s < count; ++s)
    {
        data << (s ? "\n\n" : "");
        for (const Point& p : series[s])
        {
            data << Numbers(p.x, none) << ' ' << Numbers(p.y, floor) << '\n';
        }
        data << (series[s].empty() ? "? ? ? ? ? ?\n" : "");
    }
    Figure figure;
    figure.name = FileName(up + "-against-" + across) + panel.suffix;
    figure.heightCm = 5.6 + KeyHeightCm(titles, panel.title);
    figure.data = data.str();
    std::ostringstream out;
    out << CommonStyle() << KeyCommands(titles, panel.title) << "set offsets graph 0.05, graph 0.05"
        << (log ? ", 0, 0" : ", graph 0.05, graph 0.05") << "\nset xlabel "
        << Quoted(MetricLabel(results.Metric(across))) << " noenhanced\nset ylabel "
        << Quoted(MetricLabel(results.Metric(up))) << " noenhanced\n"
        << (log ? "set logscale y\nset format y '%h'\n" : "") << "plot \\\n";
    const std::string file = Quoted("data/" + figure.name + ".dat");
    for (std::size_t s = 0; s < count; ++s)
    {
        const std::string style = SeriesStyle(s);
        const std::string bar = style.substr(0, style.find(" dt "));
        const std::string mark = bar + style.substr(style.find(" pt "));
        const std::string title = titles.empty() ? " notitle" : " title " + Quoted(titles[s]);
        if (series[s].empty())
        {
            out << "  keyentry with points ps 0.8 " << mark << title;
        }
        else
        {
            const std::string from = "  " + file + " index " + std::to_string(s) + " using ";
            if (!along.empty())
            {
                out << from << "1:4 with lines lw 1.3 " << style << " notitle, \\\n";
            }
            out << from << "1:4:2:3:5:6 with xyerrorbars ps 0.8 " << mark << title;
        }
        out << (s + 1 < count ? ", \\\n" : "\n");
    }
    figure.commands = out.str();
    return figure;
}

} // namespace shardsim
