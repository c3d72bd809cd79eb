// SPDX-License-Identifier: GPL-2.0-only
#include "shard-requester.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns3
{
namespace sharding
{

ShardRequester::ShardRequester(const ShardRequesterSettings& settings, Send send, Ask ask)
    : m_settings(settings),
      m_send(std::move(send)),
      m_ask(std::move(ask)),
      m_tokens(settings.burst)
{
}

uint32_t
ShardRequester::Hash(const ShardBlockId& id)
{
    return ShardIndex::Hash(id.peer, id.flow, id.block);
}

uint32_t
ShardRequester::Find(const ShardBlockId& id) const
{
    return m_index.Find(Hash(id), [&](uint32_t handle) { return m_pool[handle].id == id; });
}

uint32_t
ShardRequester::Add(int64_t now, const ShardBlockId& id, uint16_t path)
{
    const uint32_t handle = m_pool.Take();
    Entry& entry = m_pool[handle];
    entry = Entry();
    entry.id = id;
    entry.began = entry.last = now;
    entry.path = path;
    m_index.Insert(Hash(id), handle);
    return handle;
}

void
ShardRequester::Remove(uint32_t handle)
{
    m_index.Erase(Hash(m_pool[handle].id), handle);
    ShardTurns::Forget(m_pool[handle]);
    m_pool.Give(handle);
}

void
ShardRequester::SetDue(uint32_t handle, int64_t due)
{
    m_turns.Set(handle, m_pool[handle], due);
}

int64_t
ShardRequester::Wait() const
{
    if (!m_gap.IsKnown())
    {
        return std::max(m_settings.minWait, m_settings.initialTimeout / 4);
    }
    return std::max<int64_t>(m_settings.minWait,
                             std::llround(m_gap.Mean() + 4 * m_gap.Deviation()));
}

int64_t
ShardRequester::AnswerTimeout(uint32_t round) const
{
    if (!m_trip.IsKnown())
    {
        return m_settings.initialTimeout; // which doubles by itself, in Fire()
    }
    const double once = m_trip.Mean() + std::max(4 * m_trip.Deviation(), 1e6);
    return std::llround(once * static_cast<double>(1U << std::min(round - 1, 16U)));
}

void
ShardRequester::Kept(int64_t now, const ShardBlockId& id, uint16_t path, uint8_t index)
{
    uint32_t handle = Find(id);
    if (handle == ShardIndex::NONE)
    {
        if (m_pool.Used() >= MOST_PENDING)
        {
            ++m_counters.ignored;
            return;
        }
        handle = Add(now, id, path);
    }
    Entry& entry = m_pool[handle];
    if (entry.isTold && !entry.wanted.Test(index))
    {
        entry.path = path; // came by itself
        return;
    }
    if (entry.round == 0 && entry.some)
    {
        m_gap.Learn(static_cast<double>(now - entry.last));
    }
    // Who was told what to ask for knows each answer for one; they come on different paths.
    if (entry.round > 0 && (!entry.isAnswered || entry.isTold))
    {
        // After Karn, of first requests only; but what comes sooner after a later one than any
        // answer ever did is the answer to the first.
        const int64_t trip = now - entry.asked;
        if (entry.round == 1)
        {
            m_tripLeast = std::min(m_tripLeast, trip);
            m_trip.Learn(static_cast<double>(trip));
        }
        else if (m_trip.IsKnown() && trip < m_tripLeast)
        {
            m_trip.Learn(static_cast<double>(now - entry.firstAsked));
        }
    }
    entry.isAnswered = entry.round > 0;
    entry.some = true;
    entry.last = now;
    entry.path = path;
    entry.wanted.Clear(index);
    if (entry.isTold && entry.wanted.Empty())
    {
        entry.due = NEVER;
        entry.isPending = false;
    }
    else if (!entry.isTold) // else the rest of the answer is waited for as long as before
    {
        SetDue(handle, now + Wait());
    }
}

void
ShardRequester::PassedOver(int64_t now, const ShardBlockId& first, uint32_t count, uint16_t path)
{
    for (uint32_t i = 0; i < count; ++i)
    {
        const ShardBlockId id{first.peer, first.flow, first.block + i};
        if (m_pool.Used() >= MOST_PENDING)
        {
            ++m_counters.ignored;
            continue;
        }
        if (Find(id) == ShardIndex::NONE)
        {
            SetDue(Add(now, id, path), now + Wait());
        }
    }
}

void
ShardRequester::Hold(const ShardBlockId& id)
{
    const uint32_t handle = Find(id);
    if (handle != ShardIndex::NONE && m_pool[handle].round == 0 && !m_pool[handle].isTold)
    {
        m_pool[handle].due = NEVER;
    }
}

void
ShardRequester::AskNow(int64_t now, const ShardBlockId& id, const ShardSet& wanted)
{
    const uint32_t handle = Find(id);
    if (handle == ShardIndex::NONE || !MayAsk(id))
    {
        return;
    }
    Entry& entry = m_pool[handle];
    entry.isTold = true;
    entry.isPending = true;
    entry.wanted = entry.wanted | wanted;
    SetDue(handle, now);
}

bool
ShardRequester::MayAsk(const ShardBlockId& id) const
{
    const uint32_t handle = Find(id);
    return handle != ShardIndex::NONE && m_pool[handle].round < m_settings.rounds &&
           !m_pool[handle].isPending;
}

ShardSet
ShardRequester::Asked(const ShardBlockId& id) const
{
    const uint32_t handle = Find(id);
    return handle != ShardIndex::NONE ? m_pool[handle].wanted : ShardSet();
}

int64_t
ShardRequester::AnswerDue(const ShardBlockId& id) const
{
    const uint32_t handle = Find(id);
    if (handle == ShardIndex::NONE || m_pool[handle].due == NEVER)
    {
        return 0;
    }
    return m_pool[handle].isPending || m_pool[handle].round > 0 ? m_pool[handle].due : 0;
}

void
ShardRequester::Ended(const ShardBlockId& id)
{
    const uint32_t handle = Find(id);
    if (handle != ShardIndex::NONE)
    {
        Remove(handle);
    }
}

void
ShardRequester::Advance(int64_t now)
{
    m_turns.Advance(
        now,
        [this](uint32_t handle) -> ShardTurns::Slot& { return m_pool[handle]; },
        [this](int64_t due, uint32_t handle) { Fire(due, handle); });
}

void
ShardRequester::Fire(int64_t now, uint32_t handle)
{
    Entry& entry = m_pool[handle];
    const std::optional<ShardNeed> need = m_ask(entry.id);
    if (!need)
    {
        Remove(handle);
        return;
    }
    if (entry.round > 0 && !entry.isAnswered && !m_trip.IsKnown())
    {
        // Too impatient, as it seems; without this no first request would ever be answered in time.
        m_settings.initialTimeout = std::min(2 * m_settings.initialTimeout, m_settings.timeout);
    }
    if (entry.round >= m_settings.rounds)
    {
        ++m_counters.exhausted;
        Remove(handle);
        return;
    }
    const int64_t deadline = need->isOpen ? need->deadline : entry.began + m_settings.timeout;
    if (now + (!m_trip.IsKnown() ? 0 : std::llround(m_trip.Mean())) >= deadline)
    {
        ++m_counters.hopeless;
        Remove(handle);
        return;
    }
    int64_t when = now;
    if (!TakeToken(now, when))
    {
        ++m_counters.deferred;
        SetDue(handle, when);
        return;
    }
    entry.isPending = false;
    ++entry.round;
    entry.asked = now;
    entry.firstAsked = entry.round == 1 ? now : entry.firstAsked;
    entry.isAnswered = false;
    SetDue(handle, now + AnswerTimeout(entry.round));
    ShardRequest request;
    request.flow = entry.id.flow;
    request.block = entry.id.block;
    request.round = entry.round;
    request.whole = !need->isOpen;
    if (entry.isTold && entry.wanted.Empty())
    {
        entry.wanted = need->wanted;
    }
    request.wanted = entry.isTold ? entry.wanted : need->wanted;
    ++m_counters.requests;
    m_send(now, entry.id.peer, entry.path, request);
}

/// Take a token. @return whether there was one; else `when` is when there will be
bool
ShardRequester::TakeToken(int64_t now, int64_t& when)
{
    const double passed = static_cast<double>(now - m_tokensAt) / 1e9 * m_settings.rate;
    m_tokens = std::min<double>(m_settings.burst, m_tokens + std::max(0.0, passed));
    m_tokensAt = now;
    if (m_tokens >= 1)
    {
        m_tokens -= 1;
        return true;
    }
    when = now + std::max<int64_t>(1, std::llround((1 - m_tokens) / m_settings.rate * 1e9));
    return false;
}

} // namespace sharding
} // namespace ns3
