// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_PROGRAM_FOLDER_H
#define SHARDSIM_PROGRAM_FOLDER_H

#include <string>

namespace shardsim
{

/**
 * @return the folder of the sweeps that are shipped: that of the installed program, else that of
 * the sources it was built from
 */
std::string SweepFolder();

} // namespace shardsim

#endif // SHARDSIM_PROGRAM_FOLDER_H
