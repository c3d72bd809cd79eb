// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_MODELS_H
#define CONTENT_MODELS_H

#include "content-movie.h"
#include "content-network-trace.h"

#include "ns3/nstime.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * @param length of the movie
 * @param duration of each segment
 * @param bitrates nominal, bit/s, ascending
 * @return a movie whose segments all have their nominal size
 */
ContentMovie MakeConstantMovie(Time length, Time duration, const std::vector<double>& bitrates);

/// How scenes differ.
struct ContentSceneModel
{
    Time meanScene;         ///< mean duration of a scene (exponential)
    double deviation{1};    ///< standard deviation of log2 of a scene's complexity
    double sensitivity{.3}; ///< share of the nominal bitrate that twice the complexity costs
};

/**
 * @ingroup sharding
 * A movie of scenes, encoded at constant quality within a rendition. With the rate-distortion
 * function of a Gaussian source, D = c 2^(-2R/W), equal distortion in every scene gives a scene of
 * complexity c the rate R + W/2 log2(c / c0), c0 being the geometric mean (T. M. Cover and
 * J. A. Thomas, "Elements of Information Theory", section 10.3). W/2 is `sensitivity` times the
 * nominal bitrate. Scenes get at least a fifth of it; then all is scaled so that the mean bitrate
 * of the movie is the nominal one.
 * @param length of the movie
 * @param duration of each segment
 * @param bitrates nominal, bit/s, ascending
 * @param model how scenes differ
 * @param stream of random numbers; all that is drawn depends on length and model only
 * @return the movie
 */
ContentMovie MakeVariableMovie(Time length,
                               Time duration,
                               const std::vector<double>& bitrates,
                               const ContentSceneModel& model,
                               int64_t stream);

/// How a link's bandwidth varies.
struct ContentBandwidthModel
{
    double mean{5e6};      ///< bit/s
    double deviation{0.5}; ///< standard deviation of the logarithm
    double memory{0.9};    ///< correlation of one period's logarithm and the next one's, [0, 1)
    Time period;           ///< for which the bandwidth stays
    Time latency;          ///< of a request
    uint32_t periods{600}; ///< before it repeats
};

/**
 * @ingroup sharding
 * A trace whose bandwidth's logarithm is a stationary Gaussian autoregression of first order.
 * @param model how it varies
 * @param stream of random numbers
 * @return the trace; its bandwidth is scaled so that its mean over all periods is exact
 */
ContentNetworkTrace MakeVariableNetwork(const ContentBandwidthModel& model, int64_t stream);

} // namespace sharding
} // namespace ns3

#endif // CONTENT_MODELS_H
