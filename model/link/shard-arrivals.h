// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_ARRIVALS_H
#define SHARD_ARRIVALS_H

#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"

#include <cmath>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @param seconds a duration drawn at random
 * @return the same, rounded to the nearest nanosecond. One way to round for all that draws times,
 *         so that what is simulated and what is computed agree to the nanosecond.
 */
inline int64_t
ShardNanoseconds(double seconds)
{
    return std::llround(seconds * 1e9);
}

/**
 * @ingroup sharding
 * When the packets of open-loop traffic come: a process that knows nothing but its own random
 * stream, asked for one arrival after the other.
 */
class ShardArrivals
{
  public:
    /// How packets arrive.
    enum Kind
    {
        POISSON, ///< exponential gaps
        CBR,     ///< constant gaps, beginning within the first gap at random
        ONOFF    ///< constant gaps in exponential on periods, between exponential off periods
    };

    /// What the process is like.
    struct Shape
    {
        Kind kind{POISSON};  ///< how packets arrive
        double gap{1};       ///< mean time from one packet to the next, seconds, above 0
        double meanOn{0.1};  ///< mean on period, seconds, above 0; for ONOFF
        double meanOff{0.1}; ///< mean off period, seconds, 0 or more; for ONOFF
        double stepFrom{0};  ///< from then on, seconds since the start, gap is stepGap
        double stepUntil{0}; ///< until then; a gap that has begun is finished
        double stepGap{1};   ///< seconds, above 0
    };

    ShardArrivals() = default;

    /**
     * @param shape what the process is like
     * @param uniform draws from [0, 1): the only source of chance
     */
    ShardArrivals(const Shape& shape, Ptr<UniformRandomVariable> uniform);

    /// @return time of the next arrival since the start, nanoseconds; never decreases. The first is
    ///         that which someone sees who comes at a random moment.
    int64_t Next();

  private:
    double Exponential(double mean);
    void PassOnTime(double on);

    Shape m_shape;                        ///< what the process is like
    Ptr<UniformRandomVariable> m_uniform; ///< the only source of chance
    bool m_begun{false};                  ///< the first arrival was drawn
    double m_next{0.0};   ///< last arrival, seconds since start; no rounding adds up in it
    double m_onLeft{0.0}; ///< seconds left of the on period at m_next
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_ARRIVALS_H
