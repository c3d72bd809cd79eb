// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_PROVENANCE_H
#define SHARDSIM_PROVENANCE_H

#include <string>

namespace shardsim
{

/** What a result was made with. */
struct ProvenanceInfo
{
    std::string moduleVersion; ///< of ns3-sharding
    std::string ns3Version;
    std::string compiler;
    std::string buildType;

    /** @return {"module_version":...,"ns3_version":...,"compiler":...,"build_type":...}. */
    std::string ToJson() const;
};

/** @return this program's. */
ProvenanceInfo Provenance();

/** @return whether results made with `json` (of ToJson) may stand beside those of this program:
 * same version of the module and of ns-3. */
bool SameProvenance(const std::string& json);

} // namespace shardsim

#endif // SHARDSIM_PROVENANCE_H
