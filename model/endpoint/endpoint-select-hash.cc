// SPDX-License-Identifier: GPL-2.0-only
#include "endpoint-select-hash.h"

#include "ns3/assert.h"
#include "ns3/double.h"
#include "ns3/shard-mix.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(HashSelect);
NS_OBJECT_ENSURE_REGISTERED(MaglevSelect);
NS_OBJECT_ENSURE_REGISTERED(RendezvousSelect);
NS_OBJECT_ENSURE_REGISTERED(BoundedHashSelect);
NS_OBJECT_ENSURE_REGISTERED(ShuffleShardSelect);

namespace
{

/// @return the first prime at or above n
uint32_t
PrimeFrom(uint32_t n)
{
    const auto isPrime = [](uint64_t x)
    {
        for (uint64_t d = 2; d * d <= x; ++d)
        {
            if (x % d == 0)
            {
                return false;
            }
        }
        return x > 1;
    };
    while (!isPrime(n))
    {
        ++n;
    }
    return n;
}

/// @return how well a client likes an endpoint, by the hashes of both
uint64_t
Score(uint64_t client, uint64_t endpoint)
{
    return ShardMix(client ^ endpoint);
}

} // namespace

TypeId
HashSelect::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::HashSelect")
                            .SetParent<EndpointSelect>()
                            .SetGroupName("Sharding")
                            .AddAttribute("Salt",
                                          "Goes into every hash: with another one, clients belong "
                                          "elsewhere. To be the same wherever requests are sent "
                                          "from.",
                                          UintegerValue(0),
                                          MakeUintegerAccessor(&HashSelect::m_salt),
                                          MakeUintegerChecker<uint64_t>());
    return tid;
}

bool
HashSelect::IsSticky() const
{
    return true;
}

void
HashSelect::SetEndpoints(const std::vector<EndpointInfo>& endpoints)
{
    EndpointSelect::SetEndpoints(endpoints);
    m_hashes.clear();
    for (const EndpointInfo& endpoint : endpoints)
    {
        // Endpoint and client of the same number must not have the same hash.
        m_hashes.push_back(ShardMix(ShardMix(m_salt) ^ ~static_cast<uint64_t>(endpoint.id)));
    }
}

uint64_t
HashSelect::HashOf(const EndpointRequest& request) const
{
    return ShardMix(ShardMix(m_salt) ^ request.client);
}

TypeId
MaglevSelect::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::MaglevSelect")
            .SetParent<HashSelect>()
            .SetGroupName("Sharding")
            .AddConstructor<MaglevSelect>()
            .AddAttribute("TableSize",
                          "Places of the table: the first prime at or above. Shares differ by one "
                          "place at most, so it is to be many times the number of endpoints.",
                          UintegerValue(65537),
                          MakeUintegerAccessor(&MaglevSelect::m_size),
                          MakeUintegerChecker<uint32_t>(3, 100000000));
    return tid;
}

void
MaglevSelect::SetEndpoints(const std::vector<EndpointInfo>& endpoints)
{
    HashSelect::SetEndpoints(endpoints);
    const auto count = static_cast<uint32_t>(endpoints.size());
    const uint32_t size = PrimeFrom(std::max(m_size, count));
    // An endpoint's order of preference: offset, offset + skip, offset + 2 skip and so on, modulo a
    // prime, and so all places.
    std::vector<uint32_t> at(count);
    std::vector<uint32_t> skip(count);
    for (uint32_t place = 0; place < count; ++place)
    {
        at[place] = static_cast<uint32_t>(m_hashes[place] % size);
        skip[place] = static_cast<uint32_t>(ShardMix(m_hashes[place]) % (size - 1) + 1);
    }
    m_table.assign(size, count);
    for (uint32_t filled = 0; filled < size; ++filled)
    {
        const uint32_t place = filled % count;
        const auto next = [&] {
            at[place] =
                static_cast<uint32_t>((static_cast<uint64_t>(at[place]) + skip[place]) % size);
        };
        while (m_table[at[place]] != count)
        {
            next();
        }
        m_table[at[place]] = place;
        next();
    }
}

uint32_t
MaglevSelect::Choose(Time, const EndpointRequest& request, const std::vector<uint32_t>&)
{
    return m_table[HashOf(request) % m_table.size()];
}

