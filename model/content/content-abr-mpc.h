// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_ABR_MPC_H
#define CONTENT_ABR_MPC_H

#include "content-abr.h"

#include <deque>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Robust MPC (X. Yin, A. Jindal, V. Sekar and B. Sinopoli, "A Control-Theoretic Approach for
 * Dynamic Adaptive Video Streaming over HTTP", SIGCOMM 2015): of all renditions of the next
 * segments the row is looked for that gives the best linear QoE, if the throughput is the harmonic
 * mean of the last segments', less the largest relative error of that forecast among them; its
 * first one is chosen. The search is exact; it leaves out what cannot become the best any more.
 */
class ContentMpcAbr : public ContentAbr
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ContentAbrChoice Choose(const ContentAbrView& view) override;
    void Fetched(const ContentAbrView& view, const ContentAbrFetch& fetch) override;

    /// @return what is reckoned with, bit/s; 0 before the first segment
    double Forecast() const;

  private:
    struct Search;

    /// Look at all that may follow. @param depth segments decided on  @param buffer seconds
    /// @param last bitrate, Mbit/s  @param value so far  @param first rendition of the row
    void Explore(Search& search,
                 uint32_t depth,
                 double buffer,
                 double last,
                 double value,
                 uint32_t first) const;

    uint32_t m_horizon{0};           ///< attribute: segments
    uint32_t m_past{0};              ///< attribute: segments
    double m_stallWeight{0};         ///< attribute
    double m_changeWeight{0};        ///< attribute
    std::deque<double> m_throughput; ///< of the last segments, latency included, bit/s
    std::deque<double> m_errors;     ///< of the forecast of these, relative
    uint32_t m_last{0};              ///< rendition
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_ABR_MPC_H
