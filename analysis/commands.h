// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_COMMANDS_H
#define SHARDSIM_COMMANDS_H

/**
 * @file
 * The commands of the program that read a results file. All throw RequestError (exit code 2,
 * nothing written) for a file, key or metric that is not there, and StoreError (exit code 1) for
 * output that cannot be written.
 */

#include <ostream>
#include <string>

namespace shardsim
{

/**
 * `shardsim table FILE`: a comparison table for each metric shown, with confidence intervals.
 * @param file results of a sweep
 * @param out where to print
 */
void CommandTable(const std::string& file, std::ostream& out);

/**
 * `shardsim compare FILE --by KEY --metric NAME`: paired differences against the first value of
 * KEY.
 * @param file results of a sweep
 * @param by swept key, or "case"
 * @param metric name
 * @param out where to print
 */
void CommandCompare(const std::string& file,
                    const std::string& by,
                    const std::string& metric,
                    std::ostream& out);

/**
 * `shardsim export FILE --csv`: tidy rows.
 * @param file results of a sweep
 * @param out where to print
 */
void CommandExportCsv(const std::string& file, std::ostream& out);

/**
 * `shardsim plot FILE [--out DIR]`: figures as PNG, SVG and PDF, with their scripts and data in
 * DIR/data.
 * @param file results of a sweep
 * @param outDir folder to draw into, made if absent
 * @param out where to list what was drawn
 */
void CommandPlot(const std::string& file, const std::string& outDir, std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_COMMANDS_H
