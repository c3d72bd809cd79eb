// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_SERIES_READER_H
#define SHARDSIM_SERIES_READER_H

#include <cstddef>
#include <fstream>
#include <optional>
#include <string>

namespace shardsim
{

/** A row of a time series. */
struct SeriesRow
{
    std::string timestamp; ///< as it stands in the file
    std::string text;      ///< the value as it stands in the file
    double time{0};        ///< s since 1970, or as given
    double value{0};       ///< NaN if missing
};

/**
 * Reads a CSV file of a time series, row by row. Its first line is `timestamp,value`; a timestamp
 * is a date and time of day (`2014-04-01 00:05:00`, with `T` for the blank, `Z` behind, a fraction
 * or without seconds, too), which is taken as UTC, or a number of seconds; a value is a decimal
 * number, or nothing or `nan` if it is missing. Empty lines are skipped.
 */
class SeriesReader
{
  public:
    /// @param path of the file  @throw RequestError if it cannot be read or is of another kind
    explicit SeriesReader(const std::string& path);

    /// @return the next row, if there is one  @throw RequestError with file and line
    std::optional<SeriesRow> Next();

  private:
    /// @return the next line that is not empty, without what ends it
    std::optional<std::string> Line();

    /// @throw RequestError with file and line  @param wrong what is given, and what is allowed
    [[noreturn]] void Refuse(const std::string& wrong) const;

    std::string m_path;    ///< of the file
    std::ifstream m_file;  ///< open
    std::size_t m_line{0}; ///< number of the last line that was read, from 1
};

/**
 * @param text date and time of day, or seconds
 * @return s since 1970 in UTC, or the seconds; nothing if it is neither
 */
std::optional<double> ParseTimestamp(const std::string& text);

} // namespace shardsim

#endif // SHARDSIM_SERIES_READER_H
