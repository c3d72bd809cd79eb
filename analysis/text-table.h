// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TEXT_TABLE_H
#define SHARDSIM_TEXT_TABLE_H

#include "statistics.h"

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace shardsim
{

/** A table in plain text: columns as wide as their widest cell, two blanks between. */
class TextTable
{
  public:
    /** Readers' terminals are at least this wide. */
    static constexpr std::size_t kWidth = 100;

    /**
     * @param header of each column
     * @param labels the first so many columns are labels: left-aligned, and repeated where the
     * table is too wide and goes on below
     */
    TextTable(std::vector<std::string> header, std::size_t labels);

    /** @param cells one for each column */
    void AddRow(std::vector<std::string> cells);

    /**
     * Print at most kWidth columns wide where a single data column fits at all.
     * @param out where to
     */
    void Print(std::ostream& out) const;

  private:
    std::vector<std::vector<std::string>> m_rows; ///< the header first
    std::size_t m_labels;
};

/**
 * @param value finite or not
 * @param digits significant ones
 * @return as a reader likes it: no exponent from 1e-4 to 1e9; "inf" if infinite
 */
std::string ReadableNumber(double value, int digits = 4);

/**
 * @param value rounded to the decimals that its half width deserves (two significant digits)
 * @param half width of its interval, if there is one
 * @return "12.35 +-0.04", or the number alone, also where the half width is 0
 */
std::string ReadableEstimate(double value, const std::optional<double>& half);

/**
 * @param value "1.5"
 * @param interval around it, if there is one
 * @param suffix behind each number, such as "%"
 * @return "+1.5 [+1.2, +1.8]", with signs
 */
std::string ReadableDifference(double value,
                               const std::optional<Interval>& interval,
                               const std::string& suffix = "");

} // namespace shardsim

#endif // SHARDSIM_TEXT_TABLE_H
