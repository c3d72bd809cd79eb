// SPDX-License-Identifier: GPL-2.0-only
#ifndef TRANSFORMER_FIXTURE_H
#define TRANSFORMER_FIXTURE_H

#include "transform/recording-sink.h"

#include "ns3/shard-transformer.h"
#include <ns3/boolean.h>
#include <ns3/packet.h>
#include <ns3/simulator.h>

#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace transformtest
{

constexpr uint32_t OVERHEAD = 48; ///< IPv4, UDP and shard header

/// Gives every flow the directive that the test holds, and remembers what it was asked.
class TestPolicy : public ns3::sharding::ShardingPolicy
{
  public:
    ns3::sharding::ShardDirective Decide(ns3::Time,
                                         const ns3::sharding::ShardFlowView& view) override
    {
        asked.push_back(view);
        return directive;
    }

    ns3::sharding::ShardDirective directive;         ///< the answer
    std::vector<ns3::sharding::ShardFlowView> asked; ///< the questions
};

/**
 * A transformer between the test and a recording sink:
 *
 *     Submit --> ShardTransformer --> sink (shards)
 *                                 \-> forwarded (datagrams that stay plain)
 *
 * Two paths of MTU 1500 in turn, directive "shard, k from the MTU", virtual payload.
 */
class TransformerStory : public ::testing::Test
{
  protected:
    TransformerStory()
    {
        directive.action = ns3::sharding::ShardDirective::SHARD;
        transformer->SetPolicy(policy);
        transformer->SetPlacement(placement);
        SetMtus({1500, 1500});
        transformer->SetNext(&sink);
        transformer->SetForward(ns3::MakeCallback(&TransformerStory::Forward, this));
    }

    ~TransformerStory() override
    {
        transformer->Dispose();
        ns3::Simulator::Destroy();
    }

    void SetMtus(const std::vector<uint32_t>& mtus)
    {
        std::vector<ns3::sharding::ShardPathInfo> paths(mtus.size());
        for (std::size_t i = 0; i < mtus.size(); ++i)
        {
            paths[i].mtu = mtus[i];
        }
        placement->SetPaths(paths);
        transformer->SetPaths(paths, OVERHEAD);
    }

    /// @return a datagram of random bytes, always the same for a size, of flow number `flow`
    static ns3::Ptr<ns3::sharding::Datagram> MakeDatagram(uint32_t size, uint16_t flow = 0)
    {
        std::mt19937 random(size);
        std::vector<uint8_t> bytes(size);
        for (uint8_t& byte : bytes)
        {
            byte = static_cast<uint8_t>(random());
        }
        auto datagram = ns3::Create<ns3::sharding::Datagram>();
        datagram->flow.source = 0x0a000001;
        datagram->flow.destination = 0x0a000002;
        datagram->flow.sourcePort = flow;
        datagram->flow.protocol = 17;
        datagram->size = size;
        datagram->headers = 28;
        datagram->dscp = 10;
        datagram->packet = ns3::Create<ns3::Packet>(bytes.data(), size);
        return datagram;
    }

    /// Submit a datagram of `size` bytes of a flow, now.
    ns3::Ptr<ns3::sharding::Datagram> Submit(uint32_t size, uint16_t flow = 0)
    {
        ns3::Ptr<ns3::sharding::Datagram> datagram = MakeDatagram(size, flow);
        policy->directive = directive;
        transformer->Submit(ns3::Simulator::Now(), datagram);
        return datagram;
    }

    void Forward(ns3::Time, ns3::Ptr<const ns3::sharding::Datagram> datagram)
    {
        forwarded.push_back(datagram);
    }

    ns3::Ptr<TestPolicy> policy = ns3::CreateObject<TestPolicy>();
    ns3::Ptr<ns3::sharding::RoundRobinPlacement> placement =
        ns3::CreateObject<ns3::sharding::RoundRobinPlacement>();
    ns3::Ptr<ns3::sharding::ShardTransformer> transformer =
        ns3::CreateObject<ns3::sharding::ShardTransformer>();
    ns3::sharding::ShardDirective directive; ///< for flows that are new
    RecordingSink sink;
    std::vector<ns3::Ptr<const ns3::sharding::Datagram>> forwarded;
};

} // namespace transformtest

#endif // TRANSFORMER_FIXTURE_H
