// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_ABR_BOLA_E_H
#define CONTENT_ABR_BOLA_E_H

#include "content-abr-bola.h"
#include "content-abr-throughput.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * BOLA-E (K. Spiteri, R. Sitaraman and D. Sparacio, MMSys 2018): BOLA whose buffer is thought to be
 * larger by a placeholder. At the begin that is as much as it takes to choose what the throughput
 * sustains; it grows while the client waits, and shrinks where it would make the client wait, or
 * where the real buffer is in danger. The buffer that BOLA reckons with does not depend on the
 * client's limit alone, but is at least 10 s and 2 s for each rendition.
 */
class ContentBolaEAbr : public ContentAbr
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentAbrChoice Choose(const ContentAbrView& view) override;
    std::optional<uint32_t> Abandon(Time now,
                                    const ContentAbrView& view,
                                    const ContentRequest& request,
                                    const ContentProgress& progress) override;
    void Waited(Time delay) override;
    void Fetched(const ContentAbrView& view, const ContentAbrFetch& fetch) override;

  private:
    /// Choose as soon as the throughput is known. @param view what is known
    ContentAbrChoice Begin(const ContentAbrView& view);

    Time m_leastBuffer;                      ///< attribute
    Time m_perRendition;                     ///< attribute
    ContentBolaVariant m_variant{};          ///< attribute: o or u
    std::optional<ContentBolaScore> m_score; ///< of the stream, once it is known
    ContentBufferGuard m_guard;              ///< of the real buffer
    double m_placeholder{0};                 ///< seconds
    uint32_t m_last{0};                      ///< rendition
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_ABR_BOLA_E_H
