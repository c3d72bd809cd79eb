// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_NETWORK_TRACE_H
#define CONTENT_NETWORK_TRACE_H

#include "ns3/nstime.h"
#include "ns3/shard-parse-error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a link can do over time: bandwidth and latency, constant within each of a row of periods,
 * after the last of which it begins anew. In JSON, as used by the simulator of K. Spiteri et al.
 * (MMSys 2018):
 *
 *     [ {"duration_ms": 30000, "bandwidth_kbps": 5000, "latency_ms": 75} ]
 *
 * It knows no state: times are absolute, and the trace begins at zero.
 */
class ContentNetworkTrace
{
  public:
    /// Most periods of a trace.
    static constexpr std::size_t MAX_PERIODS = 10'000'000;

    /// In which nothing changes.
    struct Period
    {
        Time duration;       ///< positive
        double bandwidth{0}; ///< bit/s, not negative
        Time latency;        ///< of a request, until its first bit comes; not negative
    };

    /// @param periods one or more, of which at least one has a bandwidth
    explicit ContentNetworkTrace(std::vector<Period> periods);

    /**
     * @param name of the input, for messages
     * @param text in JSON
     * @return the trace
     * @throw ShardParseError naming the place
     */
    static ContentNetworkTrace Parse(const std::string& name, const std::string& text);

    /// @param path of a file  @return the trace in it  @throw ShardParseError
    static ContentNetworkTrace Load(const std::string& path);

    /// @return the periods
    const std::vector<Period>& Periods() const
    {
        return m_periods;
    }

    /// @return duration of all periods
    Time Length() const
    {
        return NanoSeconds(m_length);
    }

    /// @return mean bandwidth, bit/s
    double MeanBandwidth() const;

    /// @param when a time, not negative  @return the period that holds then
    const Period& At(Time when) const;

    /**
     * A request's latency is used up at the rate of the period that holds: half of a request that
     * waits 50 ms at a latency of 100 ms is left to wait when the latency changes.
     * @param from when a request is sent
     * @return when its first bit can come
     */
    Time AfterLatency(Time from) const;

    /**
     * @param from when the first bit can come
     * @param bits not negative
     * @return when the last one has come, rounded up
     */
    Time AfterBits(Time from, double bits) const;

    /// @param from begin  @param to end, not before it  @return bits that can come in between
    double BitsBetween(Time from, Time to) const;

  private:
    /// @param when nanoseconds, not negative  @return number of the period that holds then
    std::size_t IndexAt(int64_t when) const;

    std::vector<Period> m_periods; ///< in order
    std::vector<int64_t> m_begins; ///< when each begins, nanoseconds
    int64_t m_length{0};           ///< of all, nanoseconds
    double m_bits{0};              ///< that can come in all periods
    double m_waits{0};             ///< requests, one after the other, that can wait in all periods
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_NETWORK_TRACE_H
