// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_ALLOCATION_H
#define OFFLOAD_ALLOCATION_H

#include "offload-traffic.h"

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Memory of an offload engine, as an allocation sees it. Bytes.
struct OffloadSpace
{
    uint64_t memory{0};         ///< of all buffers
    uint64_t held{0};           ///< by elements in it
    std::vector<uint64_t> plan; ///< of each function; their sum is `memory`
};

/**
 * @ingroup sharding
 * Plug-point: how much buffer for whom? A plan divides all memory; it is what a function is sure
 * of: an element within it takes the place of one held beyond its function's plan. The limit says
 * how much a function may hold at all. A change of either loses no element that is held.
 */
class OffloadAllocation : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * Asked when there is a new forecast. By default the memory is divided evenly.
     * @param now when
     * @param space with the plan so far, in which the new one is put
     * @param expected traffic of each function in the next interval
     */
    virtual void Plan(Time now, OffloadSpace& space, const std::vector<OffloadTraffic>& expected);

    /**
     * Asked for each element.
     * @param space as it is
     * @param held bytes of it that would not make way for the element, which those of less urgent
     *        ones do
     * @param function of the element
     * @return bytes that the function may hold, this element included
     */
    virtual uint64_t Limit(const OffloadSpace& space, uint64_t held, uint32_t function) const = 0;
};

/// @ingroup sharding
/// Each function has an even part, and no more.
class StaticAllocation : public OffloadAllocation
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint64_t Limit(const OffloadSpace& space, uint64_t held, uint32_t function) const override;
};

/// @ingroup sharding
/// Any function may hold everything; nobody is sure of anything.
class SharedAllocation : public OffloadAllocation
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void Plan(Time now, OffloadSpace& space, const std::vector<OffloadTraffic>& expected) override;
    uint64_t Limit(const OffloadSpace& space, uint64_t held, uint32_t function) const override;
};

/**
 * @ingroup sharding
 * A function may hold Alpha times what is free (A. K. Choudhury, E. L. Hahne, "Dynamic Queue Length
 * Thresholds for Shared-Memory Packet Switches", IEEE/ACM Transactions on Networking 6, 1998). With
 * s functions at their limit each holds Alpha M / (1 + s Alpha) of the memory M.
 */
class DynamicThresholdAllocation : public OffloadAllocation
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void Plan(Time now, OffloadSpace& space, const std::vector<OffloadTraffic>& expected) override;
    uint64_t Limit(const OffloadSpace& space, uint64_t held, uint32_t function) const override;

  private:
    double m_alpha{0}; ///< attribute
};

/**
 * @ingroup sharding
 * The plan follows the forecast: a floor for everybody, the rest by expected bytes up to a ceiling,
 * and no more than a share of the memory moves at a time. Beyond its plan a function may hold Alpha
 * times what is free.
 */
class ForecastAllocation : public OffloadAllocation
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void Plan(Time now, OffloadSpace& space, const std::vector<OffloadTraffic>& expected) override;
    uint64_t Limit(const OffloadSpace& space, uint64_t held, uint32_t function) const override;

  private:
    double m_floor{0};   ///< attribute
    double m_ceiling{0}; ///< attribute
    double m_rate{0};    ///< attribute
    double m_alpha{0};   ///< attribute
};

/**
 * Divides a whole by weights, between a floor and a ceiling for each part.
 * @param whole to be divided
 * @param weights of the parts, 0 or more; all alike where their sum is 0
 * @param floor of each part; no more than an even part
 * @param ceiling of each part; no less than an even part
 * @return parts, whose sum is the whole
 */
std::vector<uint64_t> DivideOffloadMemory(uint64_t whole,
                                          const std::vector<double>& weights,
                                          uint64_t floor,
                                          uint64_t ceiling);

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_ALLOCATION_H
