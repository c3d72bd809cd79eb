// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_REPLICATE_H
#define CONTENT_REPLICATE_H

#include "ns3/object.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// What is known when it is decided how many holders kinds of shards are to have.
struct ContentReplicateView
{
    std::vector<double> demand; ///< of each kind, requests a second, as expected
    uint32_t budget{0};         ///< holders in all, summed over the kinds
    uint32_t most{1};           ///< holders of a kind
};

/**
 * @ingroup sharding
 * Plug-point: how many holders are shards to have? Kinds of shards are the renditions of streams,
 * whose shards are all alike. A policy holds no host.
 */
class ContentReplicate : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// @param view what is known  @return of each kind, 1 to `most`
    virtual std::vector<uint32_t> Copies(const ContentReplicateView& view) const = 0;
};

/// @ingroup sharding
/// One holder each.
class ContentNoReplicas : public ContentReplicate
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    std::vector<uint32_t> Copies(const ContentReplicateView& view) const override;
};

/**
 * @ingroup sharding
 * Shares of the budget by a power of the demand: 0 is uniform, 1 proportional, 1/2 square-root,
 * which makes the mean effort of blind searches least (E. Cohen and S. Shenker, "Replication
 * strategies in unstructured peer-to-peer networks", SIGCOMM 2002). Shares are kept to 1 and to
 * `most`; what one kind cannot take goes to the others, and what rounding leaves goes to those with
 * the largest remainders.
 */
class ContentPowerReplicate : public ContentReplicate
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    std::vector<uint32_t> Copies(const ContentReplicateView& view) const override;

  private:
    double m_exponent{0.5}; ///< attribute
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_REPLICATE_H
