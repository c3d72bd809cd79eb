// SPDX-License-Identifier: GPL-2.0-only
#include "shard-release-watch.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

uint32_t
ShardReleaseWatch::Hash(const ShardBlockId& id)
{
    return ShardIndex::Hash(id.peer, id.flow, id.block);
}

uint32_t
ShardReleaseWatch::Find(const ShardBlockId& id) const
{
    return m_index.Find(Hash(id), [&](uint32_t handle) { return m_pool[handle].id == id; });
}

void
ShardReleaseWatch::SetDue(uint32_t handle, int64_t due)
{
    m_turns.Set(handle, m_pool[handle], due);
}

void
ShardReleaseWatch::Kept(int64_t now, const ShardBlockId& id)
{
    uint32_t handle = Find(id);
    if (handle == ShardIndex::NONE)
    {
        handle = m_pool.Take();
        Entry& entry = m_pool[handle];
        entry = Entry();
        entry.id = id;
        m_index.Insert(Hash(id), handle);
    }
    const Entry& entry = m_pool[handle];
    if (!entry.skipsArrivals || entry.due <= now)
    {
        Judge(now, handle);
        return;
    }
    // The last word stands; whoever was told by it has to be told again, for a shard has come.
    ShardReleaseAnswer answer = entry.last;
    answer.action = SHARD_WAIT;
    m_act(now, id, answer);
}

void
ShardReleaseWatch::Changed(int64_t now, const ShardBlockId& id)
{
    const uint32_t handle = Find(id);
    if (handle != ShardIndex::NONE)
    {
        SetDue(handle, std::min(now, m_pool[handle].due));
    }
}

void
ShardReleaseWatch::Ended(const ShardBlockId& id)
{
    const uint32_t handle = Find(id);
    if (handle != ShardIndex::NONE)
    {
        m_index.Erase(Hash(id), handle);
        ShardTurns::Forget(m_pool[handle]);
        m_pool.Give(handle);
    }
}

void
ShardReleaseWatch::Advance(int64_t now)
{
    m_turns.Advance(
        now,
        [this](uint32_t handle) -> ShardTurns::Slot& { return m_pool[handle]; },
        [this](int64_t due, uint32_t handle) { Judge(due, handle); });
}

void
ShardReleaseWatch::Judge(int64_t now, uint32_t handle)
{
    const ShardBlockId id = m_pool[handle].id;
    const std::optional<ShardReleaseState> state = m_look(id);
    if (!state)
    {
        m_pool[handle].due = NEVER;
        return;
    }
    const ShardReleaseAnswer answer =
        m_policy->Decide(TimeStep(static_cast<uint64_t>(now)), *state);
    Entry& entry = m_pool[handle];
    entry.last = answer;
    entry.skipsArrivals = !answer.atArrivals;
    // Once a time at most, and once more where it is to be seen what came of a request.
    int64_t again = std::max(answer.again.GetTimeStep(), now + 1);
    if (answer.action == SHARD_REQUEST)
    {
        again = now + 1;
    }
    SetDue(handle, again);
    m_act(now, id, answer); // it may end the block
}

} // namespace sharding
} // namespace ns3
