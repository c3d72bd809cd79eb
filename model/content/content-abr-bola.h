// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_ABR_BOLA_H
#define CONTENT_ABR_BOLA_H

#include "content-abr.h"

#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * BOLA's score of renditions (K. Spiteri, R. Urgaonkar and R. K. Sitaraman, "BOLA: Near-Optimal
 * Bitrate Adaptation for Online Videos", INFOCOM 2016): utility is the logarithm of the bitrate,
 * and a rendition scores (V (utility + gp) - buffer) / size. V is a time here, buffers being times.
 */
class ContentBolaScore
{
  public:
    /**
     * @param bitrates bit/s, ascending
     * @param lowest utility of the lowest rendition
     */
    ContentBolaScore(const std::vector<double>& bitrates, double lowest);

    /// @param v V, seconds  @param gp weight of not standing still
    void Set(double v, double gp);

    /// @param buffer seconds  @return the rendition of the best score, the lowest of equals
    uint32_t Best(double buffer) const;

    /// @param rendition number  @param buffer seconds  @param size  @return score
    double Of(uint32_t rendition, double buffer, double size) const;

    /// @param rendition number  @return least buffer, seconds, at which no lower one is preferred
    double LeastBuffer(uint32_t rendition) const;

    /// @param rendition number  @return buffer, seconds, above which waiting is better than asking
    double MostBuffer(uint32_t rendition) const;

    /// @return utility of the highest rendition
    double HighestUtility() const
    {
        return m_utilities.back();
    }

  private:
    std::vector<double> m_bitrates;  ///< bit/s
    std::vector<double> m_utilities; ///< of each rendition
    double m_v{0};                   ///< seconds
    double m_gp{0};                  ///< weight of not standing still
};

/// Which of BOLA's variants.
enum ContentBolaVariant : uint8_t
{
    CONTENT_BOLA_BASIC,  ///< the score alone, for an endless stream
    CONTENT_BOLA_FINITE, ///< less buffer near begin and end of the stream; gives segments up
    CONTENT_BOLA_O,      ///< the same, and does not go above what the throughput sustains: waits
    CONTENT_BOLA_U       ///< the same, but goes one above it, so as not to lose utility
};

/**
 * @ingroup sharding
 * BOLA: the rendition with the best score for the present buffer.
 */
class ContentBolaAbr : public ContentAbr
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentAbrChoice Choose(const ContentAbrView& view) override;
    std::optional<uint32_t> Abandon(Time now,
                                    const ContentAbrView& view,
                                    const ContentRequest& request,
                                    const ContentProgress& progress) override;

  private:
    /// The buffer that is aimed at. @param view what is known
    void Aim(const ContentAbrView& view);

    double m_gp{0};                               ///< attribute
    ContentBolaVariant m_variant{CONTENT_BOLA_U}; ///< attribute
    std::optional<ContentBolaScore> m_score;      ///< of the stream
    uint32_t m_last{0};                           ///< rendition
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_ABR_BOLA_H
