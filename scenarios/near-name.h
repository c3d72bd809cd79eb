// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_NEAR_NAME_H
#define SHARDSIM_NEAR_NAME_H

#include <string>
#include <vector>

namespace shardsim
{

/** @return ", did you mean A or B?" for the names nearest to a mistyped one; "" if none is near. */
std::string DidYouMean(const std::string& given, const std::vector<std::string>& names);

/** @return the text in single quotes, on one line: control characters escaped, long text cut. */
std::string InQuotes(const std::string& text);

} // namespace shardsim

#endif // SHARDSIM_NEAR_NAME_H
