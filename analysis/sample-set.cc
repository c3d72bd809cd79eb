// SPDX-License-Identifier: GPL-2.0-only
#include "sample-set.h"

#include "errors.h"
#include "results-store.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <queue>
#include <string>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace shardsim
{

namespace
{

/// Samples that are coded together; a run's reader holds one such block.
constexpr std::size_t BLOCK = 16384;

// 128 bits, because sums of 64-bit samples have to be exact.
__extension__ typedef __int128 Wide;

[[noreturn]] void
Fail(const std::string& what)
{
    throw StoreError("temporary file of samples: " + what + ": " + std::strerror(errno) +
                     " (set TMPDIR to a folder with more room)");
}

} // namespace

/** Sorted runs in a file without a name. */
class SampleSet::Runs
{
  public:
    Runs()
    {
        const char* folder = std::getenv("TMPDIR");
        std::string name = std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") +
                           "/shardsim-XXXXXX";
        m_file = ::mkstemp(name.data());
        if (m_file < 0)
        {
            Fail(name);
        }
        ::unlink(name.c_str());
    }

    Runs(const Runs&) = delete;
    Runs& operator=(const Runs&) = delete;

    ~Runs()
    {
        ::close(m_file);
    }

    /// @param sorted samples of a new run
    void Append(const std::vector<int64_t>& sorted)
    {
        m_runs.emplace_back();
        for (std::size_t first = 0; first < sorted.size(); first += BLOCK)
        {
            const auto begin = sorted.begin() + static_cast<std::ptrdiff_t>(first);
            const auto count = std::min(BLOCK, sorted.size() - first);
            const std::string bytes =
                EncodeSamples({begin, begin + static_cast<std::ptrdiff_t>(count)});
            for (std::size_t done = 0; done < bytes.size();)
            {
                const ssize_t wrote = ::pwrite(m_file,
                                               bytes.data() + done,
                                               bytes.size() - done,
                                               m_end + static_cast<off_t>(done));
                if (wrote < 0 && errno != EINTR)
                {
                    Fail("writing");
                }
                done += wrote > 0 ? static_cast<std::size_t>(wrote) : 0;
            }
            m_runs.back().push_back(Block{m_end, bytes.size()});
            m_end += static_cast<off_t>(bytes.size());
        }
    }

    /// @return number of runs
    std::size_t Count() const
    {
        return m_runs.size();
    }

    /// @return a block of a run, or nothing behind its last
    std::vector<int64_t> Read(std::size_t run, std::size_t block) const
    {
        if (block >= m_runs[run].size())
        {
            return {};
        }
        std::string bytes(m_runs[run][block].size, '\0');
        for (std::size_t done = 0; done < bytes.size();)
        {
            const ssize_t got = ::pread(m_file,
                                        bytes.data() + done,
                                        bytes.size() - done,
                                        m_runs[run][block].at + static_cast<off_t>(done));
            if (got == 0 || (got < 0 && errno != EINTR))
            {
                Fail("reading");
            }
            done += got > 0 ? static_cast<std::size_t>(got) : 0;
        }
        return DecodeSamples(bytes);
    }

    Wide sum{0}; ///< of all samples in runs

  private:
    struct Block
    {
        off_t at;         ///< in the file
        std::size_t size; ///< bytes
    };

    int m_file{-1};
    off_t m_end{0};
    std::vector<std::vector<Block>> m_runs;
};

SampleSet::SampleSet(std::size_t most)
    : m_most(std::max<std::size_t>(1, most))
{
}

SampleSet::~SampleSet() = default;
SampleSet::SampleSet(SampleSet&& other) noexcept = default;
SampleSet& SampleSet::operator=(SampleSet&& other) noexcept = default;

void
SampleSet::Spill()
{
    if (!m_runs)
    {
        m_runs = std::make_unique<Runs>();
    }
    std::sort(m_recent.begin(), m_recent.end());
    m_runs->Append(m_recent);
    for (int64_t sample : m_recent)
    {
        m_runs->sum += sample;
    }
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
    Wide sum = m_runs ? m_runs->sum : 0;
    for (int64_t sample : m_recent)
    {
        sum += sample;
    }
    // The whole part exactly, so that large sums lose nothing that the mean has.
    const Wide count = static_cast<Wide>(Count());
    return static_cast<double>(sum / count) +
           static_cast<double>(sum % count) / static_cast<double>(count);
}

/// Visit all samples in ascending order until a visit returns false.
void
SampleSet::ForEach(const std::function<bool(int64_t)>& visit) const
{
    std::sort(m_recent.begin(), m_recent.end());
    if (!m_runs)
    {
        for (int64_t sample : m_recent)
        {
            if (!visit(sample))
            {
                return;
            }
        }
        return;
    }

    /// Where the merge is in a run; the last of them is what is in memory.
    struct Cursor
    {
        std::vector<int64_t> samples;
        std::size_t next{0};
        std::size_t block{0};
    };

    std::vector<Cursor> cursors(m_runs->Count() + 1);
    using Head = std::pair<int64_t, std::size_t>;
    std::priority_queue<Head, std::vector<Head>, std::greater<Head>> heads;
    for (std::size_t run = 0; run < cursors.size(); ++run)
    {
        Cursor& cursor = cursors[run];
        cursor.samples = run < m_runs->Count() ? m_runs->Read(run, cursor.block++) : m_recent;
        if (!cursor.samples.empty())
        {
            heads.emplace(cursor.samples.front(), run);
        }
    }
    while (!heads.empty())
    {
        const auto [sample, run] = heads.top();
        heads.pop();
        if (!visit(sample))
        {
            return;
        }
        Cursor& cursor = cursors[run];
        if (++cursor.next == cursor.samples.size())
        {
            cursor.next = 0;
            cursor.samples =
                run < m_runs->Count() ? m_runs->Read(run, cursor.block++) : std::vector<int64_t>();
        }
        if (!cursor.samples.empty())
        {
            heads.emplace(cursor.samples[cursor.next], run);
        }
    }
}

std::vector<int64_t>
SampleSet::AtRanks(const std::vector<uint64_t>& ranks) const
{
    std::vector<int64_t> found;
    if (ranks.empty())
    {
        return found;
    }
    uint64_t rank = 0;
    ForEach(
        [&](int64_t sample)
        {
            ++rank;
            while (found.size() < ranks.size() && ranks[found.size()] == rank)
            {
                found.push_back(sample);
            }
            return found.size() < ranks.size();
        });
    return found;
}

std::vector<int64_t>
SampleSet::Sorted() const
{
    std::vector<int64_t> all;
    all.reserve(Count());
    ForEach(
        [&all](int64_t sample)
        {
            all.push_back(sample);
            return true;
        });
    return all;
}

} // namespace shardsim
