// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_ABR_BUFFER_H
#define CONTENT_ABR_BUFFER_H

#include "content-abr.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * BBA-0 (T.-Y. Huang et al., "A Buffer-Based Approach to Rate Adaptation", SIGCOMM 2014): the
 * buffer alone decides. A reservoir of it stands for the lowest bitrate, and a cushion above that
 * maps linearly onto the bitrates up to the highest. The rendition stays until the bitrate of the
 * map has gone past the next one's, up or down.
 */
class ContentBufferAbr : public ContentAbr
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentAbrChoice Choose(const ContentAbrView& view) override;
    void Fetched(const ContentAbrView& view, const ContentAbrFetch& fetch) override;

  private:
    double m_reservoir{0}; ///< attribute: share of the limit
    double m_full{0};      ///< attribute: share of the limit
    uint32_t m_last{0};    ///< rendition
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_ABR_BUFFER_H
