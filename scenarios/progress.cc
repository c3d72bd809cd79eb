// SPDX-License-Identifier: GPL-2.0-only
#include "progress.h"

#include <algorithm>
#include <cmath>
#include <ostream>
#include <unistd.h>
#include <utility>

namespace shardsim
{

Progress::Progress(std::ostream& out, Style style, uint64_t total, std::string unit, Time silence)
    : m_out(out),
      m_style(style),
      m_total(total),
      m_unit(std::move(unit)),
      m_silence(silence)
{
}

Progress::Style
Progress::StyleOfStderr()
{
    return ::isatty(STDERR_FILENO) ? BAR : LINES;
}

std::string
Progress::Duration(double seconds)
{
    const auto whole = static_cast<int64_t>(std::llround(std::max(0.0, std::min(seconds, 1e12))));
    const auto twoDigits = [](int64_t number)
    { return (number < 10 ? "0" : "") + std::to_string(number); };
    if (whole < 60)
    {
        return std::to_string(whole) + " s";
    }
    if (whole < 3600)
    {
        return std::to_string(whole / 60) + " min " + twoDigits(whole % 60) + " s";
    }
    return std::to_string(whole / 3600) + " h " + twoDigits(whole / 60 % 60) + " min";
}

std::string
Progress::Text(Time now, uint64_t done, uint64_t failed) const
{
    std::string text = std::to_string(done);
    text += m_unit == "%" ? " %" : " of " + std::to_string(m_total) + " " + m_unit;
    if (failed > 0)
    {
        text += ", " + std::to_string(failed) + " failed";
    }
    if (done >= m_total)
    {
        return text + ", took " + Duration(now.count());
    }
    if (done > 0)
    {
        const double left =
            now.count() / static_cast<double>(done) * static_cast<double>(m_total - done);
        text += ", about " + Duration(left) + " left";
    }
    return text;
}

void
Progress::Update(Time now, uint64_t done, uint64_t failed)
{
    const double interval = m_style == BAR ? 0.1 : 10.0;
    if (m_style == NONE || now < m_silence || (now - m_shown).count() < interval)
    {
        return;
    }
    if (m_style == LINES && m_shown.count() < 0)
    {
        m_shown = Time(0); // nothing to tell at the very beginning
        return;
    }
    m_shown = now;
    if (m_style == LINES)
    {
        m_out << Text(now, done, failed) << "\n" << std::flush;
        return;
    }
    const uint64_t width = 30;
    const uint64_t filled = m_total ? std::min(width, done * width / m_total) : width;
    std::string line = "[" + std::string(filled, '#') + std::string(width - filled, '.') + "] " +
                       Text(now, done, failed);
    // Blanks over what a longer line has left behind.
    const std::size_t blanks = m_last.size() > line.size() ? m_last.size() - line.size() : 0;
    m_out << "\r" << line << std::string(blanks, ' ') << std::flush;
    m_last = std::move(line);
}

void
Progress::Finish(Time now, uint64_t done, uint64_t failed)
{
    if (m_style == NONE || now < m_silence)
    {
        return;
    }
    m_shown = Time(-1e6);
    if (m_style == BAR)
    {
        Update(now, done, failed);
        Break();
        return;
    }
    m_out << Text(now, done, failed) << "\n" << std::flush;
}

void
Progress::Break()
{
    if (!m_last.empty())
    {
        m_out << "\n" << std::flush;
        m_last.clear();
    }
}

} // namespace shardsim
