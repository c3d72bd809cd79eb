// SPDX-License-Identifier: GPL-2.0-only
#include "content-json.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

using Json = nlohmann::json;

/// @param text of the input  @param byte counted from 1  @return its line, counted from 1
uint32_t
LineOf(const std::string& text, std::size_t byte)
{
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(byte, text.size()));
    return static_cast<uint32_t>(1 + std::count(text.begin(), end, '\n'));
}

/// @return the byte, counted from 1, at which the nesting gets too deep; 0 if it never does
std::size_t
TooDeepAt(const std::string& text)
{
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        const char c = text[i];
        if (quoted)
        {
            i += c == '\\' ? 1 : 0;
            quoted = c != '"';
            continue;
        }
        quoted = c == '"';
        if ((c == '[' || c == '{') && ++depth > ContentJson::MAX_DEPTH)
        {
            return i + 1;
        }
        if ((c == ']' || c == '}') && depth > 0)
        {
            --depth;
        }
    }
    return 0;
}

std::string
Shown(double number)
{
    std::ostringstream out;
    out << number;
    return out.str();
}

} // namespace

struct ContentJson::Document
{
    std::string name; ///< of the input
    Json root;        ///< all of it
};

ContentJson::ContentJson(std::shared_ptr<const Document> document,
                         const void* value,
                         std::string place)
    : m_document(std::move(document)),
      m_value(value),
      m_place(std::move(place))
{
}

ContentJson
ContentJson::Parse(const std::string& name, const std::string& text)
{
    if (const std::size_t deep = TooDeepAt(text))
    {
        throw ShardParseError(name,
                              LineOf(text, deep),
                              "nested too deep, allowed are " + std::to_string(MAX_DEPTH) +
                                  " levels");
    }
    auto document = std::make_shared<Document>();
    document->name = name;
    try
    {
        document->root = Json::parse(text);
    }
    catch (const Json::parse_error& error)
    {
        const bool ended = error.byte > text.size();
        throw ShardParseError(name,
                              LineOf(text, error.byte),
                              ended ? "ends in the middle, expected is the rest of the JSON text"
                                    : "this is not JSON, expected is a JSON text");
    }
    catch (const Json::exception&)
    {
        // A number that no double can hold.
        throw ShardParseError(name, 0, "a number is out of range, allowed are those of a double");
    }
    const void* const root = &document->root;
    return ContentJson(std::move(document), root, "");
}

std::string
ContentJson::ReadFile(const std::string& path)
{
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    std::string text;
    char buffer[65536];
    while (in.read(buffer, sizeof(buffer)) || in.gcount() > 0)
    {
        text.append(buffer, static_cast<std::size_t>(in.gcount()));
        if (text.size() > MAX_BYTES)
        {
            throw ShardParseError(path, 0, "is too large, allowed are 256 MiB");
        }
    }
    if (in.bad() || !in.eof())
    {
        const std::string reason = errno != 0 ? std::generic_category().message(errno) : "unknown";
        throw ShardParseError(path,
                              0,
                              "cannot be read (" + reason + "), allowed is a readable file");
    }
    return text;
}

void
ContentJson::Refuse(const std::string& problem) const
{
    throw ShardParseError(m_document->name, 0, (m_place.empty() ? "" : m_place + ": ") + problem);
}

ContentJson
ContentJson::Member(const std::string& key) const
{
    const auto& value = *static_cast<const Json*>(m_value);
    if (!value.is_object())
    {
        Refuse(std::string("is a JSON ") + value.type_name() + ", expected is an object with " +
               QuoteForMessage(key));
    }
    const auto member = value.find(key);
    if (member == value.end())
    {
        Refuse("has no " + QuoteForMessage(key) + ", which is needed");
    }
    return ContentJson(m_document, &*member, m_place.empty() ? key : m_place + "." + key);
}

std::size_t
ContentJson::Entries(std::size_t most, const std::string& what) const
{
    const auto& value = *static_cast<const Json*>(m_value);
    if (!value.is_array())
    {
        Refuse(std::string("is a JSON ") + value.type_name() + ", expected is a list of " + what);
    }
    if (value.empty() || value.size() > most)
    {
        Refuse("has " + std::to_string(value.size()) + " entries, allowed are 1 to " +
               std::to_string(most) + " " + what);
    }
    return value.size();
}

ContentJson
ContentJson::At(std::size_t index) const
{
    const auto& value = *static_cast<const Json*>(m_value);
    return ContentJson(m_document, &value[index], m_place + "[" + std::to_string(index) + "]");
}

double
ContentJson::Number(double least, double most) const
{
    const auto& value = *static_cast<const Json*>(m_value);
    if (!value.is_number())
    {
        Refuse(std::string("is a JSON ") + value.type_name() + ", expected is a number from " +
               Shown(least) + " to " + Shown(most));
    }
    const double number = value.get<double>();
    if (!(number >= least && number <= most))
    {
        Refuse("is " + Shown(number) + ", allowed is " + Shown(least) + " to " + Shown(most));
    }
    return number;
}

} // namespace sharding
} // namespace ns3
