// SPDX-License-Identifier: GPL-2.0-only
#include "latency-forms.h"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <stdexcept>

namespace shardsim
{

namespace
{

/** Distribution function of an exponential is 1 within double precision after this many means. */
constexpr double kExponentialReach = 40.0;

void
CheckRank(std::size_t n, unsigned k)
{
    if (k == 0 || k > n)
    {
        throw std::invalid_argument("a k-th arrival needs 1 <= k <= n");
    }
}

void
CheckLoad(double load)
{
    if (!(load >= 0.0 && load < 1.0))
    {
        throw std::invalid_argument("a stable queue has a load in [0, 1)");
    }
}

/** P(at least k of independent events), each of its own probability. */
double
AtLeast(unsigned k, const std::vector<double>& p)
{
    // below[j] = P(exactly j so far); all with k or more are lumped in below[k]
    std::vector<double> exactly(k + 1, 0.0);
    exactly[0] = 1.0;
    for (const double x : p)
    {
        exactly[k] += exactly[k - 1] * x;
        for (unsigned j = k - 1; j > 0; --j)
        {
            exactly[j] = exactly[j] * (1.0 - x) + exactly[j - 1] * x;
        }
        exactly[0] *= 1.0 - x;
    }
    return exactly[k];
}

/** Where the distribution function of the k-th arrival has a kink or ends, ascending. */
std::vector<double>
Breakpoints(const std::vector<ShardArrival>& arrivals, const Jitter& jitter)
{
    std::vector<double> points;
    for (const auto& a : arrivals)
    {
        points.push_back(a.base);
        if (jitter.kind == Jitter::UNIFORM)
        {
            points.push_back(a.base + 2 * jitter.mean);
        }
    }
    std::sort(points.begin(), points.end());
    if (jitter.kind == Jitter::EXPONENTIAL)
    {
        // Pieces short enough for the quadrature to follow the decay after each arrival.
        const std::vector<double> bases = points;
        for (std::size_t i = 0; i < bases.size(); ++i)
        {
            const bool last = i + 1 == bases.size();
            for (double x = 0.5; x <= kExponentialReach; x += x < 8 ? 0.5 : 2.0)
            {
                const double point = bases[i] + x * jitter.mean;
                if (!last && point >= bases[i + 1])
                {
                    break;
                }
                points.push_back(point);
            }
        }
        std::sort(points.begin(), points.end());
    }
    points.erase(std::unique(points.begin(), points.end()), points.end());
    return points;
}

} // namespace

std::vector<double>
FullPackets(uint64_t bytes, uint64_t payload, uint64_t header)
{
    if (bytes == 0 || payload == 0)
    {
        throw std::invalid_argument("a message and its packets have at least one byte");
    }
    std::vector<double> packets(bytes / payload, static_cast<double>(payload + header));
    if (bytes % payload != 0)
    {
        packets.push_back(static_cast<double>(bytes % payload + header));
    }
    return packets;
}

std::vector<double>
EqualPackets(uint64_t bytes, uint64_t count, uint64_t header)
{
    if (count == 0 || count > bytes)
    {
        throw std::invalid_argument("a message is cut into 1 to bytes packets");
    }
    return FullPackets(bytes, (bytes + count - 1) / count, header);
}

double
MessageLatency(unsigned n,
               double full,
               double last,
               unsigned links,
               const StoreAndForwardLink& link)
{
    if (n == 0 || links == 0 || (n > 1 && last > full))
    {
        throw std::invalid_argument(
            "a message has packets and passes links; its last packet is not the largest");
    }
    const double longest = n > 1 ? full : last;
    const double bytes = (n - 1) * full + last + (links - 1) * longest;
    return links * link.delay + 8.0 * bytes / link.rate;
}

std::vector<double>
PacketArrivals(const std::vector<double>& packets, const std::vector<StoreAndForwardLink>& links)
{
    std::vector<double> there(packets.size(), 0.0);
    for (const auto& link : links)
    {
        double free = 0.0;
        for (std::size_t i = 0; i < packets.size(); ++i)
        {
            free = std::max(there[i], free) + 8.0 * packets[i] / link.rate;
            there[i] = free + link.delay;
        }
    }
    return there;
}

double
Jitter::Cdf(double t) const
{
    if (t < 0.0)
    {
        return 0.0;
    }
    if (kind == NONE || mean <= 0.0)
    {
        return 1.0;
    }
    return kind == EXPONENTIAL ? -std::expm1(-t / mean) : std::min(1.0, t / (2 * mean));
}

std::vector<ShardArrival>
SpacedArrivals(unsigned n, double spacing, double first, double loss)
{
    std::vector<ShardArrival> arrivals;
    for (unsigned i = 0; i < n; ++i)
    {
        arrivals.push_back({first + i * spacing, 1.0 - loss});
    }
    return arrivals;
}

std::vector<ShardArrival>
SpreadArrivals(unsigned n,
               const std::vector<double>& delays,
               double serialisation,
               std::size_t start,
               double loss)
{
    if (delays.empty())
    {
        throw std::invalid_argument("shards need a path");
    }
    std::vector<ShardArrival> arrivals;
    for (unsigned i = 0; i < n; ++i)
    {
        const std::size_t round = i / delays.size();
        const double sent = static_cast<double>(round + 1) * serialisation;
        arrivals.push_back({sent + delays[(start + i) % delays.size()], 1.0 - loss});
    }
    return arrivals;
}

double
KthArrivalCdf(const std::vector<ShardArrival>& arrivals, const Jitter& jitter, unsigned k, double t)
{
    CheckRank(arrivals.size(), k);
    std::vector<double> p;
    for (const auto& a : arrivals)
    {
        p.push_back(a.delivered * jitter.Cdf(t - a.base));
    }
    return AtLeast(k, p);
}

double
KthArrivalProbability(const std::vector<ShardArrival>& arrivals, unsigned k)
{
    CheckRank(arrivals.size(), k);
    std::vector<double> p;
    for (const auto& a : arrivals)
    {
        p.push_back(a.delivered);
    }
    return AtLeast(k, p);
}

double
KthArrivalMean(const std::vector<ShardArrival>& arrivals, const Jitter& jitter, unsigned k)
{
    const double ever = KthArrivalProbability(arrivals, k);
    if (ever <= 0.0)
    {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const auto survival = [&](double t)
    { return 1.0 - KthArrivalCdf(arrivals, jitter, k, t) / ever; };
    const auto points = Breakpoints(arrivals, jitter);
    double mean = points.front(); // nothing arrives before: survival is 1 until there
    for (std::size_t i = 1; i < points.size(); ++i)
    {
        // Interior nodes only, so a step exactly at a breakpoint (no jitter) does no harm.
        mean += boost::math::quadrature::gauss<double, 30>::integrate(survival,
                                                                      points[i - 1],
                                                                      points[i]);
    }
    return mean;
}

double
KthArrivalQuantile(const std::vector<ShardArrival>& arrivals,
                   const Jitter& jitter,
                   unsigned k,
                   double q)
{
    const double ever = KthArrivalProbability(arrivals, k);
    if (ever <= 0.0)
    {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const auto points = Breakpoints(arrivals, jitter);
    double low = points.front();
    double high = points.back();
    if (KthArrivalCdf(arrivals, jitter, k, low) >= q * ever)
    {
        return low;
    }
    for (int i = 0; i < 200 && low < high; ++i)
    {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
        {
            break;
        }
        (KthArrivalCdf(arrivals, jitter, k, middle) >= q * ever ? high : low) = middle;
    }
    return high;
}

double
ExponentialOrderMean(unsigned n, unsigned k, double mean)
{
    CheckRank(n, k);
    double sum = 0.0;
    for (unsigned i = n - k + 1; i <= n; ++i)
    {
        sum += 1.0 / i;
    }
    return mean * sum;
}

double
UniformOrderMean(unsigned n, unsigned k, double mean)
{
    CheckRank(n, k);
    return 2.0 * mean * k / (n + 1.0);
}

double
LittlesLaw(double arrivalRate, double meanTime)
{
    return arrivalRate * meanTime;
}

double
PoissonMeanWait(const std::vector<PoissonClass>& classes)
{
    double load = 0.0;
    double secondMoment = 0.0;
    for (const auto& c : classes)
    {
        load += c.rate * c.service;
        secondMoment += c.rate * c.service * c.service;
    }
    CheckLoad(load);
    return secondMoment / (2.0 * (1.0 - load));
}

double
MD1MeanWait(double load, double service)
{
    CheckLoad(load);
    return load * service / (2.0 * (1.0 - load));
}

double
MM1MeanWait(double load, double service)
{
    CheckLoad(load);
    return load * service / (1.0 - load);
}

double
ErlangLoss(double offered, unsigned places)
{
    // By its recursion, which is stable.
    double blocked = 1.0;
    for (unsigned i = 1; i <= places; ++i)
    {
        blocked = offered * blocked / (i + offered * blocked);
    }
    return blocked;
}

double
MMcMeanWait(double rate, double service, unsigned servers)
{
    if (servers == 0)
    {
        throw std::invalid_argument("a queue needs a server");
    }
    const double offered = rate * service;
    CheckLoad(offered / servers);
    const double blocked = ErlangLoss(offered, servers);
    const double load = offered / servers;
    const double waits = blocked / (1.0 - load * (1.0 - blocked));
    return waits * service / (servers - offered);
}

} // namespace shardsim
