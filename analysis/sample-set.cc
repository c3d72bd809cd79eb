// SPDX-License-Identifier: GPL-2.0-only
#include "sample-set.h"

#include "errors.h"
#include "results-store.h"
#include "statistics.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace shardsim
{

namespace
{

/// Samples that are coded together: what is decoded to look one up.
constexpr std::size_t BLOCK = 4096;

// 128 bits, because sums of 64-bit samples have to be exact.
__extension__ typedef __int128 Wide;

/// @return samples of an ascending vector that are not above the value
uint64_t
CountAtMostIn(const std::vector<int64_t>& sorted, int64_t value)
{
    return static_cast<uint64_t>(std::upper_bound(sorted.begin(), sorted.end(), value) -
                                 sorted.begin());
}

} // namespace

/** Sorted runs in a file without a name, and where in it to look. */
class SampleSet::Runs
{
  public:
    Runs()
    {
        const char* folder = std::getenv("TMPDIR");
        m_folder = folder != nullptr && *folder != '\0' ? folder : "/tmp";
        std::string name = m_folder + "/shardsim-XXXXXX";
        m_file = ::mkostemp(name.data(), O_CLOEXEC);
        if (m_file < 0)
        {
            Fail("making it", errno);
        }
        ::unlink(name.c_str());
    }

    Runs(const Runs&) = delete;
    Runs& operator=(const Runs&) = delete;

    ~Runs()
    {
        ::close(m_file);
    }

    /**
     * Add a run, or, where that fails, nothing.
     * @param sorted its samples, at least one
     */
    void Append(const std::vector<int64_t>& sorted)
    {
        std::vector<Block> run;
        off_t end = m_end;
        Wide sum = m_sum;
        for (std::size_t first = 0; first < sorted.size(); first += BLOCK)
        {
            const auto begin = sorted.begin() + static_cast<std::ptrdiff_t>(first);
            const auto count = std::min(BLOCK, sorted.size() - first);
            const std::vector<int64_t> samples(begin, begin + static_cast<std::ptrdiff_t>(count));
            for (int64_t sample : samples)
            {
                sum += sample;
            }
            const std::string bytes = EncodeSamples(samples);
            Write(bytes, end);
            run.push_back(Block{end, bytes.size(), samples.front(), first});
            end += static_cast<off_t>(bytes.size());
        }
        const bool isFirst = m_runs.empty();
        m_runs.push_back(std::move(run));
        m_least = isFirst ? sorted.front() : std::min(m_least, sorted.front());
        m_largest = isFirst ? sorted.back() : std::max(m_largest, sorted.back());
        m_end = end;
        m_sum = sum;
    }

    /// @return samples that are not above the value
    uint64_t CountAtMost(int64_t value) const
    {
        uint64_t count = 0;
        for (const std::vector<Block>& run : m_runs)
        {
            // All before the last block that begins at or under the value are not above it.
            const auto next =
                std::upper_bound(run.begin(),
                                 run.end(),
                                 value,
                                 [](int64_t v, const Block& b) { return v < b.least; });
            if (next != run.begin())
            {
                const Block& block = *std::prev(next);
                count += block.before + CountAtMostIn(Read(block), value);
            }
        }
        return count;
    }

    /// @param samples to which all are appended, in no order
    void AppendTo(std::vector<int64_t>& samples) const
    {
        for (const std::vector<Block>& run : m_runs)
        {
            for (const Block& block : run)
            {
                const std::vector<int64_t> some = Read(block);
                samples.insert(samples.end(), some.begin(), some.end());
            }
        }
    }

    Wide Sum() const
    {
        return m_sum;
    }

    int64_t Least() const
    {
        return m_least;
    }

    int64_t Largest() const
    {
        return m_largest;
    }

  private:
    struct Block
    {
        off_t at;        ///< in the file
        uint64_t size;   ///< bytes
        int64_t least;   ///< its first sample
        uint64_t before; ///< samples of the run before it
    };

    [[noreturn]] void Fail(const std::string& what, int error) const
    {
        throw StoreError("temporary file of samples in " + m_folder + ": " + what + ": " +
                         (error != 0 ? std::strerror(error) : "it ends too early") +
                         "; TMPDIR chooses another folder");
    }

    void Write(const std::string& bytes, off_t at) const
    {
        for (std::size_t done = 0; done < bytes.size();)
        {
            const ssize_t wrote = ::pwrite(m_file,
                                           bytes.data() + done,
                                           bytes.size() - done,
                                           at + static_cast<off_t>(done));
            if (wrote < 0 && errno != EINTR)
            {
                Fail("writing", errno);
            }
            done += wrote > 0 ? static_cast<std::size_t>(wrote) : 0;
        }
    }

    std::vector<int64_t> Read(const Block& block) const
    {
        std::string bytes(block.size, '\0');
        for (std::size_t done = 0; done < bytes.size();)
        {
            const ssize_t got = ::pread(m_file,
                                        bytes.data() + done,
                                        bytes.size() - done,
                                        block.at + static_cast<off_t>(done));
            if (got == 0 || (got < 0 && errno != EINTR))
            {
                Fail("reading", got == 0 ? 0 : errno);
            }
            done += got > 0 ? static_cast<std::size_t>(got) : 0;
        }
        return DecodeSamples(bytes);
    }

    std::string m_folder;
    int m_file{-1};
    off_t m_end{0};
    std::vector<std::vector<Block>> m_runs;
    Wide m_sum{0};
    int64_t m_least{0};
    int64_t m_largest{0};
};

SampleSet::SampleSet(std::size_t most)
    : m_most(std::max<std::size_t>(1, most))
{
}

SampleSet::~SampleSet() = default;
SampleSet::SampleSet(SampleSet&& other) noexcept = default;
SampleSet& SampleSet::operator=(SampleSet&& other) noexcept = default;

void
SampleSet::SortRecent() const
{
    if (!std::is_sorted(m_recent.begin(), m_recent.end()))
    {
        std::sort(m_recent.begin(), m_recent.end());
    }
}

void
SampleSet::Spill()
{
    if (!m_runs)
    {
        m_runs = std::make_unique<Runs>();
    }
    SortRecent();
    m_runs->Append(m_recent);
    m_spilled += m_recent.size();
    m_recent.clear();
}

std::optional<double>
SampleSet::Mean() const
{
    if (Count() == 0)
    {
        return std::nullopt;
    }
    Wide sum = m_runs ? m_runs->Sum() : 0;
    for (int64_t sample : m_recent)
    {
        sum += sample;
    }
    // The whole part exactly, so that large sums lose nothing that the mean has.
    const Wide count = static_cast<Wide>(Count());
    return static_cast<double>(sum / count) +
           static_cast<double>(sum % count) / static_cast<double>(count);
}

/// @pre SortRecent()
uint64_t
SampleSet::CountAtMostSorted(int64_t value) const
{
    return CountAtMostIn(m_recent, value) + (m_runs ? m_runs->CountAtMost(value) : 0);
}

uint64_t
SampleSet::CountAtMost(int64_t value) const
{
    SortRecent();
    return CountAtMostSorted(value);
}

std::vector<int64_t>
SampleSet::AtRanks(const std::vector<uint64_t>& ranks) const
{
    if (!std::is_sorted(ranks.begin(), ranks.end()) ||
        (!ranks.empty() && (ranks.front() < 1 || ranks.back() > Count())))
    {
        throw std::invalid_argument("ranks have to be ascending, from 1 to the number of samples");
    }
    SortRecent();
    std::vector<int64_t> found;
    if (!m_runs)
    {
        for (uint64_t rank : ranks)
        {
            found.push_back(m_recent[rank - 1]);
        }
        return found;
    }
    int64_t low = m_runs->Least();
    int64_t largest = m_runs->Largest();
    if (!m_recent.empty())
    {
        low = std::min(low, m_recent.front());
        largest = std::max(largest, m_recent.back());
    }
    for (uint64_t rank : ranks)
    {
        // The smallest value that has so many samples at or under it; it is a sample itself.
        int64_t high = largest;
        while (low < high)
        {
            // The distance may be more than int64 holds; half of it is not.
            const uint64_t distance = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
            const int64_t middle = low + static_cast<int64_t>(distance / 2);
            if (CountAtMostSorted(middle) >= rank)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }
        found.push_back(low); // from where the next rank's search begins
    }
    return found;
}

std::optional<int64_t>
SampleSet::Quantile(double q) const
{
    return QuantileOf(Count(), q);
}

std::optional<int64_t>
SampleSet::QuantileOf(uint64_t total, double q) const
{
    if (total < Count())
    {
        throw std::invalid_argument("more samples than the total");
    }
    if (total == 0)
    {
        return std::nullopt;
    }
    const uint64_t rank = QuantileRank(q, total);
    if (rank > Count())
    {
        return std::nullopt;
    }
    return AtRanks({rank}).front();
}

std::vector<int64_t>
SampleSet::Sorted() const
{
    std::vector<int64_t> all;
    all.reserve(Count());
    if (m_runs)
    {
        m_runs->AppendTo(all);
    }
    all.insert(all.end(), m_recent.begin(), m_recent.end());
    std::sort(all.begin(), all.end());
    return all;
}

} // namespace shardsim
