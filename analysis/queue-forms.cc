// SPDX-License-Identifier: GPL-2.0-only
#include "queue-forms.h"

#include "latency-forms.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace shardsim
{

namespace
{

void
CheckStable(double load)
{
    if (!(load >= 0.0 && load < 1.0))
    {
        throw std::invalid_argument("a stable queue has a load in [0, 1)");
    }
}

void
CheckQuantile(double q)
{
    if (!(q > 0.0 && q < 1.0))
    {
        throw std::invalid_argument("a quantile is of a probability in (0, 1)");
    }
}

/** Where a distribution function that grows from its value at 0 reaches q. */
template <typename Cdf>
double
Invert(Cdf cdf, double q, double scale)
{
    if (cdf(0.0) >= q)
    {
        return 0.0;
    }
    double high = scale;
    while (cdf(high) < q)
    {
        high *= 2.0;
    }
    double low = 0.0;
    for (int step = 0; step < 100 && high - low > 1e-13 * high; ++step)
    {
        const double middle = (low + high) / 2.0;
        (cdf(middle) < q ? low : high) = middle;
    }
    return high;
}

/** P(at most m wait in M/D/1), for m from 0 to count - 1. */
std::vector<double>
QueueBelow(double load, std::size_t count)
{
    // p(j): j in the system; a(j): j arrivals during a service.
    std::vector<double> a(count + 2);
    a[0] = std::exp(-load);
    for (std::size_t j = 1; j < a.size(); ++j)
    {
        a[j] = a[j - 1] * load / static_cast<double>(j);
    }
    std::vector<double> p(count + 1);
    p[0] = 1.0 - load;
    for (std::size_t j = 0; j < count; ++j)
    {
        double rest = p[j] - p[0] * a[j];
        for (std::size_t i = 1; i <= j; ++i)
        {
            rest -= p[i] * a[j + 1 - i];
        }
        p[j + 1] = rest / a[0];
    }
    std::vector<double> below(count);
    double sum = p[0];
    for (std::size_t m = 0; m < count; ++m)
    {
        sum += p[m + 1];
        below[m] = sum;
    }
    return below;
}

} // namespace

double
MD1WaitCdf(double load, double service, double t)
{
    CheckStable(load);
    if (t < 0.0)
    {
        return 0.0;
    }
    const double steps = std::floor(t / service);
    const auto k = static_cast<std::size_t>(steps) + 1;
    const double u = load * std::max(0.0, static_cast<double>(k) - t / service);
    const std::vector<double> below = QueueBelow(load, k);
    double term = std::exp(-u);
    double sum = 0.0;
    for (std::size_t j = 0; j < k; ++j)
    {
        sum += below[k - 1 - j] * term;
        term *= u / static_cast<double>(j + 1);
    }
    return std::min(1.0, sum);
}

double
MD1WaitQuantile(double load, double service, double q)
{
    CheckStable(load);
    CheckQuantile(q);
    return Invert([&](double t) { return MD1WaitCdf(load, service, t); }, q, service);
}

double
ErlangWait(double offered, unsigned servers)
{
    const double load = servers == 0 ? 1.0 : offered / servers;
    CheckStable(load);
    const double blocked = ErlangLoss(offered, servers);
    return blocked / (1.0 - load * (1.0 - blocked));
}

double
MMcWaitQuantile(double rate, double service, unsigned servers, double q)
{
    CheckQuantile(q);
    const double waits = ErlangWait(rate * service, servers);
    return waits <= 1.0 - q ? 0.0 : std::log(waits / (1.0 - q)) / (servers / service - rate);
}

double
GiM1Wait::Mean() const
{
    return sigma * service / (1.0 - sigma);
}

double
GiM1Wait::Quantile(double q) const
{
    CheckQuantile(q);
    return sigma <= 1.0 - q ? 0.0 : std::log(sigma / (1.0 - q)) * service / (1.0 - sigma);
}

GiM1Wait
RoundRobinWait(double rate, double service, unsigned servers)
{
    CheckStable(servers == 0 ? 1.0 : rate * service / servers);
    // From below, the iteration rises to the smaller root; 1 is the other.
    double sigma = 0.0;
    for (int step = 0; step < 1000000; ++step)
    {
        const double next = std::pow(rate / (rate + (1.0 - sigma) / service), servers);
        const bool isThere = std::fabs(next - sigma) < 1e-15;
        sigma = next;
        if (isThere)
        {
            break;
        }
    }
    return {sigma, service};
}

ShorterQueueWait::ShorterQueueWait(double rate, double service)
    : m_service(service)
{
    const double load = rate * service / 2.0;
    CheckStable(load);
    // The shorter queue's tail falls as load^2; the difference at least as 1 / 2 for each.
    const auto lengths = static_cast<std::size_t>(
        std::min(600.0, 8.0 + std::ceil(std::log(1e-13) / (2.0 * std::log(std::max(load, 0.01))))));
    const std::size_t gaps = 50;
    const double mu = 1.0 / service;
    std::vector<std::vector<double>> p(lengths + 1, std::vector<double>(gaps + 2, 0.0));
    for (auto& row : p)
    {
        std::fill(row.begin(), row.end() - 1, 1.0 / static_cast<double>((lengths + 1) * gaps));
    }
    // Balance of the state (x, y): the shorter has x jobs, the longer x + y. At the edges what
    // would leave stays, so that probability is conserved.
    const auto canArrive = [&](std::size_t x, std::size_t y) { return y == 0 || x < lengths; };
    const auto canShorten = [&](std::size_t x, std::size_t y) { return x > 0 && y < gaps; };
    for (int round = 0; round < 100000; ++round)
    {
        double change = 0.0;
        double total = 0.0;
        for (std::size_t x = 0; x <= lengths; ++x)
        {
            for (std::size_t y = 0; y <= gaps; ++y)
            {
                double in = 0.0;
                // An arrival at the shorter one: from (x, 0) to (x, 1), else the gap narrows.
                if (y == 1)
                {
                    in += rate * p[x][0];
                }
                if (x > 0 && y < gaps)
                {
                    in += rate * p[x - 1][y + 1];
                }
                // A service of the longer one narrows the gap, one of the shorter one widens it.
                if (y < gaps)
                {
                    in += mu * p[x][y + 1];
                }
                if (y > 0 && x < lengths)
                {
                    in += (y == 1 ? 2.0 : 1.0) * mu * p[x + 1][y - 1];
                }
                double out = canArrive(x, y) ? rate : 0.0;
                out += y == 0 ? (x > 0 ? 2.0 * mu : 0.0) : mu + (canShorten(x, y) ? mu : 0.0);
                const double next = in / out;
                change = std::max(change, std::fabs(next - p[x][y]));
                total += next;
                p[x][y] = next;
            }
        }
        for (auto& row : p)
        {
            for (double& one : row)
            {
                one /= total;
            }
        }
        if (change < 1e-14)
        {
            break;
        }
    }
    for (const auto& row : p)
    {
        double sum = 0.0;
        for (double one : row)
        {
            sum += one;
        }
        m_shorter.push_back(sum);
    }
}

double
ShorterQueueWait::Mean() const
{
    double mean = 0.0;
    for (std::size_t jobs = 0; jobs < m_shorter.size(); ++jobs)
    {
        mean += m_shorter[jobs] * static_cast<double>(jobs) * m_service;
    }
    return mean;
}

double
ShorterQueueWait::Cdf(double t) const
{
    if (t < 0.0)
    {
        return 0.0;
    }
    // P(Erlang of m phases > t) = sum over i < m of the Poisson probabilities of i.
    double above = 0.0;
    double tail = 0.0;
    double term = std::exp(-t / m_service);
    for (std::size_t jobs = 0; jobs < m_shorter.size(); ++jobs)
    {
        above += m_shorter[jobs] * tail;
        tail += term;
        term *= t / m_service / static_cast<double>(jobs + 1);
    }
    return 1.0 - above;
}

double
ShorterQueueWait::Quantile(double q) const
{
    CheckQuantile(q);
    return Invert([this](double t) { return Cdf(t); }, q, m_service);
}

std::vector<double>
BatchWaits(unsigned jobs, unsigned servers, double service)
{
    if (jobs == 0 || servers == 0)
    {
        throw std::invalid_argument("a batch has jobs, and servers to go to");
    }
    std::vector<double> waits;
    for (unsigned job = 0; job < jobs; ++job)
    {
        waits.push_back(static_cast<double>(job / servers) * service);
    }
    return waits;
}

} // namespace shardsim
