// SPDX-License-Identifier: GPL-2.0-only
#include "shard-loss-odds.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

std::vector<double>
Convolve(const std::vector<double>& a, const std::vector<double>& b)
{
    std::vector<double> out(a.size() + b.size() - 1);
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        for (std::size_t j = 0; j < b.size(); ++j)
        {
            out[i + j] += a[i] * b[j];
        }
    }
    return out;
}

} // namespace

ShardLossOdds::ShardLossOdds(double loss, double burst, uint32_t spacing, uint32_t paths)
    : m_loss(std::clamp(loss, 0.0, 0.999999)),
      m_paths(std::max(1U, paths))
{
    // A loss rate of one half and more has bursts even where losses are as scattered as can be.
    const double least = std::max(1.0, m_loss / (1 - m_loss));
    const double badToGood = 1 / std::max(burst, least);
    m_goodToBadNext = std::min(1.0, badToGood * m_loss / (1 - m_loss));
    // Over several steps the chain keeps a power of what it keeps over one.
    const double keeps = std::pow(1 - badToGood - m_goodToBadNext, std::max(1U, spacing));
    m_goodToBad = m_loss * (1 - keeps);
    m_badToGood = (1 - m_loss) * (1 - keeps);
}

const ShardLossOdds::Counts&
ShardLossOdds::OnPath(uint32_t shards)
{
    if (m_path.empty())
    {
        m_path.push_back({1});
        m_good.push_back({});
        m_bad.push_back({});
        m_path.push_back({1 - m_loss, m_loss});
        m_good.push_back({1 - m_loss, 0});
        m_bad.push_back({0, m_loss});
    }
    while (m_path.size() <= shards)
    {
        const Counts& good = m_good.back();
        const Counts& bad = m_bad.back();
        const std::size_t n = good.size();
        Counts nextGood(n + 1);
        Counts nextBad(n + 1);
        Counts all(n + 1);
        for (std::size_t lost = 0; lost < n; ++lost)
        {
            nextGood[lost] += good[lost] * (1 - m_goodToBad) + bad[lost] * m_badToGood;
            nextBad[lost + 1] += good[lost] * m_goodToBad + bad[lost] * (1 - m_badToGood);
        }
        for (std::size_t lost = 0; lost <= n; ++lost)
        {
            all[lost] = nextGood[lost] + nextBad[lost];
        }
        m_good.push_back(std::move(nextGood));
        m_bad.push_back(std::move(nextBad));
        m_path.push_back(std::move(all));
    }
    return m_path[shards];
}

ShardLossOdds::Counts
ShardLossOdds::Of(uint32_t shards)
{
    if (m_paths == 1)
    {
        return OnPath(shards);
    }
    const uint32_t each = shards / m_paths;
    const uint32_t more = shards % m_paths; // that many paths carry one more
    OnPath(each + 1);
    Counts counts = {1};
    for (uint32_t path = 0; path < std::min(m_paths, shards); ++path)
    {
        counts = Convolve(counts, OnPath(each + (path < more ? 1 : 0)));
    }
    return counts;
}

double
ShardLossOdds::AtMost(uint32_t lost, uint32_t of)
{
    if (lost >= of)
    {
        return 1;
    }
    if (m_sums.size() <= of)
    {
        m_sums.resize(of + 1);
    }
    Counts& sums = m_sums[of];
    if (sums.empty())
    {
        sums = Of(of);
        for (std::size_t i = 1; i < sums.size(); ++i)
        {
            sums[i] = std::min(1.0, sums[i - 1] + sums[i]);
        }
    }
    return sums[lost];
}

double
ShardLossOdds::NoneOf(uint32_t count) const
{
    return count == 0 ? 1 : (1 - m_loss) * std::pow(1 - m_goodToBadNext, count - 1.0);
}

} // namespace sharding
} // namespace ns3
