// SPDX-License-Identifier: GPL-2.0-only
#include "export.h"

#include <charconv>

namespace shardsim
{

std::string
CsvField(const std::string& text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
    {
        return text;
    }
    std::string quoted = "\"";
    for (const char c : text)
    {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + "\"";
}

std::string
ExactNumber(double value)
{
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, value);
    return std::string(text, end.ptr);
}

void
WriteCsv(const ResultSet& results, std::ostream& out)
{
    const bool cases = !results.keys.empty() && results.keys.front().name == "case";
    out << "sweep,case";
    for (std::size_t i = cases ? 1 : 0; i < results.keys.size(); ++i)
    {
        out << ',' << CsvField(results.keys[i].name);
    }
    out << ",seed,run,status";
    for (const auto& m : results.metrics)
    {
        out << ',' << CsvField(m.name);
    }
    out << "\r\n";
    for (const auto& row : results.rows)
    {
        out << CsvField(results.name);
        if (!cases)
        {
            out << ',';
        }
        for (std::size_t i = 0; i < results.keys.size(); ++i)
        {
            out << ',' << CsvField(results.keys[i].values[row.values[i]]);
        }
        out << ',' << row.seed << ',' << row.run << ',' << (row.done ? "done" : "failed");
        for (const auto& m : results.metrics)
        {
            out << ',';
            const auto it = row.metrics.find(m.name);
            if (it != row.metrics.end() && it->second)
            {
                out << ExactNumber(*it->second);
            }
        }
        out << "\r\n";
    }
}

} // namespace shardsim
