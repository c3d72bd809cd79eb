// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_SELECT_HASH_H
#define ENDPOINT_SELECT_HASH_H

#include "endpoint-select.h"

/**
 * @file
 * @ingroup sharding
 * Selection by who the client is. Where a client belongs depends on its number, the numbers of the
 * endpoints and a salt, not on the order in which endpoints came; weights have no part in it.
 */

namespace ns3
{
namespace sharding
{

/// @ingroup sharding
/// The common part: numbers that look random for clients and endpoints.
class HashSelect : public EndpointSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    bool IsSticky() const override;
    void SetEndpoints(const std::vector<EndpointInfo>& endpoints) override;

  protected:
    /// @param request of a client  @return the client's number
    uint64_t HashOf(const EndpointRequest& request) const;

    std::vector<uint64_t> m_hashes; ///< of the endpoints

  private:
    uint64_t m_salt; ///< with another one, clients belong elsewhere
};

/**
 * @ingroup sharding
 * A table in which endpoints take places in turn, each by its own order of preference, and clients
 * look up their place (D. Eisenbud et al., "Maglev: a fast and reliable software network load
 * balancer", NSDI 2016, section 3.4): shares are equal to within one place, and a change moves few
 * clients that it need not move.
 */
class MaglevSelect : public HashSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void SetEndpoints(const std::vector<EndpointInfo>& endpoints) override;
    uint32_t Choose(Time now,
                    const EndpointRequest& request,
                    const std::vector<uint32_t>& loads) override;

  private:
    uint32_t m_size;               ///< places of the table, at least
    std::vector<uint32_t> m_table; ///< place of the endpoint among the endpoints
};

/**
 * @ingroup sharding
 * Rendezvous, or highest random weight, hashing (D. Thaler and C. Ravishankar, IEEE/ACM ToN 6(1),
 * 1998): each client ranks all endpoints, and goes to the first. A change moves only clients that
 * it has to move.
 */
class RendezvousSelect : public HashSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Choose(Time now,
                    const EndpointRequest& request,
                    const std::vector<uint32_t>& loads) override;
};

/**
 * @ingroup sharding
 * Consistent hashing with bounded loads (V. Mirrokni, M. Thorup and M. Zadimoghaddam, SODA 2018):
 * along a ring of points from the client's own on, the first endpoint that has less than 1 + slack
 * times the mean load.
 */
class BoundedHashSelect : public HashSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void SetEndpoints(const std::vector<EndpointInfo>& endpoints) override;
    uint32_t Choose(Time now,
                    const EndpointRequest& request,
                    const std::vector<uint32_t>& loads) override;

  private:
    /// A place on the ring.
    struct Point
    {
        uint64_t at;    ///< where
        uint32_t place; ///< of the endpoint among the endpoints

        bool operator<(const Point& o) const
        {
            return at != o.at ? at < o.at : place < o.place;
        }
    };

    double m_slack;            ///< by which a load may be above the mean
    uint32_t m_points;         ///< of each endpoint
    std::vector<Point> m_ring; ///< of all endpoints, in order
};

/**
 * @ingroup sharding
 * Shuffle sharding (C. MacCarthaigh, "Workload isolation using shuffle-sharding", Amazon Builders'
 * Library, 2019): each client has a few endpoints of its own, the first ones of its rendezvous
 * ranking, and takes the one of them with the fewest requests not answered, ties at random. Few
 * clients have all of them in common, so that one client's trouble stays with few others.
 */
class ShuffleShardSelect : public HashSelect
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    bool IsSticky() const override;
    uint32_t Choose(Time now,
                    const EndpointRequest& request,
                    const std::vector<uint32_t>& loads) override;

  private:
    /// An endpoint in a client's ranking.
    struct Rank
    {
        uint64_t score; ///< higher is first
        uint32_t place; ///< of the endpoint among the endpoints
    };

    uint32_t m_size;             ///< endpoints of a client
    std::vector<Rank> m_ranking; ///< of the client at hand
};

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_SELECT_HASH_H
