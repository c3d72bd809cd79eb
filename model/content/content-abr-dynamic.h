// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_ABR_DYNAMIC_H
#define CONTENT_ABR_DYNAMIC_H

#include "content-abr.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * DYNAMIC (K. Spiteri et al., MMSys 2018): the throughput rule while the buffer is low, BOLA while
 * it is not. It changes over to BOLA when the buffer is above a threshold and BOLA chooses no less,
 * and back when the buffer is below it and BOLA chooses less. Segments are given up as by the
 * throughput rule.
 */
class ContentDynamicAbr : public ContentAbr
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentDynamicAbr();

    ContentAbrChoice Choose(const ContentAbrView& view) override;
    std::optional<uint32_t> Abandon(Time now,
                                    const ContentAbrView& view,
                                    const ContentRequest& request,
                                    const ContentProgress& progress) override;

  private:
    Time m_threshold;             ///< attribute
    Ptr<ContentAbr> m_bola;       ///< attribute
    Ptr<ContentAbr> m_throughput; ///< attribute
    bool m_isBola{false};         ///< which one is followed
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_ABR_DYNAMIC_H
