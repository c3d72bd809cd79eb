// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_CONSERVATION_H
#define SHARDSIM_TUNNEL_CONSERVATION_H

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace shardsim
{

/**
 * Fail the run where two independent counts of the same thing differ.
 * @param holds whether they agree
 * @param law what has to be
 * @param numbers what was counted instead
 * @throw RunCheckError where they do not agree
 */
void Require(bool holds,
             const std::string& law,
             const std::vector<std::pair<const char*, uint64_t>>& numbers);

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_CONSERVATION_H
