// SPDX-License-Identifier: GPL-2.0-only
#include "export.h"
#include "figures.h"
#include "plot-axis.h"
#include "plot-style.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace shardsim
{

namespace
{

constexpr double kMillisecond = 1e6; // ns

/**
 * Ranks that a figure draws: evenly spaced ones, and geometrically closer towards both ends, where
 * the complementary curve's logarithmic axis shows every single one.
 */
std::vector<uint64_t>
DrawnRanks(uint64_t n)
{
    std::vector<uint64_t> ranks;
    const uint64_t even = 400;
    for (uint64_t i = 0; i <= even; ++i)
    {
        ranks.push_back(1 + i * (n - 1) / even);
    }
    for (double back = 1.0; back <= static_cast<double>(n); back = std::max(back + 1, back * 1.02))
    {
        const auto steps = static_cast<uint64_t>(back);
        ranks.push_back(n + 1 - steps);
        ranks.push_back(steps);
    }
    std::sort(ranks.begin(), ranks.end());
    ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
    return ranks;
}

/** One curve's data: steps, then a few markers, as two gnuplot data sets. */
void
WriteCurve(std::ostream& data,
           const PooledSample& sample,
           bool complementary,
           double left,
           double right,
           std::size_t series)
{
    const auto n = static_cast<uint64_t>(sample.nanoseconds.size());
    const double sent = static_cast<double>(sample.sent);
    const auto share = [&](uint64_t rank)
    {
        // the counts are whole: subtract before dividing, so that none left is exactly 0
        return static_cast<double>(complementary ? sample.sent - rank : rank) / sent;
    };
    const auto at = [&](uint64_t rank)
    { return static_cast<double>(sample.nanoseconds[rank - 1]) / kMillisecond; };
    const auto line = [&](double x, double y) {
        data << ExactNumber(x) << ' ' << (complementary && y <= 0.0 ? "?" : ExactNumber(y)) << '\n';
    };
    if (n == 0)
    {
        data << "? ?\n\n\n? ?\n";
        return;
    }
    // The steps are drawn where they can be seen; in between a plain line keeps its dashes whole.
    const auto visible = [&](double from, double to)
    {
        return left > 0.0 && right > 50 * left
                   ? std::log(to / from) > 0.005 * std::log(right / left)
                   : to - from > 0.005 * (right - left);
    };
    line(at(1), share(0));
    double x = at(1);
    double y = share(0);
    for (const uint64_t rank : DrawnRanks(n))
    {
        if (visible(x, at(rank)))
        {
            line(at(rank), y);
        }
        x = at(rank);
        y = share(rank);
        line(x, y);
    }
    if (n < sample.sent)
    {
        line(right, y); // what is lost never comes
    }
    data << "\n\n";
    // Markers at other places on each curve, so that they do not cover each other.
    const int markers = 5;
    for (int i = 0; i < markers; ++i)
    {
        const double step = (i + 0.3 + 0.13 * static_cast<double>(series % 5)) / markers;
        const double rest = complementary ? std::pow(static_cast<double>(n), -step) : 1.0 - step;
        const auto rank = static_cast<uint64_t>(std::ceil((1.0 - rest) * static_cast<double>(n)));
        const uint64_t shown = std::min(n, std::max<uint64_t>(1, rank));
        line(at(shown), share(shown));
    }
}

} // namespace

std::optional<Figure>
DistributionFigure(const ResultSet& results,
                   bool complementary,
                   const FigureLayout& layout,
                   const Panel& panel,
                   const std::function<PooledSample(const std::vector<std::size_t>&)>& sampleAt)
{
    std::vector<PooledSample> samples;
    std::vector<std::string> titles;
    const std::size_t count = layout.series ? results.keys[*layout.series].values.size() : 1;
    double left = 0.0;
    double right = 0.0;
    uint64_t most = 0;
    bool isQoe = false;
    for (std::size_t s = 0; s < count; ++s)
    {
        std::vector<std::size_t> values = panel.values;
        if (layout.series)
        {
            values[*layout.series] = s;
        }
        PooledSample sample = sampleAt(values);
        if (!sample.nanoseconds.empty())
        {
            const double first = static_cast<double>(sample.nanoseconds.front()) / kMillisecond;
            const double last = static_cast<double>(sample.nanoseconds.back()) / kMillisecond;
            left = most == 0 ? first : std::min(left, first);
            right = most == 0 ? last : std::max(right, last);
            isQoe = isQoe || sample.isQoe;
            most = std::max(most, sample.sent);
        }
        samples.push_back(std::move(sample));
        if (layout.series)
        {
            const auto& key = results.keys[*layout.series];
            titles.push_back(key.name == "case" ? key.values[s] : key.name + " = " + key.values[s]);
        }
    }
    if (most == 0 || (isQoe && complementary))
    {
        return std::nullopt;
    }

    Figure figure;
    const std::string cdf = isQoe ? "qoe-cdf" : "latency-cdf";
    figure.name = (complementary ? "latency-ccdf" : cdf) + panel.suffix;
    figure.heightCm = 5.6 + KeyHeightCm(titles, panel.title);
    const bool log = !isQoe && WantsLogScale({left, right});
    const double span = right - left;
    const double low = log ? left / 1.1 : left - 0.03 * span - (span == 0.0 ? 0.5 : 0.0);
    const double high = log ? right * 1.1 : right + 0.05 * span + (span == 0.0 ? 0.5 : 0.0);
    std::ostringstream data;
    const std::string columns =
        complementary ? "latency_ms share_later_or_lost; of all datagrams sent"
        : isQoe       ? "linear_qoe_mbps share_of_clients_up_to_that"
                      : "latency_ms share_delivered_by_then; of all datagrams sent";
    data << "# " << columns << "; for each series the curve, then its markers\n";
    for (std::size_t s = 0; s < count; ++s)
    {
        data << (s ? "\n\n" : "") << "# " << (titles.empty() ? "all" : titles[s]) << ", "
             << samples[s].sent << (isQoe ? " clients, " : " sent, ")
             << samples[s].nanoseconds.size() << (isQoe ? " with a value\n" : " delivered\n");
        WriteCurve(data, samples[s], complementary, low, high, s);
    }
    figure.data = data.str();

    std::ostringstream out;
    out << CommonStyle() << KeyCommands(titles, panel.title) << (log ? "set logscale x\n" : "")
        << "set xrange [" << ExactNumber(low) << ':' << ExactNumber(high) << "]\n"
        << "set xlabel '"
        << (isQoe ? "Linear QoE of a client, per second of the movie (Mbit/s)" : "Latency (ms)")
        << "' noenhanced\n";
    if (complementary)
    {
        // Down to the smallest share that a curve shows.
        double least = 1.0;
        for (const auto& s : samples)
        {
            const uint64_t lost = s.sent - static_cast<uint64_t>(s.nanoseconds.size());
            least = s.sent == 0 ? least
                                : std::min(least,
                                           static_cast<double>(std::max<uint64_t>(1, lost)) /
                                               static_cast<double>(s.sent));
        }
        const double floor = std::min(0.5, 0.7 * least);
        out << "set logscale y\nset yrange [" << ExactNumber(floor) << ":1]\n"
            << "set format y '10^{%T}'\nset ylabel 'Share of sent: later, or lost' noenhanced\n";
    }
    else
    {
        out << "set yrange [0:1]\nset ylabel 'Share of " << (isQoe ? "clients" : "datagrams sent")
            << "' noenhanced\n";
    }
    const std::string file = Quoted("data/" + figure.name + ".dat");
    out << "plot \\\n";
    for (std::size_t s = 0; s < count; ++s)
    {
        const std::string style = SeriesStyle(s);
        out << "  " << file << " index " << 2 * s << " using 1:2 with lines lw 1.3 "
            << style.substr(0, style.find(" pt ")) << " notitle, \\\n  " << file << " index "
            << 2 * s + 1 << " using 1:2 with points ps 0.5 lw 1.3 " << style << " notitle";
        if (!titles.empty())
        {
            out << ", \\\n  keyentry with linespoints lw 1.3 ps 0.5 " << style << " title "
                << Quoted(titles[s]);
        }
        out << (s + 1 < count ? ", \\\n" : "\n");
    }
    figure.commands = out.str();
    return figure;
}

} // namespace shardsim
