// SPDX-License-Identifier: GPL-2.0-only
#include "content-movie.h"

#include "content-json.h"

#include "ns3/abort.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

namespace ns3
{
namespace sharding
{

ContentMovie::ContentMovie(Time duration,
                           std::vector<double> bitrates,
                           std::vector<std::vector<uint64_t>> bits)
    : m_duration(duration),
      m_lastDuration(duration),
      m_bitrates(std::move(bitrates)),
      m_bits(std::move(bits))
{
    NS_ABORT_MSG_UNLESS(m_duration.IsStrictlyPositive() && !m_bitrates.empty() && !m_bits.empty(),
                        "ContentMovie: allowed are positive durations, renditions and segments");
}

ContentMovie
ContentMovie::Parse(const std::string& name, const std::string& text)
{
    constexpr double MOST_MS = 3'600'000;
    constexpr double MOST_KBPS = 1e9;
    constexpr double MOST_BITS = 1e11;
    const ContentJson root = ContentJson::Parse(name, text);
    const double ms = root.Member("segment_duration_ms").Number(1, MOST_MS);

    const ContentJson rates = root.Member("bitrates_kbps");
    std::vector<double> bitrates(rates.Entries(MAX_RENDITIONS, "bitrates"));
    for (std::size_t q = 0; q < bitrates.size(); ++q)
    {
        bitrates[q] = rates.At(q).Number(0.001, MOST_KBPS) * 1000;
        if (q > 0 && bitrates[q] <= bitrates[q - 1])
        {
            rates.At(q).Refuse("is not above the bitrate before it, expected are ascending ones");
        }
    }

    const ContentJson sizes = root.Member("segment_sizes_bits");
    std::vector<std::vector<uint64_t>> bits(sizes.Entries(MAX_SEGMENTS, "segments"));
    for (std::size_t s = 0; s < bits.size(); ++s)
    {
        const ContentJson row = sizes.At(s);
        const std::size_t entries = row.Entries(MAX_RENDITIONS, "sizes");
        if (entries != bitrates.size())
        {
            row.Refuse("has " + std::to_string(entries) + " sizes, expected are " +
                       std::to_string(bitrates.size()) + ", one for each bitrate");
        }
        bits[s].resize(entries);
        for (std::size_t q = 0; q < entries; ++q)
        {
            bits[s][q] = static_cast<uint64_t>(std::llround(row.At(q).Number(1, MOST_BITS)));
        }
    }
    return ContentMovie(NanoSeconds(std::llround(ms * 1e6)), std::move(bitrates), std::move(bits));
}

ContentMovie
ContentMovie::Load(const std::string& path)
{
    return Parse(path, ContentJson::ReadFile(path));
}

std::string
ContentMovie::ToJson() const
{
    std::ostringstream out;
    out.precision(17);
    out << "{\n\"segment_duration_ms\": " << static_cast<double>(m_duration.GetNanoSeconds()) / 1e6
        << ",\n\"bitrates_kbps\": [";
    for (std::size_t q = 0; q < m_bitrates.size(); ++q)
    {
        out << (q == 0 ? "" : ", ") << m_bitrates[q] / 1000;
    }
    out << "],\n\"segment_sizes_bits\": [";
    for (std::size_t s = 0; s < m_bits.size(); ++s)
    {
        out << (s == 0 ? "\n[" : ",\n[");
        for (std::size_t q = 0; q < m_bits[s].size(); ++q)
        {
            out << (q == 0 ? "" : ", ") << m_bits[s][q];
        }
        out << "]";
    }
    out << "\n]}\n";
    return out.str();
}

Time
ContentMovie::Length() const
{
    return TimeStep(static_cast<uint64_t>(m_duration.GetTimeStep()) * (Segments() - 1)) +
           m_lastDuration;
}

ContentMovie
ContentMovie::Cut(Time duration, Time keyFrame) const
{
    NS_ABORT_MSG_UNLESS(duration.IsStrictlyPositive(),
                        "ContentMovie: cut into segments of " << duration
                                                              << ", allowed are positive ones");
    const auto length = static_cast<double>(Length().GetTimeStep());
    const auto piece = static_cast<double>(duration.GetTimeStep());
    const auto old = static_cast<double>(m_duration.GetTimeStep());
    const auto count = static_cast<uint64_t>(std::ceil(length / piece));
    NS_ABORT_MSG_IF(count > MAX_SEGMENTS, "ContentMovie: cut into " << count << " segments");
    std::vector<std::vector<uint64_t>> bits(count, std::vector<uint64_t>(m_bitrates.size()));
    for (uint64_t n = 0; n < count; ++n)
    {
        const double begin = static_cast<double>(n) * piece;
        const double end = std::min(begin + piece, length);
        // Old segments whose share it has, by the time that they have in common.
        const double share = (end - begin) / old;
        for (std::size_t q = 0; q < m_bitrates.size(); ++q)
        {
            double sum = 0;
            for (auto s = static_cast<uint64_t>(begin / old); s < Segments(); ++s)
            {
                const double from = std::max(begin, static_cast<double>(s) * old);
                const double own = static_cast<double>(DurationOf(s).GetTimeStep());
                const double to = std::min(end, static_cast<double>(s) * old + own);
                if (from >= end)
                {
                    break;
                }
                sum += static_cast<double>(m_bits[s][q]) * std::max(0.0, to - from) / own;
            }
            // One key frame is its own, and `share` key frames came with what it was cut from.
            sum += m_bitrates[q] * keyFrame.GetSeconds() * (1 - share);
            bits[n][q] = static_cast<uint64_t>(std::max(1.0, std::round(sum)));
        }
    }
    ContentMovie cut(duration, m_bitrates, std::move(bits));
    cut.m_lastDuration =
        Length() - TimeStep(static_cast<uint64_t>(duration.GetTimeStep()) * (count - 1));
    return cut;
}

} // namespace sharding
} // namespace ns3
