// SPDX-License-Identifier: GPL-2.0-only
/*
 * Order statistics of many samples in little memory:
 * 1. with and without runs in a file, every rank, the mean and the whole are those of a sorted
 *    vector, whatever the order, with duplicates and negative numbers;
 * 2. the mean is exact where doubles would have lost it;
 * 3. asking does not change the answer, and more may be added afterwards;
 * 4. a folder that cannot be written, or a full one, is a clear error.
 */
#include "analysis/errors.h"
#include "analysis/sample-set.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <numeric>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shardsim
{
namespace
{

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

TEST(SampleSet, IsASortedVectorWhateverFitsInMemory)
{
    for (std::size_t most : {1U, 7U, 1000U, 40000U, 1000000U})
    {
        for (uint64_t below : {uint64_t{3}, uint64_t{1000}, uint64_t{1} << 62})
        {
            std::vector<int64_t> samples = Draw(most == 1 ? 300 : 50001, below, 5);
            SampleSet set(most);
            for (int64_t sample : samples)
            {
                set.Add(sample);
            }
            std::sort(samples.begin(), samples.end());
            ASSERT_EQ(set.Count(), samples.size());
            ASSERT_EQ(set.Sorted(), samples) << most << " " << below;
            const std::vector<uint64_t> ranks = {1, 1, 2, 150, samples.size() - 1, samples.size()};
            const std::vector<int64_t> found = set.AtRanks(ranks);
            ASSERT_EQ(found.size(), ranks.size());
            for (std::size_t i = 0; i < ranks.size(); ++i)
            {
                EXPECT_EQ(found[i], samples[ranks[i] - 1]);
            }
        }
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
    SampleSet small;
    small.Add(-1);
    small.Add(2);
    EXPECT_EQ(*small.Mean(), 0.5);
    EXPECT_EQ(SampleSet().Mean(), std::nullopt);
    EXPECT_TRUE(SampleSet().Sorted().empty());
}

TEST(SampleSet, MayBeAskedBetweenAdditions)
{
    SampleSet set(3);
    for (int64_t i = 9; i > 0; --i)
    {
        set.Add(i);
        EXPECT_EQ(set.AtRanks({1}), std::vector<int64_t>{i});
        EXPECT_EQ(set.AtRanks({set.Count()}), std::vector<int64_t>{9});
    }
    SampleSet moved = std::move(set);
    EXPECT_EQ(moved.Sorted().size(), 9u);
}

/// @return what the error says that a child process meets when it spills; "" for none
template <typename Prepare>
std::string
ErrorInChild(Prepare prepare)
{
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0)
    {
        prepare();
        std::string said;
        try
        {
            SampleSet set(1000);
            for (int64_t i = 0; i < 1000000; ++i)
            {
                set.Add(i * 7919 % 1000003 * 100000);
            }
        }
        catch (const StoreError& error)
        {
            said = error.what();
        }
        const ssize_t ignored = ::write(ends[1], said.data(), said.size());
        ::_exit(ignored < 0);
    }
    ::close(ends[1]);
    std::string said(1000, '\0');
    said.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(ends[0], said.data(), 1000))));
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return said;
}

TEST(SampleSet, SaysWhereItCouldNotWrite)
{
    const std::string nowhere = ErrorInChild([] { ::setenv("TMPDIR", "/nonexistent", 1); });
    EXPECT_NE(nowhere.find("/nonexistent"), std::string::npos) << nowhere;
    EXPECT_NE(nowhere.find("TMPDIR"), std::string::npos) << nowhere;
    const std::string full = ErrorInChild(
        []
        {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit = {100000, 100000};
            ::setrlimit(RLIMIT_FSIZE, &limit);
        });
    EXPECT_NE(full.find("writing"), std::string::npos) << full;
    EXPECT_EQ(ErrorInChild([] {}), "");
}

} // namespace
} // namespace shardsim
