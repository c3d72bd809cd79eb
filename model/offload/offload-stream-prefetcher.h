// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_STREAM_PREFETCHER_H
#define OFFLOAD_STREAM_PREFETCHER_H

#include "offload-prefetcher.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Several streams of reads at a time, each with a distance of its own, interleaved and not quite in
 * order, as a disk's file systems and hosts make them (compare the readahead of operating systems:
 * W. Fengguang, X. Hongsheng, X. Chenfeng, ACM SIGOPS Operating Systems Review 42, 2008; and B. S.
 * Gill, L. A. D. Bathen, AMP, FAST 2007). Who votes over the last distances of a function sees the
 * distances between streams.
 *
 * A read is of a stream if it is up to Slack of the stream's distances before or behind it. What
 * begins where another read ended begins a stream; so does any other distance within Reach that
 * comes twice. What is named is twice as many ranges as the stream had reads, its next ones, then
 * those of the streams read before it. Of Streams streams the one read longest ago is forgotten.
 */
class StreamPrefetcher : public OffloadPrefetcher
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    std::vector<OffloadRange> Next(const OffloadAccess& access, uint32_t depth) override;

  private:
    /// Reads at equal distances.
    struct Stream
    {
        OffloadRange last; ///< the furthest read
        int64_t stride{0}; ///< from read to read; 0: not known
        uint32_t reads{0}; ///< that were of it
        uint64_t seen{0};  ///< number of the read that was last of it
    };

    std::optional<int64_t> Steps(const Stream& stream, const OffloadRange& range) const;
    Stream* Continue(const OffloadRange& range);
    Stream& Begin(const OffloadRange& range);

    uint32_t m_most{0};  ///< attribute
    uint32_t m_slack{0}; ///< attribute
    uint64_t m_reach{0}; ///< attribute

    std::vector<Stream> m_streams; ///< up to m_most
    uint64_t m_reads{0};           ///< so far
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_STREAM_PREFETCHER_H
