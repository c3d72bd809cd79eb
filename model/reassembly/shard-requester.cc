// SPDX-License-Identifier: GPL-2.0-only
#include "shard-requester.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns3
{
namespace sharding
{

namespace
{

/// Second copies are waited for so long at least, ticks: longer than most round trips, however soon
/// blocks are given up. Else an original is taken for the answer, which then seems to be quick.
constexpr int64_t LEAST_HORIZON = 500000000;

} // namespace

ShardRequester::ShardRequester(const ShardRequesterSettings& settings, Send send, Ask ask)
    : m_settings(settings),
      m_send(std::move(send)),
      m_ask(std::move(ask)),
      m_learner(std::max(settings.timeout, LEAST_HORIZON)),
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
    entry.began = now;
    entry.path = entry.firstPath = path;
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
    const ShardRecentValues& gaps = m_learner.Gaps();
    const int64_t most = gaps.Count() > 0 ? gaps.Quantile(SILENT) : m_settings.initialTimeout / 4;
    return std::max(m_settings.minWait, most + most / 8);
}

/// @param round from 1  @param isTold somebody knows when a shard is lost, so that asking twice for
/// some that are not costs less than waiting  @return how long the answer is waited for, ticks
int64_t
ShardRequester::AnswerTimeout(uint32_t round, bool isTold) const
{
    if (!m_learner.Trip().IsKnown())
    {
        return m_settings.initialTimeout; // which doubles by itself, in Fire()
    }
    const ShardSmoothedMean& trip = m_learner.Trip();
    const double once = isTold && m_learner.Trips().Count() >= FEW
                            ? static_cast<double>(m_learner.Trips().Quantile(ANSWERED)) + 1e6
                            : trip.Mean() + std::max(4 * trip.Deviation(), 1e6);
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
    entry.path = path;
    LearnWay(now, entry, path);
    if (entry.isTold)
    {
        const auto isHere = [index](const Told& told) { return told.index == index; };
        entry.told.erase(std::remove_if(entry.told.begin(), entry.told.end(), isHere),
                         entry.told.end());
        SetToldDue(handle);
        return;
    }
    if (entry.round > 0 && !entry.isAnswered)
    {
        m_learner.Answered(entry.round, now - entry.asked, now - entry.firstAsked);
    }
    entry.isAnswered = entry.round > 0;
    SetDue(handle, now + Wait());
}

/// Of each block the first shard of each path tells how far that is behind the quickest.
void
ShardRequester::LearnWay(int64_t now, Entry& entry, uint16_t path)
{
    const uint64_t bit = path < ShardRequestPaths::MOST ? uint64_t(1) << path : 0;
    entry.opened = entry.paths == 0 ? now : entry.opened;
    if (entry.round == 0 && (entry.paths & bit) == 0)
    {
        m_paths.Learn(path, static_cast<double>(now - entry.opened));
    }
    entry.paths |= bit;
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
    const std::optional<ShardNeed> need = wanted.Empty() ? m_ask(id) : std::nullopt;
    const ShardSet more = (need ? need->wanted : wanted) - WantedOf(entry);
    for (uint32_t i = more.Next(0); i < ShardSet::SIZE; i = more.Next(i + 1))
    {
        entry.told.push_back({static_cast<uint8_t>(i), 0, now});
    }
    entry.isTold = true;
    SetToldDue(handle);
}

/// A block that it was told of is looked at when the first of its shards is.
void
ShardRequester::SetToldDue(uint32_t handle)
{
    Entry& entry = m_pool[handle];
    int64_t due = NEVER;
    for (const Told& told : entry.told)
    {
        due = std::min(due, told.due);
    }
    due = std::max(due, entry.deferred);
    entry.due = due;
    if (due != NEVER)
    {
        SetDue(handle, due);
    }
}

bool
ShardRequester::MayAsk(const ShardBlockId& id) const
{
    const uint32_t handle = Find(id);
    return handle != ShardIndex::NONE &&
           m_pool[handle].round < (m_pool[handle].isTold ? MOST_REQUESTS : m_settings.rounds);
}

ShardSet
ShardRequester::Asked(const ShardBlockId& id) const
{
    const uint32_t handle = Find(id);
    return handle != ShardIndex::NONE ? WantedOf(m_pool[handle]) : ShardSet();
}

int64_t
ShardRequester::AnswerDue(const ShardBlockId& id) const
{
    const uint32_t handle = Find(id);
    if (handle == ShardIndex::NONE || m_pool[handle].due == NEVER)
    {
        return 0;
    }
    return m_pool[handle].isTold || m_pool[handle].round > 0 ? m_pool[handle].due : 0;
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
    const auto isAgain = [now](const Told& told) { return told.due <= now && told.round > 0; };
    const bool isUnanswered = entry.isTold
                                  ? std::any_of(entry.told.begin(), entry.told.end(), isAgain)
                                  : entry.round > 0 && !entry.isAnswered;
    if (isUnanswered && !m_learner.Trip().IsKnown())
    {
        // Too impatient, as it seems; without this no first request would ever be answered in time.
        m_settings.initialTimeout = std::min(2 * m_settings.initialTimeout, m_settings.timeout);
    }
    const auto isSpent = [this, now](const Told& told)
    { return told.due <= now && told.round >= m_settings.rounds; };
    if (entry.isTold ? entry.round >= MOST_REQUESTS ||
                           std::any_of(entry.told.begin(), entry.told.end(), isSpent)
                     : entry.round >= m_settings.rounds)
    {
        ++m_counters.exhausted;
        Remove(handle);
        return;
    }
    const int64_t deadline = need->isOpen ? need->deadline : entry.began + m_settings.timeout;
    if (now + std::llround(Trip()) >= deadline)
    {
        ++m_counters.hopeless;
        Remove(handle);
        return;
    }
    int64_t when = now;
    if (!TakeToken(now, when))
    {
        ++m_counters.deferred;
        entry.deferred = when;
        SetDue(handle, when);
        return;
    }
    ShardRequest request;
    request.flow = entry.id.flow;
    request.block = entry.id.block;
    request.round = ++entry.round;
    request.whole = !need->isOpen;
    request.wanted = entry.isTold ? TakeTold(now, entry) : need->wanted;
    entry.asked = now;
    entry.firstAsked = entry.round == 1 ? now : entry.firstAsked;
    entry.isAnswered = false;
    if (entry.isTold)
    {
        SetToldDue(handle);
    }
    else
    {
        SetDue(handle, now + AnswerTimeout(entry.round, false));
    }
    m_learner.Asked(now, entry.id, request.wanted);
    auto parts = Share(now, entry, request.wanted);
    if (request.whole || (!entry.isTold && entry.round > 1 && parts.size() == 1))
    {
        parts = {{entry.path, request.wanted}};
    }
    for (const auto& [path, wanted] : parts)
    {
        ++m_counters.requests;
        request.wanted = wanted;
        m_send(now, entry.id.peer, path, request);
    }
}

/// @return what is asked for on which path: where several are about as quick, shards in turn, that
/// answers come side by side; one request as long as there is no token for more
std::vector<std::pair<uint16_t, ShardSet>>
ShardRequester::Share(int64_t now, const Entry& entry, const ShardSet& wanted)
{
    std::vector<std::pair<uint16_t, ShardSet>> parts;
    for (uint32_t i = wanted.Next(0); i < ShardSet::SIZE; i = wanted.Next(i + 1))
    {
        const uint16_t path = m_paths.Choose(entry.firstPath, Trip());
        auto part = std::find_if(parts.begin(),
                                 parts.end(),
                                 [path](const auto& other) { return other.first == path; });
        if (part == parts.end())
        {
            int64_t when;
            if (!parts.empty() && !TakeToken(now, when))
            {
                parts.back().second = parts.back().second | (wanted - ShardSet::Below(i));
                break;
            }
            part = parts.insert(parts.end(), {path, ShardSet()});
        }
        part->second.Set(i);
    }
    return parts;
}

/// @return those shards that the block is told of and that have not come
ShardSet
ShardRequester::WantedOf(const Entry& entry)
{
    ShardSet wanted;
    for (const Told& told : entry.told)
    {
        wanted.Set(told.index);
    }
    return wanted;
}

/// @return those shards that the block is told of and that are due; their answers are waited for
ShardSet
ShardRequester::TakeTold(int64_t now, Entry& entry)
{
    ShardSet wanted;
    for (Told& told : entry.told)
    {
        if (told.due <= now)
        {
            wanted.Set(told.index);
            told.due = now + AnswerTimeout(++told.round, true);
        }
    }
    return wanted;
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
