// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_ADMISSION_H
#define OFFLOAD_ADMISSION_H

#include "offload-workload-header.h"

#include "ns3/nstime.h"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Reads that an engine holds back until there is room for their answers: no more than a window of
 * bytes is asked for and has not come. Where the window is no more than the memory of the queue
 * that answers wait in, nothing is dropped there, and what an overload makes wait does so here, in
 * the order in which it came, instead of in timers of clients that double.
 *
 * A client that loses patience asks again. While its read is held, or has been on its way for less
 * than a patience, that is absorbed: it would be carried twice. Whatever a client sends is also the
 * moment at which answers that never came are given up, so that who is held is not held for ever.
 */
class OffloadAdmission
{
  public:
    /// Counted since the start.
    struct Counters
    {
        uint64_t held{0};     ///< reads that waited
        uint64_t absorbed{0}; ///< further tries of reads that waited or were on their way
        uint64_t lost{0};     ///< reads given up after ten patiences without all of their answer
        uint64_t beyond{0};   ///< reads that passed because there was no place to wait
    };

    /**
     * @param window bytes on their way, at most, if more than one read
     * @param most reads that can wait
     * @param patience in which an answer comes if nothing is lost
     */
    OffloadAdmission(uint64_t window, uint32_t most, Time patience);

    /// @param fields a client's read  @param now when  @return reads to ask for now, in order
    std::vector<OffloadIoFields> Come(const OffloadIoFields& fields, Time now);

    /// @param fields of data for a client  @param now when  @return reads to ask for now, in order
    std::vector<OffloadIoFields> Came(const OffloadIoFields& fields, Time now);

    /// @return reads that wait
    std::size_t Held() const
    {
        return m_held.size();
    }

    /// @return bytes asked for that have not come
    uint64_t Coming() const
    {
        return m_bytes;
    }

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

  private:
    /// Function and number of a request.
    using Key = std::pair<uint16_t, uint64_t>;

    /// A read on its way.
    struct Asked
    {
        OffloadIoFields fields; ///< mask: chunks that have not come
        Time at;                ///< when it was asked for last
    };

    bool Fits(const OffloadIoFields& fields) const;
    void Pass(const OffloadIoFields& fields, Time now);
    void GiveUp(Time now);
    std::vector<OffloadIoFields> Release(Time now);

    uint64_t m_window;                  ///< bytes
    uint32_t m_most;                    ///< reads held
    Time m_patience;                    ///< of an answer
    std::map<Key, Asked> m_asked;       ///< on their way
    std::deque<OffloadIoFields> m_held; ///< waiting, in order
    std::set<Key> m_waiting;            ///< the same, by key
    uint64_t m_bytes{0};                ///< on their way
    Counters m_counters;                ///< since the start
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_ADMISSION_H
