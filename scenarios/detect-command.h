// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_DETECT_COMMAND_H
#define SHARDSIM_DETECT_COMMAND_H

#include <iosfwd>
#include <string>

namespace shardsim
{

/**
 * `shardsim detect FILE.csv --out SCORES.csv`: scores each row of a time series for how anomalous
 * it is, in one pass. The scores' file has the columns timestamp, value, forecast and score, and is
 * there only when it is complete.
 * @param series file with the columns timestamp and value
 * @param scores file to write
 * @param out where to say what was done
 * @throw RequestError for a series that is not one, or a file that cannot be written there
 */
void CommandDetect(const std::string& series, const std::string& scores, std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_DETECT_COMMAND_H
