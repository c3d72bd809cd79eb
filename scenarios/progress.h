// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_PROGRESS_H
#define SHARDSIM_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace shardsim
{

/**
 * Tells a person how far a sweep or a long run is: a bar with the time left on a terminal,
 * otherwise a line now and then. Time is an argument, so that a test decides what time it is.
 */
class Progress
{
  public:
    using Time = std::chrono::duration<double>; ///< since the beginning

    enum Style
    {
        BAR,
        LINES, ///< at most one line in 10 s
        NONE
    };

    /**
     * @param out where to
     * @param style how
     * @param total to do
     * @param unit of what is to do; "%" of a single run, whose total is 100
     * @param silence nothing is shown before, nor of what ends before
     */
    Progress(std::ostream& out,
             Style style,
             uint64_t total,
             std::string unit = "runs",
             Time silence = Time(0));

    /** @return BAR if stderr is a terminal, otherwise LINES. */
    static Style StyleOfStderr();

    void Update(Time now, uint64_t done, uint64_t failed);
    /** Last state, and the line's end. */
    void Finish(Time now, uint64_t done, uint64_t failed);
    /** Ends the line of a bar where it is, if there is one: something else is to be said. */
    void Break();

    /** @return "42 s", "3 min 20 s", "2 h 05 min". */
    static std::string Duration(double seconds);

  private:
    std::string Text(Time now, uint64_t done, uint64_t failed) const;

    std::ostream& m_out;
    Style m_style;
    uint64_t m_total;
    std::string m_unit;
    Time m_silence;
    Time m_shown{-1e9};
    std::string m_last;
};

} // namespace shardsim

#endif // SHARDSIM_PROGRESS_H
