// SPDX-License-Identifier: GPL-2.0-only
//
// What the sliding-window code must leave lost when everything else is switched off.
#include "analysis/window-forms.h"
#include "validate-row.h"

#include <string>

namespace shardsim
{

std::vector<ValidationRow>
WindowValidation()
{
    struct Case
    {
        const char* name;
        const char* loss;
        unsigned k;
        unsigned window;
    };

    std::vector<ValidationRow> rows;
    for (const Case& c : {Case{"sliding window 1+1 over 2 datagrams, 20 % iid", "0.2", 1, 2},
                          Case{"sliding window 1+1 over 3 datagrams, 30 % iid", "0.3", 1, 3},
                          Case{"sliding window 4+1 over 2 datagrams, 10 % iid", "0.1", 4, 2}})
    {
        rows.push_back({c.name,
                        "Markov chain, ranks by matching",
                        "datagrams.loss_ratio",
                        SlidingWindowLoss(std::stod(c.loss), c.k, 1, c.window),
                        std::nullopt,
                        30,
                        {{"loss.model", "iid"},
                         {"loss.rate", c.loss},
                         {"traffic.datagrams", "10000"},
                         {"traffic.size", "972"},
                         {"traffic.rate", "25Mbps"},
                         {"topology.delay", "1ms"},
                         {"topology.hops", "1"},
                         {"sharding.shards", std::to_string(c.k)},
                         {"fec.code", "sliding-window"},
                         {"fec.repair", "1"},
                         {"fec.window", std::to_string(c.window)}},
                        ""});
    }
    return rows;
}

} // namespace shardsim
