// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a person sees of a run that takes long, at given times:
 * 1. nothing before the silence is over, and nothing of what ends before;
 * 2. a shorter line leaves nothing of a longer one;
 * 3. a bar's line is ended once, at the end or where it breaks off, and only if there is one.
 */
#include "scenarios/progress.h"

#include <gtest/gtest.h>
#include <sstream>

namespace shardsim
{
namespace
{

using Time = Progress::Time;

const std::string EMPTY = "\r[..............................] ";
const std::string HALF = "\r[###############...............] ";
const std::string FULL = "\r[##############################] ";

TEST(ProgressBarTest, IsSilentUntilItIsWorthIt)
{
    std::ostringstream out;
    Progress progress(out, Progress::BAR, 100, "%", Time(1));
    progress.Update(Time(0.5), 10, 0);
    progress.Update(Time(0.99), 20, 0);
    EXPECT_EQ(out.str(), "");
    progress.Update(Time(60), 50, 0);
    EXPECT_EQ(out.str(), HALF + "50 %, about 1 min 00 s left");
    progress.Update(Time(60.05), 51, 0); // too soon to be seen
    EXPECT_EQ(out.str(), HALF + "50 %, about 1 min 00 s left");

    std::ostringstream nothing;
    Progress brief(nothing, Progress::BAR, 100, "%", Time(1));
    brief.Update(Time(0.9), 90, 0);
    brief.Finish(Time(0.95), 100, 0);
    EXPECT_EQ(nothing.str(), "");
}

TEST(ProgressBarTest, TheEndComesOverTheLineAndEndsIt)
{
    std::ostringstream out;
    Progress progress(out, Progress::BAR, 100, "%");
    progress.Update(Time(0), 0, 0);
    EXPECT_EQ(out.str(), EMPTY + "0 %");
    out.str("");
    progress.Update(Time(3600), 50, 0);
    EXPECT_EQ(out.str(), HALF + "50 %, about 1 h 00 min left");
    out.str("");
    progress.Finish(Time(7200), 100, 0);
    EXPECT_EQ(out.str(), FULL + "100 %, took 2 h 00 min     \n");
    out.str("");
    progress.Break();
    EXPECT_EQ(out.str(), "");
}

TEST(ProgressBarTest, BreaksOffWhereItIs)
{
    std::ostringstream out;
    Progress progress(out, Progress::BAR, 4);
    progress.Break(); // no line to end yet
    EXPECT_EQ(out.str(), "");
    progress.Update(Time(1), 2, 0);
    progress.Break();
    progress.Break();
    EXPECT_EQ(out.str(), HALF + "2 of 4 runs, about 1 s left\n");

    std::ostringstream lines;
    Progress withoutBar(lines, Progress::LINES, 4);
    withoutBar.Update(Time(0), 0, 0);
    withoutBar.Update(Time(10), 2, 0);
    withoutBar.Break();
    EXPECT_EQ(lines.str(), "2 of 4 runs, about 10 s left\n");
}

} // namespace
} // namespace shardsim
