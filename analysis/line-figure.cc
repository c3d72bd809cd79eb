// SPDX-License-Identifier: GPL-2.0-only
#include "export.h"
#include "figures.h"
#include "plot-axis.h"
#include "plot-style.h"
#include "table.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace shardsim
{

namespace
{

/** A point of a curve; no mean where there is no value, or an infinite one. */
struct CurvePoint
{
    double x{0.0};
    std::string label;
    Estimate estimate;
};

using Curve = std::vector<CurvePoint>;

std::string
Number(const std::optional<double>& value)
{
    return value && std::isfinite(*value) ? ExactNumber(*value) : "?";
}

/** @param floor below which the band is cut: the metric cannot go there */
std::string
DataOf(const std::vector<Curve>& curves,
       const std::vector<std::string>& titles,
       const std::optional<double>& floor)
{
    std::ostringstream data;
    data << "# x mean low high n label; low and high: 95% confidence interval of the mean\n";
    for (std::size_t s = 0; s < curves.size(); ++s)
    {
        data << (s ? "\n\n" : "") << "# " << (titles.empty() ? "all" : titles[s]) << '\n';
        for (const auto& p : curves[s])
        {
            std::optional<double> low = p.estimate.mean;
            std::optional<double> high = p.estimate.mean;
            if (p.estimate.interval)
            {
                low = p.estimate.interval->low;
                high = p.estimate.interval->high;
            }
            if (low && floor)
            {
                low = std::max(*low, *floor);
            }
            data << ExactNumber(p.x) << ' ' << Number(p.estimate.mean) << ' ' << Number(low) << ' '
                 << Number(high) << ' ' << p.estimate.n << " # " << p.label << '\n';
        }
    }
    return data.str();
}

} // namespace

std::optional<Figure>
LineFigure(const ResultSet& results,
           std::size_t x,
           const std::string& metric,
           const FigureLayout& layout,
           const Panel& panel)
{
    const Axis axis = MakeAxis(results.keys[x]);
    std::vector<std::size_t> order(results.keys[x].values.size());
    for (std::size_t i = 0; i < order.size(); ++i)
    {
        order[i] = i;
    }
    std::stable_sort(order.begin(),
                     order.end(),
                     [&](std::size_t a, std::size_t b)
                     { return axis.positions[a] < axis.positions[b]; });
    std::vector<std::string> titles;
    std::vector<Curve> curves;
    std::vector<bool> isEmpty; // by curve: there is nothing to draw
    std::vector<double> means;
    std::vector<double> lows;
    const std::size_t count = layout.series ? results.keys[*layout.series].values.size() : 1;
    for (std::size_t s = 0; s < count; ++s)
    {
        Curve curve;
        const std::size_t before = means.size();
        std::vector<std::size_t> values = panel.values;
        if (layout.series)
        {
            values[*layout.series] = s;
        }
        for (const std::size_t i : order)
        {
            values[x] = i;
            const Estimate e = EstimateAt(results, metric, values);
            // Categories of several series stand side by side.
            const double shift =
                axis.numeric
                    ? 0.0
                    : 0.5 * (static_cast<double>(s) - 0.5 * (static_cast<double>(count) - 1)) /
                          static_cast<double>(count);
            curve.push_back({axis.positions[i] + shift, results.keys[x].values[i], e});
            if (e.mean && std::isfinite(*e.mean))
            {
                means.push_back(*e.mean);
                lows.push_back(e.interval ? e.interval->low : *e.mean);
            }
        }
        curves.push_back(curve);
        isEmpty.push_back(means.size() == before);
        if (layout.series)
        {
            const auto& key = results.keys[*layout.series];
            titles.push_back(key.name == "case" ? key.values[s] : key.name + " = " + key.values[s]);
            // A case that fails everywhere must not vanish without a word.
            titles.back() += isEmpty.back() ? " (no finite value)" : "";
        }
    }
    if (means.empty())
    {
        return std::nullopt;
    }

    Figure figure;
    figure.name = FileName(metric + "-by-" + results.keys[x].name) + panel.suffix;
    figure.heightCm = 5.6 + KeyHeightCm(titles, panel.title) + axis.extraHeightCm;
    const double least = *std::min_element(means.begin(), means.end());
    const double most = *std::max_element(means.begin(), means.end());
    // Side by side, what is a twentieth of another is a dot on the axis.
    constexpr double SIDE_BY_SIDE = 20.0;
    const bool log =
        WantsLogScale(means) || (!axis.numeric && least > 0.0 && most > SIDE_BY_SIDE * least);
    std::optional<double> floor;
    std::string range;
    if (log)
    {
        floor = std::max(least / 3.0, std::min(least, *std::min_element(lows.begin(), lows.end())));
        floor = *floor > 0.0 ? floor : least / 3.0;
        range = "set logscale y\nset format y '%h'\n";
    }
    else if (least >= 0.0)
    {
        floor = 0.0;
        if (least < 0.6 * most || most == 0.0)
        {
            range = most == 0.0 ? "set yrange [0:1]\n" : "set yrange [0:*]\n";
        }
    }
    figure.data = DataOf(curves, titles, floor);

    // Names of cases explain themselves.
    const std::string label = results.keys[x].name == "case" ? "" : KeyLabel(results.keys[x]);
    std::ostringstream out;
    out << CommonStyle() << KeyCommands(titles, panel.title) << axis.commands << range
        << "set xlabel " << Quoted(label) << " noenhanced\nset ylabel "
        << Quoted(MetricLabel(results.Metric(metric))) << " noenhanced\n";
    const std::string file = Quoted("data/" + figure.name + ".dat");
    out << "plot \\\n";
    if (axis.numeric)
    {
        for (std::size_t s = 0; s < curves.size(); ++s)
        {
            out << "  " << file << " index " << s << " using 1:3:4 with filledcurves fc rgb '"
                << SeriesColour(s) << "' fs transparent solid 0.2 noborder notitle, \\\n";
        }
    }
    for (std::size_t s = 0; s < curves.size(); ++s)
    {
        const std::string style = SeriesStyle(s);
        // Error bars stay solid: a dashed bar of a few points looks broken.
        const std::string bar = style.substr(0, style.find(" dt "));
        const std::string data = "  " + file + " index " + std::to_string(s);
        if (isEmpty[s])
        {
            out << "  keyentry with linespoints lw 1.3 ps 0.55 " << style;
        }
        else if (axis.numeric)
        {
            out << data << " using 1:2 with linespoints lw 1.3 ps 0.55 " << style;
        }
        else
        {
            out << data << " using 1:3:(0):($4-$3) with vectors nohead lw 1 " << bar
                << " notitle, \\\n"
                << data << " using 1:2 with points lw 1 ps 0.6 " << bar
                << style.substr(style.find(" pt "));
        }
        out << (titles.empty() ? " notitle" : " title " + Quoted(titles[s]))
            << (s + 1 < curves.size() ? ", \\\n" : "\n");
    }
    figure.commands = out.str();
    return figure;
}

} // namespace shardsim
