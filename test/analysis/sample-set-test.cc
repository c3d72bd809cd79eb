// SPDX-License-Identifier: GPL-2.0-only
/*
 * Order statistics of many samples in little memory:
 * 1. with and without runs in a file, every rank, every quantile, every count and the whole are
 *    those of a sorted vector, whatever the order, with duplicates, negative and extreme numbers;
 * 2. the mean is exact where doubles would have lost it;
 * 3. asking does not change the answer, and more may be added afterwards;
 * 4. a million samples are asked for in the memory of some thousands;
 * 5. a folder that cannot be written, or a full one, is a clear error that loses no sample, and
 *    nothing is left in the folder.
 */
#include "../scenarios/temporary-folder.h"
#include "analysis/errors.h"
#include "analysis/sample-set.h"
#include "analysis/statistics.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>
#include <random>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <type_traits>
#include <unistd.h>

namespace shardsim
{
namespace
{

static_assert(!std::is_copy_constructible_v<SampleSet> && !std::is_copy_assignable_v<SampleSet>);

constexpr int64_t LEAST = std::numeric_limits<int64_t>::min();
constexpr int64_t MOST = std::numeric_limits<int64_t>::max();

std::vector<int64_t>
Draw(std::size_t count, uint64_t below, uint32_t seed)
{
    std::mt19937_64 engine(seed);
    std::vector<int64_t> samples;
    for (std::size_t i = 0; i < count; ++i)
    {
        samples.push_back(static_cast<int64_t>(engine() % below) - static_cast<int64_t>(below / 3));
    }
    return samples;
}

SampleSet
SetOf(const std::vector<int64_t>& samples, std::size_t most)
{
    SampleSet set(most);
    for (int64_t sample : samples)
    {
        set.Add(sample);
    }
    return set;
}

/// Everything that can be asked, against the samples in a sorted vector.
void
ExpectAnswersOf(const SampleSet& set, std::vector<int64_t> samples)
{
    std::sort(samples.begin(), samples.end());
    const uint64_t count = samples.size();
    ASSERT_EQ(set.Count(), count);
    const std::vector<uint64_t> ranks = {1, 1, 2, 150, count / 2, count - 1, count, count};
    std::vector<int64_t> expected;
    for (uint64_t rank : ranks)
    {
        expected.push_back(samples[rank - 1]);
    }
    EXPECT_EQ(set.AtRanks(ranks), expected);
    for (double q : {0.0, 0.07, 0.5, 0.9, 0.999, 1.0})
    {
        EXPECT_EQ(set.Quantile(q), Quantile(samples, q)) << q;
        for (uint64_t total : {count, count + count / 9, 1000 * count})
        {
            EXPECT_EQ(set.QuantileOf(total, q), QuantileOfSent(samples, total, q))
                << q << " of " << total;
        }
    }
    for (int64_t value : {LEAST, int64_t{-1}, int64_t{0}, samples[count / 3], samples.back(), MOST})
    {
        const auto atMost = std::count_if(samples.begin(),
                                          samples.end(),
                                          [value](int64_t sample) { return sample <= value; });
        EXPECT_EQ(set.CountAtMost(value), static_cast<uint64_t>(atMost)) << value;
    }
    EXPECT_EQ(set.Sorted(), samples);
}

TEST(SampleSet, IsASortedVectorWhateverFitsInMemory)
{
    for (std::size_t most : {1U, 7U, 1000U, 5000U, 40000U, 1000000U})
    {
        // Many duplicates, some, none.
        for (uint64_t below : {uint64_t{3}, uint64_t{1000}, uint64_t{1} << 62})
        {
            SCOPED_TRACE(std::to_string(most) + " in memory, below " + std::to_string(below));
            const std::vector<int64_t> samples = Draw(most < 10 ? 300 : 50001, below, 5);
            ExpectAnswersOf(SetOf(samples, most), samples);
        }
    }
}

TEST(SampleSet, KnowsNoOrderAndNoBounds)
{
    std::vector<int64_t> samples = Draw(20000, 5000, 6);
    for (int i = 0; i < 3000; ++i)
    {
        samples.push_back(LEAST);
        samples.push_back(MOST);
    }
    std::sort(samples.begin(), samples.end());
    ExpectAnswersOf(SetOf(samples, 900), samples);
    ExpectAnswersOf(SetOf({samples.rbegin(), samples.rend()}, 900), samples);
    std::shuffle(samples.begin(), samples.end(), std::mt19937_64(7));
    ExpectAnswersOf(SetOf(samples, 900), samples);
    const std::vector<int64_t> equal(6001, -5);
    ExpectAnswersOf(SetOf(equal, 1000), equal);
}

TEST(SampleSet, OfNoneOrOne)
{
    const SampleSet none;
    EXPECT_EQ(none.Count(), 0U);
    EXPECT_EQ(none.Mean(), std::nullopt);
    EXPECT_EQ(none.Quantile(0.5), std::nullopt);
    EXPECT_EQ(none.QuantileOf(0, 0.5), std::nullopt);
    EXPECT_EQ(none.QuantileOf(10, 0), std::nullopt);
    EXPECT_EQ(none.CountAtMost(MOST), 0U);
    EXPECT_TRUE(none.AtRanks({}).empty());
    EXPECT_TRUE(none.Sorted().empty());
    for (std::size_t most : {1U, 2U}) // in a run, in memory
    {
        const SampleSet one = SetOf({-42}, most);
        EXPECT_EQ(one.Mean(), -42.0);
        EXPECT_EQ(one.Quantile(0), -42);
        EXPECT_EQ(one.Quantile(1), -42);
        EXPECT_EQ(one.QuantileOf(2, 0.5), -42);
        EXPECT_EQ(one.QuantileOf(2, 0.51), std::nullopt);
        EXPECT_EQ(one.CountAtMost(-43), 0U);
        EXPECT_EQ(one.CountAtMost(-42), 1U);
    }
}

TEST(SampleSet, RefusesWhatHasNoAnswer)
{
    for (std::size_t most : {2U, 100U})
    {
        const SampleSet set = SetOf({3, 1, 2}, most);
        EXPECT_THROW(set.AtRanks({0}), std::invalid_argument);
        EXPECT_THROW(set.AtRanks({4}), std::invalid_argument);
        EXPECT_THROW(set.AtRanks({3, 1}), std::invalid_argument);
        EXPECT_THROW(set.Quantile(1.01), std::invalid_argument);
        EXPECT_THROW(set.Quantile(std::numeric_limits<double>::quiet_NaN()), std::invalid_argument);
        EXPECT_THROW(set.QuantileOf(2, 0.5), std::invalid_argument);
    }
}

TEST(SampleSet, TheMeanIsExactAndKnowsNoOrder)
{
    SampleSet up(10);
    SampleSet down(10);
    const int64_t large = int64_t{1} << 60;
    for (int64_t i = 0; i < 1001; ++i)
    {
        up.Add(large + i);
        down.Add(large + 1000 - i);
    }
    EXPECT_EQ(*up.Mean(), static_cast<double>(large + 500));
    EXPECT_EQ(*up.Mean(), *down.Mean());
    // The sum is beyond 64 bits, and what a double would have dropped from it is all there is.
    EXPECT_EQ(SetOf({MOST, MOST, 3, -MOST, -MOST}, 2).Mean(), 0.6);
    EXPECT_EQ(SetOf({-1, 2}, 100).Mean(), 0.5);
}

TEST(SampleSet, MayBeAskedBetweenAdditions)
{
    SampleSet set(3);
    for (int64_t i = 9; i > 0; --i)
    {
        set.Add(i);
        EXPECT_EQ(set.AtRanks({1}), std::vector<int64_t>{i});
        EXPECT_EQ(set.AtRanks({set.Count()}), std::vector<int64_t>{9});
        EXPECT_EQ(set.CountAtMost(9), static_cast<uint64_t>(10 - i));
    }
    SampleSet moved = std::move(set);
    moved.Add(100);
    EXPECT_EQ(moved.Sorted(), (std::vector<int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 100}));
}

/// @return what a child process says that runs the code; what it throws, if it throws
template <typename Code>
std::string
SaidInChild(Code code)
{
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0)
    {
        std::string said;
        try
        {
            said = code();
        }
        catch (const std::exception& error)
        {
            said = error.what();
        }
        const ssize_t wrote = ::write(ends[1], said.data(), said.size());
        ::_exit(wrote < 0);
    }
    ::close(ends[1]);
    std::string said(1000, '\0');
    said.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(ends[0], said.data(), 1000))));
    ::close(ends[0]);
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    return said;
}

