// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_CAPACITY_TRACE_H
#define SHARD_CAPACITY_TRACE_H

#include "ns3/nstime.h"

#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * When a link can deliver, in the format of mahimahi's mm-link (R. Netravali et al., "Mahimahi:
 * Accurate Record-and-Replay for HTTP", USENIX ATC 2015): one line per opportunity to deliver
 * 1500 bytes, its time in whole milliseconds, never decreasing. A time may stand on several lines.
 * The last time is the period after which the trace repeats, so it must not be 0.
 *
 * Beyond mahimahi, which refuses them, lines that are blank or begin with `#` are skipped, and
 * blanks around the number and a carriage return at the end of a line are ignored.
 */
class ShardCapacityTrace
{
  public:
    /// Bytes that one opportunity delivers at most.
    static constexpr uint32_t OPPORTUNITY_BYTES = 1500;
    /// Most opportunities that a trace may have (a bound on memory: 4 bytes each).
    static constexpr std::size_t MAX_OPPORTUNITIES = 50'000'000;

    /**
     * @param in text of the trace
     * @param name of the file, for messages
     * @param why set to one line "name:line: what, what is allowed" where the text is refused; may
     *        be null
     * @return the trace, or nothing
     */
    static std::optional<ShardCapacityTrace> Parse(std::istream& in,
                                                   const std::string& name,
                                                   std::string* why = nullptr);

    /**
     * @param path of a file
     * @param why set to one line where the file cannot be read or is refused; may be null
     * @return the trace, or nothing
     */
    static std::optional<ShardCapacityTrace> Load(const std::string& path,
                                                  std::string* why = nullptr);

    /// @return time of each opportunity of one period, milliseconds, never decreasing
    const std::vector<uint32_t>& Opportunities() const
    {
        return m_opportunities;
    }

    /// @return period of the trace, milliseconds, at least 1
    uint32_t PeriodMs() const
    {
        return m_opportunities.back();
    }

    /// @return mean capacity, bit/s of IP packets
    double MeanRate() const;

  private:
    ShardCapacityTrace() = default;

    std::vector<uint32_t> m_opportunities; ///< milliseconds
};

/**
 * @ingroup sharding
 * When packets leave a link whose capacity is a ShardCapacityTrace, with mahimahi's rules:
 *
 * - an opportunity at time t serves what waited before t; a packet that comes to an idle link at
 *   exactly t has missed it;
 * - an opportunity delivers up to 1500 bytes: of several small packets, and of a larger packet in
 *   parts, which goes on in the next opportunity (and leaves with its last byte; mahimahi itself
 *   refuses packets of more than 1500 bytes);
 * - what an opportunity could have delivered while nothing waited is lost.
 *
 * Serve() has to be called when a packet comes to the head of the line: at its arrival if the link
 * is idle, else at the completion of the packet before it, which is how the server knows that the
 * packet had been waiting. A packet that arrives in the very nanosecond in which the one before it
 * was completed therefore counts as one that waited.
 *
 * A back-to-back packet costs O(1), whatever its size; after an idle time whole periods are
 * skipped by arithmetic and the rest by galloping search, O(log of the opportunities passed).
 */
class ShardCapacityServer
{
  public:
    /**
     * @param trace the capacity; not null
     * @param start when the trace's time is 0; before it there is no capacity
     */
    explicit ShardCapacityServer(std::shared_ptr<const ShardCapacityTrace> trace,
                                 Time start = Time(0));

    /**
     * @param now when the packet comes to the head of the line; not before the completion of the
     *        packet before it
     * @param bytes of the packet; one of 0 bytes leaves at once
     * @return when it has been delivered, at or after `now`
     */
    Time Serve(Time now, uint32_t bytes);

    /// @return the trace
    const ShardCapacityTrace& GetTrace() const
    {
        return *m_trace;
    }

  private:
    /**
     * @param opportunity number of an opportunity over all periods
     * @return its time, nanoseconds since start
     */
    int64_t TimeOf(uint64_t opportunity) const;

    /**
     * @param elapsed nanoseconds since start; may be negative
     * @return number of the first opportunity after it
     */
    uint64_t FirstAfter(int64_t elapsed) const;

    std::shared_ptr<const ShardCapacityTrace> m_trace; ///< the capacity
    int64_t m_start;                                   ///< when the trace begins, nanoseconds
    uint64_t m_next{0}; ///< number of the first opportunity not touched yet
    uint32_t m_left{0}; ///< bytes left in the opportunity before it
    bool m_used{false}; ///< something was served already
    int64_t m_last{0};  ///< completion of the last packet, nanoseconds since start
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_CAPACITY_TRACE_H