TypeId
RendezvousSelect::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::RendezvousSelect")
                            .SetParent<HashSelect>()
                            .SetGroupName("Sharding")
                            .AddConstructor<RendezvousSelect>();
    return tid;
}

uint32_t
RendezvousSelect::Choose(Time, const EndpointRequest& request, const std::vector<uint32_t>&)
{
    const uint64_t client = HashOf(request);
    uint32_t best = 0;
    uint64_t bestScore = 0;
    for (uint32_t place = 0; place < m_hashes.size(); ++place)
    {
        const uint64_t score = Score(client, m_hashes[place]);
        if (score > bestScore)
        {
            best = place;
            bestScore = score;
        }
    }
    return best;
}

TypeId
BoundedHashSelect::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::BoundedHashSelect")
            .SetParent<HashSelect>()
            .SetGroupName("Sharding")
            .AddConstructor<BoundedHashSelect>()
            .AddAttribute("Slack",
                          "An endpoint takes a request while it has less than 1 + Slack times the "
                          "mean load, rounded up.",
                          DoubleValue(0.25),
                          MakeDoubleAccessor(&BoundedHashSelect::m_slack),
                          MakeDoubleChecker<double>(0))
            .AddAttribute("Points",
                          "Points of each endpoint on the ring.",
                          UintegerValue(256),
                          MakeUintegerAccessor(&BoundedHashSelect::m_points),
                          MakeUintegerChecker<uint32_t>(1, 65536));
    return tid;
}

void
BoundedHashSelect::SetEndpoints(const std::vector<EndpointInfo>& endpoints)
{
    HashSelect::SetEndpoints(endpoints);
    m_ring.clear();
    for (uint32_t place = 0; place < m_hashes.size(); ++place)
    {
        uint64_t at = m_hashes[place];
        for (uint32_t i = 0; i < m_points; ++i)
        {
            at = ShardMix(at);
            m_ring.push_back({at, place});
        }
    }
    std::sort(m_ring.begin(), m_ring.end());
}

uint32_t
BoundedHashSelect::Choose(Time, const EndpointRequest& request, const std::vector<uint32_t>& loads)
{
    NS_ASSERT(loads.size() == m_endpoints.size());
    const double all = std::accumulate(loads.begin(), loads.end(), 1.0);
    const double most = std::ceil((1 + m_slack) * all / static_cast<double>(loads.size()));
    const Point own{HashOf(request), 0};
    auto point = std::lower_bound(m_ring.begin(), m_ring.end(), own);
    // Not all have the mean load and more, this request included.
    while (point == m_ring.end() || loads[point->place] >= most)
    {
        point = point == m_ring.end() ? m_ring.begin() : point + 1;
    }
    return point->place;
}

TypeId
ShuffleShardSelect::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShuffleShardSelect")
                            .SetParent<HashSelect>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ShuffleShardSelect>()
                            .AddAttribute("ShardSize",
                                          "Endpoints of each client, all where there are fewer.",
                                          UintegerValue(4),
                                          MakeUintegerAccessor(&ShuffleShardSelect::m_size),
                                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

bool
ShuffleShardSelect::IsSticky() const
{
    return m_size == 1;
}

uint32_t
ShuffleShardSelect::Choose(Time, const EndpointRequest& request, const std::vector<uint32_t>& loads)
{
    NS_ASSERT(loads.size() == m_endpoints.size());
    const uint64_t client = HashOf(request);
    m_ranking.clear();
    for (uint32_t place = 0; place < m_hashes.size(); ++place)
    {
        m_ranking.push_back({Score(client, m_hashes[place]), place});
    }
    const auto end = m_ranking.begin() + std::min<std::size_t>(m_size, m_ranking.size());
    std::nth_element(m_ranking.begin(),
                     end - 1,
                     m_ranking.end(),
                     [](const Rank& a, const Rank& b) { return a.score > b.score; });
    uint32_t least = loads[m_ranking.front().place];
    uint32_t ties = 0;
    for (auto rank = m_ranking.begin(); rank != end; ++rank)
    {
        const uint32_t load = loads[rank->place];
        ties = load < least ? 1 : ties + (load == least);
        least = std::min(least, load);
    }
    uint32_t skip = Draw(ties);
    auto rank = m_ranking.begin();
    while (loads[rank->place] != least || skip-- > 0)
    {
        ++rank;
    }
    return rank->place;
}

} // namespace sharding
} // namespace ns3
