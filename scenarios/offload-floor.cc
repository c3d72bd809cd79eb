// SPDX-License-Identifier: GPL-2.0-only
#include "offload-floor.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace shardsim
{

namespace
{

/// Jobs that keep a line busy without a pause when they are carried in order.
struct BusyPeriod
{
    std::vector<OffloadJob> jobs; ///< in order of coming
    double mostNs{0};             ///< most that one of them takes so, waiting included
};

std::vector<BusyPeriod>
Divide(std::vector<OffloadJob> jobs)
{
    std::sort(jobs.begin(),
              jobs.end(),
              [](const OffloadJob& a, const OffloadJob& b) { return a.atNs < b.atNs; });
    std::vector<BusyPeriod> periods;
    double busyUntil = -1;
    for (const OffloadJob& job : jobs)
    {
        const auto at = static_cast<double>(job.atNs);
        if (at > busyUntil)
        {
            busyUntil = at;
            periods.emplace_back();
        }
        busyUntil += job.takesNs;
        periods.back().jobs.push_back(job);
        periods.back().mostNs = std::max(periods.back().mostNs, busyUntil - at);
    }
    return periods;
}

/// @return jobs of a busy period that take longer than that in any order, at least
std::size_t
Longer(const BusyPeriod& period, double latencyNs)
{
    if (period.mostNs <= latencyNs)
    {
        return 0;
    }
    std::priority_queue<double> others;
    std::priority_queue<double, std::vector<double>, std::greater<>> spared; // the longest
    double demand = 0;                                                       // of the others
    const auto begin = static_cast<double>(period.jobs.front().atNs);
    for (const OffloadJob& job : period.jobs)
    {
        double takes = job.takesNs;
        if (!spared.empty() && takes > spared.top())
        {
            spared.push(takes);
            takes = spared.top();
            spared.pop();
        }
        others.push(takes);
        demand += takes;
        while (!others.empty() && (begin + demand - static_cast<double>(job.atNs) > latencyNs ||
                                   others.top() > latencyNs))
        {
            demand -= others.top();
            spared.push(others.top());
            others.pop();
        }
    }
    return spared.size();
}

} // namespace

double
OffloadFloor(const std::vector<OffloadJob>& jobs, std::size_t spared)
{
    const std::vector<BusyPeriod> periods = Divide(jobs);
    double low = 0; // not enough, or 0
    double high = 0;
    for (const BusyPeriod& period : periods)
    {
        high = std::max(high, period.mostNs);
    }
    while (high - low > 1)
    {
        const double middle = (low + high) / 2;
        std::size_t longer = 0;
        for (const BusyPeriod& period : periods)
        {
            longer += Longer(period, middle);
        }
        (longer > spared ? low : high) = middle;
    }
    return low;
}

} // namespace shardsim
