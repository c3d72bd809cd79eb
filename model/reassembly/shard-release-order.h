// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_RELEASE_ORDER_H
#define SHARD_RELEASE_ORDER_H

#include <cstdint>
#include <utility>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * In which order the datagrams of one flow leave: whose turn it is, and which complete ones wait
 * for theirs. Block numbers are compared by serial number arithmetic (RFC 1982), so they may wrap
 * around. It knows numbers and handles only; what a handle names is its owner's affair.
 */
class ShardReleaseOrder
{
  public:
    /**
     * A flow's first block is rarely the first to come. Numbers below this are taken to belong to
     * a flow that starts at 0, so its first blocks may overtake each other; a flow that is first
     * seen at a higher number is in its middle (its state was dropped), and starts there.
     */
    static constexpr uint32_t START_WINDOW = 64;

    /**
     * RFC 1982, 3.2, with 32 bits.
     * @param a number  @param b number
     * @return whether a comes before b
     */
    static bool Before(uint32_t a, uint32_t b)
    {
        return static_cast<int32_t>(a - b) < 0;
    }

    /**
     * A shard of a block has come. Until a turn has been taken, the sequence may still start
     * earlier, by up to START_WINDOW.
     * @param number of the block
     */
    void Saw(uint32_t number);

    /// @param number of a block  @return whether its turn is over
    bool IsPast(uint32_t number) const
    {
        return m_seen && Before(number, m_turn);
    }

    /// @return the number whose turn it is
    uint32_t Turn() const
    {
        return m_turn;
    }

    /// @param number whose turn is next; those before it are over
    void SetTurn(uint32_t number)
    {
        m_turn = number;
        m_seen = true;
        m_began = true;
    }

    /// @param number of a complete block  @param handle of it
    void Wait(uint32_t number, uint32_t handle);

    /// @return whether none waits
    bool NoneWaits() const
    {
        return m_waiting.empty();
    }

    /// @return how many wait
    uint32_t Waiting() const
    {
        return static_cast<uint32_t>(m_waiting.size());
    }

    /// @return number of the earliest of those that wait; there must be one
    uint32_t Earliest() const
    {
        return m_waiting.front().first;
    }

    /// @return handle of the earliest of those that wait, which waits no more
    uint32_t TakeEarliest();

  private:
    uint32_t m_turn{0};  ///< whose turn it is
    uint32_t m_first{0}; ///< first number seen
    bool m_seen{false};  ///< a block was seen, so m_turn means something
    bool m_began{false}; ///< a turn was taken, so m_turn only goes forward
    std::vector<std::pair<uint32_t, uint32_t>> m_waiting; ///< heap of number and handle
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_RELEASE_ORDER_H
