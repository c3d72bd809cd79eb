// SPDX-License-Identifier: GPL-2.0-only
#include "plot-style.h"

#include "gnuplot.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>

namespace shardsim
{

namespace
{

/** Columns of the key: two, or one when the titles are long. */
std::size_t
KeyColumns(const std::vector<std::string>& titles)
{
    std::size_t longest = 0;
    for (const auto& title : titles)
    {
        longest = std::max(longest, title.size());
    }
    const std::size_t fit = longest <= 9 ? 3 : longest <= 22 ? 2 : 1;
    return std::min(fit, std::max<std::size_t>(1, titles.size()));
}

/** "wire.overhead_ratio" to "Wire overhead ratio". */
std::string
Spoken(const std::string& name)
{
    static const std::vector<std::string> acronyms{"mtu", "fec", "arq", "tcp", "rtt", "dscp"};
    std::string text;
    std::string word;
    for (std::size_t i = 0; i <= name.size(); ++i)
    {
        const char c = i < name.size() ? name[i] : ' ';
        if (c != '.' && c != '_' && c != ' ')
        {
            word += c;
            continue;
        }
        if (std::find(acronyms.begin(), acronyms.end(), word) != acronyms.end())
        {
            std::transform(word.begin(),
                           word.end(),
                           word.begin(),
                           [](unsigned char l) { return static_cast<char>(std::toupper(l)); });
        }
        text += (text.empty() || word.empty() ? "" : " ") + word;
        word.clear();
    }
    if (!text.empty())
    {
        text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    }
    return text;
}

/** "99th percentile" of "p99", "99.9th" of "p999"; empty for another word. */
std::string
Percentile(const std::string& word)
{
    if (word.size() < 3 || word[0] != 'p' ||
        !std::all_of(word.begin() + 1, word.end(), [](unsigned char c) { return std::isdigit(c); }))
    {
        return "";
    }
    if (word == "p50")
    {
        return "Median";
    }
    std::string number = word.substr(1, 2);
    if (word.size() > 3)
    {
        number += "." + word.substr(3);
    }
    return number + "th percentile";
}

std::string
WithUnit(const std::string& text, const std::string& unit)
{
    // A ratio is a plain number.
    return unit.empty() || unit == "ratio" ? text : text + " (" + unit + ")";
}

bool
EndsWith(const std::string& text, const std::string& end)
{
    return text.size() >= end.size() &&
           text.compare(text.size() - end.size(), end.size(), end) == 0;
}

} // namespace

std::string
SeriesColour(std::size_t series)
{
    static const std::vector<std::string> colours{"#0072B2",
                                                  "#D55E00",
                                                  "#009E73",
                                                  "#CC79A7",
                                                  "#000000",
                                                  "#56B4E9",
                                                  "#E69F00",
                                                  "#F0E442"};
    return colours[series % colours.size()];
}

std::string
SeriesStyle(std::size_t series)
{
    static const std::vector<std::string>
        dashes{"1", "(10,4)", "(3,3)", "(10,3,3,3)", "(10,3,3,3,3,3)", "(16,5)", "(6,2)", "(2,5)"};
    static const std::vector<int> markers{7, 5, 9, 13, 11, 6, 4, 8, 12, 10};
    return "lc rgb '" + SeriesColour(series) + "' dt " + dashes[series % dashes.size()] + " pt " +
           std::to_string(markers[series % markers.size()]);
}

std::string
CommonStyle()
{
    return "set encoding utf8\n"
           "set datafile missing '?'\n"
           "set border 3 lw 0.7 lc rgb '#404040'\n"
           "set tics nomirror scale 0.5 textcolor rgb '#202020'\n"
           "set grid lt 1 lw 0.4 lc rgb '#E0E0E0'\n"
           "set xlabel offset 0,0.4\n"
           "set ylabel offset 0,0\n"
           "set bmargin 3\n";
}

std::string
KeyCommands(const std::vector<std::string>& titles, const std::string& heading)
{
    if (titles.empty())
    {
        const std::string title = "set title " + Quoted(heading) + " noenhanced offset 0,-0.6\n";
        return "unset key\n" + (heading.empty() ? "" : title);
    }
    const std::string title = "set key title " + Quoted(heading) + " noenhanced center\n";
    return (heading.empty() ? "" : title) +
           "set key outside top center horizontal Left reverse noenhanced samplen 3.2 spacing 1.0 "
           "width 1 maxcols " +
           std::to_string(KeyColumns(titles)) + "\n";
}

double
KeyHeightCm(const std::vector<std::string>& titles, const std::string& heading)
{
    const double headingHeight = heading.empty() ? 0.0 : 0.34;
    if (titles.empty())
    {
        return headingHeight;
    }
    const std::size_t columns = KeyColumns(titles);
    const std::size_t rows = (titles.size() + columns - 1) / columns;
    return 0.2 + 0.34 * static_cast<double>(rows) + headingHeight;
}

std::string
MetricLabel(const MetricDescription& metric)
{
    static const std::map<std::string, std::string> known{
        {"datagrams.loss_ratio", "Datagram loss"},
        {"deadline.miss_ratio", "Missed deadlines"},
        {"goodput_mbps", "Goodput"},
        {"provision.unit_s", "Units x time"},
        {"qoe.linear", "Linear QoE of a session"},
        {"qoe.linear_per_s", "Linear QoE per second of the movie"},
        {"qoe.mean_bitrate_kbps", "Mean bitrate"},
        {"qoe.rebuffer_ratio", "Stalls, share of the session"},
        {"qoe.switch_kbps", "Mean change of bitrate"},
        {"qoe.live_latency_ms", "Age of what is shown"},
        {"slo.violation_ratio", "Requests too late"},
        {"faults.blast_ratio", "Clients touched by a fault"},
        {"wire.overhead_ratio", "Bytes on the wire / delivered"},
        {"repair_ms", "Until a lost shard is there again"},
        {"encoder.encoding_s", "Encoding in all"},
        {"map.bytes_ratio", "Bytes of shard maps / media"},
        {"prefetch.accuracy_ratio", "Read, of what was asked for ahead"},
        {"prefetch.coverage_ratio", "Asked for ahead, of what was read"},
        {"forecast.mase", "Mean error / that of the last value"},
        {"drops.ratio", "Packets dropped"},
        {"predictor.coverage_ratio", "Came until the stated quantile"},
        {"predictor.pinball_ms", "Pinball loss"},
    };
    const auto it = known.find(metric.name);
    if (it != known.end())
    {
        return WithUnit(it->second, metric.unit);
    }
    std::string name = metric.name;
    for (const char* unit : {"_ms", "_us", "_s", "_mbps", "_bytes"})
    {
        if (!metric.unit.empty() && EndsWith(name, unit))
        {
            name.resize(name.size() - std::string(unit).size());
        }
    }
    const auto dot = name.rfind('.');
    const auto bar = name.rfind('_');
    const auto cut =
        dot == std::string::npos || (bar != std::string::npos && bar > dot) ? bar : dot;
    if (cut != std::string::npos)
    {
        const std::string percentile = Percentile(name.substr(cut + 1));
        if (!percentile.empty())
        {
            std::string of = Spoken(name.substr(0, cut));
            of[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(of[0])));
            if (of == "latency sent")
            {
                of = "latency, lost = inf";
            }
            return WithUnit((percentile == "Median" ? "Median " : percentile + " of ") + of,
                            metric.unit);
        }
    }
    return WithUnit(Spoken(name), metric.unit);
}

