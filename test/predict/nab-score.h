// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_NAB_SCORE_H
#define TEST_NAB_SCORE_H

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

/**
 * A series, where its anomalies are, and what a detector made of it.
 */
struct LabelledSeries
{
    std::string name;                               ///< for messages
    std::vector<double> time;                       ///< s
    std::vector<double> value;                      ///< one a row
    std::vector<std::pair<size_t, size_t>> windows; ///< first and last row of each, in order
    std::vector<double> score;                      ///< of the detector, one a row
};

/// What a detector earns on a set of series.
struct NabResult
{
    double score{0};     ///< 100 is perfect, 0 is what silence earns
    double threshold{0}; ///< that earns most, the same for all series
    size_t missed{0};    ///< windows without an alarm there
    size_t falses{0};    ///< rows outside of windows with an alarm there
};

/// NAB's scaled sigmoid. @param y place, 0 at the window's end  @return between -1 and 1
inline double
NabSigmoid(double y)
{
    return y > 3 ? -1.0 : 2 / (1 + std::exp(5 * y)) - 1;
}

/**
 * The benchmark's rules (Lavin and Ahmad, ICMLA 2015), standard profile: the earliest alarm in a
 * window counts, the more the earlier; a window without one costs 1; an alarm outside costs up to
 * 0.11, less shortly behind a window. Rows on probation (15 % of the series, at most 750) are not
 * scored. The threshold is the best one.
 * @param series with scores
 * @return score, and where it was reached
 */
inline NabResult
NabScore(const std::vector<LabelledSeries>& series)
{
    struct Row
    {
        double score;
        long window; // of all series; -1 outside
        double worth;
    };

    std::vector<Row> rows;
    long windows = 0;
    for (const LabelledSeries& one : series)
    {
        const size_t n = one.score.size();
        std::vector<long> window(n, -1);
        std::vector<double> worth(n, -1.0);
        for (size_t w = 0; w < one.windows.size(); ++w, ++windows)
        {
            const auto [from, to] = one.windows[w];
            const double width = to - from + 1;
            for (size_t i = from; i <= to; ++i)
            {
                window[i] = windows;
                worth[i] = NabSigmoid(-(to - i + 1.0) / width) / NabSigmoid(-1);
            }
            const size_t end = w + 1 < one.windows.size() ? one.windows[w + 1].first : n;
            for (size_t i = to + 1; i < end; ++i)
            {
                worth[i] = NabSigmoid((i - to) / (width - 1));
            }
        }
        const auto probation = static_cast<size_t>(std::min(std::floor(0.15 * n), 750.0));
        for (size_t i = probation; i < n; ++i)
        {
            rows.push_back({one.score[i], window[i], worth[i]});
        }
    }
    std::stable_sort(rows.begin(),
                     rows.end(),
                     [](const Row& a, const Row& b) { return a.score > b.score; });
    std::vector<double> best(windows, -1.0);
    double total = -static_cast<double>(windows);
    double most = total;
    NabResult result{0, 1.1, static_cast<size_t>(windows), 0};
    size_t missed = windows;
    size_t falses = 0;
    for (size_t i = 0; i < rows.size(); ++i)
    {
        const Row& row = rows[i];
        if (row.window < 0)
        {
            total += 0.11 * row.worth;
            ++falses;
        }
        else if (row.worth > best[row.window])
        {
            missed -= best[row.window] == -1.0;
            total += row.worth - best[row.window];
            best[row.window] = row.worth;
        }
        if ((i + 1 == rows.size() || rows[i + 1].score != row.score) && total > most)
        {
            most = total;
            result = {0, row.score, missed, falses};
        }
    }
    result.score = windows == 0 ? 0 : 100 * (most + windows) / (2.0 * windows);
    return result;
}

#endif // TEST_NAB_SCORE_H
