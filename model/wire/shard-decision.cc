// SPDX-License-Identifier: GPL-2.0-only
#include "shard-decision.h"

#include "shard-octets.h"

#include "ns3/shard-erasure-code.h"
#include "ns3/shard-window.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

namespace
{

void
PutFlow(ShardOctetWriter& out, const FlowKey& flow)
{
    out.Put32(flow.source).Put32(flow.destination);
    out.Put16(flow.sourcePort).Put16(flow.destinationPort).Put8(flow.protocol);
}

FlowKey
GetFlow(ShardOctetReader& in)
{
    FlowKey flow;
    flow.source = in.Get32();
    flow.destination = in.Get32();
    flow.sourcePort = in.Get16();
    flow.destinationPort = in.Get16();
    flow.protocol = in.Get8();
    return flow;
}

ShardTarget
GetTarget(ShardOctetReader& in)
{
    ShardTarget target;
    target.address = in.Get32();
    target.port = in.Get16();
    return target;
}

} // namespace

std::vector<uint8_t>
ShardAsk::Write() const
{
    ShardOctetWriter out;
    out.Put32(node);
    PutFlow(out, flow);
    out.Put32(size).Put8(dscp).Put16(maxPayload).Put16(paths).Put16(mtu).Put32(rate).Put32(delay);
    return out.Put8(static_cast<uint8_t>((isFresh ? 1 : 0) | (isArq ? 2 : 0))).Take();
}

ShardError
ShardAsk::Read(const uint8_t* body, uint32_t size_)
{
    ShardOctetReader in(body, size_);
    node = in.Get32();
    flow = GetFlow(in);
    size = in.Get32();
    dscp = in.Get8();
    maxPayload = in.Get16();
    paths = in.Get16();
    mtu = in.Get16();
    rate = in.Get32();
    delay = in.Get32();
    const uint8_t flags = in.Get8();
    isFresh = (flags & 1) != 0;
    isArq = (flags & 2) != 0;
    return ShardBodyVerdict(in,
                            size <= 65535 && dscp < 64 && maxPayload > 0 && maxPayload < mtu &&
                                paths > 0 && flags <= 3);
}

std::vector<uint8_t>
ShardDecision::Write() const
{
    ShardOctetWriter out;
    PutFlow(out, flow);
    out.Put32(id).Put32(epoch).Put32(lifetime);
    out.Put8(directive.action).Put8(directive.headerFirst ? 1 : 0);
    out.Put8(static_cast<uint8_t>(directive.shards));
    out.Put16(static_cast<uint16_t>(directive.shardSize));
    out.Put8(directive.protect).Put8(directive.code).Put8(directive.repair);
    out.Put8(directive.interleave);
    if (directive.code == SHARD_CODE_SLIDING_WINDOW)
    {
        out.Put8(directive.window);
    }
    out.Put8(directive.placement).Put16(directive.path);
    out.Put32(directive.reassembly.address).Put16(directive.reassembly.port);
    out.Put32(directive.destination.address).Put16(directive.destination.port);
    out.Put8(directive.replicaCount);
    for (uint32_t i = 0; i < directive.replicaCount; ++i)
    {
        out.Put32(directive.replicas[i].address).Put16(directive.replicas[i].port);
    }
    return out.Take();
}

