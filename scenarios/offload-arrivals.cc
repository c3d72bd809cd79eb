// SPDX-License-Identifier: GPL-2.0-only
#include "offload-arrivals.h"

#include "offload-load.h"
#include "offload-replay.h"

#include "ns3/double.h"
#include "ns3/random-variable-stream.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace shardsim
{

using namespace ns3;

namespace
{

constexpr double PI = 3.14159265358979323846;
/// Periods of the batches in a day.
constexpr double DAY = 10;
/// A burst is so many times as short as anomaly.length.
constexpr double BURST_SHARE = 100;

/// Draws of one stream.
class Draws
{
  public:
    explicit Draws(int64_t stream)
        : m_uniform(CreateObject<UniformRandomVariable>())
    {
        m_uniform->SetStream(stream);
    }

    double Uniform()
    {
        return m_uniform->GetValue();
    }

    /// @param mean of it  @return an exponential one
    double Exponential(double mean)
    {
        return -mean * std::log1p(-m_uniform->GetValue());
    }

  private:
    Ptr<UniformRandomVariable> m_uniform; ///< of this function
};

/// In ns, while they are before the end.
class Times
{
  public:
    explicit Times(double end)
        : m_end(end)
    {
    }

    /// @param seconds since the start  @return whether that is after the end
    bool IsPast(double seconds) const
    {
        return seconds >= m_end;
    }

    /// @param seconds since the start; left out where that is after the end
    void Add(double seconds)
    {
        if (!IsPast(seconds))
        {
            m_times.push_back(std::llround(seconds * 1e9));
        }
    }

    std::vector<int64_t> m_times; ///< so far

  private:
    double m_end; ///< s
};

/// Thinning (Lewis and Shedler 1979) of a Poisson process at the highest rate.
void
Thin(Draws& draws, Times& times, double highest, const std::function<double(double)>& rate)
{
    for (double at = draws.Exponential(1 / highest); !times.IsPast(at);
         at += draws.Exponential(1 / highest))
    {
        if (draws.Uniform() * highest < rate(at))
        {
            times.Add(at);
        }
    }
}

/// One batch each period: as many requests as the rate gives, at equal distances in its duty.
void
Batches(Draws& draws, Times& times, double rate, double period, double duty)
{
    const double phase = draws.Uniform() * period;
    double owed = 0;
    for (double start = phase; !times.IsPast(start); start += period)
    {
        owed += rate * period;
        const double batch = std::floor(owed);
        owed -= batch;
        // Batches do not begin like clockwork: they are up to a tenth of their length late.
        const double late = draws.Uniform() * period * duty / 10;
        for (double i = 0; i < batch; ++i)
        {
            times.Add(start + late + period * duty * 0.9 * i / batch);
        }
    }
}

/// Poisson while on; on and off last exponentially distributed times.
void
Bursts(Draws& draws, Times& times, double rate, double on, double duty)
{
    double at = draws.Uniform() * on / duty;
    while (!times.IsPast(at))
    {
        const double until = at + draws.Exponential(on);
        while ((at += draws.Exponential(duty / rate)) < until)
        {
            times.Add(at);
        }
        at = until + draws.Exponential(on * (1 - duty) / duty);
    }
}

} // namespace

std::vector<int64_t>
OffloadArrivals(const Values& values, uint32_t function, double rate)
{
    Draws draws(OFFLOAD_STREAM_LOAD + 4 * int64_t{function});
    const double end = static_cast<double>(values.GetTimeNs("duration")) / 1e9;
    const double period = static_cast<double>(values.GetTimeNs("functions.period")) / 1e9;
    const double duty = values.GetReal("functions.duty");
    const std::string mix = values.GetText("functions.mix");
    Times times(end);
    if (mix == "periodic")
    {
        Batches(draws, times, rate, period, duty);
    }
    else if (mix == "bursty")
    {
        Bursts(draws, times, rate, period * duty, duty);
    }
    else if (mix == "diurnal")
    {
        const double swing = values.GetReal("functions.swing");
        const double phase = draws.Uniform();
        Thin(draws,
             times,
             rate * (1 + swing),
             [=](double at)
             { return rate * (1 + swing * std::sin(2 * PI * (at / (DAY * period) + phase))); });
    }
    else if (mix == "series")
    {
        // All of it in the duration; each function begins at another place.
        const std::vector<double> series = ReadOffloadSeries(values.GetText("functions.file"));
        const auto rows = static_cast<double>(series.size());
        const double mean = std::accumulate(series.begin(), series.end(), 0.0) / rows;
        const double most = *std::max_element(series.begin(), series.end());
        const double shift =
            static_cast<double>(function) / static_cast<double>(values.GetInt("functions.count"));
        const auto at = [&](double seconds)
        {
            const double row = std::fmod(seconds / end + shift, 1) * rows;
            return rate / mean * series[std::min(series.size() - 1, static_cast<std::size_t>(row))];
        };
        Thin(draws, times, rate / mean * most, at);
    }
    else
    {
        Thin(draws, times, rate, [=](double) { return rate; });
    }
    return times.m_times;
}

std::vector<int64_t>
WithOffloadFault(const Values& values, double rate, std::vector<int64_t> times)
{
    const std::string kind = values.GetText("anomaly.kind");
    const int64_t fromNs = values.GetTimeNs("anomaly.from");
    const int64_t lengthNs = values.GetTimeNs("anomaly.length");
    const int64_t endNs = values.GetTimeNs("duration");
    if (kind == "stall")
    {
        const auto isIn = [=](int64_t at) { return at >= fromNs && at - fromNs < lengthNs; };
        times.erase(std::remove_if(times.begin(), times.end(), isIn), times.end());
        return times;
    }
    const double more = (values.GetReal("anomaly.factor") - 1) * rate;
    const double length = static_cast<double>(lengthNs) / 1e9;
    const bool isBurst = kind == "burst";
    const double lasts = isBurst ? length / BURST_SHARE : length;
    const double highest = isBurst ? more * BURST_SHARE : more;
    if (highest <= 0)
    {
        return times;
    }
    Draws draws(OFFLOAD_STREAM_ANOMALY);
    Times extra(lasts);
    Thin(draws,
         extra,
         highest,
         [&](double at) { return kind == "drift" ? highest * at / lasts : highest; });
    for (const int64_t at : extra.m_times)
    {
        if (fromNs + at < endNs)
        {
            times.push_back(fromNs + at);
        }
    }
    std::sort(times.begin(), times.end());
    return times;
}

} // namespace shardsim
