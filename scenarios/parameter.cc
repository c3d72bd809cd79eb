// SPDX-License-Identifier: GPL-2.0-only
#include "parameter.h"

#include "scenarios/decimal.h"
#include "scenarios/near-name.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace shardsim
{

namespace
{

struct UnitScale
{
    const char* name;
    uint64_t scale;
};

constexpr uint64_t KI = 1024;

const std::vector<UnitScale>&
UnitsOf(ParameterKind kind)
{
    static const std::vector<UnitScale> none;
    static const std::vector<UnitScale> time{{"ns", 1},
                                             {"us", 1000},
                                             {"ms", 1000000},
                                             {"s", 1000000000},
                                             {"min", 60000000000},
                                             {"h", 3600000000000}};
    static const std::vector<UnitScale> rate{{"bps", 1},
                                             {"kbps", 1000},
                                             {"Mbps", 1000000},
                                             {"Gbps", 1000000000}};
    static const std::vector<UnitScale> bytes{{"B", 1},
                                              {"kB", 1000},
                                              {"MB", 1000000},
                                              {"GB", 1000000000},
                                              {"KiB", KI},
                                              {"MiB", KI * KI},
                                              {"GiB", KI * KI * KI}};
    switch (kind)
    {
    case ParameterKind::TIME:
        return time;
    case ParameterKind::RATE:
        return rate;
    case ParameterKind::BYTES:
    case ParameterKind::QUEUE:
        return bytes;
    default:
        return none;
    }
}

/** What a value of the kind looks like, for messages. */
std::string
Notation(const Parameter& parameter)
{
    switch (parameter.kind)
    {
    case ParameterKind::BOOLEAN:
        return "true or false";
    case ParameterKind::INTEGER:
        return "a whole number";
    case ParameterKind::REAL:
        return "a number";
    case ParameterKind::RATIO:
        return "a ratio";
    case ParameterKind::TIME:
        return "a time with its unit (ns, us, ms, s, min or h), such as 5ms";
    case ParameterKind::RATE:
        return "a rate with its unit (bps, kbps, Mbps or Gbps), such as 100Mbps";
    case ParameterKind::BYTES:
        return "a number of bytes, such as 1500, 150kB or 4MiB";
    case ParameterKind::QUEUE:
        return "a number of packets or bytes with its unit, such as 100p or 150kB";
    case ParameterKind::TEXT:
        return "text without control characters";
    case ParameterKind::FILE_PATH:
        return "a readable file";
    case ParameterKind::CHOICE:
        break;
    }
    std::string words;
    for (std::size_t i = 0; i < parameter.choices.size(); ++i)
    {
        words += i == 0 ? "" : (i + 1 == parameter.choices.size() ? " or " : ", ");
        words += parameter.choices[i];
    }
    return words;
}

[[noreturn]] void
Refuse(const Parameter& parameter, const std::string& text, const std::string& problem)
{
    throw RequestError(InQuotes(text) + " " + problem + "; allowed: " + parameter.Allowed());
}

/** Text after the number: where the unit begins. */
std::size_t
UnitStart(const std::string& text)
{
    // A unit begins with a letter that cannot belong to a number: "5e3ms" has the number "5e3".
    std::size_t end = text.size();
    while (end > 0 && ((text[end - 1] >= 'a' && text[end - 1] <= 'z') ||
                       (text[end - 1] >= 'A' && text[end - 1] <= 'Z')))
    {
        --end;
    }
    return end;
}

ParameterValue
ParseReal(const Parameter& parameter, const std::string& text)
{
    ParameterValue value;
    const auto number = ParseDecimal(text);
    if (!number)
    {
        const bool integer = parameter.kind == ParameterKind::INTEGER;
        Refuse(parameter,
               text,
               integer ? "is not a whole number" : "is not a finite decimal number");
    }
    value.real = *number;
    value.text = text;
    return value;
}

ParameterValue
ParseInteger(const Parameter& parameter, const std::string& text)
{
    ParameterValue value;
    const bool negative = !text.empty() && text[0] == '-';
    const bool sign = negative || (!text.empty() && text[0] == '+');
    const std::string digits = sign ? text.substr(1) : text;
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos)
    {
        Refuse(parameter, text, "is not a whole number");
    }
    const ScaledDecimal scaled = ParseScaled(digits, 1);
    if (scaled.status != ScaledDecimal::OK)
    {
        Refuse(parameter, text, "is too large");
    }
    value.integer = negative ? -scaled.value : scaled.value;
    value.real = static_cast<double>(value.integer);
    value.text = std::to_string(value.integer);
    return value;
}

ParameterValue
ParseQuantity(const Parameter& parameter, const std::string& text)
{
    ParameterValue value;
    value.text = text;
    const std::size_t start = UnitStart(text);
    const std::string number = text.substr(0, start);
    const std::string unit = text.substr(start);
    if (!ParseDecimal(number))
    {
        Refuse(parameter, text, "is not a number and a unit");
    }
    if (number[0] == '-')
    {
        Refuse(parameter, text, "is negative");
    }
    uint64_t scale = 0;
    if (unit.empty())
    {
        const auto zero = ParseDecimal(number);
        const bool timeOrRate =
            parameter.kind == ParameterKind::TIME || parameter.kind == ParameterKind::RATE;
        if (parameter.kind != ParameterKind::BYTES && !(timeOrRate && *zero == 0.0))
        {
            Refuse(parameter, text, "lacks a unit");
        }
        scale = 1;
    }
    else if (parameter.kind == ParameterKind::QUEUE && unit == "p")
    {
        value.packets = true;
        scale = 1;
    }
    else
    {
        for (const auto& known : UnitsOf(parameter.kind))
        {
            scale = unit == known.name ? known.scale : scale;
        }
        if (scale == 0)
        {
            Refuse(parameter, text, "has the unknown unit " + InQuotes(unit));
        }
    }
    const ScaledDecimal scaled = ParseScaled(number, scale);
    if (scaled.status == ScaledDecimal::FRACTION)
    {
        const char* smallest = parameter.kind == ParameterKind::TIME   ? "nanoseconds"
                               : parameter.kind == ParameterKind::RATE ? "bits a second"
                               : value.packets                         ? "packets"
                                                                       : "bytes";
        Refuse(parameter, text, std::string("is not a whole number of ") + smallest);
    }
    if (scaled.status == ScaledDecimal::OVERFLOW_)
    {
        Refuse(parameter, text, "is too large");
    }
    value.integer = scaled.value;
    value.real = static_cast<double>(scaled.value);
    if (parameter.kind == ParameterKind::QUEUE && value.integer == 0)
    {
        Refuse(parameter, text, "is an empty queue");
    }
    return value;
}

ParameterValue
ParseFile(const Parameter& parameter, const std::string& text)
{
    struct stat status;
    const bool found = ::stat(text.c_str(), &status) == 0;
    if (found && !S_ISREG(status.st_mode))
    {
        Refuse(parameter, text, "is not a file");
    }
    if (!found || ::access(text.c_str(), R_OK) != 0)
    {
        Refuse(parameter, text, std::string("cannot be read: ") + std::strerror(errno));
    }
    ParameterValue value;
    value.text = text;
    return value;
}

ParameterValue
ParseKind(const Parameter& parameter, const std::string& text)
{
    ParameterValue value;
    value.text = text;
    switch (parameter.kind)
    {
    case ParameterKind::BOOLEAN:
        if (text != "true" && text != "false")
        {
            Refuse(parameter, text, "is neither");
        }
        value.boolean = text == "true";
        return value;
    case ParameterKind::INTEGER:
        return ParseInteger(parameter, text);
    case ParameterKind::REAL:
    case ParameterKind::RATIO:
        return ParseReal(parameter, text);
    case ParameterKind::TIME:
    case ParameterKind::RATE:
    case ParameterKind::BYTES:
    case ParameterKind::QUEUE:
        return ParseQuantity(parameter, text);
    case ParameterKind::FILE_PATH:
        return ParseFile(parameter, text);
    case ParameterKind::TEXT:
        if (std::any_of(text.begin(),
                        text.end(),
                        [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
        {
            Refuse(parameter, text, "has control characters");
        }
        return value;
    case ParameterKind::CHOICE:
        break;
    }
    if (std::find(parameter.choices.begin(), parameter.choices.end(), text) ==
        parameter.choices.end())
    {
        Refuse(parameter, text, "is none of them" + DidYouMean(text, parameter.choices));
    }
    return value;
}

/** -1, 0 or 1. Integers are compared as such: a double cannot tell large ones apart. */
int
Compare(ParameterKind kind, const ParameterValue& a, const ParameterValue& b)
{
    if (kind == ParameterKind::REAL || kind == ParameterKind::RATIO)
    {
        return a.real < b.real ? -1 : (a.real > b.real ? 1 : 0);
    }
    return a.integer < b.integer ? -1 : (a.integer > b.integer ? 1 : 0);
}

} // namespace

std::string
KindName(ParameterKind kind)
{
    switch (kind)
    {
    case ParameterKind::BOOLEAN:
        return "boolean";
    case ParameterKind::INTEGER:
        return "integer";
    case ParameterKind::REAL:
        return "real";
    case ParameterKind::RATIO:
        return "ratio";
    case ParameterKind::TIME:
        return "time";
    case ParameterKind::RATE:
        return "rate";
    case ParameterKind::BYTES:
        return "bytes";
    case ParameterKind::QUEUE:
        return "queue";
    case ParameterKind::TEXT:
        return "text";
    case ParameterKind::FILE_PATH:
        return "file";
    case ParameterKind::CHOICE:
        return "choice";
    }
    return "";
}

Parameter&
Parameter::AtLeast(const std::string& limit)
{
    minText = limit;
    minExclusive = false;
    return *this;
}

Parameter&
Parameter::Above(const std::string& limit)
{
    minText = limit;
    minExclusive = true;
    return *this;
}

Parameter&
Parameter::AtMost(const std::string& limit)
{
    maxText = limit;
    maxExclusive = false;
    return *this;
}

Parameter&
Parameter::Below(const std::string& limit)
{
    maxText = limit;
    maxExclusive = true;
    return *this;
}

Parameter&
Parameter::Unit(const std::string& name)
{
    unit = name;
    return *this;
}

Parameter&
Parameter::WhenAbsent(const std::string& meaning)
{
    absentMeaning = meaning;
    return *this;
}

std::string
Parameter::Range() const
{
    std::string range;
    if (!minText.empty() && !maxText.empty() && !minExclusive && !maxExclusive)
    {
        return "from " + minText + " to " + maxText;
    }
    if (!minText.empty())
    {
        range = (minExclusive ? "above " : "at least ") + minText;
    }
    if (!maxText.empty())
    {
        range += range.empty() ? "" : " and ";
        range += (maxExclusive ? "below " : "at most ") + maxText;
    }
    return range;
}

std::string
Parameter::Allowed() const
{
    const std::string range = Range();
    return Notation(*this) + (range.empty() ? "" : ", " + range);
}

ParameterValue
Parameter::Parse(const std::string& text) const
{
    if (text.empty())
    {
        throw RequestError("no value was given; allowed: " + Allowed());
    }
    ParameterValue value = ParseKind(*this, text);
    if (!minText.empty())
    {
        const int order = Compare(kind, value, ParseKind(*this, minText));
        if (order < 0 || (order == 0 && minExclusive))
        {
            Refuse(*this, text, "is too small");
        }
    }
    if (!maxText.empty())
    {
        const int order = Compare(kind, value, ParseKind(*this, maxText));
        if (order > 0 || (order == 0 && maxExclusive))
        {
            Refuse(*this, text, "is too large");
        }
    }
    return value;
}

} // namespace shardsim
