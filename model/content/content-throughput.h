// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_THROUGHPUT_H
#define CONTENT_THROUGHPUT_H

#include "ns3/nstime.h"

#include <array>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a client believes of its connection: two exponentially weighted means, a quick and a slow
 * one, each corrected for having begun at zero, of which the more cautious counts: the smaller
 * throughput, the larger latency (as dash.js does: K. Spiteri et al., MMSys 2018). A throughput
 * ages by the time of downloading, a latency by segments.
 */
class ContentThroughput
{
  public:
    /**
     * @param quick half life
     * @param slow half life
     * @param segment duration of a segment, by which the half lives become numbers of segments
     */
    ContentThroughput(Time quick, Time slow, Time segment);

    /**
     * A segment has come whole.
     * @param bits of it
     * @param downloading time from its first bit to its last
     * @param latency from the request to its first bit
     */
    void Push(double bits, Time downloading, Time latency);

    /// @return bit/s; 0 before the first segment
    double Rate() const
    {
        return m_rate;
    }

    /// @return of a request; zero before the first segment
    Time Latency() const
    {
        return Seconds(m_latency);
    }

  private:
    struct Mean
    {
        double halfLife;   ///< seconds
        double rate{0};    ///< bit/s, not yet corrected
        double latency{0}; ///< seconds, not yet corrected
    };

    std::array<Mean, 2> m_means; ///< quick and slow
    double m_segment;            ///< duration, seconds
    double m_time{0};            ///< of downloading so far, seconds
    double m_count{0};           ///< segments so far
    double m_rate{0};            ///< bit/s
    double m_latency{0};         ///< seconds
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_THROUGHPUT_H
