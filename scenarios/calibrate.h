// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_CALIBRATE_H
#define SHARDSIM_CALIBRATE_H

#include <iosfwd>
#include <string>
#include <vector>

namespace shardsim
{

/** What something took on this machine. */
struct TimedSize
{
    double bytes{0};   ///< of payload
    double seconds{0}; ///< of one, the least that was seen
};

/** A straight line through times: what each costs, and each byte. */
struct CostLine
{
    double fixed{0};   ///< s
    double perByte{0}; ///< s
    double worst{0};   ///< largest deviation of a time from the line, as a share of the time
};

/**
 * Least squares of relative errors, so that small and large sizes count alike. Costs are not below
 * 0: a machine's noise may say so.
 * @param times of two sizes at least
 * @return the line
 */
CostLine FitCost(const std::vector<TimedSize>& times);

/**
 * Measure this machine and print the parameters that stand for it.
 * @param subject what to measure: crypto
 * @param json one JSON object instead of text
 * @param out where it goes
 * @return 0
 * @throw RequestError for another subject
 */
int CommandCalibrate(const std::string& subject, bool json, std::ostream& out);

} // namespace shardsim

#endif // SHARDSIM_CALIBRATE_H
