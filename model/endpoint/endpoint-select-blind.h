// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_SELECT_BLIND_H
#define ENDPOINT_SELECT_BLIND_H

#include "endpoint-select.h"

/**
 * @file
 * @ingroup sharding
 * Selection that looks at neither loads nor clients.
 */

namespace ns3
{
namespace sharding
{

/// @ingroup sharding
/// Each endpoint as likely as the others.
class RandomSelect : public EndpointSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Choose(Time now,
                    const EndpointRequest& request,
                    const std::vector<uint32_t>& loads) override;
};

/// @ingroup sharding
/// One after the other.
class RoundRobinSelect : public EndpointSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Choose(Time now,
                    const EndpointRequest& request,
                    const std::vector<uint32_t>& loads) override;

  private:
    uint32_t m_next{0}; ///< whose turn it is
};

/// @ingroup sharding
/// At random, each endpoint in proportion to its weight.
class WeightedSelect : public EndpointSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void SetEndpoints(const std::vector<EndpointInfo>& endpoints) override;
    uint32_t Choose(Time now,
                    const EndpointRequest& request,
                    const std::vector<uint32_t>& loads) override;

  private:
    std::vector<double> m_upTo; ///< sum of the weights up to each endpoint
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_SELECT_BLIND_H
