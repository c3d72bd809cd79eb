// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_SAMPLE_SET_H
#define SHARDSIM_SAMPLE_SET_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace shardsim
{

/**
 * Samples whose order statistics are exact however many there are, in bounded memory. What does not
 * fit is put in sorted runs in a temporary file (in $TMPDIR or /tmp, without a name, so that
 * nothing is left behind), some one or two bytes a sample. Ranks are found by counting in the runs
 * with an index, one block of one run in memory at a time; the index takes some 8 bytes for each
 * 1000 samples. Asking may sort what is in memory: not for two threads at once.
 */
class SampleSet
{
  public:
    /// @param most samples that are kept in memory, at least 1
    explicit SampleSet(std::size_t most = std::size_t{1} << 22);
    ~SampleSet();
    SampleSet(SampleSet&& other) noexcept;
    SampleSet& operator=(SampleSet&& other) noexcept;

    /**
     * @param sample one more
     * @throw StoreError where the temporary file cannot be written
     */
    void Add(int64_t sample)
    {
        m_recent.push_back(sample);
        if (m_recent.size() >= m_most)
        {
            Spill();
        }
    }

    /// @return samples added
    uint64_t Count() const
    {
        return m_spilled + m_recent.size();
    }

    /// @return their mean, the same in whichever order they came; nothing where there are none
    std::optional<double> Mean() const;

    /**
     * @param value to compare with
     * @return samples that are not above it
     * @throw StoreError where the temporary file cannot be read, here and below
     */
    uint64_t CountAtMost(int64_t value) const;

    /**
     * Several order statistics, for less than one by one.
     * @param ranks ascending, each from 1 to Count()
     * @return the samples of these ranks, 1 being the smallest
     */
    std::vector<int64_t> AtRanks(const std::vector<uint64_t>& ranks) const;

    /// What shardsim::Quantile gives for all of them, sorted.
    std::optional<int64_t> Quantile(double q) const;

    /**
     * What QuantileOfSent gives for all of them, sorted: what is missing to the total is infinite.
     * @param total at least Count()
     * @param q in [0, 1]
     * @return the quantile; nothing where it is infinite
     */
    std::optional<int64_t> QuantileOf(uint64_t total, double q) const;

    /// @return all of them, ascending, and all in memory
    std::vector<int64_t> Sorted() const;

  private:
    class Runs;

    void Spill();
    void SortRecent() const;
    uint64_t CountAtMostSorted(int64_t value) const;

    std::size_t m_most;                    ///< samples in memory
    mutable std::vector<int64_t> m_recent; ///< not in a run yet; order does not matter
    uint64_t m_spilled{0};                 ///< samples in runs
    std::unique_ptr<Runs> m_runs;          ///< null before the first
};

} // namespace shardsim

#endif // SHARDSIM_SAMPLE_SET_H
