// SPDX-License-Identifier: GPL-2.0-only
#include "shard-queue-blocks.h"

#include <utility>

namespace ns3
{
namespace sharding
{

std::size_t
ShardBlockKeyHash::operator()(const ShardBlockKey& key) const
{
    // splitmix64's finalizer (Steele, Lea and Flood, OOPSLA 2014), once for each half of the key
    const auto mix = [](uint64_t x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
        return x ^ (x >> 31);
    };
    const uint64_t shape = uint64_t{key.k} << 16 | uint64_t{key.n} << 8 | key.code;
    const uint64_t name = uint64_t{key.flow} << 32 | key.block;
    return static_cast<std::size_t>(mix(name + mix(key.source + (shape << 40))));
}

bool
IsShardBlockDoomed(const ShardBlockKey& block, const std::bitset<256>& lost, uint8_t index)
{
    const uint32_t k = block.k;
    const uint32_t n = block.n;
    if (block.code == SHARD_CODE_SLIDING_WINDOW || k == 0 || n < k)
    {
        return false;
    }
    const uint32_t repair = n - k;
    if (lost.count() > repair)
    {
        return true;
    }
    if (block.code == SHARD_CODE_REPETITION)
    {
        for (uint32_t copy = index % k; copy < n; copy += k)
        {
            if (!lost[copy])
            {
                return false;
            }
        }
        return true;
    }
    if (block.code == SHARD_CODE_XOR)
    {
        const uint32_t group = index < k ? index % repair : index - k;
        uint32_t missing = lost[k + group] ? 1 : 0;
        for (uint32_t data = group; data < k; data += repair)
        {
            missing += lost[data] ? 1 : 0;
        }
        return missing >= 2;
    }
    return false;
}

bool
ShardQueueBlock::Lose(uint8_t index)
{
    alive.reset(index);
    extra.reset(index);
    if (lost[index])
    {
        return false;
    }
    lost.set(index);
    return !doomed && IsShardBlockDoomed(*key, lost, index);
}

void
ShardQueueBlockList::Append(ShardQueueBlock& block)
{
    block.prev = tail;
    block.next = nullptr;
    (tail ? tail->next : head) = &block;
    tail = &block;
    ++size;
}

void
ShardQueueBlockList::Remove(ShardQueueBlock& block)
{
    (block.prev ? block.prev->next : head) = block.next;
    (block.next ? block.next->prev : tail) = block.prev;
    --size;
}

ShardQueueBlock&
ShardQueueBlocks::Touch(const ShardBlockKey& key)
{
    const auto found = m_blocks.find(key);
    if (found != m_blocks.end())
    {
        ShardQueueBlock& block = found->second;
        if (block.IsIdle())
        {
            m_idle.Remove(block);
        }
        return block;
    }
    auto created = m_blocks.end();
    if (m_spare.empty())
    {
        created = m_blocks.emplace(key, ShardQueueBlock()).first;
    }
    else
    {
        m_spare.key() = key;
        m_spare.mapped() = ShardQueueBlock();
        created = m_blocks.insert(std::move(m_spare)).position;
    }
    created->second.key = &created->first;
    return created->second;
}

void
ShardQueueBlocks::Release(ShardQueueBlock& block, uint32_t limit)
{
    m_idle.Append(block);
    while (m_idle.size > limit)
    {
        ShardQueueBlock& oldest = *m_idle.head;
        m_idle.Remove(oldest);
        m_spare = m_blocks.extract(*oldest.key);
    }
}

const ShardQueueBlock*
ShardQueueBlocks::Find(const ShardBlockKey& key) const
{
    const auto found = m_blocks.find(key);
    return found == m_blocks.end() ? nullptr : &found->second;
}

} // namespace sharding
} // namespace ns3
