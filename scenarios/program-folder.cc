// SPDX-License-Identifier: GPL-2.0-only
#include "program-folder.h"

#include <filesystem>

#ifndef SHARDSIM_SOURCE_DIR
#define SHARDSIM_SOURCE_DIR "."
#endif

namespace shardsim
{

std::string
SweepFolder()
{
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    const fs::path installed = program.parent_path().parent_path() / "share/ns3-sharding/scenarios";
    if (fs::is_directory(installed, ignored))
    {
        return installed.string();
    }
    const fs::path source = fs::path(SHARDSIM_SOURCE_DIR) / "scenarios";
    const fs::path here = fs::relative(source, ignored);
    return here.empty() || here.string().rfind("..", 0) == 0 ? source.string() : here.string();
}

} // namespace shardsim
