// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_STREAMS_H
#define SHARDSIM_ENDPOINTS_STREAMS_H

#include <cstdint>

namespace shardsim
{

/// Random streams of the endpoints, one for each use: requests come at the same times, from the
/// same clients and with the same work whatever policy selects.
enum EndpointsStream : int64_t
{
    STREAM_ARRIVALS = 1000,
    STREAM_SERVICE = 1001,
    STREAM_CLIENTS = 1002,
    STREAM_SALT = 1003,
    STREAM_LOSS = 1100,   ///< add the device's number
    STREAM_HUB = 1900,    ///< the fan-out, and the groups' selection policies
    STREAM_SELECT = 2000, ///< add the chooser's number
    STREAM_HAND = 20000,  ///< add the endpoint's number
};

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_STREAMS_H
