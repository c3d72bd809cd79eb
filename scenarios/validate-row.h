// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_VALIDATE_ROW_H
#define SHARDSIM_VALIDATE_ROW_H

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shardsim
{

/** One thing that has a closed form, and the simulations that are held against it. */
struct ValidationRow
{
    std::string name;     ///< what is checked
    std::string form;     ///< the closed form, for the reader
    std::string metric;   ///< of the scenario
    double expected{0.0}; ///< by the closed form, in the metric's unit
    /// Of the difference, in the metric's unit, where nothing is random; otherwise the expected
    /// value has to lie in the interval of the measured mean.
    std::optional<double> tolerance;
    unsigned runs{10}; ///< replications; 1 where nothing is random
    std::vector<std::pair<std::string, std::string>> set; ///< keys and values of the scenario
    /// Divide the metric by this other metric of the same run; empty: do not.
    std::string per;
};

/** @return the rows of the sliding-window code, which are among the tunnel's. */
std::vector<ValidationRow> WindowValidation();

/** @return the rows of the tunnel, those two included. */
std::vector<ValidationRow> TunnelValidation();

/** @return the rows of buffers at the reassembly node. */
std::vector<ValidationRow> BufferValidation();

/** @return the rows of cryptographic units. */
std::vector<ValidationRow> CryptoValidation();

/** @return the rows of the offload engine's PCI Express link. */
std::vector<ValidationRow> OffloadValidation();

/** @return the rows of the endpoints. */
std::vector<ValidationRow> EndpointsValidation();

} // namespace shardsim

#endif // SHARDSIM_VALIDATE_ROW_H