std::string
KeyLabel(const SweptKey& key)
{
    static const std::map<std::string, std::string> known{
        {"topology.mtu", "MTU (B)"},
        {"topology.paths", "Paths"},
        {"topology.hops", "Links on each path"},
        {"topology.rate", "Link rate"},
        {"topology.delay", "Link delay"},
        {"shards.duration", "Shard duration"},
        {"network.rate", "Mean bandwidth of a link"},
        {"faults.crash", "Share of encoders that fail"},
        {"pool.encoders", "Encoders"},
        {"cache.capacity", "Room of each cache"},
        {"loss.rate", "Packet loss of a path"},
        {"loss.burst", "Mean burst of losses (packets)"},
        {"congestion.load", "Load of cross traffic"},
        {"jitter.mean", "Mean jitter"},
        {"traffic.rate", "Offered rate"},
        {"traffic.size", "Datagram size (B)"},
        {"fec.repair", "Repair shards of a block"},
        {"fec.interleave", "Interleaving depth (blocks)"},
        {"sharding.shards", "Data shards of a block"},
        {"sharding.size", "Shard size (B)"},
        {"crypto.units", "Crypto units"},
        {"topology.loss", "Packet loss of a link"},
        {"fanout.n", "Endpoints at first contact"},
        {"endpoint.warm_up", "Warm-up"},
        {"clients.popularity", "Exponent of popularity"},
        {"functions.mix", "Load"},
        {"buffer.total", "Memory"},
        {"select.policy", "Selection"},
        {"reassembly.score_level", "Stated probability"},
    };
    const auto it = known.find(key.name);
    std::string text = it != known.end() ? it->second : Spoken(key.name);
    const std::string unit = key.unit == "p" ? "packets" : key.unit;
    return text.find('(') != std::string::npos ? text : WithUnit(text, key.numeric ? unit : "");
}

} // namespace shardsim
