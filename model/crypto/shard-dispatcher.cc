// SPDX-License-Identifier: GPL-2.0-only
#include "shard-dispatcher.h"

#include "ns3/shard-index.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardDispatcher);
NS_OBJECT_ENSURE_REGISTERED(RoundRobinDispatcher);
NS_OBJECT_ENSURE_REGISTERED(WeightedDispatcher);
NS_OBJECT_ENSURE_REGISTERED(ShortestQueueDispatcher);
NS_OBJECT_ENSURE_REGISTERED(RandomDispatcher);
NS_OBJECT_ENSURE_REGISTERED(FlowHashDispatcher);

namespace
{

/// @return how many are alive
std::size_t
CountAlive(const std::vector<ShardUnitState>& units)
{
    return static_cast<std::size_t>(std::count_if(units.begin(),
                                                  units.end(),
                                                  [](const ShardUnitState& unit)
                                                  { return unit.isAlive; }));
}

/// @return number of the one with `nth` living ones before it; there must be more
uint16_t
NthAlive(const std::vector<ShardUnitState>& units, std::size_t nth)
{
    std::size_t unit = 0;
    while (!units[unit].isAlive || nth > 0)
    {
        nth -= units[unit].isAlive;
        ++unit;
    }
    return static_cast<uint16_t>(unit);
}

/// @return the living one with the least key, the first from `turn` on among equals; moves on turn
template <typename Key>
uint16_t
LeastInTurn(const std::vector<ShardUnitState>& units, std::size_t& turn, Key key)
{
    const std::size_t count = units.size();
    std::size_t best = count;
    std::size_t unit = turn < count ? turn : 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        if (units[unit].isAlive && (best == count || key(units[unit]) < key(units[best])))
        {
            best = unit;
        }
        unit = unit + 1 < count ? unit + 1 : 0;
    }
    turn = best + 1;
    return static_cast<uint16_t>(best);
}

} // namespace

TypeId
ShardDispatcher::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardDispatcher").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

int64_t
ShardDispatcher::AssignStreams(int64_t)
{
    return 0;
}

TypeId
RoundRobinDispatcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::RoundRobinDispatcher")
                            .SetParent<ShardDispatcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<RoundRobinDispatcher>();
    return tid;
}

/// @return turn of the first shard of a shard's block
uint32_t
RoundRobinDispatcher::StartOf(const Shard& shard)
{
    const ShardFields& fields = shard.fields;
    for (uint32_t back = 0; back < MEMORY; ++back)
    {
        const Place& place = m_places[(m_last - back) % MEMORY];
        if (!place.isUsed)
        {
            break;
        }
        if (place.block == fields.block && place.flow == fields.flow && place.peer == shard.peer)
        {
            return place.start;
        }
    }
    m_last = (m_last + 1) % MEMORY;
    m_places[m_last] = Place{shard.peer, fields.flow, fields.block, m_turn, true};
    // All turns of the block are its own, whether its shards come or not.
    return std::exchange(m_turn, m_turn + fields.n);
}

uint16_t
RoundRobinDispatcher::Choose(Time, const Shard& shard, const std::vector<ShardUnitState>& units)
{
    const uint32_t turn = StartOf(shard) + shard.fields.index;
    return NthAlive(units, turn % CountAlive(units));
}

TypeId
WeightedDispatcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::WeightedDispatcher")
                            .SetParent<ShardDispatcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<WeightedDispatcher>();
    return tid;
}

uint16_t
WeightedDispatcher::Choose(Time now, const Shard&, const std::vector<ShardUnitState>& units)
{
    return LeastInTurn(units,
                       m_turn,
                       [now](const ShardUnitState& unit)
                       { return std::make_tuple(std::max(unit.free, now), -unit.speed); });
}

TypeId
ShortestQueueDispatcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ShortestQueueDispatcher")
                            .SetParent<ShardDispatcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ShortestQueueDispatcher>();
    return tid;
}

uint16_t
ShortestQueueDispatcher::Choose(Time, const Shard&, const std::vector<ShardUnitState>& units)
{
    return LeastInTurn(units, m_turn, [](const ShardUnitState& unit) { return unit.held; });
}

TypeId
RandomDispatcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::RandomDispatcher")
                            .SetParent<ShardDispatcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<RandomDispatcher>();
    return tid;
}

RandomDispatcher::RandomDispatcher()
    : m_uniform(CreateObject<UniformRandomVariable>())
{
}

uint16_t
RandomDispatcher::Choose(Time, const Shard&, const std::vector<ShardUnitState>& units)
{
    const std::size_t alive = CountAlive(units);
    const double draw = m_uniform->GetValue(0, static_cast<double>(alive));
    return NthAlive(units, std::min(static_cast<std::size_t>(draw), alive - 1));
}

int64_t
RandomDispatcher::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

TypeId
FlowHashDispatcher::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::FlowHashDispatcher")
                            .SetParent<ShardDispatcher>()
                            .SetGroupName("Sharding")
                            .AddConstructor<FlowHashDispatcher>();
    return tid;
}

uint16_t
FlowHashDispatcher::Choose(Time, const Shard& shard, const std::vector<ShardUnitState>& units)
{
    // Not by peer: its number is another over each kind of transport.
    std::size_t unit = ShardIndex::Hash(0, shard.fields.flow, 0) % units.size();
    while (!units[unit].isAlive)
    {
        unit = (unit + 1) % units.size();
    }
    return static_cast<uint16_t>(unit);
}

} // namespace sharding
} // namespace ns3
