// SPDX-License-Identifier: GPL-2.0-only
#include "parameter.h"
#include "scenarios/near-name.h"

#include <nlohmann/json.hpp>

namespace shardsim
{

Parameter&
ParameterSet::Add(const std::string& key,
                  ParameterKind kind,
                  const std::string& defaultText,
                  const std::string& help)
{
    if (!m_index.emplace(key, m_parameters.size()).second)
    {
        throw std::logic_error("parameter " + key + " is declared twice");
    }
    Parameter parameter;
    parameter.key = key;
    parameter.kind = kind;
    parameter.defaultText = defaultText;
    parameter.help = help;
    if (kind == ParameterKind::RATIO)
    {
        parameter.AtLeast("0").AtMost("1");
    }
    m_parameters.push_back(std::move(parameter));
    return m_parameters.back();
}

Parameter&
ParameterSet::AddChoice(const std::string& key,
                        const std::vector<std::string>& choices,
                        const std::string& defaultText,
                        const std::string& help)
{
    Parameter& parameter = Add(key, ParameterKind::CHOICE, defaultText, help);
    parameter.choices = choices;
    return parameter;
}

const Parameter*
ParameterSet::Find(const std::string& key) const
{
    const auto found = m_index.find(key);
    return found == m_index.end() ? nullptr : &m_parameters[found->second];
}

std::optional<std::size_t>
ParameterSet::IndexOf(const std::string& key) const
{
    const auto found = m_index.find(key);
    return found == m_index.end() ? std::nullopt : std::optional<std::size_t>(found->second);
}

const std::vector<Parameter>&
ParameterSet::All() const
{
    return m_parameters;
}

std::string
ParameterSet::Suggestion(const std::string& key) const
{
    std::vector<std::string> keys;
    keys.reserve(m_parameters.size());
    for (const auto& parameter : m_parameters)
    {
        keys.push_back(parameter.key);
    }
    return DidYouMean(key, keys);
}

Values::Values(const ParameterSet& set)
    : m_set(&set)
{
    for (const auto& parameter : set.All())
    {
        Entry entry;
        if (!parameter.defaultText.empty())
        {
            try
            {
                entry.value = parameter.Parse(parameter.defaultText);
            }
            catch (const RequestError& error)
            {
                throw std::logic_error("default of " + parameter.key + ": " + error.what());
            }
        }
        m_entries.push_back(std::make_shared<const Entry>(std::move(entry)));
    }
}

void
Values::Set(const std::string& key, const std::string& text, const std::string& origin)
{
    const Parameter* parameter = m_set->Find(key);
    if (!parameter)
    {
        throw RequestError(origin + ": unknown key " + InQuotes(key) + m_set->Suggestion(key) +
                           "; `describe` lists the keys");
    }
    Entry entry;
    if (!text.empty() || !parameter->defaultText.empty())
    {
        try
        {
            entry.value = parameter->Parse(text);
        }
        catch (const RequestError& error)
        {
            throw RequestError(origin + ": " + key + ": " + error.what());
        }
    }
    entry.origin = origin;
    m_entries[*m_set->IndexOf(key)] = std::make_shared<const Entry>(std::move(entry));
}

const Values::Entry&
Values::Get(const std::string& key) const
{
    const auto index = m_set->IndexOf(key);
    if (!index)
    {
        throw std::logic_error("no parameter " + key);
    }
    return *m_entries[*index];
}

const ParameterValue&
Values::Get(const std::string& key, ParameterKind kind) const
{
    const Entry& entry = Get(key);
    if (m_set->Find(key)->kind != kind)
    {
        throw std::logic_error("parameter " + key + " is no " + KindName(kind));
    }
    if (!entry.value)
    {
        throw std::logic_error("parameter " + key + " has no value");
    }
    return *entry.value;
}

bool
Values::Has(const std::string& key) const
{
    return Get(key).value.has_value();
}

bool
Values::IsSet(const std::string& key) const
{
    return !Get(key).origin.empty();
}

bool
Values::GetBool(const std::string& key) const
{
    return Get(key, ParameterKind::BOOLEAN).boolean;
}

int64_t
Values::GetInt(const std::string& key) const
{
    return Get(key, ParameterKind::INTEGER).integer;
}

double
Values::GetReal(const std::string& key) const
{
    const bool ratio = m_set->Find(key) && m_set->Find(key)->kind == ParameterKind::RATIO;
    return Get(key, ratio ? ParameterKind::RATIO : ParameterKind::REAL).real;
}

int64_t
Values::GetTimeNs(const std::string& key) const
{
    return Get(key, ParameterKind::TIME).integer;
}

uint64_t
Values::GetRateBps(const std::string& key) const
{
    return static_cast<uint64_t>(Get(key, ParameterKind::RATE).integer);
}

int64_t
Values::GetBytes(const std::string& key) const
{
    return Get(key, ParameterKind::BYTES).integer;
}

QueueLimit
Values::GetQueue(const std::string& key) const
{
    const ParameterValue& value = Get(key, ParameterKind::QUEUE);
    return {value.packets, static_cast<uint64_t>(value.integer)};
}

std::string
Values::GetText(const std::string& key) const
{
    const Entry& entry = Get(key);
    return entry.value ? entry.value->text : "";
}

std::string
Values::Origin(const std::string& key) const
{
    return IsSet(key) ? Get(key).origin : "default";
}

RequestError
Values::Error(const std::string& key, const std::string& problem) const
{
    return RequestError(Origin(key) + ": " + key + ": " +
                        (Has(key) ? InQuotes(GetText(key)) : "no value") + ": " + problem);
}

std::string
Values::ToJson() const
{
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (const auto& parameter : m_set->All())
    {
        const Entry& entry = Get(parameter.key);
        nlohmann::ordered_json& member = object[parameter.key];
        if (!entry.value)
        {
            continue; // null
        }
        switch (parameter.kind)
        {
        case ParameterKind::BOOLEAN:
            member = entry.value->boolean;
            break;
        case ParameterKind::INTEGER:
            member = entry.value->integer;
            break;
        case ParameterKind::REAL:
        case ParameterKind::RATIO:
            member = entry.value->real;
            break;
        default:
            member = entry.value->text;
        }
    }
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::vector<std::string>
Values::SetKeys() const
{
    std::vector<std::string> keys;
    for (const auto& parameter : m_set->All())
    {
        if (IsSet(parameter.key))
        {
            keys.push_back(parameter.key);
        }
    }
    return keys;
}

const ParameterSet&
Values::Schema() const
{
    return *m_set;
}

} // namespace shardsim
