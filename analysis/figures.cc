// SPDX-License-Identifier: GPL-2.0-only
#include "figures.h"

#include "plot-style.h"
#include "table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace shardsim
{

namespace
{

constexpr std::size_t kMostSeries = 8;
constexpr std::size_t kMostPanels = 12;
constexpr std::size_t kMostDistributions = 6;

/** Values of two keys and a metric: the colours' common range over all panels. */
std::pair<double, double>
ColourRange(const ResultSet& results, const std::string& metric)
{
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < results.keys.size(); ++i)
    {
        all.push_back(i);
    }
    ForEachCombination(results,
                       all,
                       [&](const std::vector<std::size_t>& values)
                       {
                           const Estimate e = EstimateAt(results, metric, values);
                           if (e.mean && std::isfinite(*e.mean))
                           {
                               low = std::min(low, *e.mean);
                               high = std::max(high, *e.mean);
                           }
                       });
    return {low, high};
}

std::vector<std::size_t>
NumericKeys(const ResultSet& results)
{
    std::vector<std::size_t> numeric;
    for (std::size_t i = 0; i < results.keys.size(); ++i)
    {
        if (results.keys[i].numeric && results.keys[i].values.size() > 1)
        {
            numeric.push_back(i);
        }
    }
    return numeric;
}

/** The keys and metrics of all figures asked for exist; nothing is drawn if one does not. */
void
CheckRequests(const ResultSet& results)
{
    static const std::vector<std::string> kinds{"", "line", "scatter", "cdf", "ccdf", "heatmap"};
    for (const auto& f : results.figures)
    {
        if (std::find(kinds.begin(), kinds.end(), f.kind) == kinds.end())
        {
            throw RequestError(results.path + ": no kind of figure '" + f.kind +
                               "'; there is line, scatter, cdf, ccdf, heatmap");
        }
        if (f.kind == "cdf" || f.kind == "ccdf")
        {
            continue;
        }
        results.Metric(f.metric);
        if (f.kind == "scatter")
        {
            results.Metric(f.x);
            if (!f.second.empty())
            {
                results.KeyIndex(f.second);
            }
            continue;
        }
        results.KeyIndex(f.x);
        if (!f.second.empty())
        {
            results.KeyIndex(f.second);
        }
    }
}

} // namespace

FigureLayout
LayOut(const ResultSet& results, const std::vector<std::size_t>& axes)
{
    FigureLayout layout;
    for (std::size_t i = 0; i < results.keys.size(); ++i)
    {
        if (std::find(axes.begin(), axes.end(), i) != axes.end())
        {
            continue;
        }
        if (results.keys[i].name == "case")
        {
            layout.series = i;
        }
        else
        {
            layout.panels.push_back(i);
        }
    }
    if (!layout.series && layout.panels.size() == 1 &&
        results.keys[layout.panels[0]].values.size() > 1 &&
        results.keys[layout.panels[0]].values.size() <= kMostSeries)
    {
        layout.series = layout.panels[0];
        layout.panels.clear();
    }
    return layout;
}

std::vector<Panel>
Panels(const ResultSet& results, const FigureLayout& layout, std::size_t most)
{
    std::vector<Panel> panels;
    std::set<std::string> suffixes;
    ForEachCombination(results,
                       layout.panels,
                       [&](const std::vector<std::size_t>& values)
                       {
                           Panel panel;
                           panel.values = values;
                           for (const std::size_t key : layout.panels)
                           {
                               const std::string& value = results.keys[key].values[values[key]];
                               panel.title += (panel.title.empty() ? "" : ", ") +
                                              results.keys[key].name + " = " + value;
                               panel.suffix +=
                                   "--" + FileName(results.keys[key].name + "-" + value);
                           }
                           if (!suffixes.insert(panel.suffix).second)
                           {
                               // two names that differ only in letters which a file name does not
                               // have
                               panel.suffix += "-" + std::to_string(panels.size() + 1);
                           }
                           panels.push_back(panel);
                       });
    if (panels.size() <= most)
    {
        return panels;
    }
    std::vector<Panel> chosen;
    for (std::size_t i = 0; i < most; ++i)
    {
        chosen.push_back(panels[i * (panels.size() - 1) / (most - 1)]);
    }
    return chosen;
}

std::vector<Figure>
MakeFigures(const ResultSet& results,
            const std::function<PooledSample(const std::vector<std::size_t>&)>& sampleAt)
{
    CheckRequests(results);
    std::vector<Figure> figures;
    std::set<std::string> names;
    const auto add = [&](std::optional<Figure> figure)
    {
        if (figure && names.insert(figure->name).second)
        {
            figures.push_back(std::move(*figure));
        }
    };
    const auto addLines = [&](std::size_t x, const std::string& metric)
    {
        const auto layout = LayOut(results, {x});
        for (const auto& panel : Panels(results, layout, kMostPanels))
        {
            add(LineFigure(results, x, metric, layout, panel));
        }
    };
    const auto addHeatMaps = [&](std::size_t x, std::size_t y, const std::string& metric)
    {
        const auto range = ColourRange(results, metric);
        auto layout = LayOut(results, {x, y});
        if (layout.series)
        {
            layout.panels.insert(layout.panels.begin(), *layout.series);
            layout.series.reset();
        }
        for (const auto& panel : Panels(results, layout, kMostPanels))
        {
            add(HeatMap(results, x, y, metric, panel, range.first, range.second));
        }
    };
    const auto numeric = NumericKeys(results);
    const auto metrics = results.ShownMetrics();

    for (const auto& f : results.figures)
    {
        if (f.kind == "heatmap")
        {
            const std::size_t x = results.KeyIndex(f.x);
            std::size_t y = f.second.empty() ? results.keys.size() : results.KeyIndex(f.second);
            for (const std::size_t other : numeric)
            {
                y = y == results.keys.size() && other != x ? other : y;
            }
            if (y == results.keys.size() || y == x)
            {
                throw RequestError(results.path + ": the heat map of '" + f.metric + "' over '" +
                                   f.x + "' needs a second swept key");
            }
            addHeatMaps(x, y, f.metric);
        }
        else if (f.kind == "scatter")
        {
            std::vector<std::size_t> along;
            if (!f.second.empty())
            {
                along.push_back(results.KeyIndex(f.second));
            }
            const auto layout = LayOut(results, along);
            for (const auto& panel : Panels(results, layout, kMostPanels))
            {
                add(ScatterFigure(results, f.x, f.metric, along, layout, panel));
            }
        }
        else if (f.kind.empty() || f.kind == "line")
        {
            addLines(results.KeyIndex(f.x), f.metric);
        }
    }
    if (results.figures.empty())
    {
        auto over = numeric;
        for (std::size_t i = 0; over.empty() && i < results.keys.size(); ++i)
        {
            // Words only: any swept key but the cases, or else the cases.
            if (results.keys[i].name != "case" || results.keys.size() == 1)
            {
                over.push_back(i);
            }
        }
        for (const std::size_t x : over)
        {
            for (const auto& metric : metrics)
            {
                addLines(x, metric);
            }
        }
    }
    const auto layout = LayOut(results, {});
    for (const bool complementary : {false, true})
    {
        for (const auto& panel : Panels(results, layout, kMostDistributions))
        {
            add(DistributionFigure(results, complementary, layout, panel, sampleAt));
        }
    }
    if (numeric.size() >= 2)
    {
        for (std::size_t i = 0; i < metrics.size() && i < 3; ++i)
        {
            addHeatMaps(numeric[0], numeric[1], metrics[i]);
        }
    }
    return figures;
}

} // namespace shardsim