TEST(SampleSet, AMillionSamplesInTheMemoryOfThousands)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's own memory is counted with it";
#endif
    const std::string grown = SaidInChild(
        []
        {
            const auto peakKiB = []
            {
                rusage usage;
                ::getrusage(RUSAGE_SELF, &usage);
                return usage.ru_maxrss;
            };
            const long before = peakKiB();
            SampleSet set(1000);
            for (int64_t i = 0; i < 1000000; ++i)
            {
                set.Add(i * 7919 % 1000003); // each another: 7919 and 1000003 are prime
            }
            const bool right = set.QuantileOf(2000000, 0.4) == set.Quantile(0.8) &&
                               set.CountAtMost(1000002) == 1000000;
            return right ? std::to_string(peakKiB() - before) : "wrong answers";
        });
    // All of them would take 7800 KiB; 1000 and an index take some 100, the code's pages the rest.
    ASSERT_EQ(grown.find_first_not_of("0123456789"), std::string::npos) << grown;
    EXPECT_LT(std::stol(grown), 2500) << "KiB";
}

TEST(SampleSet, SaysWhereItCouldNotWrite)
{
    const auto spill = []
    {
        SetOf({1, 2, 3}, 2);
        return std::string("nothing");
    };
    EXPECT_EQ(SaidInChild(spill), "nothing");
    EXPECT_EQ(SaidInChild(
                  [spill]
                  {
                      ::setenv("TMPDIR", "/nonexistent", 1);
                      return spill();
                  }),
              "temporary file of samples in /nonexistent: making it: No such file or directory; "
              "TMPDIR chooses another folder");
}

