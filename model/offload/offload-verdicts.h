// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_VERDICTS_H
#define OFFLOAD_VERDICTS_H

#include "ns3/shard-index.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What was decided of the requests seen last, so that all elements of one fare alike. Fixed memory:
 * one place for each hash, in which a newer request takes the place of an older one, of which a
 * later element is then taken for the first of a request.
 */
class OffloadVerdicts
{
  public:
    /// What was decided of a request.
    struct Verdict
    {
        uint64_t request{0};   ///< its name; 0: nobody's
        uint32_t function{0};  ///< that it is of
        uint8_t level{0};      ///< of priority
        bool isDropped{false}; ///< an element of it was dropped
    };

    OffloadVerdicts()
        : m_places(PLACES)
    {
    }

    /// @param function of a request  @param request its name, not 0  @return what was decided of
    /// it, or nullptr
    const Verdict* Find(uint32_t function, uint64_t request) const
    {
        const Verdict& verdict = m_places[Place(function, request)];
        return verdict.request == request && verdict.function == function ? &verdict : nullptr;
    }

    /// @param verdict of a request with a name
    void Note(const Verdict& verdict)
    {
        m_places[Place(verdict.function, verdict.request)] = verdict;
    }

  private:
    static constexpr uint32_t PLACES = 4096; ///< a power of two

    static uint32_t Place(uint32_t function, uint64_t request)
    {
        return ShardIndex::Hash(function,
                                static_cast<uint32_t>(request),
                                static_cast<uint32_t>(request >> 32)) %
               PLACES;
    }

    std::vector<Verdict> m_places; ///< by hash
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_VERDICTS_H
