// SPDX-License-Identifier: GPL-2.0-only
#include "provenance.h"

#include <nlohmann/json.hpp>

// The build gives these as string literals; the fallbacks are for a compiler called by hand.
#ifndef SHARDING_VERSION
#define SHARDING_VERSION "unknown"
#endif
#ifndef SHARDING_NS3_VERSION
#define SHARDING_NS3_VERSION "unknown"
#endif
#ifndef SHARDING_BUILD_TYPE
#define SHARDING_BUILD_TYPE "unknown"
#endif

namespace shardsim
{

std::string
ProvenanceInfo::ToJson() const
{
    nlohmann::ordered_json object = {{"module_version", moduleVersion},
                                     {"ns3_version", ns3Version},
                                     {"compiler", compiler},
                                     {"build_type", buildType}};
    return object.dump();
}

ProvenanceInfo
Provenance()
{
#if defined(__clang__)
    const std::string compiler = "Clang " __clang_version__;
#elif defined(__GNUC__)
    const std::string compiler = "GCC " __VERSION__;
#else
    const std::string compiler = "unknown";
#endif
    return {SHARDING_VERSION, SHARDING_NS3_VERSION, compiler, SHARDING_BUILD_TYPE};
}

bool
SameProvenance(const std::string& json)
{
    const auto object = nlohmann::json::parse(json, nullptr, false);
    if (!object.is_object())
    {
        return false;
    }
    const ProvenanceInfo own = Provenance();
    return object.value("module_version", "") == own.moduleVersion &&
           object.value("ns3_version", "") == own.ns3Version;
}

} // namespace shardsim
