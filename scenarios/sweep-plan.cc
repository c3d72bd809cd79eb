// SPDX-License-Identifier: GPL-2.0-only
#include "sweep-plan.h"

#include "scenarios/near-name.h"
#include "scenarios/toml-text.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace shardsim
{

namespace
{

using Json = nlohmann::ordered_json;

std::string
Dump(const Json& json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/** FNV-1a, 64 bit: tells plans apart that differ by accident, not by malice. */
class Fingerprint
{
  public:
    void Add(const char* bytes, std::size_t size)
    {
        for (std::size_t i = 0; i < size; ++i)
        {
            m_state = (m_state ^ static_cast<unsigned char>(bytes[i])) * 1099511628211ULL;
        }
    }

    /** A text and its end, so that "ab" "c" and "a" "bc" differ. */
    void Add(const std::string& text)
    {
        Add(text.data(), text.size());
        Add("", 1);
    }

    std::string Text() const
    {
        std::array<char, 17> hex;
        std::snprintf(hex.data(), hex.size(), "%016llx", static_cast<unsigned long long>(m_state));
        return hex.data();
    }

  private:
    uint64_t m_state{14695981039346656037ULL};
};

std::string
FileFingerprint(const std::string& path)
{
    Fingerprint print;
    std::ifstream file(path, std::ios::binary);
    std::array<char, 65536> buffer;
    while (file.read(buffer.data(), buffer.size()) || file.gcount() > 0)
    {
        print.Add(buffer.data(), static_cast<std::size_t>(file.gcount()));
    }
    return print.Text();
}

} // namespace

Override
ParseOverride(const std::string& text)
{
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
    {
        throw RequestError("--set: " + InQuotes(text) +
                           " is given; allowed: KEY=VALUE, such as loss.rate=0.01");
    }
    const std::string shown = InQuotes(text);
    return {text.substr(0, equals),
            text.substr(equals + 1),
            "--set " + shown.substr(1, shown.size() - 2)};
}

void
Apply(const std::vector<Override>& overrides, Values& values)
{
    std::map<std::string, std::string> seen;
    for (const auto& override : overrides)
    {
        const auto [earlier, isNew] = seen.emplace(override.key, override.origin);
        if (!isNew)
        {
            throw RequestError(override.origin + ": " + override.key +
                               ": is given twice, first as " + earlier->second);
        }
        values.Set(override.key, override.value, override.origin);
    }
}

std::string
ResolveFile(const ParameterSet& schema,
            const std::string& key,
            const std::string& text,
            const std::string& tomlPath)
{
    const Parameter* parameter = schema.Find(key);
    const std::filesystem::path given(text);
    if (!parameter || parameter->kind != ParameterKind::FILE_PATH || text.empty() ||
        given.is_absolute())
    {
        return text;
    }
    const auto beside = std::filesystem::path(tomlPath).parent_path() / given;
    std::error_code error;
    return std::filesystem::exists(beside, error) ? beside.lexically_normal().string() : text;
}

std::string
PlanHash(const SweepPlan& plan)
{
    Fingerprint print;
    print.Add(plan.scenario->Name());
    print.Add(std::to_string(plan.seed));
    std::map<std::string, std::string> files;
    for (const auto& point : plan.points)
    {
        print.Add(point.caseName);
        for (const auto& parameter : plan.scenario->Parameters().All())
        {
            std::string text = point.values.GetText(parameter.key);
            if (parameter.kind == ParameterKind::FILE_PATH && !text.empty())
            {
                // The same file by another path is the same plan; other content is another one.
                std::string& content = files[text];
                content = content.empty() ? FileFingerprint(text) : content;
                text = std::filesystem::path(text).filename().string() + content;
            }
            print.Add(parameter.key);
            print.Add(text);
        }
    }
    return print.Text();
}

std::string
SweepPlan::KeysJson() const
{
    return Dump(Json(sweptKeys));
}

std::string
SweepPlan::FiguresJson() const
{
    Json list = Json::array();
    for (const auto& figure : figures)
    {
        Json object = Json::object();
        for (const auto& [key, value] : figure.fields)
        {
            object[key] = value;
        }
        list.push_back(std::move(object));
    }
    return Dump(list);
}

std::string
SweepPlan::SweptJson(const SweepPoint& point)
{
    const Json all = Json::parse(point.values.ToJson());
    Json object = Json::object();
    for (const auto& swept : point.swept)
    {
        object[swept.first] = all.at(swept.first);
    }
    return Dump(object);
}

void
ApplyConfig(const std::string& text,
            const std::string& path,
            const Scenario& scenario,
            Values& values)
{
    const TomlNode root = ParseToml(text, path);
    const auto at = [&](const TomlNode& node) { return path + ":" + std::to_string(node.line); };
    TomlNode flat;
    flat.kind = TomlNode::TABLE;
    for (const auto& [key, node] : root.members)
    {
        if (key == "sweep" || key == "case" || key == "figure" || key == "runs")
        {
            throw RequestError(at(node) + ": " + key +
                               ": belongs to a sweep file, which `shardsim "
                               "sweep` takes; allowed here: [set], or keys of the scenario");
        }
        if (key == "scenario")
        {
            if (node.text != scenario.Name())
            {
                throw RequestError(at(node) + ": scenario: " + InQuotes(node.text) +
                                   " is given; allowed: the one to run, " + scenario.Name());
            }
            continue;
        }
        if (key == "set" && node.kind == TomlNode::TABLE)
        {
            flat.members.insert(flat.members.end(), node.members.begin(), node.members.end());
            continue;
        }
        flat.members.emplace_back(key, node);
    }
    for (const auto& [key, node] : Flatten(flat, path))
    {
        if (node.kind != TomlNode::SCALAR)
        {
            const Parameter* parameter = values.Schema().Find(key);
            throw RequestError(at(node) + ": " + key + ": a list is given; allowed: " +
                               (parameter ? parameter->Allowed() : "one value"));
        }
        values.Set(key, ResolveFile(values.Schema(), key, node.text, path), at(node));
    }
}

} // namespace shardsim
