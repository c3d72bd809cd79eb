// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ENDPOINTS_RATE_H
#define SHARDSIM_ENDPOINTS_RATE_H

#include "parameter.h"

#include <string>
#include <vector>

namespace shardsim
{

/**
 * How the rate of requests goes over time, of what load.per_endpoint says: steadily, as a sine,
 * with a crowd, or as a file says.
 */
class EndpointsRate
{
  public:
    /// @param values the scenario's parameters  @throw RequestError of the file, with its line
    explicit EndpointsRate(const Values& values);

    /// @param seconds since the first request may be sent  @return the rate then
    double Factor(double seconds) const;

    /**
     * @param expected seconds that would take as many requests at the rate 1
     * @return seconds that they take at the rate as it is: the inverse of its integral
     */
    double WhenExpected(double expected) const;

  private:
    void ReadTrace(const Values& values);
    double WhenOfTrace(double expected) const;

    const std::string m_kind;
    const double m_period;       ///< s
    const double m_swing;        ///< of the mean
    const double m_crowdFrom;    ///< s
    const double m_crowdTime;    ///< s
    const double m_crowdFactor;  ///< at least 1
    double m_step{0};            ///< s of each value of a trace
    std::vector<double> m_trace; ///< values, by their mean; then they begin again
    std::vector<double> m_upTo;  ///< sum of values up to each, it included
};

} // namespace shardsim

#endif // SHARDSIM_ENDPOINTS_RATE_H
