// SPDX-License-Identifier: GPL-2.0-only
#include "content-assign.h"

#include "ns3/double.h"
#include "ns3/shard-assignment.h"
#include "ns3/shard-mix.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ContentAssign);
NS_OBJECT_ENSURE_REGISTERED(ContentRoundRobin);
NS_OBJECT_ENSURE_REGISTERED(ContentLeastLoaded);
NS_OBJECT_ENSURE_REGISTERED(ContentHashed);
NS_OBJECT_ENSURE_REGISTERED(ContentLeastCost);
NS_OBJECT_ENSURE_REGISTERED(ContentWholeStreams);

namespace
{

bool
IsExcluded(const ContentAssignTask& task, uint16_t number)
{
    return std::find(task.excluded.begin(), task.excluded.end(), number) != task.excluded.end();
}

/// @return the tasks, the most urgent first, of these the lowest rendition
std::vector<uint32_t>
ByUrgency(const ContentAssignView& view)
{
    std::vector<uint32_t> order(view.tasks.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(),
                     order.end(),
                     [&view](uint32_t a, uint32_t b)
                     {
                         const ContentAssignTask& x = view.tasks[a];
                         const ContentAssignTask& y = view.tasks[b];
                         return x.deadline != y.deadline ? x.deadline < y.deadline
                                                         : x.rendition < y.rendition;
                     });
    return order;
}

} // namespace

TypeId
ContentAssign::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentAssign").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

TypeId
ContentRoundRobin::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ContentRoundRobin")
                            .SetParent<ContentAssign>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ContentRoundRobin>();
    return tid;
}

std::vector<uint32_t>
ContentRoundRobin::Assign(const ContentAssignView& view)
{
    std::vector<uint32_t> chosen;
    for (const ContentAssignTask& task : view.tasks)
    {
        uint32_t best = NONE;
        uint32_t nearest = UINT32_MAX;
        for (uint32_t i = 0; i < view.encoders.size(); ++i)
        {
            const uint32_t number = view.encoders[i].number;
            // How far behind the last one, going round.
            const uint32_t distance = number > m_last ? number - m_last : number - m_last + 65536;
            if (distance < nearest && !IsExcluded(task, view.encoders[i].number))
            {
                nearest = distance;
                best = i;
            }
        }
        if (best != NONE)
        {
            m_last = view.encoders[best].number;
        }
        chosen.push_back(best);
    }
    return chosen;
}

TypeId
ContentLeastLoaded::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ContentLeastLoaded")
                            .SetParent<ContentAssign>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ContentLeastLoaded>();
    return tid;
}

std::vector<uint32_t>
ContentLeastLoaded::Assign(const ContentAssignView& view)
{
    std::vector<uint32_t> chosen(view.tasks.size(), NONE);
    std::vector<double> done;
    for (const ContentAssignEncoder& encoder : view.encoders)
    {
        done.push_back(encoder.backlog.GetSeconds());
    }
    for (const uint32_t at : ByUrgency(view))
    {
        const ContentAssignTask& task = view.tasks[at];
        double earliest = 0;
        for (uint32_t i = 0; i < view.encoders.size(); ++i)
        {
            const ContentAssignEncoder& encoder = view.encoders[i];
            const double then = done[i] + task.pixels / encoder.capacity;
            uint32_t& best = chosen[at];
            // Of those that are as early the one with fewest shards, so that all have a share.
            if (!IsExcluded(task, encoder.number) &&
                (best == NONE || then < earliest ||
                 (then == earliest && encoder.shards < view.encoders[best].shards)))
            {
                earliest = then;
                best = i;
            }
        }
        if (chosen[at] != NONE)
        {
            done[chosen[at]] = earliest;
        }
    }
    return chosen;
}

TypeId
ContentHashed::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ContentHashed")
                            .SetParent<ContentAssign>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ContentHashed>();
    return tid;
}

std::vector<uint32_t>
ContentHashed::Assign(const ContentAssignView& view)
{
    for (uint32_t number = 1; number <= view.pool; ++number)
    {
        const bool works = std::any_of(view.encoders.begin(),
                                       view.encoders.end(),
                                       [number](const ContentAssignEncoder& encoder)
                                       { return encoder.number == number; });
        works ? m_ring.Add(number) : m_ring.Remove(number);
    }
    std::vector<uint32_t> chosen;
    for (const ContentAssignTask& task : view.tasks)
    {
        const uint64_t place = ShardMix(task.key.Number());
        const auto wanted = static_cast<uint32_t>(task.excluded.size() + 1);
        uint32_t best = NONE;
        for (const uint32_t number : m_ring.Successors(place, wanted))
        {
            if (best == NONE && !IsExcluded(task, static_cast<uint16_t>(number)))
            {
                const auto found = std::find_if(view.encoders.begin(),
                                                view.encoders.end(),
                                                [number](const ContentAssignEncoder& encoder)
                                                { return encoder.number == number; });
                best = static_cast<uint32_t>(found - view.encoders.begin());
            }
        }
        chosen.push_back(best);
    }
    return chosen;
}

