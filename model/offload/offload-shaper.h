// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_SHAPER_H
#define OFFLOAD_SHAPER_H

#include "ns3/nstime.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A token bucket for each function. A bucket may be overdrawn by one element, so that an element
 * larger than its depth passes too; the next one waits until it is above 0 again. It reads no
 * clock.
 */
class OffloadShaper
{
  public:
    /// @param functions that there are; without a rate no function is held up
    explicit OffloadShaper(uint32_t functions = 0)
        : m_buckets(functions)
    {
    }

    /**
     * @param function one of them
     * @param now not before any other call's
     * @param rate bytes a second; 0: not held up
     * @param depth bytes that may pass at once
     */
    void SetRate(uint32_t function, Time now, double rate, double depth)
    {
        Bucket& bucket = m_buckets[function];
        Fill(bucket, now);
        // A bucket begins full.
        bucket.tokens = bucket.rate > 0 ? std::min(bucket.tokens, depth) : depth;
        bucket.rate = rate;
        bucket.depth = depth;
    }

    /// @param function one of them  @param now as in SetRate()  @return when its next element may
    /// pass, not before now
    Time Ready(uint32_t function, Time now)
    {
        Bucket& bucket = m_buckets[function];
        Fill(bucket, now);
        if (bucket.rate <= 0 || bucket.tokens > 0)
        {
            return now;
        }
        // A whole nanosecond further, where there are tokens for certain.
        return now + NanoSeconds(static_cast<uint64_t>(-bucket.tokens / bucket.rate * 1e9) + 1);
    }

    /// @param function one of them  @param now as in SetRate()  @param bytes that passed
    void Pass(uint32_t function, Time now, uint32_t bytes)
    {
        Bucket& bucket = m_buckets[function];
        Fill(bucket, now);
        bucket.tokens -= bucket.rate > 0 ? bytes : 0;
    }

  private:
    /// Of one function.
    struct Bucket
    {
        double rate{0};   ///< bytes a second; 0: not held up
        double depth{0};  ///< bytes
        double tokens{0}; ///< bytes, down to less than 0
        Time filled;      ///< tokens are those of this time
    };

    static void Fill(Bucket& bucket, Time now)
    {
        const double more = bucket.rate * (now - bucket.filled).GetSeconds();
        bucket.tokens = std::min(bucket.depth, bucket.tokens + more);
        bucket.filled = now;
    }

    std::vector<Bucket> m_buckets; ///< of each function
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_SHAPER_H
