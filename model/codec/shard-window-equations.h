// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_WINDOW_EQUATIONS_H
#define SHARD_WINDOW_EQUATIONS_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Linear equations over GF(256) whose unknowns are missing data shards. An unknown has a number,
 * and older ones have smaller numbers.
 *
 * They are kept in reduced echelon form (incremental Gauss-Jordan elimination), the oldest unknown
 * of each being its pivot. So an unknown can be computed exactly when the equation of which it is
 * the pivot has no other; and when the oldest unknowns are dropped, what goes with them are the
 * equations that could not do without them and no others.
 */
class ShardWindowEquations
{
  public:
    static constexpr uint32_t ROW_COST = 128; ///< bytes charged for an equation beside its symbol
    static constexpr uint32_t TERM_COST = 16; ///< bytes charged for each unknown of an equation

    /// An unknown and its factor.
    struct Term
    {
        int64_t unknown; ///< its number
        uint8_t factor;  ///< not 0
    };

    /// An equation: the sum of its terms is the symbol.
    struct Row
    {
        std::vector<Term> terms;           ///< oldest first; where it is kept, the first is the
                                           ///< pivot, with factor 1
        uint32_t length{0};                ///< bytes of the symbol; what follows them is zeros
        std::unique_ptr<uint8_t[]> symbol; ///< null with virtual payload
    };

    /// What became of an equation.
    enum Verdict : uint8_t
    {
        STORED = 0, ///< it is kept
        USELESS,    ///< it follows from the others
        IMPOSSIBLE, ///< it contradicts the others
    };

    /// @param real whether there are bytes
    explicit ShardWindowEquations(bool real)
        : m_real(real)
    {
    }

    /// @param row with at least one term, which is added  @return what became of it
    Verdict Add(Row&& row);

    /**
     * An unknown has become known: equations do without it.
     * @param unknown which
     * @param data its bytes; ignored with virtual payload
     * @param size how many
     * @return whether that can be; false where it contradicts an equation
     */
    bool Learn(int64_t unknown, const uint8_t* data, uint32_t size);

    /// @return the equations with one unknown only, which leave: their symbols are these unknowns
    std::vector<Row> TakeSolved();

    /// @param unknown the oldest that stays; older ones go, with what needs them
    void DropBelow(int64_t unknown);

    /// @return equations held
    std::size_t Count() const
    {
        return m_rows.size();
    }

    /// @return the oldest unknown; there must be an equation
    int64_t Oldest() const
    {
        return m_rows.front().terms.front().unknown;
    }

    /// @return bytes charged
    uint64_t Bytes() const
    {
        return m_bytes;
    }

  private:
    static uint64_t Weight(const Row& row);
    std::size_t FindPivot(int64_t unknown) const;
    void AddSymbol(Row& row, const uint8_t* data, uint32_t size, uint8_t factor) const;
    void AddMultiple(Row& row, const Row& other, uint8_t factor) const;
    void Scale(Row& row) const;
    void Insert(Row&& row);

    bool m_real;
    std::vector<Row> m_rows; ///< by pivot, oldest first
    uint64_t m_bytes{0};     ///< charged
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_WINDOW_EQUATIONS_H
