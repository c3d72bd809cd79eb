// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_PREFETCHER_H
#define OFFLOAD_PREFETCHER_H

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Bytes of the storage.
struct OffloadRange
{
    uint64_t offset{0}; ///< first byte
    uint32_t bytes{0};  ///< of it
};

/// A read of a client, as a prefetcher is told of it.
struct OffloadAccess
{
    Time now;            ///< when it came
    OffloadRange range;  ///< what it reads
    double expected{-1}; ///< reads of the function forecast for the next interval; below 0: none
};

/**
 * @param from where the first one is a distance away
 * @param stride that distance, which all have
 * @param depth how many
 * @return ranges as long as `from`, as far as there is storage
 */
std::vector<OffloadRange> WalkOffloadRanges(const OffloadRange& from,
                                            int64_t stride,
                                            uint32_t depth);

/**
 * @ingroup sharding
 * Plug-point: what will this function read next? There is one for each function.
 */
class OffloadPrefetcher : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * A client reads. What is held or asked for already may be named again: it is not fetched
     * twice.
     * @param access that came
     * @param depth most ranges that are wanted
     * @return what to fetch, the most urgent first
     */
    virtual std::vector<OffloadRange> Next(const OffloadAccess& access, uint32_t depth) = 0;
};

/// @ingroup sharding
/// Nothing.
class NoPrefetcher : public OffloadPrefetcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    std::vector<OffloadRange> Next(const OffloadAccess& access, uint32_t depth) override;
};

/// @ingroup sharding
/// What lies behind (one block lookahead; A. J. Smith, ACM Computing Surveys 14, 1982).
class NextBlockPrefetcher : public OffloadPrefetcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    std::vector<OffloadRange> Next(const OffloadAccess& access, uint32_t depth) override;
};

/**
 * @ingroup sharding
 * The distance between the last two reads again, once it has come twice running (J. W. C. Fu,
 * J. H. Patel, B. L. Janssens, MICRO 25, 1992).
 */
class StridePrefetcher : public OffloadPrefetcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    std::vector<OffloadRange> Next(const OffloadAccess& access, uint32_t depth) override;

  private:
    uint32_t m_reads{0};  ///< so far, up to 2
    uint64_t m_last{0};   ///< offset of the last read
    int64_t m_stride{0};  ///< to it from the one before
    bool m_steady{false}; ///< which was the same the time before
};

/**
 * @ingroup sharding
 * What most often came after this block (D. Joseph, D. Grunwald, ISCA 1997), and on from there. It
 * remembers Blocks blocks, with Successors each; the one seen longest ago is forgotten.
 */
class MarkovPrefetcher : public OffloadPrefetcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    std::vector<OffloadRange> Next(const OffloadAccess& access, uint32_t depth) override;

  private:
    /// One that came after a block.
    struct Successor
    {
        OffloadRange range; ///< what was read
        uint32_t count{0};  ///< how often
    };

    /// A block.
    struct Block
    {
        std::vector<Successor> successors; ///< up to m_successors
        uint64_t seen{0};                  ///< number of the read that was last for it
    };

    void Learn(uint64_t from, const OffloadRange& to);
    void Forget();

    uint32_t m_blocks{0};     ///< attribute
    uint32_t m_successors{0}; ///< attribute

    std::map<uint64_t, Block> m_table;     ///< by offset
    std::map<uint64_t, uint64_t> m_bySeen; ///< offset by number of the read
    uint64_t m_reads{0};                   ///< so far
    uint64_t m_last{0};                    ///< offset of the last read
};

/**
 * @ingroup sharding
 * The trend of the majority of the last distances between reads (H. Al Maruf, M. Chowdhury, Leap,
 * USENIX ATC 2020): the Boyer-Moore vote on the newest distances, on twice as many where they have
 * no majority, up to History. Without one, nothing.
 */
class TrendPrefetcher : public OffloadPrefetcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    std::vector<OffloadRange> Next(const OffloadAccess& access, uint32_t depth) override;

    /**
     * @param distances the newest first
     * @param count of them that vote
     * @param[out] winner that more than half of them are, where there is one
     * @return whether there is one
     */
    static bool Vote(const std::deque<int64_t>& distances, std::size_t count, int64_t& winner);

  private:
    uint32_t m_history{0}; ///< attribute

    std::deque<int64_t> m_distances; ///< the newest first
    uint64_t m_last{0};              ///< offset of the last read
    bool m_some{false};              ///< there was one
};

/**
 * @ingroup sharding
 * As many of TrendPrefetcher's as reads are forecast for the next interval, so that nothing is
 * fetched for a function that is going to rest. Without a forecast, all of them.
 */
class ForecastPrefetcher : public TrendPrefetcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    std::vector<OffloadRange> Next(const OffloadAccess& access, uint32_t depth) override;
};

/// @ingroup sharding
/// What will be read, as it was told: a bound for all others.
class OraclePrefetcher : public OffloadPrefetcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// @param reads all that the function will make, in order
    void Tell(std::vector<OffloadRange> reads);
    std::vector<OffloadRange> Next(const OffloadAccess& access, uint32_t depth) override;

  private:
    std::vector<OffloadRange> m_reads; ///< all
    std::size_t m_next{0};             ///< after the last one that came
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_PREFETCHER_H
