// SPDX-License-Identifier: GPL-2.0-only
#include "series-reader.h"

#include "analysis/errors.h"
#include "scenarios/decimal.h"
#include "scenarios/near-name.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

namespace shardsim
{

namespace
{

std::string
Trimmed(const std::string& text)
{
    const auto first = text.find_first_not_of(" \t");
    return first == std::string::npos
               ? ""
               : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Reads a date and time of day from left to right.
class Digits
{
  public:
    explicit Digits(const std::string& text)
        : m_text(text)
    {
    }

    /// @param count digits  @param most  @return their number; -1 if there is none up to most
    int Number(std::size_t count, int most)
    {
        int number = 0;
        for (std::size_t i = 0; i < count; ++i, ++m_at)
        {
            if (m_at >= m_text.size() || m_text[m_at] < '0' || m_text[m_at] > '9')
            {
                return -1;
            }
            number = 10 * number + (m_text[m_at] - '0');
        }
        return number <= most ? number : -1;
    }

    /// @param any characters  @return whether one of them comes next; then it is passed
    bool Pass(const char* any)
    {
        const bool one = m_at < m_text.size() && std::strchr(any, m_text[m_at]);
        m_at += one;
        return one;
    }

    /// @return digits behind the point, as a fraction of 1
    double Fraction()
    {
        double fraction = 0;
        for (double place = 0.1; m_at < m_text.size() && std::strchr("0123456789", m_text[m_at]);
             place /= 10)
        {
            fraction += place * (m_text[m_at++] - '0');
        }
        return fraction;
    }

    bool AtEnd() const
    {
        return m_at == m_text.size();
    }

  private:
    const std::string& m_text;
    std::size_t m_at{0};
};

/// @return days from 1 January 1970 to a day of the Gregorian calendar
double
DaysSince1970(int year, int month, int day)
{
    // Years that begin with March end with the day that is not always there.
    const int y = month > 2 ? year : year - 1;
    const int m = month > 2 ? month - 3 : month + 9;
    const int days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day;
    return days - 719469;
}

bool
IsDay(int year, int month, int day)
{
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return year >= 1 && month >= 1 && day >= 1 && day <= lengths[month - 1];
}

} // namespace

std::optional<double>
ParseTimestamp(const std::string& text)
{
    if (text.find('-', 1) == std::string::npos || text.find(':') == std::string::npos)
    {
        return ParseDecimal(text);
    }
    Digits digits(text);
    const int year = digits.Number(4, 9999);
    bool good = year >= 0 && digits.Pass("-");
    const int month = good ? digits.Number(2, 12) : -1;
    good = month >= 0 && digits.Pass("-");
    const int day = good ? digits.Number(2, 31) : -1;
    good = day >= 0 && IsDay(year, month, day) && digits.Pass(" T");
    const int hour = good ? digits.Number(2, 23) : -1;
    good = hour >= 0 && digits.Pass(":");
    const int minute = good ? digits.Number(2, 59) : -1;
    good = minute >= 0;
    double second = 0;
    if (good && digits.Pass(":"))
    {
        const int whole = digits.Number(2, 60);
        good = whole >= 0;
        second = whole + (good && digits.Pass(".") ? digits.Fraction() : 0);
    }
    if (good)
    {
        digits.Pass("Z");
    }
    if (!good || !digits.AtEnd())
    {
        return std::nullopt;
    }
    return 86400 * DaysSince1970(year, month, day) + 3600.0 * hour + 60.0 * minute + second;
}

SeriesReader::SeriesReader(const std::string& path)
    : m_path(path)
{
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
    {
        throw RequestError(path + ": is a folder; allowed: a readable CSV file");
    }
    m_file.open(path, std::ios::binary);
    if (!m_file)
    {
        throw RequestError(path + ": cannot be read: " + std::strerror(errno));
    }
    const auto head = Line();
    const auto comma = head ? head->find(',') : std::string::npos;
    if (comma == std::string::npos || Trimmed(head->substr(0, comma)) != "timestamp" ||
        Trimmed(head->substr(comma + 1)) != "value")
    {
        m_line = std::max<std::size_t>(m_line, 1);
        Refuse((head ? InQuotes(*head) : std::string("nothing")) +
               " is given; allowed: timestamp,value as the first line");
    }
}

std::optional<SeriesRow>
SeriesReader::Next()
{
    const auto line = Line();
    if (!line)
    {
        return std::nullopt;
    }
    if (std::count(line->begin(), line->end(), ',') != 1)
    {
        Refuse(InQuotes(*line) + " is given; allowed: two fields, a timestamp and a value");
    }
    const auto comma = line->find(',');
    SeriesRow row;
    row.timestamp = Trimmed(line->substr(0, comma));
    row.text = Trimmed(line->substr(comma + 1));
    const auto time = ParseTimestamp(row.timestamp);
    if (!time)
    {
        Refuse("timestamp " + InQuotes(row.timestamp) +
               " is given; allowed: YYYY-MM-DD HH:MM:SS, or seconds");
    }
    row.time = *time;
    std::string lower = row.text;
    std::transform(lower.begin(),
                   lower.end(),
                   lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    if (lower.empty() || lower == "nan")
    {
        row.value = std::numeric_limits<double>::quiet_NaN();
        return row;
    }
    const auto value = ParseDecimal(row.text);
    if (!value)
    {
        Refuse("value " + InQuotes(row.text) +
               " is given; allowed: a decimal number, or nothing or nan for a missing one");
    }
    row.value = *value;
    return row;
}

std::optional<std::string>
SeriesReader::Line()
{
    std::string line;
    while (std::getline(m_file, line))
    {
        ++m_line;
        if (!line.empty() && line.back() == '\r')
        {
            line.pop_back();
        }
        if (!Trimmed(line).empty())
        {
            return line;
        }
    }
    if (m_file.bad())
    {
        throw RequestError(m_path + ": cannot be read to its end");
    }
    return std::nullopt;
}

void
SeriesReader::Refuse(const std::string& wrong) const
{
    throw RequestError(m_path + ":" + std::to_string(m_line) + ": " + wrong);
}

} // namespace shardsim
