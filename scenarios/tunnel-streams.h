// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_STREAMS_H
#define SHARDSIM_TUNNEL_STREAMS_H

#include <cstdint>

namespace shardsim
{

/// Random streams of the tunnel, one range for each use (add the path's number): what one of them
/// draws never depends on how much another has drawn, so policies are compared on the same weather.
enum TunnelStream : int64_t
{
    STREAM_TRAFFIC = 1000,
    STREAM_LOSS = 2000,
    STREAM_LOSS_BACK = 3000,
    STREAM_JITTER = 4000,
    STREAM_CROSS = 5000,
    STREAM_ENCRYPT = 6000, ///< two for each transformation node
    STREAM_DECRYPT = 7000,
    STREAM_PREDICTOR = 8000,
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_STREAMS_H
