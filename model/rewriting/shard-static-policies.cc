// SPDX-License-Identifier: GPL-2.0-only
#include "shard-static-policies.h"

#include "ns3/boolean.h"
#include "ns3/shard-compat.h"
#include "ns3/shard-window.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ForwardPolicy);
NS_OBJECT_ENSURE_REGISTERED(StaticPolicy);
NS_OBJECT_ENSURE_REGISTERED(ReplicatePolicy);

TypeId
ForwardPolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ForwardPolicy")
                            .SetParent<ShardingPolicy>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ForwardPolicy>();
    return tid;
}

ShardDirective
ForwardPolicy::Decide(Time, const ShardFlowView&)
{
    return ShardDirective();
}

TypeId
StaticPolicy::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::StaticPolicy")
            .SetParent<ShardingPolicy>()
            .SetGroupName("Sharding")
            .AddConstructor<StaticPolicy>()
            .AddAttribute("Shards",
                          "Data shards k a block; 0 takes as many as ShardSize needs.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&StaticPolicy::m_shards),
                          MakeUintegerChecker<uint32_t>(0, MAX_BLOCK_SHARDS))
            .AddAttribute("ShardSize",
                          "Most payload bytes a shard, where Shards is 0; 0 takes what the "
                          "smallest MTU of the paths leaves.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&StaticPolicy::m_shardSize),
                          MakeUintegerChecker<uint32_t>(0, 65535))
            .AddAttribute("HeaderFirst",
                          "Put the packet's headers, whole, into a first shard of their own; the "
                          "others share the rest equally.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&StaticPolicy::m_headerFirst),
                          MakeBooleanChecker())
            .AddAttribute("Protect",
                          "Further copies of the first shard that are sent with HeaderFirst.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&StaticPolicy::m_protect),
                          MakeUintegerChecker<uint8_t>(0, 15))
            .AddAttribute("Code",
                          "Erasure code of a block.",
                          ShardEnumValue<ShardCode>(SHARD_CODE_NONE),
                          ShardMakeEnumAccessor<ShardCode>(&StaticPolicy::m_code),
                          ShardMakeEnumChecker<ShardCode>(SHARD_CODE_NONE,
                                                          "none",
                                                          SHARD_CODE_REPETITION,
                                                          "repetition",
                                                          SHARD_CODE_XOR,
                                                          "xor",
                                                          SHARD_CODE_REED_SOLOMON,
                                                          "rs",
                                                          SHARD_CODE_SLIDING_WINDOW,
                                                          "sliding-window"))
            .AddAttribute("Repair",
                          "Repair shards a block.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&StaticPolicy::m_repair),
                          MakeUintegerChecker<uint8_t>(0, MAX_BLOCK_SHARDS - 1))
            .AddAttribute("Window",
                          "Blocks of a flow that a repair shard covers, with Code sliding-window.",
                          UintegerValue(8),
                          MakeUintegerAccessor(&StaticPolicy::m_window),
                          MakeUintegerChecker<uint8_t>(1, MAX_WINDOW))
            .AddAttribute("Interleave",
                          "Blocks of a flow whose shards are sent interleaved; 1 for none.",
                          UintegerValue(1),
                          MakeUintegerAccessor(&StaticPolicy::m_interleave),
                          MakeUintegerChecker<uint8_t>(1, 64))
            .AddAttribute(
                "Placement",
                "Which paths the shards take; node: as the transformation node does by itself.",
                ShardEnumValue<ShardPlacementKind>(SHARD_PLACEMENT_NODE),
                ShardMakeEnumAccessor<ShardPlacementKind>(&StaticPolicy::m_placement),
                ShardMakeEnumChecker<ShardPlacementKind>(SHARD_PLACEMENT_NODE,
                                                         "node",
                                                         SHARD_PLACEMENT_SINGLE,
                                                         "single",
                                                         SHARD_PLACEMENT_ROUND_ROBIN,
                                                         "round-robin",
                                                         SHARD_PLACEMENT_WEIGHTED,
                                                         "weighted",
                                                         SHARD_PLACEMENT_LEAST_DELAY,
                                                         "least-delay"))
            .AddAttribute("Path",
                          "The path, with Placement single.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&StaticPolicy::m_path),
                          MakeUintegerChecker<uint16_t>());
    return tid;
}

ShardDirective
StaticPolicy::Decide(Time, const ShardFlowView&)
{
    ShardDirective directive;
    directive.action = ShardDirective::SHARD;
    directive.shards = m_shards;
    directive.shardSize = m_shardSize;
    directive.headerFirst = m_headerFirst;
    directive.protect = m_protect;
    directive.code = m_code;
    directive.repair = m_code == SHARD_CODE_NONE ? 0 : m_repair;
    directive.window = m_window;
    directive.interleave = m_interleave;
    directive.placement = m_placement;
    directive.path = m_placement == SHARD_PLACEMENT_SINGLE ? m_path : 0;
    return directive;
}

TypeId
ReplicatePolicy::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ReplicatePolicy")
                            .SetParent<ShardingPolicy>()
                            .SetGroupName("Sharding")
                            .AddConstructor<ReplicatePolicy>()
                            .AddAttribute("Copies",
                                          "How often every packet is sent.",
                                          UintegerValue(2),
                                          MakeUintegerAccessor(&ReplicatePolicy::m_copies),
                                          MakeUintegerChecker<uint8_t>(1, MAX_BLOCK_SHARDS));
    return tid;
}

ShardDirective
ReplicatePolicy::Decide(Time, const ShardFlowView&)
{
    ShardDirective directive;
    directive.action = ShardDirective::SHARD;
    directive.shards = 1;
    directive.code = SHARD_CODE_REPETITION;
    directive.repair = m_copies - 1;
    return directive;
}

} // namespace sharding
} // namespace ns3
