// SPDX-License-Identifier: GPL-2.0-only
#include "timeline-figures.h"

#include "errors.h"
#include "export.h"
#include "plot-style.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace shardsim
{

namespace
{

/** A figure of a timeline under way. */
class Sketch
{
  public:
    /**
     * @param timeline that is drawn
     * @param name of the figure's files
     * @param titles in the key
     * @param commands in front of the plot command
     * @param heightCm of the page
     */
    Sketch(const Timeline& timeline,
           const std::string& name,
           const std::vector<std::string>& titles,
           const std::string& commands,
           double heightCm = 6.4)
        : m_timeline(timeline)
    {
        m_figure.name = name;
        m_figure.heightCm = heightCm;
        m_figure.data = TimelineText(timeline, " ", "?");
        m_figure.commands =
            CommonStyle() + KeyCommands(titles, "") + "set xlabel 'time (s)'\n" + commands;
    }

    /** @return number of a column in gnuplot's data; RequestError when there is none */
    std::string Column(const std::string& name) const
    {
        const auto& columns = m_timeline.columns;
        const auto found = std::find(columns.begin(), columns.end(), name);
        if (found == columns.end())
        {
            throw RequestError("timeline: has no column " + name);
        }
        return std::to_string(found - columns.begin() + 1);
    }

    /** @param what a column, or an expression in brackets  @param style behind `with`  @param title
     * "" for none
     */
    void Curve(const std::string& what, const std::string& style, const std::string& title)
    {
        m_figure.commands += (m_isEmpty ? "plot " : ", ") + ("'data/" + m_figure.name) +
                             ".dat' using 1:" + what + " " + style +
                             (title.empty() ? " notitle" : " title " + Quoted(title));
        m_isEmpty = false;
    }

    /** @return the figure, done */
    Figure Done()
    {
        m_figure.commands += "\n";
        return m_figure;
    }

  private:
    const Timeline& m_timeline;
    Figure m_figure;
    bool m_isEmpty{true};
};

/// Commands for a second axis on the right. @param label of it  @param range of it
std::string
RightAxis(const std::string& label, const std::string& range = "[0:*]")
{
    return "set border 11\nset y2tics nomirror\nset ytics nomirror\nset rmargin 8\nset y2range " +
           range + "\nset y2label " + Quoted(label) + " offset -1,0\n";
}

/// Commands for the axis on the left. @param label of it
std::string
LeftAxis(const std::string& label)
{
    return "set yrange [0:*]\nset ylabel " + Quoted(label) + "\n";
}

const char* const GREY_DOTS = "with points ps 0.3 pt 7 lc rgb '#A0A0A0'";

/** What cryptographic units did: throughput and latency, and the queue of each. */
std::vector<Figure>
UnitsFigures(const Timeline& timeline)
{
    Sketch units(timeline,
                 "timeline-units",
                 {"leaves the units", "delivered", "longest latency"},
                 LeftAxis("throughput (Mbit/s)") + RightAxis("longest latency (ms)"));
    const auto line = [](std::size_t series) { return "with lines lw 1.4 " + SeriesStyle(series); };
    units.Curve(units.Column("rate_mbps"), line(5), "leaves the units");
    units.Curve(units.Column("delivered_mbps"), line(0), "delivered");
    units.Curve(units.Column("latency_max_ms"), "axes x1y2 " + line(1), "longest latency");

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
    Sketch lengths(timeline, "timeline-queues", titles, LeftAxis("shards at a unit"));
    for (std::size_t unit = 0; unit < queues.size(); ++unit)
    {
        lengths.Curve(lengths.Column(queues[unit]), line(unit), titles.empty() ? "" : titles[unit]);
    }
    return {units.Done(), lengths.Done()};
}

/** The ramp of a pool of endpoints: what it had, what was asked of it, and who waited too long. */
std::vector<Figure>
PoolFigures(const Timeline& timeline)
{
    const auto& columns = timeline.columns;
    const auto forecast = static_cast<std::size_t>(
        std::find(columns.begin(), columns.end(), "forecast_units") - columns.begin());
    const bool isForecast = std::any_of(timeline.rows.begin(),
                                        timeline.rows.end(),
                                        [forecast](const std::vector<double>& row)
                                        { return std::isfinite(row.at(forecast)); });
    std::vector<std::string> titles{"units starting, cold or draining",
                                    "units warm",
                                    "work offered",
                                    "requests too late"};
    if (isForecast)
    {
        titles.insert(titles.begin() + 3, "work forecast");
    }
    Sketch pool(timeline,
                "timeline-pool",
                titles,
                LeftAxis("units") + RightAxis("requests too late (%)", "[0:100]"),
                8);
    const std::string warm = "$" + pool.Column("warm_units");
    const std::string fill = "with fillsteps fs solid noborder lc rgb ";
    pool.Curve("(" + warm + "+$" + pool.Column("cold_units") + "+$" +
                   pool.Column("draining_units") + ")",
               fill + "'#D5D5D5'",
               titles[0]);
    pool.Curve("(" + warm + ")", fill + "'#A6CEE3'", titles[1]);
    pool.Curve(pool.Column("offered_units"), "with lines lw 1.2 lc rgb '#000000'", titles[2]);
    if (isForecast)
    {
        pool.Curve(pool.Column("forecast_units"), "with lines lw 1.6 " + SeriesStyle(2), titles[3]);
    }
    pool.Curve("(100*$" + pool.Column("violation_ratio") + ")",
               "axes x1y2 with impulses lw 2 lc rgb '#D55E00'",
               titles.back());
    return {pool.Done()};
}

/** What was decided, against the right axis: shards as steps. */
void
AddDecisions(Sketch& sketch)
{
    const std::string style = "axes x1y2 with steps lw 1.4 ";
    sketch.Curve(sketch.Column("data_shards"), style + SeriesStyle(0), "data shards");
    sketch.Curve(sketch.Column("repair_shards"), style + SeriesStyle(2), "repair shards");
}

/** What the control loop saw beside what it decided. */
std::vector<Figure>
LoopFigures(const Timeline& timeline)
{
    const std::string axis = RightAxis("shards of a block");
    Sketch loss(timeline,
                "timeline-loss",
                {"loss seen", "believed", "data shards", "repair shards"},
                LeftAxis("loss (%)") + axis);
    loss.Curve("(100*$" + loss.Column("loss_seen_ratio") + ")", GREY_DOTS, "loss seen");
    loss.Curve("(100*$" + loss.Column("loss_believed_ratio") + ")",
               "with lines lw 1.6 " + SeriesStyle(1),
               "believed");
    AddDecisions(loss);
    Sketch delay(timeline,
                 "timeline-delay",
                 {"median delay", "data shards", "repair shards"},
                 LeftAxis("one-way delay (ms)") + axis);
    delay.Curve(delay.Column("delay_ms"), "with lines lw 1.6 " + SeriesStyle(1), "median delay");
    AddDecisions(delay);
    return {loss.Done(), delay.Done()};
}

/** A client's buffer, and what it asked for beside what it believed of its link. */
std::vector<Figure>
ClientFigures(const Timeline& timeline)
{
    Sketch buffer(timeline, "timeline-buffer", {"buffer"}, LeftAxis("buffer at each request (s)"));
    buffer.Curve(buffer.Column("buffer_s"), "with lines lw 1.4 " + SeriesStyle(0), "buffer");
    Sketch bitrate(timeline,
                   "timeline-bitrate",
                   {"rendition", "throughput believed"},
                   LeftAxis("kbit/s"));
    bitrate.Curve(bitrate.Column("throughput_kbps"),
                  "with lines lw 1.4 " + SeriesStyle(1),
                  "throughput believed");
    bitrate.Curve(bitrate.Column("bitrate_kbps"),
                  "with steps lw 1.4 " + SeriesStyle(0),
                  "rendition");
    return {buffer.Done(), bitrate.Done()};
}

/** How an offload engine divided its memory, what it forecast, and what foresight was worth. */
std::vector<Figure>
EngineFigures(const Timeline& timeline)
{
    std::vector<std::string> titles;
    std::vector<std::string> plans;
    for (const std::string& column : timeline.columns)
    {
        if (column.rfind("plan_", 0) == 0)
        {
            titles.push_back("function " + std::to_string(plans.size()));
            plans.push_back(column);
        }
    }
    Sketch allocation(timeline, "timeline-allocation", titles, LeftAxis("buffer planned (KiB)"));
    for (std::size_t i = 0; i < plans.size(); ++i)
    {
        allocation.Curve(allocation.Column(plans[i]),
                         "with steps lw 1.2 " + SeriesStyle(i),
                         titles[i]);
    }
    Sketch forecast(timeline,
                    "timeline-forecast",
                    {"seen", "expected", "score", "alert"},
                    LeftAxis("KiB in an interval") + RightAxis("score", "[0:1.05]"));
    forecast.Curve(forecast.Column("seen_kib"), GREY_DOTS, "seen");
    forecast.Curve(forecast.Column("expected_kib"),
                   "with lines lw 1.4 " + SeriesStyle(0),
                   "expected");
    forecast.Curve(forecast.Column("score"),
                   "axes x1y2 with lines lw 1.0 " + SeriesStyle(2),
                   "score");
    forecast.Curve(forecast.Column("alert"),
                   "axes x1y2 with points pt 8 ps 1.4 lw 2 lc rgb '#000000'",
                   "alert");
    Sketch regret(timeline,
                  "timeline-regret",
                  {"regret"},
                  "set ylabel 'regret against the last value (KiB)'\nset xzeroaxis\n");
    regret.Curve(regret.Column("regret_kib"), "with lines lw 1.4 " + SeriesStyle(0), "regret");
    return {allocation.Done(), forecast.Done(), regret.Done()};
}

} // namespace

std::string
TimelineText(const Timeline& timeline, const char* separator, const char* missing)
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

std::vector<Figure>
TimelineFigures(const Timeline& timeline)
{
    switch (timeline.kind)
    {
    case TimelineKind::UNITS:
        return UnitsFigures(timeline);
    case TimelineKind::POOL:
        return PoolFigures(timeline);
    case TimelineKind::CLIENT:
        return ClientFigures(timeline);
    case TimelineKind::ENGINE:
        return EngineFigures(timeline);
    default:
        return LoopFigures(timeline);
    }
}

} // namespace shardsim
