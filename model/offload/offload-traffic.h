// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_TRAFFIC_H
#define OFFLOAD_TRAFFIC_H

#include "offload-element.h"

#include <array>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Traffic of one function in one interval, seen or expected.
 */
struct OffloadTraffic
{
    double elements{0};                        ///< that came
    double bytes{0};                           ///< of them
    double requests{0};                        ///< I/O requests that began
    std::array<double, OFFLOAD_TYPES> types{}; ///< elements of each type
    double start{1};                           ///< when the first came, as a share of the interval;
                                               ///< 1 where none came
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_TRAFFIC_H