ShardError
ShardDecision::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    flow = GetFlow(in);
    id = in.Get32();
    epoch = in.Get32();
    lifetime = in.Get32();
    directive = ShardDirective();
    const uint8_t action = in.Get8();
    const uint8_t flags = in.Get8();
    directive.action = static_cast<ShardDirective::Action>(action);
    directive.headerFirst = flags == 1;
    directive.shards = in.Get8();
    directive.shardSize = in.Get16();
    directive.protect = in.Get8();
    directive.code = static_cast<ShardCode>(in.Get8());
    directive.repair = in.Get8();
    directive.interleave = in.Get8();
    if (directive.code == SHARD_CODE_SLIDING_WINDOW)
    {
        directive.window = in.Get8();
    }
    directive.placement = static_cast<ShardPlacementKind>(in.Get8());
    directive.path = in.Get16();
    directive.reassembly = GetTarget(in);
    directive.destination = GetTarget(in);
    directive.replicaCount = in.Get8();
    if (directive.replicaCount > ShardDirective::MOST_REPLICAS)
    {
        return SHARD_CONTRADICTION;
    }
    for (uint32_t i = 0; i < directive.replicaCount; ++i)
    {
        directive.replicas[i] = GetTarget(in);
    }
    return ShardBodyVerdict(in,
                            action <= ShardDirective::SHARD && flags <= 1 &&
                                ShardDirectiveRefusal(directive, 0) == nullptr);
}

std::vector<uint8_t>
ShardEpoch::Write() const
{
    return ShardOctetWriter().Put32(epoch).Take();
}

ShardError
ShardEpoch::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    epoch = in.Get32();
    return ShardBodyVerdict(in, true);
}

const char*
ShardPlacementRefusal(const ShardDirective& directive, uint32_t paths)
{
    if (directive.placement > SHARD_PLACEMENT_LEAST_DELAY)
    {
        return "an unknown placement";
    }
    if (directive.path != 0 && directive.placement != SHARD_PLACEMENT_SINGLE)
    {
        return "a path, but not the placement that takes a single one";
    }
    return paths != 0 && directive.path >= paths ? "a path that there is not" : nullptr;
}

const char*
ShardDirectiveRefusal(const ShardDirective& directive, uint32_t maxPayload)
{
    if (directive.replicaCount > ShardDirective::MOST_REPLICAS)
    {
        return "more replicas than there is room for";
    }
    for (uint32_t i = 0; i < directive.replicaCount; ++i)
    {
        if (!directive.replicas[i])
        {
            return "a replica that goes where the packet goes";
        }
    }
    if (directive.code > SHARD_CODE_SLIDING_WINDOW)
    {
        return "an unknown code"; // how long its part of a message is is not known, either
    }
    if (const char* why = ShardPlacementRefusal(directive, 0))
    {
        return why;
    }
    if (directive.action != ShardDirective::SHARD)
    {
        return directive.action == ShardDirective::FORWARD ? nullptr : "an unknown action";
    }
    if (directive.shards > MAX_BLOCK_SHARDS || directive.shardSize > 65535)
    {
        return "more or larger shards than there can be";
    }
    if (directive.shards != 0 && directive.shardSize != 0)
    {
        return "both a number and a size of shards";
    }
    if (maxPayload != 0 && directive.shardSize > maxPayload)
    {
        return "shards that the MTU does not let pass";
    }
    if (directive.interleave == 0 || directive.interleave > ShardDirective::MOST_INTERLEAVE)
    {
        return "a depth of interleaving that is not from 1 to 64";
    }
    if (directive.protect > ShardDirective::MOST_PROTECT)
    {
        return "too many copies of the first shard";
    }
    if (directive.repair != 0 && directive.code == SHARD_CODE_NONE)
    {
        return "repair shards without a code";
    }
    if (directive.repair == 0)
    {
        return nullptr;
    }
    if (directive.code == SHARD_CODE_SLIDING_WINDOW)
    {
        return directive.window == 0 || directive.window > MAX_WINDOW
                   ? "a window that is not from 1 to 16 blocks"
               : directive.headerFirst ? "header-first sizing under a sliding window"
               : directive.shards + directive.repair > MAX_BLOCK_SHARDS
                   ? "more than 255 shards, data and repair together"
                   : nullptr;
    }
    const uint32_t k =
        directive.shards != 0 ? directive.shards : MAX_BLOCK_SHARDS - directive.repair;
    const uint32_t repair = directive.code == SHARD_CODE_XOR
                                ? std::min<uint32_t>(directive.repair, k) // as it is done
                                : directive.repair;
    return ShardCodeRefusal(directive.code, k, repair);
}

} // namespace sharding
} // namespace ns3
