// SPDX-License-Identifier: GPL-2.0-only
#include "shard-report.h"

#include "shard-octets.h"

namespace ns3
{
namespace sharding
{

std::vector<uint8_t>
ShardProbe::Write() const
{
    return ShardOctetWriter().Put32(number).Put64(at).Put32(report).Put32(held).Take();
}

ShardError
ShardProbe::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    number = in.Get32();
    at = in.Get64();
    report = in.Get32();
    held = in.Get32();
    return ShardBodyVerdict(in, number != 0 && at < uint64_t(1) << 63);
}

std::vector<uint8_t>
ShardReport::Write() const
{
    ShardOctetWriter out;
    out.Put32(number).Put64(at).Put32(interval);
    out.Put32(expected).Put32(lost).Put32(pairs).Put32(pairsLost);
    out.Put32(blocks).Put32(flows).Put32(shardBytes).Put64(bytes).Put64(delivered);
    out.Put32(marked)
        .Put32(trip)
        .Put32(probes)
        .Put32(probesLost)
        .Put8(static_cast<uint8_t>(paths.size()));
    for (const ShardPathReport& path : paths)
    {
        out.Put16(path.path).Put16(path.count);
        out.Put32(path.least).Put32(path.p50).Put32(path.p90).Put32(path.p99);
    }
    return out.Take();
}

ShardError
ShardReport::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    number = in.Get32();
    at = in.Get64();
    interval = in.Get32();
    expected = in.Get32();
    lost = in.Get32();
    pairs = in.Get32();
    pairsLost = in.Get32();
    blocks = in.Get32();
    flows = in.Get32();
    shardBytes = in.Get32();
    bytes = in.Get64();
    delivered = in.Get64();
    marked = in.Get32();
    trip = in.Get32();
    probes = in.Get32();
    probesLost = in.Get32();
    const uint32_t count = in.Get8();
    bool makesSense = number != 0 && at < uint64_t(1) << 63 && lost <= expected && pairs <= lost &&
                      pairsLost <= pairs && flows <= blocks && probesLost <= probes &&
                      count <= MOST_PATHS;
    paths.clear();
    for (uint32_t i = 0; i < count && makesSense && !in.IsShort(); ++i)
    {
        ShardPathReport path;
        path.path = in.Get16();
        path.count = in.Get16();
        path.least = in.Get32();
        path.p50 = in.Get32();
        path.p90 = in.Get32();
        path.p99 = in.Get32();
        makesSense = path.count == 0 ||
                     (path.least <= path.p50 && path.p50 <= path.p90 && path.p90 <= path.p99);
        paths.push_back(path);
    }
    return makesSense ? ShardBodyVerdict(in, true) : SHARD_CONTRADICTION;
}

std::vector<uint8_t>
ShardCapability::Write() const
{
    return ShardOctetWriter()
        .Put8(reassembles ? 1 : 0)
        .Put16(mtu)
        .Put32(shardRate)
        .Put16(codes)
        .Put64(memory)
        .Take();
}

ShardError
ShardCapability::Read(const uint8_t* body, uint32_t size)
{
    ShardOctetReader in(body, size);
    const uint8_t flags = in.Get8();
    reassembles = (flags & 1) != 0;
    mtu = in.Get16();
    shardRate = in.Get32();
    codes = in.Get16();
    memory = in.Get64();
    return ShardBodyVerdict(in,
                            flags <= 1 && (!reassembles || mtu >= 68)); // RFC 791: 68 bytes pass
}

} // namespace sharding
} // namespace ns3
