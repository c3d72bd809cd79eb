// SPDX-License-Identifier: GPL-2.0-only
#include "shard-loss-process.h"

#include <algorithm>
#include <limits>
#include <sstream>

namespace ns3
{
namespace sharding
{

namespace
{

/// Refuse with a reason.
std::nullopt_t
Refuse(std::string* why, const char* what, double given, const std::string& allowed)
{
    if (why != nullptr)
    {
        std::ostringstream line;
        line << what << " " << given << ": allowed is " << allowed;
        *why = line.str();
    }
    return std::nullopt;
}

/// Written so that a NaN is outside.
bool
IsProbability(double x)
{
    return x >= 0.0 && x <= 1.0;
}

} // namespace

std::optional<GilbertElliott>
GilbertElliott::FromParameters(const Parameters& parameters, std::string* why)
{
    const std::array<std::pair<const char*, double>, 4> all{
        {{"transition probability p (good to bad)", parameters.p},
         {"transition probability r (bad to good)", parameters.r},
         {"loss probability in the good state", parameters.lossGood},
         {"loss probability in the bad state", parameters.lossBad}}};
    for (const auto& [what, value] : all)
    {
        if (!IsProbability(value))
        {
            return Refuse(why, what, value, "0 to 1");
        }
    }
    GilbertElliott chain;
    chain.m_parameters = parameters;
    const double sum = parameters.p + parameters.r;
    chain.m_badNext[GOOD] = parameters.p;
    chain.m_badNext[BAD] = 1.0 - parameters.r;
    chain.m_badNext[STATIONARY] = sum > 0.0 ? parameters.p / sum : 0.0;
    return chain;
}

std::optional<GilbertElliott>
GilbertElliott::FromMeans(double rate, double burst, std::string* why)
{
    if (!(rate >= 0.0 && rate < 1.0))
    {
        return Refuse(why, "mean loss rate", rate, "0 or more and below 1");
    }
    if (!(burst >= 1.0) || burst == std::numeric_limits<double>::infinity())
    {
        return Refuse(why, "mean loss burst", burst, "1 packet or more");
    }
    const double least = rate / (1.0 - rate);
    // The tolerance lets a bound through that was itself rounded, e.g. when read from text.
    if (burst < least * (1.0 - 1e-12))
    {
        std::ostringstream allowed;
        allowed << least << " packets or more at a mean loss rate of " << rate
                << " (rate / (1 - rate))";
        return Refuse(why, "mean loss burst", burst, allowed.str());
    }
    Parameters parameters;
    parameters.r = 1.0 / burst;
    parameters.p = std::min(1.0, parameters.r * least);
    auto chain = FromParameters(parameters, why);
    chain->m_badNext[STATIONARY] = rate;
    return chain;
}

std::optional<GilbertElliott>
GilbertElliott::Independent(double rate, std::string* why)
{
    if (!IsProbability(rate))
    {
        return Refuse(why, "loss rate", rate, "0 to 1");
    }
    Parameters parameters;
    parameters.p = rate;
    parameters.r = 1.0 - rate;
    auto chain = FromParameters(parameters, why);
    // Not 1 - r: rounding would make loss depend on the state in the last bit.
    chain->m_badNext.fill(rate);
    return chain;
}

bool
GilbertElliott::NeedsSecondDraw() const
{
    const auto certain = [](double x) { return x == 0.0 || x == 1.0; };
    return !certain(m_parameters.lossGood) || !certain(m_parameters.lossBad);
}

double
GilbertElliott::MeanLoss() const
{
    const double bad = BadRatio();
    return bad * m_parameters.lossBad + (1.0 - bad) * m_parameters.lossGood;
}

double
GilbertElliott::MeanBurst() const
{
    const double loss = MeanLoss();
    if (loss == 0.0)
    {
        return 0.0;
    }
    // Every run has one last packet, so runs per packet = P(this one lost, the next one not).
    const double pass[2] = {1.0 - m_parameters.lossGood, 1.0 - m_parameters.lossBad};
    const auto passNext = [&](double bad) { return bad * pass[BAD] + (1.0 - bad) * pass[GOOD]; };
    const double bad = BadRatio();
    const double ends = bad * m_parameters.lossBad * passNext(m_badNext[BAD]) +
                        (1.0 - bad) * m_parameters.lossGood * passNext(m_badNext[GOOD]);
    return ends > 0.0 ? loss / ends : std::numeric_limits<double>::infinity();
}

} // namespace sharding
} // namespace ns3
