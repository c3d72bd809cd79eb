// SPDX-License-Identifier: GPL-2.0-only
#include "command-line.h"

#include <csignal>
#include <iostream>

int
main(int argc, char* argv[])
{
    // A write to a closed pipe (`shardsim table x | head`) is an error to be told, not a death.
    std::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const int code =
        shardsim::RunCommandLine(arguments, shardsim::AllScenarios(), std::cout, std::cerr);
    std::cout.flush();
    if (!std::cout && code == 0)
    {
        std::cerr << "shardsim: standard output cannot be written" << std::endl;
        return 1;
    }
    return code;
}
