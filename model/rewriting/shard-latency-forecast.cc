// SPDX-License-Identifier: GPL-2.0-only
#include "shard-latency-forecast.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr double INFINITE = std::numeric_limits<double>::infinity();
constexpr uint32_t IP_HEADER = 20;
/// Of what the paths carry: above, queues only grow.
constexpr double MOST_LOAD = 0.95;

/// Adds up what is delivered by and by, until the quantile is reached.
class Arrivals
{
  public:
    Arrivals(double quantile, double& found)
        : m_quantile(quantile),
          m_found(found)
    {
        m_found = INFINITE;
    }

    /// @param time when  @param delivered probability of having been delivered by then
    void By(double time, double delivered)
    {
        if (m_found == INFINITE && delivered >= m_quantile)
        {
            m_found = time;
        }
    }

  private:
    double m_quantile;
    double& m_found;
};

} // namespace

ShardLatencyForecast::ShardLatencyForecast(const ShardWay& way, double quantile)
    : m_way(way),
      m_quantile(quantile)
{
}

ShardLossOdds&
ShardLatencyForecast::Odds(uint32_t spacing, uint32_t paths)
{
    const uint64_t key = static_cast<uint64_t>(spacing) << 32 | paths;
    const auto found = m_odds.find(key);
    return found != m_odds.end()
               ? found->second
               : m_odds.emplace(key, ShardLossOdds(m_way.loss, m_way.burst, spacing, paths))
                     .first->second;
}

/// @return mean wait behind other packets of the service, s; infinite where there are too many
double
ShardLatencyForecast::Queueing(double overhead, uint32_t size) const
{
    if (m_way.rate <= 0 || m_way.packetRate <= 0)
    {
        return 0;
    }
    const double service = 8 * overhead * size / (m_way.rate * m_way.paths);
    const double load = service * m_way.packetRate;
    // A single server with constant service, as if packets came at random (Pollaczek-Khinchine).
    return load >= MOST_LOAD ? INFINITE : service * load / (2 * (1 - load));
}

ShardForecast
ShardLatencyForecast::Of(const ShardDirective& directive, uint32_t size)
{
    if (directive.action != ShardDirective::SHARD)
    {
        return OfPlain(size);
    }
    if (directive.code == SHARD_CODE_REPETITION)
    {
        return OfCopies(1U + directive.repair, size);
    }
    return OfShards(directive, size);
}

ShardForecast
ShardLatencyForecast::OfPlain(uint32_t size)
{
    const uint32_t piece = (m_way.mtu - IP_HEADER) & ~7U; // RFC 791
    const uint32_t body = size - std::min(size, IP_HEADER);
    const uint32_t pieces = size <= m_way.mtu ? 1 : (body + piece - 1) / piece;
    ShardForecast forecast;
    const double bytes = size + static_cast<double>(IP_HEADER) * (pieces - 1);
    forecast.overhead = bytes / size;
    forecast.delivered = Odds(1, 1).NoneOf(pieces);
    // On one path, whichever others there are.
    const double send = m_way.rate > 0 ? 8 * bytes / m_way.rate : 0;
    Arrivals(m_quantile, forecast.quantile)
        .By(m_way.delayPlain + send + Queueing(m_way.paths * forecast.overhead, size),
            forecast.delivered);
    return forecast;
}

ShardForecast
ShardLatencyForecast::OfCopies(uint32_t copies, uint32_t size)
{
    const ShardForecast one = OfPlain(size + m_way.overhead);
    ShardForecast forecast;
    forecast.overhead = one.overhead * copies * (size + m_way.overhead) / size;
    forecast.delivered = 1 - std::pow(1 - one.delivered, copies); // as if apart
    const double each = m_way.rate > 0 ? 8 * forecast.overhead * size / copies / m_way.rate : 0;
    Arrivals arrivals(m_quantile, forecast.quantile);
    for (uint32_t copy = 1; copy <= copies; ++copy)
    {
        const double behind = std::ceil(static_cast<double>(copy) / m_way.paths);
        arrivals.By(m_way.delay + behind * each + Queueing(forecast.overhead, size),
                    1 - std::pow(1 - one.delivered, copy));
    }
    return forecast;
}

ShardForecast
ShardLatencyForecast::OfShards(const ShardDirective& directive, uint32_t size)
{
    const uint32_t k = std::max(1U, directive.shards);
    const uint32_t repair = directive.code == SHARD_CODE_NONE ? 0 : directive.repair;
    const uint32_t n = k + repair;
    const uint32_t depth = std::max<uint32_t>(1, directive.interleave);
    const double wire = std::ceil(static_cast<double>(size) / k) + m_way.overhead;
    ShardForecast forecast;
    forecast.overhead = n * wire / size;

    const double each = m_way.rate > 0 ? 8 * wire / m_way.rate : 0;
    // The first block of a group waits for the others.
    const double fill = std::min((depth - 1) * m_way.gap, m_way.patience);
    const double base = m_way.delay + fill + Queueing(forecast.overhead, size);
    const auto after = [&](uint32_t shards)
    { return base + depth * std::ceil(static_cast<double>(shards) / m_way.paths) * each; };

    ShardLossOdds& odds = Odds(depth, m_way.paths);
    Arrivals arrivals(m_quantile, forecast.quantile);
    for (uint32_t sent = k; sent <= n; ++sent)
    {
        arrivals.By(after(sent), odds.AtMost(sent - k, sent));
    }
    forecast.delivered = odds.AtMost(repair, n);
    forecast.isByCode = std::isfinite(forecast.quantile);
    if (!m_way.isArq || m_way.trip <= 0)
    {
        return forecast;
    }
    // What fails is asked for: round by round, the shards that are lacking come or do not.
    std::vector<double> lacking; // probability that so many lack, from 1
    for (uint32_t lack = 1; lack <= k; ++lack)
    {
        lacking.push_back(odds.AtMost(repair + lack, n) - odds.AtMost(repair + lack - 1, n));
    }
    double time = after(n);
    double patience = m_way.trip + m_way.silence;
    const ShardLossOdds& fresh = Odds(1, m_way.paths);
    for (uint32_t round = 1; round <= m_way.rounds; ++round)
    {
        time += patience;
        std::vector<double> still(lacking.size());
        for (uint32_t lack = 1; lack <= lacking.size(); ++lack)
        {
            const double all = fresh.NoneOf(lack);
            forecast.delivered += lacking[lack - 1] * all;
            // Of those that lack still, as if it were the mean number.
            const auto mean = static_cast<uint32_t>(std::max(1.0, std::round(lack * m_way.loss)));
            still[mean - 1] += lacking[lack - 1] * (1 - all);
        }
        lacking.swap(still);
        arrivals.By(time, forecast.delivered);
        patience = 2 * m_way.trip + m_way.silence; // an unanswered request is waited for longer
    }
    return forecast;
}

} // namespace sharding
} // namespace ns3
