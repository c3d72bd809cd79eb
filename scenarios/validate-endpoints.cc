// SPDX-License-Identifier: GPL-2.0-only
//
// What endpoints must show when they are queues and nothing else.
#include "analysis/latency-forms.h"
#include "analysis/supermarket-forms.h"
#include "validate-row.h"

#include <cmath>
#include <string>

namespace shardsim
{

namespace
{

using Set = std::vector<std::pair<std::string, std::string>>;

/// A supermarket of some size, and how long it is looked at, in mean service times.
struct Supermarket
{
    unsigned endpoints;
    unsigned choices;
    const char* load;
    unsigned warmup; ///< after which what it began with, nothing, is forgotten to within noise
    unsigned measured;
    unsigned runs;
};

/**
 * With one choice queues forget slowly, in some 1 / (1 - sqrt(load))^2 service times: 37, 380 and
 * 1560 of them. With more they forget in some dozens.
 */
constexpr Supermarket SUPERMARKETS[] = {
    {100, 1, "0.7", 500, 1000, 10},
    {100, 2, "0.7", 200, 3000, 20},
    {100, 3, "0.7", 200, 3000, 20},
    {100, 1, "0.9", 2500, 3000, 10},
    {100, 2, "0.9", 300, 3000, 20},
    {100, 3, "0.9", 300, 3000, 20},
    {100, 1, "0.95", 6000, 4000, 10},
    {100, 2, "0.95", 500, 3000, 20},
    {100, 3, "0.95", 500, 3000, 20},
    {500, 1, "0.7", 300, 300, 10},
    {500, 2, "0.7", 200, 600, 16},
    {500, 3, "0.7", 200, 600, 16},
    {500, 1, "0.9", 2000, 1000, 10},
    {500, 2, "0.9", 300, 600, 16},
    {500, 3, "0.9", 300, 600, 16},
    {500, 1, "0.95", 5000, 1500, 8},
    {500, 2, "0.95", 500, 600, 16},
    {500, 3, "0.95", 500, 600, 16},
};

/// @param times mean service times  @return requests that come meanwhile
std::string
Requests(const Supermarket& s, unsigned times)
{
    return std::to_string(std::lround(std::stod(s.load) * s.endpoints * times));
}

void
AddSupermarkets(std::vector<ValidationRow>& rows)
{
    for (const Supermarket& s : SUPERMARKETS)
    {
        const Set set = {{"network.ideal", "true"},
                         {"pool.endpoints", std::to_string(s.endpoints)},
                         {"load.per_endpoint", s.load},
                         {"select.policy", "power-of-d"},
                         {"select.choices", std::to_string(s.choices)},
                         {"requests.warmup", Requests(s, s.warmup)},
                         {"requests.count", Requests(s, s.warmup + s.measured)}};
        const double load = std::stod(s.load);
        const std::string name = std::to_string(s.endpoints) +
                                 " endpoints, d = " + std::to_string(s.choices) + ", load " +
                                 s.load;
        const bool isAlone = s.choices == 1;
        rows.push_back({name + ": time in system",
                        isAlone ? "1 / (1 - load)"
                                : "supermarket model, sum of load^((d^i - d) / (d - 1)), and its "
                                  "correction / n",
                        "system.time_mean_ratio",
                        SupermarketTime(load, s.choices, s.endpoints),
                        std::nullopt,
                        s.runs,
                        set,
                        ""});
        const std::vector<double> tails = SupermarketTails(load, s.choices, s.endpoints);
        for (const unsigned i : {2U, 3U})
        {
            rows.push_back({name + ": " + std::to_string(i) + " or more",
                            isAlone ? "load^i"
                                    : "supermarket model, load^((d^i - 1) / (d - 1)), and its "
                                      "correction / n",
                            "queue.tail_ratio." + std::to_string(i),
                            tails.at(i),
                            std::nullopt,
                            s.runs,
                            set,
                            ""});
        }
    }
}

/// One endpoint, in mean service times.
void
AddSingle(std::vector<ValidationRow>& rows)
{
    const auto add = [&rows](const std::string& name,
                             const std::string& form,
                             double expected,
                             const char* load,
                             const Set& set)
    {
        Set all = {{"network.ideal", "true"},
                   {"pool.endpoints", "1"},
                   {"load.per_endpoint", load},
                   {"select.policy", "random"},
                   {"requests.warmup", "20000"},
                   {"requests.count", "120000"}};
        all.insert(all.end(), set.begin(), set.end());
        rows.push_back({"one endpoint, " + name + ", load " + load,
                        form,
                        "system.time_mean_ratio",
                        expected,
                        std::nullopt,
                        20,
                        all,
                        ""});
    };
    for (const char* load : {"0.5", "0.8"})
    {
        const double rho = std::stod(load);
        add("M/M/1", "1 / (1 - load)", 1 + MM1MeanWait(rho, 1), load, {});
        add("M/D/1",
            "Pollaczek-Khinchine",
            1 + MD1MeanWait(rho, 1),
            load,
            {{"endpoint.service", "deterministic"}});
        for (const char* service : {"exponential", "deterministic", "pareto"})
        {
            add(std::string("M/G/1 sharing, ") + service,
                "1 / (1 - load), whatever the distribution",
                1 / (1 - rho),
                load,
                {{"endpoint.service", service}, {"endpoint.discipline", "ps"}});
        }
    }
}

} // namespace

std::vector<ValidationRow>
EndpointsValidation()
{
    std::vector<ValidationRow> rows;
    AddSupermarkets(rows);
    AddSingle(rows);
    return rows;
}

} // namespace shardsim
