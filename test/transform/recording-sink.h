// SPDX-License-Identifier: GPL-2.0-only
#ifndef RECORDING_SINK_H
#define RECORDING_SINK_H

#include "ns3/shard.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace transformtest
{

/// The last stage: keeps what comes, and when.
class RecordingSink : public ns3::sharding::ShardSink
{
  public:
    /// A shard that came.
    struct Arrival
    {
        int64_t us;                 ///< when
        ns3::sharding::Shard shard; ///< what
    };

    void Accept(ns3::Time now, ns3::sharding::Shard&& shard) override
    {
        arrivals.push_back(Arrival{now.GetMicroSeconds(), std::move(shard)});
    }

    /// @param get what of each arrival  @return that, in order of arrival
    template <typename Get>
    auto Each(Get get) const
    {
        std::vector<decltype(get(std::declval<const Arrival&>()))> all;
        for (const Arrival& arrival : arrivals)
        {
            all.push_back(get(arrival));
        }
        return all;
    }

    /// @return shard indexes in order of arrival
    std::vector<int> Indexes() const
    {
        return Each([](const Arrival& a) { return int(a.shard.fields.index); });
    }

    /// @return payload sizes in order of arrival
    std::vector<uint32_t> Sizes() const
    {
        return Each([](const Arrival& a) { return a.shard.size; });
    }

    /// @return paths in order of arrival
    std::vector<int> Paths() const
    {
        return Each([](const Arrival& a) { return int(a.shard.path); });
    }

    /// @return times of arrival, microseconds
    std::vector<int64_t> Times() const
    {
        return Each([](const Arrival& a) { return a.us; });
    }

    std::vector<Arrival> arrivals; ///< in order
};

} // namespace transformtest

#endif // RECORDING_SINK_H
