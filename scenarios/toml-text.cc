// SPDX-License-Identifier: GPL-2.0-only
#include "toml-text.h"

#include "analysis/errors.h"
#include "analysis/export.h"
#include "scenarios/near-name.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <sys/stat.h>

// toml++ 3.3 asserts what a wrong text like "[=]" violates, right before code that refuses it with
// an error: without the assertion, users get the error in every kind of build. With NDEBUG it would
// become an assumption for clang's optimiser, which then drops that code.
#undef NDEBUG
#define TOML_ASSERT(expr) static_assert(true)
#include <toml++/toml.h>

namespace shardsim
{

namespace
{

const std::size_t LONGEST = 1024 * 1024;

std::string
Place(const std::string& name, long line)
{
    return name + ":" + std::to_string(line) + ": ";
}

/**
 * Refuse nesting that would exhaust the stack: the library bounds brackets, but builds and frees
 * one table for each dot of a key like a.a.a.a.
 */
void
RefuseDeepKeys(const std::string& text, const std::string& name)
{
    int line = 1;
    int dots = 0;
    for (const char c : text)
    {
        line += c == '\n';
        dots = c == '.' ? dots + 1 : (std::strchr("\n,=[]{}#", c) != nullptr ? 0 : dots);
        if (dots > 100)
        {
            throw RequestError(Place(name, line) + "more than 100 dots in a name");
        }
    }
}

using Position = std::pair<unsigned, unsigned>;

Position
PositionOf(const toml::source_region& region)
{
    return {region.begin.line, region.begin.column};
}

TomlNode Convert(const toml::node& node, const std::string& name);

TomlNode
ConvertTable(const toml::table& table, const std::string& name)
{
    TomlNode result;
    result.kind = TomlNode::TABLE;
    std::vector<std::pair<Position, std::pair<std::string, TomlNode>>> members;
    for (const auto& [key, value] : table)
    {
        // The key's place, not the value's: a value may begin on a later line.
        TomlNode member = Convert(value, name);
        const Position position = PositionOf(key.source());
        member.line = static_cast<int>(position.first);
        members.push_back({position, {std::string(key.str()), std::move(member)}});
    }
    std::stable_sort(members.begin(),
                     members.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& member : members)
    {
        result.members.push_back(std::move(member.second));
    }
    return result;
}

TomlNode
Convert(const toml::node& node, const std::string& name)
{
    TomlNode result;
    if (const auto* table = node.as_table())
    {
        result = ConvertTable(*table, name);
    }
    else if (const auto* list = node.as_array())
    {
        result.kind = TomlNode::LIST;
        for (const auto& item : *list)
        {
            result.items.push_back(Convert(item, name));
        }
    }
    else if (const auto* string = node.as_string())
    {
        result.isString = true;
        result.text = string->get();
    }
    else if (const auto* integer = node.as_integer())
    {
        result.isInteger = true;
        result.text = std::to_string(integer->get());
    }
    else if (const auto* real = node.as_floating_point())
    {
        result.text = std::isnan(real->get()) ? "nan" : ExactNumber(real->get());
    }
    else if (const auto* boolean = node.as_boolean())
    {
        result.text = boolean->get() ? "true" : "false";
    }
    else
    {
        throw RequestError(Place(name, node.source().begin.line) +
                           "a date or time of day is no value here; allowed: string, number, "
                           "true, false or a list");
    }
    result.line = static_cast<int>(node.source().begin.line);
    return result;
}

void
FlattenInto(const TomlNode& table,
            const std::string& prefix,
            const std::string& name,
            std::map<std::string, int>& lines,
            std::vector<std::pair<std::string, TomlNode>>& leaves)
{
    for (const auto& [key, member] : table.members)
    {
        const std::string full = prefix.empty() ? key : prefix + "." + key;
        if (member.kind == TomlNode::TABLE)
        {
            FlattenInto(member, full, name, lines, leaves);
            continue;
        }
        const auto [earlier, isNew] = lines.emplace(full, member.line);
        if (!isNew)
        {
            throw RequestError(Place(name, member.line) + full +
                               ": is given twice, first on line " +
                               std::to_string(earlier->second));
        }
        leaves.emplace_back(full, member);
    }
}

} // namespace

const TomlNode*
TomlNode::Find(const std::string& key) const
{
    for (const auto& member : members)
    {
        if (member.first == key)
        {
            return &member.second;
        }
    }
    return nullptr;
}

TomlNode
ParseToml(const std::string& text, const std::string& name)
{
    if (text.size() > LONGEST)
    {
        throw RequestError(name + ": is larger than 1 MiB");
    }
    RefuseDeepKeys(text, name);
    try
    {
        return ConvertTable(toml::parse(text, name), name);
    }
    catch (const toml::parse_error& error)
    {
        std::string problem(error.description());
        std::replace_if(
            problem.begin(),
            problem.end(),
            [](unsigned char c) { return c < 0x20; },
            ' ');
        throw RequestError(Place(name, error.source().begin.line) + "not TOML: " + problem);
    }
}

std::vector<std::pair<std::string, TomlNode>>
Flatten(const TomlNode& table, const std::string& name)
{
    std::vector<std::pair<std::string, TomlNode>> leaves;
    std::map<std::string, int> lines;
    FlattenInto(table, "", name, lines, leaves);
    // Tables may be interleaved: [sweep.loss] after [sweep] with keys of its own.
    std::stable_sort(leaves.begin(),
                     leaves.end(),
                     [](const auto& a, const auto& b) { return a.second.line < b.second.line; });
    return leaves;
}

std::string
ReadTextFile(const std::string& path)
{
    struct stat status;
    if (::stat(path.c_str(), &status) != 0)
    {
        throw RequestError(path + ": cannot be read: " + std::strerror(errno));
    }
    if (S_ISDIR(status.st_mode))
    {
        throw RequestError(path + ": is a folder; allowed: a readable file");
    }
    if (status.st_size > static_cast<off_t>(LONGEST))
    {
        throw RequestError(path + ": is larger than 1 MiB");
    }
    std::ifstream file(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file)
    {
        throw RequestError(path + ": cannot be read: " + std::strerror(errno));
    }
    return text;
}

} // namespace shardsim
