// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_PREFETCH_BUFFER_H
#define OFFLOAD_PREFETCH_BUFFER_H

#include "offload-prefetcher.h"
#include "offload-workload-header.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The prefetch buffer of one function: what was asked for ahead of its read. Memory is taken when
 * it is asked for; it is free again when it has been read once, when its lifetime is over, or, the
 * oldest that nobody waits for first, when there is no other room.
 */
class OffloadPrefetchBuffer
{
  public:
    /// Counted since the start.
    struct Counters
    {
        uint64_t asked{0};          ///< ranges
        uint64_t askedBytes{0};     ///< of them
        uint64_t hits{0};           ///< of these, read when they were there
        uint64_t late{0};           ///< of these, read before they were there
        uint64_t discarded{0};      ///< of these, never read
        uint64_t discardedBytes{0}; ///< of them
        int64_t aheadNs{0};         ///< sum over hits and late ones that came: from coming to read
        uint64_t timed{0};          ///< of which that is the sum
    };

    /// What came of a read.
    enum Found : uint8_t
    {
        ABSENT, ///< nobody asked for it ahead
        HERE,   ///< it is served from the buffer, which holds it no longer
        COMING, ///< it was asked for, and has been noted to be served when it comes
    };

    /// @param memory bytes  @param lifetime of a range from when it was asked for
    OffloadPrefetchBuffer(uint64_t memory, Time lifetime);

    /**
     * Asks ahead for a range, unless all of it is held or on its way, or there is no room.
     * @param range to fetch
     * @param request number of the request for it, not used before
     * @param now when
     * @return whether it is to be asked for
     */
    bool Ask(const OffloadRange& range, uint64_t request, Time now);

    /**
     * A client reads.
     * @param fields of the request
     * @param now when
     * @return what came of it
     */
    Found Read(const OffloadIoFields& fields, Time now);

    /// A range that was asked for and has not come.
    struct Missing
    {
        uint64_t request{0}; ///< number of the request for it
        OffloadRange range;  ///< what
        uint64_t held{0};    ///< chunks of it that have come
        uint32_t waiting{0}; ///< reads
    };

    /// @param fields of a read that waits for what is coming  @return what it waits for
    std::optional<Missing> WaitedFor(const OffloadIoFields& fields);

    /**
     * A chunk came.
     * @param fields of it
     * @param now when
     * @return reads that waited for what is now there
     */
    std::vector<OffloadIoFields> Arrive(const OffloadIoFields& fields, Time now);

    /// @return when the oldest range that nobody waits for was asked for
    std::optional<Time> Oldest() const;

    /// Discards that range.
    void DiscardOldest();

    /// Discards what is left.
    void Flush();

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /// @return bytes asked for that have not come
    uint64_t Coming() const
    {
        return m_coming;
    }

    /// @return bytes held or on their way
    uint64_t Bytes() const
    {
        return m_bytes;
    }

    /// @return ranges held or on their way
    std::size_t Held() const
    {
        return m_entries.size();
    }

  private:
    /// A range.
    struct Entry
    {
        OffloadRange range;                   ///< what
        Time asked;                           ///< when
        Time came;                            ///< when, if it has
        uint64_t held{0};                     ///< chunks
        bool isHere{false};                   ///< all of it
        bool isRead{false};                   ///< before it was here
        Time read;                            ///< when, if it is
        std::vector<OffloadIoFields> waiting; ///< reads
    };

    std::map<uint64_t, Entry>::iterator Find(const OffloadRange& range);
    std::map<uint64_t, Entry>::const_iterator FindOldest() const;
    void Discard(std::map<uint64_t, Entry>::iterator which);
    void Remove(std::map<uint64_t, Entry>::iterator which);
    void Expire(Time now);

    uint64_t m_memory;                       ///< bytes
    Time m_lifetime;                         ///< of a range
    std::map<uint64_t, Entry> m_entries;     ///< by number of request: the oldest first
    std::map<uint64_t, uint64_t> m_byOffset; ///< number of request
    uint64_t m_bytes{0};                     ///< of all entries
    uint64_t m_coming{0};                    ///< of those that are not here
    Counters m_counters;                     ///< since the start
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_PREFETCH_BUFFER_H
