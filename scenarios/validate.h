// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_VALIDATE_H
#define SHARDSIM_VALIDATE_H

#include <iosfwd>

namespace shardsim
{

/**
 * Hold each model against its closed form.
 * @param jobs simulations at a time
 * @param json one JSON object instead of a table
 * @param out where to
 * @return 0; 1 if a row fails
 */
int RunValidate(unsigned jobs, bool json, std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_VALIDATE_H
