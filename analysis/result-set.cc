// SPDX-License-Identifier: GPL-2.0-only
#include "result-set.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

namespace shardsim
{

namespace
{

using Json = nlohmann::ordered_json;

/** Text of a swept value as the user would write it. */
std::string
ValueText(const Json& value)
{
    return value.is_string() ? value.get<std::string>() : value.dump();
}

Json
ParseInfo(const ResultsStore& store, const std::string& key)
{
    const auto text = store.GetInfo(key);
    if (!text || text->empty())
    {
        return Json::array();
    }
    try
    {
        return Json::parse(*text);
    }
    catch (const Json::exception& e)
    {
        throw RequestError(store.Path() + ": entry '" + key + "' is damaged: " + e.what());
    }
}

std::string
TextOf(const Json& object, const std::string& key)
{
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

/** Index of the value, added if it is new. */
std::size_t
IndexOf(SweptKey& key, const std::string& value)
{
    const auto it = std::find(key.values.begin(), key.values.end(), value);
    if (it != key.values.end())
    {
        return static_cast<std::size_t>(it - key.values.begin());
    }
    key.values.push_back(value);
    return key.values.size() - 1;
}

/** Whether all values are numbers of one unit, and which. */
void
Quantify(SweptKey& key)
{
    std::vector<double> numbers;
    std::set<std::string> units;
    for (const auto& value : key.values)
    {
        const auto quantity = ParseQuantity(value);
        if (!quantity)
        {
            return;
        }
        numbers.push_back(quantity->first);
        if (quantity->first != 0.0 || !quantity->second.empty())
        {
            units.insert(quantity->second); // a bare 0 goes with any unit
        }
    }
    if (units.size() > 1 || numbers.empty())
    {
        return;
    }
    key.numeric = true;
    key.unit = units.empty() ? "" : *units.begin();
    key.numbers = numbers;
}

std::size_t
EditDistance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
    {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i)
    {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j)
        {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
            diagonal = above;
        }
    }
    return row[b.size()];
}

[[noreturn]] void
ThrowUnknown(const std::string& path,
             const std::string& what,
             const std::string& name,
             const std::vector<std::string>& known)
{
    const auto near = NearNames(name, known);
    throw RequestError(path + ": no " + what + " '" + name + "' in these results; " +
                       (near.empty() ? "there are none" : "there is " + Join(near, ", ")) +
                       (near.size() < known.size() ? ", ..." : ""));
}

} // namespace

std::string
Join(const std::vector<std::string>& parts, const std::string& separator)
{
    std::string all;
    for (const auto& part : parts)
    {
        all += (all.empty() ? "" : separator) + part;
    }
    return all;
}

std::optional<std::pair<double, std::string>>
ParseQuantity(const std::string& text)
{
    if (text.empty() || !(std::isdigit(static_cast<unsigned char>(text[0])) || text[0] == '-' ||
                          text[0] == '+' || text[0] == '.'))
    {
        return std::nullopt; // also keeps "inf" and "nan" out
    }
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (end == text.c_str())
    {
        return std::nullopt;
    }
    while (*end == ' ')
    {
        ++end;
    }
    static const std::map<std::string, std::pair<double, std::string>> units{
        {"", {1.0, ""}},           {"ns", {1e-6, "ms"}},         {"us", {1e-3, "ms"}},
        {"ms", {1.0, "ms"}},       {"s", {1e3, "ms"}},           {"min", {6e4, "ms"}},
        {"h", {3.6e6, "ms"}},      {"bps", {1e-6, "Mbps"}},      {"kbps", {1e-3, "Mbps"}},
        {"Kbps", {1e-3, "Mbps"}},  {"Mbps", {1.0, "Mbps"}},      {"Gbps", {1e3, "Mbps"}},
        {"B", {1.0, "B"}},         {"kB", {1e3, "B"}},           {"KB", {1e3, "B"}},
        {"MB", {1e6, "B"}},        {"GB", {1e9, "B"}},           {"KiB", {1024.0, "B"}},
        {"MiB", {1048576.0, "B"}}, {"GiB", {1073741824.0, "B"}}, {"p", {1.0, "p"}},
    };
    const auto unit = units.find(end);
    if (unit == units.end())
    {
        return std::nullopt;
    }
    return std::make_pair(number * unit->second.first, unit->second.second);
}

