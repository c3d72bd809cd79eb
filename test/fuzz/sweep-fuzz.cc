// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any text as a sweep file: either a plan or a RequestError of one line, never anything else.
 */
#include "../scenarios/toy-scenario.h"
#include "scenarios/sweep-plan.h"

#include <cstdlib>

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    static const shardsim::ToyScenario toy;
    try
    {
        const std::string text(reinterpret_cast<const char*>(data), size);
        const auto plan = shardsim::ParseSweep(text, "fuzz.toml", {&toy}, {});
        if (plan.points.empty() || plan.hash.size() != 16)
        {
            std::abort();
        }
    }
    catch (const shardsim::RequestError& error)
    {
        if (std::string(error.what()).find_first_of("\r\n") != std::string::npos)
        {
            std::abort();
        }
    }
    return 0;
}
