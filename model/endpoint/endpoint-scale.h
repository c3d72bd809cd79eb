// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_SCALE_H
#define ENDPOINT_SCALE_H

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>
#include <deque>
#include <map>
#include <utility>

namespace ns3
{
namespace sharding
{

/// What is known of a group when it is asked how large it is to be.
struct EndpointScaleView
{
    uint32_t group{0};     ///< which
    uint32_t ready{0};     ///< units that work, warm or not
    uint32_t starting{0};  ///< units that were created and do not work yet
    double utilisation{0}; ///< CPU in use, of the units that work, 0 to 1
    double demand{0};      ///< work that came in a second, in units, by the last reports
    double forecast{0};    ///< the most of it until a unit created now is warm, as predicted
    uint32_t inSystem{0};  ///< jobs at all units
};

/**
 * @ingroup sharding
 * Plug-point: how many units should a group have now? A policy holds no host and reads no clock.
 */
class EndpointScale : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * @param now when
     * @param view what is known
     * @return units that there should be; the pool's bounds are not its business
     */
    virtual uint32_t Units(Time now, const EndpointScaleView& view) = 0;
};

/// @ingroup sharding
/// As many as there were said to be, always.
class StaticScale : public EndpointScale
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Units(Time now, const EndpointScaleView& view) override;

  private:
    uint32_t m_units{1}; ///< of each group
};

/**
 * @ingroup sharding
 * The largest of what was wanted in the last so much time: a group does not shrink for a dip.
 */
class EndpointStabiliser
{
  public:
    /// @param now when  @param window how far back  @param wanted now  @return what is to be
    uint32_t Largest(Time now, Time window, uint32_t wanted);

  private:
    std::deque<std::pair<Time, uint32_t>> m_wanted; ///< when, how many; falling
};

/**
 * @ingroup sharding
 * The rule of the Kubernetes horizontal pod autoscaler (autoscaling/v2, as documented for 1.30):
 * units * utilisation / target, rounded up; nothing is done where that ratio is within the
 * tolerance of 1; units that do not work yet count as idle when it would grow, and where that turns
 * growth around nothing is done; it shrinks to the most that was wanted within the stabilisation
 * window; it grows at once, at most to twice the units or by four in a period.
 */
class ThresholdScale : public EndpointScale
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Units(Time now, const EndpointScaleView& view) override;

  private:
    double m_target{0.6};    ///< utilisation
    double m_tolerance{0.1}; ///< of the ratio
    Time m_window;           ///< of stabilisation
    Time m_growPeriod;       ///< in which it at most doubles

    std::map<uint32_t, EndpointStabiliser> m_past;                   ///< by group
    std::map<uint32_t, std::deque<std::pair<Time, uint32_t>>> m_had; ///< units by group, for growth
};

/**
 * @ingroup sharding
 * As many as the forecast needs at a utilisation, held for a while: what the forecast is by is the
 * load predictor's business.
 */
class ForecastScale : public EndpointScale
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Units(Time now, const EndpointScaleView& view) override;

  private:
    double m_target{0.7}; ///< utilisation
    Time m_window;        ///< of stabilisation

    std::map<uint32_t, EndpointStabiliser> m_past; ///< by group
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_SCALE_H