std::vector<std::string>
NearNames(const std::string& name, const std::vector<std::string>& known)
{
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (const auto& candidate : known)
    {
        std::size_t distance = EditDistance(name, candidate);
        if (!name.empty() && candidate.find(name) != std::string::npos)
        {
            distance = std::min<std::size_t>(distance, 1); // part of the name was given
        }
        ranked.emplace_back(distance, candidate);
    }
    std::stable_sort(ranked.begin(),
                     ranked.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> near;
    const std::size_t limit = std::max<std::size_t>(2, name.size() / 3);
    for (const auto& r : ranked)
    {
        if (r.first <= limit && near.size() < 3)
        {
            near.push_back(r.second);
        }
    }
    if (near.empty())
    {
        for (std::size_t i = 0; i < known.size() && i < 8; ++i)
        {
            near.push_back(known[i]);
        }
    }
    return near;
}

ResultSet
ResultSet::Load(const std::string& file)
{
    const auto store = ResultsStore::Open(file, ResultsStore::READ_ONLY);
    ResultSet set;
    set.path = file;
    set.name = store.GetInfo("sweep_name").value_or("");
    set.scenario = store.GetInfo("scenario").value_or("");

    const auto points = store.Points();
    const bool cases = std::any_of(points.begin(),
                                   points.end(),
                                   [](const PointRecord& p) { return !p.name.empty(); });
    if (cases)
    {
        set.keys.emplace_back();
        set.keys.back().name = "case";
    }
    const Json keys = ParseInfo(store, "keys");
    for (const auto& key : keys)
    {
        set.keys.emplace_back();
        set.keys.back().name = ValueText(key);
    }
    std::map<int64_t, std::vector<std::size_t>> valuesOf;
    for (const auto& point : points)
    {
        Json swept;
        try
        {
            swept = Json::parse(point.swept.empty() ? "{}" : point.swept);
        }
        catch (const Json::exception& e)
        {
            throw RequestError(file + ": swept values of point " + std::to_string(point.id) +
                               " are damaged: " + e.what());
        }
        auto& values = valuesOf[point.id];
        for (auto& key : set.keys)
        {
            const auto it = swept.find(key.name);
            const std::string text = cases && &key == &set.keys.front() ? point.name
                                     : it == swept.end()                ? ""
                                                                        : ValueText(*it);
            values.push_back(IndexOf(key, text));
        }
    }
    for (std::size_t i = cases ? 1 : 0; i < set.keys.size(); ++i)
    {
        Quantify(set.keys[i]);
    }

    for (const auto& m : ParseInfo(store, "metrics"))
    {
        const std::string meaning = TextOf(m, "meaning");
        set.metrics.push_back(
            {TextOf(m, "name"), TextOf(m, "unit"), meaning.empty() ? TextOf(m, "help") : meaning});
    }
    std::set<std::string> known;
    for (const auto& m : set.metrics)
    {
        known.insert(m.name);
    }
    for (auto& run : store.Runs())
    {
        ResultRow row;
        row.id = run.id;
        row.seed = run.seed;
        row.run = run.run;
        row.done = run.done;
        row.values = valuesOf[run.point];
        for (const auto& m : run.metrics)
        {
            row.metrics[m.first] = m.second;
            if (known.insert(m.first).second)
            {
                set.metrics.push_back({m.first, "", ""});
            }
        }
        set.rows.push_back(std::move(row));
    }
    for (const auto& f : ParseInfo(store, "figures"))
    {
        // A line's y is a metric; a heat map's x and y are both swept, and its z is the metric. A
        // scatter's x and y are metrics, and it may go along a key.
        const std::string kind = TextOf(f, "kind");
        const bool isMap = kind == "heatmap";
        set.figures.push_back({kind,
                               TextOf(f, "x"),
                               TextOf(f, isMap ? "z" : "y"),
                               isMap               ? TextOf(f, "y")
                               : kind == "scatter" ? TextOf(f, "along")
                                                   : ""});
    }
    return set;
}

std::size_t
ResultSet::KeyIndex(const std::string& key) const
{
    std::vector<std::string> known;
    for (std::size_t i = 0; i < keys.size(); ++i)
    {
        if (keys[i].name == key)
        {
            return i;
        }
        known.push_back(keys[i].name);
    }
    ThrowUnknown(path, "swept key", key, known);
}

const MetricDescription&
ResultSet::Metric(const std::string& metric) const
{
    std::vector<std::string> known;
    for (const auto& m : metrics)
    {
        if (m.name == metric)
        {
            return m;
        }
        known.push_back(m.name);
    }
    ThrowUnknown(path, "metric", metric, known);
}

bool
ResultSet::HasMetric(const std::string& metric) const
{
    return std::any_of(metrics.begin(),
                       metrics.end(),
                       [&](const MetricDescription& m) { return m.name == metric; });
}

std::size_t
ResultSet::Failed() const
{
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [](const ResultRow& r) { return !r.done; }));
}

std::optional<double>
ResultSet::Value(const ResultRow& row, const std::string& metric)
{
    const auto it = row.metrics.find(metric);
    if (it == row.metrics.end())
    {
        return std::nullopt;
    }
    if (!it->second && metric.rfind("latency_sent.", 0) == 0)
    {
        return std::numeric_limits<double>::infinity();
    }
    return it->second;
}

std::vector<std::string>
ResultSet::ShownMetrics() const
{
    std::vector<std::string> shown;
    const auto add = [&](const std::string& name)
    {
        if (HasMetric(name) && std::find(shown.begin(), shown.end(), name) == shown.end())
        {
            shown.push_back(name);
        }
    };
    for (const auto& f : figures)
    {
        add(f.metric);
    }
    if (shown.empty())
    {
        for (const char* name : {"latency.p50_ms",
                                 "latency.p99_ms",
                                 "datagrams.loss_ratio",
                                 "goodput_mbps",
                                 "wire.overhead_ratio"})
        {
            add(name);
        }
    }
    for (std::size_t i = 0; shown.empty() && i < metrics.size() && i < 5; ++i)
    {
        shown.push_back(metrics[i].name);
    }
    return shown;
}

} // namespace shardsim
