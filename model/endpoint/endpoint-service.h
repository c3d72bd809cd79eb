// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_SERVICE_H
#define ENDPOINT_SERVICE_H

#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"

namespace ns3
{
namespace sharding
{

/// How the work of requests is distributed.
enum EndpointServiceKind
{
    ENDPOINT_EXPONENTIAL,   ///< exponential
    ENDPOINT_DETERMINISTIC, ///< the same for all
    ENDPOINT_PARETO         ///< Pareto of type I: P(S > s) = (least / s)^shape
};

/// What the work of requests is like.
struct EndpointServiceShape
{
    EndpointServiceKind kind{ENDPOINT_EXPONENTIAL}; ///< distribution
    Time mean;                                      ///< work, above 0
    double shape{2.5};                              ///< of Pareto, above 1
};

/**
 * @ingroup sharding
 * Draws the work of one request after the other: one number of its stream for each, whatever the
 * distribution.
 */
class EndpointService
{
  public:
    /**
     * @param shape what it is like
     * @param uniform draws from [0, 1): the only source of chance
     */
    EndpointService(const EndpointServiceShape& shape, Ptr<UniformRandomVariable> uniform);

    /// @return work of the next request: the time that it takes alone at speed 1
    Time Draw();

  private:
    EndpointServiceShape m_shape;         ///< what it is like
    Ptr<UniformRandomVariable> m_uniform; ///< the only source of chance
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_SERVICE_H
