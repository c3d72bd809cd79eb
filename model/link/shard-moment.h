// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_MOMENT_H
#define SHARD_MOMENT_H

#include <cstdint>
#include <utility>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * When a simulator would run an event that is computed instead: its time and, among events of the
 * same tick, its turn. ns-3 runs those in the order in which they were scheduled, which is the
 * order of the events that scheduled them, and so on back. So a moment knows the moment of the
 * event that scheduled it, and of two children of one event the one that was made first comes
 * first: whoever computes events makes their moments in the order in which ns-3 would schedule
 * them.
 *
 * Moments share their ancestors. Of the longest line at least GENERATIONS are kept. Comparisons
 * remember what came of the last ones, so that events that keep step are told apart in a few steps,
 * however long they do.
 */
class ShardMoment
{
  public:
    /// Ancestors that are kept at least.
    static constexpr uint32_t GENERATIONS = 128;

    /// No event; its time is 0, and it comes before every other.
    ShardMoment() = default;

    ShardMoment(const ShardMoment& o)
        : m_node(o.m_node)
    {
        if (m_node != nullptr)
        {
            ++m_node->references;
        }
    }

    ShardMoment(ShardMoment&& o) noexcept
        : m_node(std::exchange(o.m_node, nullptr))
    {
    }

    ShardMoment& operator=(ShardMoment o) noexcept
    {
        std::swap(m_node, o.m_node);
        return *this;
    }

    ~ShardMoment()
    {
        Release(m_node);
    }

    /**
     * @param now time of an event from outside, ticks
     * @return its moment: in its tick, after all events of which it is known who scheduled them
     */
    static ShardMoment FromOutside(int64_t now)
    {
        return ShardMoment(Make(now, nullptr));
    }

    /**
     * @param time of an event that this one schedules, ticks
     * @return its moment, after those of this one's earlier children; no event, where this is none
     */
    ShardMoment Schedule(int64_t time) const
    {
        return m_node != nullptr ? ShardMoment(Make(time, m_node)) : ShardMoment();
    }

    /// Let the event be later; nobody may have seen its moment yet. @param extra ticks
    void Delay(int64_t extra)
    {
        m_node->at += extra;
    }

    /// @return time of the event, ticks
    int64_t Time() const
    {
        return m_node != nullptr ? m_node->at : 0;
    }

    /// @return whether it is no event
    bool IsNone() const
    {
        return m_node == nullptr;
    }

    /// @return time of the event that scheduled it, ticks; there must be one
    int64_t ParentTime() const
    {
        return m_node->parent->at;
    }

    /// @param o the other  @return whether this event is run first
    bool operator<(const ShardMoment& o) const
    {
        return m_node == nullptr || o.m_node == nullptr ? m_node == nullptr && o.m_node != nullptr
               : m_node->at != o.m_node->at             ? m_node->at < o.m_node->at
                                                        : IsFirst(m_node, o.m_node);
    }

    /// @return the event that is being run, where that is known; else none
    static const ShardMoment& Current()
    {
        return s_current;
    }

    class Scope;

    /// @return moments that are known, ancestors included
    static uint64_t Known();

  private:
    /// An event, shared by the moments and children that know it.
    struct Node
    {
        int64_t at;          ///< ticks
        uint64_t number;     ///< in the order in which they were made
        Node* parent;        ///< who scheduled it; null where that is not known
        Node* landmark;      ///< nearest ancestor whose generation is a multiple of STRIDE
        uint32_t references; ///< moments, and children
        uint32_t generation; ///< of its line
    };

    static constexpr uint32_t STRIDE = GENERATIONS / 2;

    struct Store;

    explicit ShardMoment(Node* node)
        : m_node(node)
    {
    }

    static Store& GetStore();
    static Node* Make(int64_t at, Node* parent);
    static void Free(Node* node);
    static bool IsFirst(const Node* a, const Node* b);

    static void Release(Node* node)
    {
        if (node != nullptr && --node->references == 0)
        {
            Free(node);
        }
    }

    static ShardMoment s_current; ///< of the event that is being run

    Node* m_node{nullptr}; ///< null for no event
};

/// As long as it exists, an event is being run.
class ShardMoment::Scope
{
  public:
    /// @param moment of the event
    explicit Scope(ShardMoment moment)
        : m_before(std::exchange(s_current, std::move(moment)))
    {
    }

    ~Scope()
    {
        s_current = std::move(m_before);
    }

    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

  private:
    ShardMoment m_before; ///< what was being run before
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_MOMENT_H
