// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_CONTENT_INPUTS_H
#define SHARDSIM_CONTENT_INPUTS_H

#include "scenario.h"

#include "ns3/content-movie.h"
#include "ns3/content-network-trace.h"

#include <cstdint>
#include <memory>

namespace shardsim
{

/// Random streams of content, one range for each use (of the network: two for each client).
enum ContentStream : int64_t
{
    CONTENT_STREAM_MOVIE = 1000,
    CONTENT_STREAM_ARRIVALS = 2000,
    CONTENT_STREAM_FAULTS = 3000,
    CONTENT_STREAM_NETWORK = 1000000,
};

/** What a run is about: the movie, as it is cut into shards, and the clients' links. */
struct ContentInputs
{
    /**
     * Read or make them, with the simulator's seed and run as they are.
     * @throw RequestError for a file that is wrong
     */
    explicit ContentInputs(const Values& values);

    /** @param client number @return the trace of its link */
    std::shared_ptr<const ns3::sharding::ContentNetworkTrace> NetworkOf(uint32_t client) const;

    std::shared_ptr<const ns3::sharding::ContentMovie> movie; ///< in shards

  private:
    const Values& m_values;
    /** Common to all clients, unless each has its own. */
    std::shared_ptr<const ns3::sharding::ContentNetworkTrace> m_network;
};

} // namespace shardsim

#endif // SHARDSIM_CONTENT_INPUTS_H
