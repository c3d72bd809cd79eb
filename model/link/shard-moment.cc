// SPDX-License-Identifier: GPL-2.0-only
#include "shard-moment.h"

#include <array>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

ShardMoment ShardMoment::s_current;

/// Where nodes come from, and what comparisons remember.
struct ShardMoment::Store
{
    static constexpr std::size_t CHUNK = 1024;

    /// What came of a comparison.
    struct Verdict
    {
        uint64_t a{0};      ///< number of the one; 0 for none
        uint64_t b{0};      ///< number of the other
        bool isFirst{true}; ///< whether the one is run first
    };

    /// @param a one  @param b the other  @return where their comparison is remembered
    Verdict& Find(const Node* a, const Node* b)
    {
        return verdicts[(a->number * 31 + b->number) % verdicts.size()];
    }

    std::vector<std::unique_ptr<Node[]>> chunks; ///< nodes
    Node* free{nullptr};                         ///< not in use, linked by their parents
    uint64_t used{0};                            ///< nodes in use
    uint64_t number{0};                          ///< of the last one
    std::array<Verdict, 1024> verdicts;          ///< by their numbers
};

ShardMoment::Store&
ShardMoment::GetStore()
{
    // Never destroyed: moments may live as long as the program.
    static Store* const store = new Store;
    return *store;
}

uint64_t
ShardMoment::Known()
{
    return GetStore().used;
}

ShardMoment::Node*
ShardMoment::Make(int64_t at, Node* parent)
{
    Store& store = GetStore();
    if (store.free == nullptr)
    {
        store.chunks.push_back(std::make_unique<Node[]>(Store::CHUNK));
        for (std::size_t i = Store::CHUNK; i-- > 0;)
        {
            Node& node = store.chunks.back()[i];
            node.parent = std::exchange(store.free, &node);
        }
    }
    if (store.used++ == 0)
    {
        // Nothing is left of an earlier simulation: numbers, and what is remembered, begin anew.
        store.number = 0;
        store.verdicts.fill(Store::Verdict());
    }
    Node* const node = store.free;
    store.free = node->parent;
    *node = Node{at, ++store.number, parent, nullptr, 1, 0};
    if (parent == nullptr)
    {
        return node;
    }
    ++parent->references;
    node->generation = parent->generation + 1;
    node->landmark = parent->generation % STRIDE == 0 ? parent : parent->landmark;
    if (parent->generation % STRIDE == 0)
    {
        // Three landmarks back is old enough to be forgotten.
        Node* old = parent->landmark;
        old = old != nullptr ? old->landmark : nullptr;
        if (old != nullptr)
        {
            Release(std::exchange(old->parent, nullptr));
            old->landmark = nullptr;
        }
    }
    return node;
}

void
ShardMoment::Free(Node* node)
{
    Store& store = GetStore();
    while (node != nullptr && node->references == 0)
    {
        Node* const parent = node->parent;
        node->parent = std::exchange(store.free, node);
        --store.used;
        if (parent != nullptr)
        {
            --parent->references;
        }
        node = parent;
    }
}

bool
ShardMoment::IsFirst(const Node* a, const Node* b)
{
    if (a == b)
    {
        return false;
    }
    Store& store = GetStore();
    const Node* const firstA = a->parent;
    const Node* const firstB = b->parent;
    bool isFirst = false;
    while (true)
    {
        const Node* const pa = a->parent;
        const Node* const pb = b->parent;
        if (pa == pb)
        {
            isFirst = a->number < b->number; // of one event, or both from outside
            break;
        }
        if (pa == nullptr || pb == nullptr)
        {
            // Whoever comes from outside is later; but a line of which no more is known is old.
            const Node* const end = pa == nullptr ? a : b;
            isFirst = end->generation != 0 ? a->number < b->number : pa != nullptr;
            break;
        }
        if (pa->at != pb->at)
        {
            isFirst = pa->at < pb->at;
            break;
        }
        const Store::Verdict& verdict = store.Find(pa, pb);
        if (verdict.a == pa->number && verdict.b == pb->number)
        {
            isFirst = verdict.isFirst;
            break;
        }
        a = pa;
        b = pb;
    }
    if (firstA != nullptr && firstB != nullptr && firstA != firstB && firstA->at == firstB->at)
    {
        store.Find(firstA, firstB) = Store::Verdict{firstA->number, firstB->number, isFirst};
    }
    return isFirst;
}

} // namespace sharding
} // namespace ns3
