// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_EXPORT_H
#define SHARDSIM_EXPORT_H

#include "result-set.h"

#include <ostream>
#include <string>

namespace shardsim
{

/**
 * Write results as CSV (RFC 4180, lines ended by CR LF), one row a run: sweep, case, the swept
 * keys, seed, run, status, then each metric. Numbers read back bit for bit; a metric without a
 * value is an empty field. "case" is there even where the sweep has none.
 * @param results of a sweep
 * @param out where to
 */
void WriteCsv(const ResultSet& results, std::ostream& out);

/**
 * @param text of a field
 * @return as it stands in a CSV file: quoted if it must be
 */
std::string CsvField(const std::string& text);

/**
 * @param value finite or not
 * @return the shortest decimal text that reads back as exactly this double
 */
std::string ExactNumber(double value);

} // namespace shardsim

#endif // SHARDSIM_EXPORT_H
