// SPDX-License-Identifier: GPL-2.0-only
#include "predict-tail.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

const size_t FEWEST = 32;  ///< sizes before anything is a surprise
const size_t LARGEST = 8;  ///< sizes that say too little to be counted
const double PRIOR = 0.25; ///< reciprocal of the tail index before anything is known...
const double WEIGHT = 2;   ///< ...which weighs as much as so many sizes

} // namespace

PredictTail::PredictTail(size_t memory, double share, double lightest)
    : m_memory(memory),
      m_share(share),
      m_lightest(lightest)
{
}

void
PredictTail::Add(double size)
{
    m_last.push_back(size);
    const auto to = std::upper_bound(m_sorted.begin(), m_sorted.end(), size);
    if (m_last.size() <= m_memory)
    {
        m_sorted.insert(to, size);
        return;
    }
    // The oldest makes room: only what is between the two places moves.
    const auto from = std::lower_bound(m_sorted.begin(), m_sorted.end(), m_last.front());
    m_last.pop_front();
    if (from < to)
    {
        *std::move(from + 1, to, from) = size;
    }
    else
    {
        std::move_backward(to, from, from + 1);
        *to = size;
    }
}

double
PredictTail::Median() const
{
    return m_sorted.empty() ? 0 : m_sorted[m_sorted.size() / 2];
}

double
PredictTail::Least() const
{
    return m_sorted.empty() ? 0 : m_sorted.front();
}

double
PredictTail::Largest() const
{
    return m_sorted.empty() ? 0 : m_sorted.back();
}

double
PredictTail::Surprise(double size) const
{
    const size_t count = m_sorted.size();
    if (count < FEWEST || size <= 0)
    {
        return 0;
    }
    const size_t above = m_sorted.end() - std::lower_bound(m_sorted.begin(), m_sorted.end(), size);
    const double counted = -std::log10((above + 1.0) / (count + 1.0));
    const size_t positive =
        m_sorted.end() - std::upper_bound(m_sorted.begin(), m_sorted.end(), 0.0);
    if (size <= m_sorted[count - LARGEST] || positive == 0)
    {
        return counted;
    }
    double least = MOST;
    for (double share : {m_share, m_share / 4, 0.0})
    {
        const size_t tail =
            std::min(positive, std::max(LARGEST, static_cast<size_t>(share * count)));
        least = std::min(least, Beyond(tail, size));
    }
    return least;
}

double
PredictTail::Beyond(size_t count, double size) const
{
    const size_t first = m_sorted.size() - count;
    const double from = m_sorted[first];
    double logs = 0;
    for (size_t i = first; i < m_sorted.size(); ++i)
    {
        logs += std::log(m_sorted[i] / from);
    }
    const double hill = std::max(m_lightest, (logs + WEIGHT * PRIOR) / (count + WEIGHT));
    return -std::log10((count + 1.0) / (m_sorted.size() + 1.0)) +
           std::log10(std::max(1.0, size / from)) / hill;
}

} // namespace sharding
} // namespace ns3
