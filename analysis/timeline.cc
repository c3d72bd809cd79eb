// SPDX-License-Identifier: GPL-2.0-only
#include "timeline.h"

#include "errors.h"
#include "export.h"
#include "gnuplot.h"
#include "plot-style.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

namespace shardsim
{

namespace
{

/** The timeline, one row a line. @param missing stands for no value */
std::string
Text(const Timeline& timeline, const char* separator, const char* missing)
{
    std::ostringstream out;
    for (const auto& row : timeline.rows)
    {
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            out << (i ? separator : "")
                << (std::isfinite(row[i]) ? ExactNumber(row[i]) : std::string(missing));
        }
        out << '\n';
    }
    return out.str();
}

/** @return number of a column in gnuplot's data, from 1; RequestError when there is none */
std::size_t
Column(const Timeline& timeline, const std::string& name)
{
    const auto found = std::find(timeline.columns.begin(), timeline.columns.end(), name);
    if (found == timeline.columns.end())
    {
        throw RequestError("timeline: has no column " + name);
    }
    return static_cast<std::size_t>(found - timeline.columns.begin()) + 1;
}

/** What was decided, against the right axis: shards as steps. */
std::string
Decisions(const Timeline& timeline, const std::string& data)
{
    const auto step = [&](const char* column, std::size_t series)
    {
        return data + "using 1:" + std::to_string(Column(timeline, column)) +
               " axes x1y2 with steps lw 1.4 " + SeriesStyle(series);
    };
    return step("data_shards", 0) + " title 'data shards', " + step("repair_shards", 2) +
           " title 'repair shards'";
}

Figure
Draft(const Timeline& timeline, const std::string& name, const std::string& label)
{
    Figure figure;
    figure.name = name;
    figure.heightCm = 6.4;
    figure.data = Text(timeline, " ", "?");
    figure.commands = CommonStyle() + KeyCommands({"seen", "believed", "data", "repair"}, "") +
                      "set border 11\nset y2tics nomirror\nset ytics nomirror\n"
                      "set rmargin 8\nset yrange [0:*]\nset y2range [0:*]\n"
                      "set xlabel 'time (s)'\nset y2label 'shards of a block' offset -1,0\n"
                      "set ylabel " +
                      Quoted(label) + "\n";
    return figure;
}

/** What cryptographic units did: throughput and latency, and the queue of each. */
std::vector<Figure>
UnitsFigures(const Timeline& timeline)
{
    const auto begin = [&](const std::string& name, const std::vector<std::string>& titles)
    {
        Figure figure;
        figure.name = name;
        figure.heightCm = 6.4;
        figure.data = Text(timeline, " ", "?");
        figure.commands =
            CommonStyle() + KeyCommands(titles, "") + "set yrange [0:*]\nset xlabel 'time (s)'\n";
        return figure;
    };
    const auto curve = [&](const Figure& figure, const std::string& column, std::size_t series)
    {
        return "'data/" + figure.name +
               ".dat' using 1:" + std::to_string(Column(timeline, column)) + " with lines lw 1.4 " +
               SeriesStyle(series);
    };
    Figure units = begin("timeline-units", {"leaves the units", "delivered", "longest latency"});
    units.commands += "set border 11\nset y2tics nomirror\nset ytics nomirror\nset rmargin 8\n"
                      "set y2range [0:*]\nset y2label 'longest latency (ms)' offset -1,0\n"
                      "set ylabel 'throughput (Mbit/s)'\nplot " +
                      curve(units, "rate_mbps", 5) + " title 'leaves the units', " +
                      curve(units, "delivered_mbps", 0) + " title 'delivered', " +
                      curve(units, "latency_max_ms", 1) + " axes x1y2 title 'longest latency'\n";

    std::vector<std::string> queues;
    for (const std::string& column : timeline.columns)
    {
        if (column.rfind("queue_", 0) == 0)
        {
            queues.push_back(column);
        }
    }
    // Of more than eight, which one it is would not be seen anyway.
    std::vector<std::string> titles;
    for (std::size_t unit = 0; queues.size() <= 8 && unit < queues.size(); ++unit)
    {
        titles.push_back("unit " + std::to_string(unit));
    }
    Figure lengths = begin("timeline-queues", titles);
    lengths.commands += "set ylabel 'shards at a unit'\nplot ";
    for (std::size_t unit = 0; unit < queues.size(); ++unit)
    {
        lengths.commands += (unit > 0 ? ", " : "") + curve(lengths, queues[unit], unit) +
                            (titles.empty() ? " notitle" : " title " + Quoted(titles[unit]));
    }
    lengths.commands += "\n";
    return {units, lengths};
}

/** The ramp of a pool of endpoints: what it had, what was asked of it, and who waited too long. */
std::vector<Figure>
PoolFigures(const Timeline& timeline)
{
    Figure figure;
    figure.name = "timeline-pool";
    figure.heightCm = 8;
    figure.data = Text(timeline, " ", "?");
    const std::string data = "'data/timeline-pool.dat' using 1:";
    const auto column = [&](const char* name)
    { return "$" + std::to_string(Column(timeline, name)); };
    const std::string warm = column("warm_units");
    const std::string all =
        "(" + warm + "+" + column("cold_units") + "+" + column("draining_units") + ")";
    const bool isForecast =
        std::any_of(timeline.rows.begin(),
                    timeline.rows.end(),
                    [at = Column(timeline, "forecast_units") - 1](const std::vector<double>& row)
                    { return std::isfinite(row[at]); });
    std::vector<std::string> titles{"units starting, cold or draining",
                                    "units warm",
                                    "work offered",
                                    "requests too late"};
    if (isForecast)
    {
        titles.insert(titles.begin() + 3, "work forecast");
    }
    std::ostringstream out;
    out << CommonStyle() << KeyCommands(titles, "")
        << "set border 11\nset y2tics nomirror\nset ytics nomirror\nset rmargin 8\n"
           "set yrange [0:*]\nset y2range [0:100]\nset xlabel 'time (s)'\n"
           "set y2label 'requests too late (%)' offset -1,0\nset ylabel 'units'\nplot "
        << data << all << " with fillsteps fs solid noborder lc rgb '#D5D5D5' title '" << titles[0]
        << "', " << data << "(" << warm
        << ") with fillsteps fs solid noborder lc rgb '#A6CEE3' title '" << titles[1] << "', "
        << data << "(" << column("offered_units") << ") with lines lw 1.2 lc rgb '#000000' title '"
        << titles[2] << "', ";
    if (isForecast)
    {
        out << data << "(" << column("forecast_units") << ") with lines lw 1.6 " << SeriesStyle(2)
            << " title '" << titles[3] << "', ";
    }
    out << data << "(100*" << column("violation_ratio")
        << ") axes x1y2 with impulses lw 2 lc rgb '#D55E00' title '" << titles.back() << "'\n";
    figure.commands = out.str();
    return {figure};
}

/** What the control loop saw beside what it decided. */
std::vector<Figure>
LoopFigures(const Timeline& timeline)
{
    const auto percent = [&](const char* column)
    { return "1:(100*$" + std::to_string(Column(timeline, column)) + ")"; };

    Figure loss = Draft(timeline, "timeline-loss", "loss (%)");
    const std::string lossData = "'data/timeline-loss.dat' ";
    loss.commands += "plot " + lossData + "using " + percent("loss_seen_ratio") +
                     " with points ps 0.3 pt 7 lc rgb '#A0A0A0' title 'loss seen', " + lossData +
                     "using " + percent("loss_believed_ratio") + " with lines lw 1.6 " +
                     SeriesStyle(1) + " title 'believed', " + Decisions(timeline, lossData) + "\n";
    Figure delay = Draft(timeline, "timeline-delay", "one-way delay (ms)");
    const std::string delayData = "'data/timeline-delay.dat' ";
    delay.commands += "plot " + delayData +
                      "using 1:" + std::to_string(Column(timeline, "delay_ms")) +
                      " with lines lw 1.6 " + SeriesStyle(1) + " title 'median delay', " +
                      Decisions(timeline, delayData) + "\n";
    return {loss, delay};
}

/** A client's buffer, and what it asked for beside what it believed of its link. */
std::vector<Figure>
ClientFigures(const Timeline& timeline)
{
    const auto begin = [&](const std::string& name, const std::vector<std::string>& titles)
    {
        Figure figure;
        figure.name = name;
        figure.heightCm = 6.4;
        figure.data = Text(timeline, " ", "?");
        figure.commands =
            CommonStyle() + KeyCommands(titles, "") + "set yrange [0:*]\nset xlabel 'time (s)'\n";
        return figure;
    };
    const auto curve = [&](const Figure& figure, const char* column, const char* style)
    {
        return "'data/" + figure.name +
               ".dat' using 1:" + std::to_string(Column(timeline, column)) + " with " + style +
               " lw 1.4 ";
    };
    Figure buffer = begin("timeline-buffer", {"buffer"});
    buffer.commands += "set ylabel 'buffer at each request (s)'\nplot " +
                       curve(buffer, "buffer_s", "lines") + SeriesStyle(0) + " title 'buffer'\n";
    Figure bitrate = begin("timeline-bitrate", {"rendition", "throughput believed"});
    bitrate.commands += "set ylabel 'kbit/s'\nplot " + curve(bitrate, "throughput_kbps", "lines") +
                        SeriesStyle(1) + " title 'throughput believed', " +
                        curve(bitrate, "bitrate_kbps", "steps") + SeriesStyle(0) +
                        " title 'rendition'\n";
    return {buffer, bitrate};
}

/** How an offload engine divided its memory, and what it forecast. */
std::vector<Figure>
EngineFigures(const Timeline& timeline)
{
    const auto begin =
        [&](const std::string& name, const std::vector<std::string>& titles, const char* label)
    {
        Figure figure;
        figure.name = name;
        figure.heightCm = 6.4;
        figure.data = Text(timeline, " ", "?");
        figure.commands = CommonStyle() + KeyCommands(titles, "") +
                          "set xlabel 'time (s)'\nset ylabel " + Quoted(label) + "\n";
        return figure;
    };
    const auto curve =
        [&](const Figure& figure, const std::string& column, const char* style, std::size_t series)
    {
        return "'data/" + figure.name +
               ".dat' using 1:" + std::to_string(Column(timeline, column)) + " with " + style +
               ' ' + SeriesStyle(series);
    };
    std::vector<std::string> titles;
    for (std::size_t i = Column(timeline, "plan_0_kib") - 1; i < timeline.columns.size(); ++i)
    {
        titles.push_back("function " + std::to_string(titles.size()));
    }
    Figure allocation = begin("timeline-allocation", titles, "buffer planned (KiB)");
    allocation.commands += "set yrange [0:*]\nplot ";
    for (std::size_t i = 0; i < titles.size(); ++i)
    {
        allocation.commands +=
            (i > 0 ? ", " : "") +
            curve(allocation, "plan_" + std::to_string(i) + "_kib", "steps lw 1.2", i) + " title " +
            Quoted(titles[i]);
    }
    allocation.commands += "\n";

    Figure forecast =
        begin("timeline-forecast", {"seen", "expected", "score", "alert"}, "KiB in an interval");
    forecast.commands += "set border 11\nset ytics nomirror\nset y2tics nomirror\n"
                         "set rmargin 8\nset yrange [0:*]\nset y2range [0:1.05]\n"
                         "set y2label 'score' offset -1,0\nplot 'data/timeline-forecast.dat' "
                         "using 1:" +
                         std::to_string(Column(timeline, "seen_kib")) +
                         " with points ps 0.3 pt 7 lc rgb '#A0A0A0' title 'seen', " +
                         curve(forecast, "expected_kib", "lines lw 1.4", 0) +
                         " title 'expected', 'data/timeline-forecast.dat' using 1:" +
                         std::to_string(Column(timeline, "score")) +
                         " axes x1y2 with lines lw 1.0 " + SeriesStyle(2) +
                         " title 'score', 'data/timeline-forecast.dat' using 1:" +
                         std::to_string(Column(timeline, "alert")) +
                         " axes x1y2 with points pt 8 ps 1.4 lw 2 lc rgb '#000000' title "
                         "'alert'\n";

    Figure regret = begin("timeline-regret", {"regret"}, "regret against the last value (KiB)");
    regret.commands += "set xzeroaxis\nplot " + curve(regret, "regret_kib", "lines lw 1.4", 0) +
                       " title 'regret'\n";
    return {allocation, forecast, regret};
}

} // namespace

