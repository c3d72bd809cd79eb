// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ROWS_H
#define PREDICT_ROWS_H

#include <cstddef>
#include <optional>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The last rows of a series of values at irregular times, and what can be asked of them: means,
 * roughness, how much like earlier ones the last rows are, what it was at this time of other days.
 */
class PredictRows
{
  public:
    /// @param memory rows that are looked back on
    explicit PredictRows(size_t memory = 16384);

    /// @param time s, that does not go backwards  @param value finite
    void Add(double time, double value);

    /// @return rows that can be looked back on
    size_t Count() const;

    /// @param time s  @return rows that come in it, by the last ones; 1 if they are all of one time
    double Lasting(double time) const;

    /// @param ago rows before the newest  @return value there
    double Value(size_t ago = 0) const;

    /// @param length rows  @param ago rows between their end and the newest  @return their mean
    double Mean(size_t length, size_t ago = 0) const;

    /// @param length rows, with one more before them  @return mean size of the steps to them
    double Roughness(size_t length) const;

    /**
     * How much unlike anything before the last rows are.
     * @param length of the last rows
     * @param neighbours which of the most similar stretches is meant, from 1
     * @param reach rows to look back on
     * @return root mean square difference from that stretch, which does not overlap the last rows;
     *         0 if there is not enough to compare with
     */
    double Unlikeness(size_t length, size_t neighbours, size_t reach) const;

    /**
     * How far the mean of the last rows is from what it was at this time of other days.
     * @param length of the last rows
     * @param days to look back on
     * @return distance from the day that is nearest, or the nearest but one if there are five; 0
     *         if there are not three
     */
    double DayDistance(size_t length, size_t days) const;

    /**
     * The same of the same day of other weeks.
     * @param length of the last rows
     * @param weeks to look back on
     * @return distance from the week that is nearest; 0 if there are not two
     */
    double WeekDistance(size_t length, size_t weeks) const;

    /// @param time s, not before the newest  @param days to look back on
    /// @return median of the values at this time of other days, if there are two
    std::optional<double> DayMedian(double time, size_t days) const;

  private:
    /// @param time s  @return first row at this time or up to an hour later, if there is one
    std::optional<size_t> At(double time) const;

    /**
     * @param length of the last rows
     * @param period s
     * @param periods to look back on
     * @return distances of their mean from what it was that many periods ago, in ascending order
     */
    std::vector<double> Distances(size_t length, double period, size_t periods) const;

    /// @param end place behind the last of them  @param length rows  @return their mean
    double MeanBefore(size_t end, size_t length) const;

    size_t m_memory;             ///< rows
    size_t m_first{0};           ///< place of the oldest row that is looked back on
    std::vector<double> m_time;  ///< s, in ascending order
    std::vector<double> m_value; ///< one a row
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ROWS_H