TEST(SampleSet, AFullDiskIsAnErrorThatLosesNothing)
{
    const TemporaryFolder folder;
    const std::string outcome = SaidInChild(
        [&folder]
        {
            ::setenv("TMPDIR", folder.File("").c_str(), 1);
            std::signal(SIGXFSZ, SIG_IGN);
            rlimit limit;
            ::getrlimit(RLIMIT_FSIZE, &limit);
            rlimit little = limit;
            little.rlim_cur = 100000; // in the midst of a run, and of a block
            ::setrlimit(RLIMIT_FSIZE, &little);
            std::vector<int64_t> samples;
            SampleSet set(10000);
            std::string error;
            while (error.empty() && samples.size() < 1000000)
            {
                samples.push_back(static_cast<int64_t>(samples.size()) * 7919 % 1000003 * 100000);
                try
                {
                    set.Add(samples.back());
                }
                catch (const StoreError& full)
                {
                    error = full.what();
                }
            }
            ::setrlimit(RLIMIT_FSIZE, &limit); // room again: what was there still is
            set.Add(-1);
            samples.push_back(-1);
            std::sort(samples.begin(), samples.end());
            const bool same = set.Sorted() == samples && set.Quantile(0) == -1;
            const bool hidden = folder.Count() == 0;
            return std::string(same ? "same" : "other") + (hidden ? " hidden " : " left ") + error;
        });
    EXPECT_EQ(outcome.rfind("same hidden temporary file of samples in " + folder.File(""), 0), 0U)
        << outcome;
    EXPECT_NE(outcome.find(": writing: File too large; TMPDIR chooses"), std::string::npos)
        << outcome;
}

} // namespace
} // namespace shardsim