void
WriteTimeline(const Timeline& timeline, const std::string& directory, std::ostream& out)
{
    if (timeline.rows.empty())
    {
        throw RequestError(
            "--timeline: nothing was reported in this run; allowed: a policy that "
            "learns from reports, such as sharding.policy = adaptive, crypto.units, disc = "
            "offload, or endpoints with network.ideal = false");
    }
    std::string header;
    for (const std::string& column : timeline.columns)
    {
        header += (header.empty() ? "" : ",") + column;
    }
    MakeDirectory(directory);
    WriteFile(directory + "/timeline.csv", header + "\n" + Text(timeline, ",", ""));
    out << directory << "/timeline.csv\n";

    const std::string gnuplot = FindGnuplot();
    const auto has = [&](const char* column)
    {
        const auto& columns = timeline.columns;
        return std::find(columns.begin(), columns.end(), column) != columns.end();
    };
    for (const Figure& figure : has("plan_0_kib")    ? EngineFigures(timeline)
                                : has("buffer_s")    ? ClientFigures(timeline)
                                : has("warm_units")  ? PoolFigures(timeline)
                                : has("wait_max_us") ? UnitsFigures(timeline)
                                                     : LoopFigures(timeline))
    {
        Draw(gnuplot, directory, figure);
        out << directory << '/' << figure.name << ".{png,svg,pdf}\n";
    }
}

} // namespace shardsim