TypeId
ContentLeastCost::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ContentLeastCost")
            .SetParent<ContentAssign>()
            .SetGroupName("Sharding")
            .AddConstructor<ContentLeastCost>()
            .AddAttribute("MostTasks",
                          "Tasks that are looked at together.",
                          UintegerValue(64),
                          MakeUintegerAccessor(&ContentLeastCost::m_mostTasks),
                          MakeUintegerChecker<uint32_t>(1, 4096))
            .AddAttribute("Lateness",
                          "What a second after the deadline costs, in seconds before it.",
                          DoubleValue(10),
                          MakeDoubleAccessor(&ContentLeastCost::m_lateness),
                          MakeDoubleChecker<double>(0, 1000));
    return tid;
}

std::vector<uint32_t>
ContentLeastCost::Assign(const ContentAssignView& view)
{
    std::vector<uint32_t> chosen(view.tasks.size(), NONE);
    const auto encoders = static_cast<uint32_t>(view.encoders.size());
    std::vector<double> backlog;
    for (const ContentAssignEncoder& encoder : view.encoders)
    {
        backlog.push_back(encoder.backlog.GetSeconds());
    }
    const std::vector<uint32_t> order = ByUrgency(view);
    for (std::size_t first = 0; first < order.size() && encoders > 0; first += m_mostTasks)
    {
        const std::size_t count = std::min<std::size_t>(m_mostTasks, order.size() - first);
        // Places behind one encoder: enough for all, were one encoder out of two twice as loaded.
        const auto depth = static_cast<uint32_t>(std::min(count, 2 * count / encoders + 2));
        std::vector<std::vector<ShardAssignmentOption>> options(count);
        for (std::size_t i = 0; i < count; ++i)
        {
            const ContentAssignTask& task = view.tasks[order[first + i]];
            const double left = (task.deadline - view.now).GetSeconds();
            for (uint32_t encoder = 0; encoder < encoders; ++encoder)
            {
                if (IsExcluded(task, view.encoders[encoder].number))
                {
                    continue;
                }
                const double each = task.pixels / view.encoders[encoder].capacity;
                for (uint32_t place = 0; place < depth; ++place)
                {
                    const double done = backlog[encoder] + each * (place + 1);
                    const double cost = done + m_lateness * std::max(0.0, done - left);
                    const double whole =
                        std::min(cost * 1e6, static_cast<double>(ShardAssignment::MAX_COST));
                    options[i].push_back(
                        {encoder * depth + place, static_cast<int64_t>(std::llround(whole))});
                }
            }
        }
        const ShardAssignment found =
            AssignAtLeastCost(options, std::vector<uint32_t>(encoders * depth, 1));
        for (std::size_t i = 0; i < count; ++i)
        {
            if (found.places[i] != ShardAssignment::NONE)
            {
                const uint32_t encoder = found.places[i] / depth;
                const uint32_t task = order[first + i];
                chosen[task] = encoder;
                backlog[encoder] += view.tasks[task].pixels / view.encoders[encoder].capacity;
            }
        }
    }
    return chosen;
}

TypeId
ContentWholeStreams::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ContentWholeStreams")
                            .SetParent<ContentAssign>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ContentWholeStreams>()
                            .AddAttribute("Renditions",
                                          "Renditions of a stream.",
                                          UintegerValue(1),
                                          MakeUintegerAccessor(&ContentWholeStreams::m_renditions),
                                          MakeUintegerChecker<uint32_t>(1));
    return tid;
}

std::vector<uint32_t>
ContentWholeStreams::Assign(const ContentAssignView& view)
{
    std::vector<uint32_t> chosen;
    for (const ContentAssignTask& task : view.tasks)
    {
        uint32_t best = NONE;
        for (uint32_t i = 0; i < view.encoders.size() && best == NONE; ++i)
        {
            const uint16_t number = view.encoders[i].number;
            if ((number - 1U) % m_renditions == task.rendition % m_renditions &&
                !IsExcluded(task, number))
            {
                best = i;
            }
        }
        chosen.push_back(best);
    }
    return chosen;
}

} // namespace sharding
} // namespace ns3
