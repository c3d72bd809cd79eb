// SPDX-License-Identifier: GPL-2.0-only
#include "shard-request-learner.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

uint32_t
ShardRequestLearner::Hash(const ShardBlockId& id)
{
    return ShardIndex::Hash(id.peer, id.flow, id.block);
}

uint32_t
ShardRequestLearner::Find(const ShardBlockId& id) const
{
    return m_index.Find(Hash(id), [&](uint32_t handle) { return m_blocks[handle].id == id; });
}

uint32_t
ShardRequestLearner::Begin(int64_t now, const ShardBlockId& id, uint8_t n)
{
    if (m_blocks.Used() >= MOST)
    {
        return ShardIndex::NONE;
    }
    const uint32_t handle = m_blocks.Take();
    Block& block = m_blocks[handle];
    block.id = id;
    block.began = now;
    block.n = n;
    block.doubts = 0;
    block.came = ShardSet();
    block.arrivals.clear(); // its memory is used again
    block.requests.clear();
    m_index.Insert(Hash(id), handle);
    m_byAge.PushBack(m_blocks, handle);
    return handle;
}

void
ShardRequestLearner::SettleOld(int64_t now)
{
    while (!m_byAge.Empty() && m_blocks[m_byAge.Front()].began <= now - m_horizon)
    {
        Settle(m_byAge.Front());
    }
}

ShardRequestLearner::Request*
ShardRequestLearner::FindRequest(Block& block, uint8_t index)
{
    const auto it = std::find_if(block.requests.begin(),
                                 block.requests.end(),
                                 [index](const Request& r) { return r.index == index; });
    return it == block.requests.end() ? nullptr : &*it;
}

void
ShardRequestLearner::Came(int64_t now,
                          const ShardBlockId& id,
                          uint8_t n,
                          uint8_t index,
                          bool isKept)
{
    SettleOld(now);
    uint32_t handle = Find(id);
    if (handle == ShardIndex::NONE)
    {
        handle = isKept && n > 1 ? Begin(now, id, n) : ShardIndex::NONE;
        if (handle == ShardIndex::NONE)
        {
            return;
        }
    }
    Block& block = m_blocks[handle];
    if (n != block.n)
    {
        return; // forged
    }
    if (block.came.Test(index))
    {
        Twice(now, block, index);
    }
    else
    {
        const bool isDoubted = FindRequest(block, index) != nullptr;
        block.came.Set(index);
        block.doubts += isDoubted;
        block.arrivals.push_back({index, isDoubted, now});
    }
    if (block.doubts == 0 && block.arrivals.size() == block.n)
    {
        Settle(handle);
    }
}

/// A second copy of a shard came: if it was asked for, the first one was the original.
void
ShardRequestLearner::Twice(int64_t now, Block& block, uint8_t index)
{
    const auto arrival = std::find_if(block.arrivals.begin(),
                                      block.arrivals.end(),
                                      [index](const Arrival& a) { return a.index == index; });
    if (!arrival->isDoubted)
    {
        return;
    }
    arrival->isDoubted = false;
    --block.doubts;
    ++m_needless;
    const Request* const request = FindRequest(block, index);
    if (request->isOnly)
    {
        LearnTrip(now - request->at);
    }
}

void
ShardRequestLearner::Asked(int64_t now, const ShardBlockId& id, const ShardSet& wanted)
{
    SettleOld(now);
    const uint32_t handle = Find(id);
    if (handle == ShardIndex::NONE)
    {
        return;
    }
    Block& block = m_blocks[handle];
    const ShardSet open = wanted - block.came;
    for (uint32_t i = open.Next(0); i < ShardSet::SIZE; i = open.Next(i + 1))
    {
        if (Request* const request = FindRequest(block, static_cast<uint8_t>(i)))
        {
            request->isOnly = false;
        }
        else
        {
            block.requests.push_back({static_cast<uint8_t>(i), true, now});
        }
    }
}

/// Nothing more is waited for: what is still in doubt was an answer.
void
ShardRequestLearner::Settle(uint32_t handle)
{
    Block& block = m_blocks[handle];
    int64_t longest = -1;
    const Arrival* last = nullptr;
    for (const Arrival& arrival : block.arrivals)
    {
        if (arrival.isDoubted)
        {
            const Request* const request = FindRequest(block, arrival.index);
            if (request->isOnly)
            {
                LearnTrip(arrival.at - request->at);
            }
            continue;
        }
        longest = last != nullptr ? std::max(longest, arrival.at - last->at) : longest;
        last = &arrival;
    }
    if (longest >= 0)
    {
        m_gaps.Learn(longest);
    }
    m_index.Erase(Hash(block.id), handle);
    m_byAge.Remove(m_blocks, handle);
    m_blocks.Give(handle);
}

void
ShardRequestLearner::Answered(uint32_t round, int64_t last, int64_t first)
{
    if (m_trips.Count() > 0)
    {
        return;
    }
    if (round == 1)
    {
        m_least = std::min(m_least, last);
        m_trip.Learn(static_cast<double>(last));
    }
    else if (m_trip.IsKnown() && last < m_least)
    {
        m_trip.Learn(static_cast<double>(first));
    }
}

void
ShardRequestLearner::LearnTrip(int64_t trip)
{
    if (m_trips.Count() == 0)
    {
        m_trip = ShardSmoothedMean(); // what was guessed counts no more
    }
    m_trip.Learn(static_cast<double>(trip));
    m_trips.Learn(trip);
}

} // namespace sharding
} // namespace ns3
