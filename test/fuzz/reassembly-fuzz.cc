// SPDX-License-Identifier: GPL-2.0-only
/**
 * Bytes become a sequence of shards and steps of time. Whatever they say, memory stays under its
 * cap at every step, every shard and block is accounted for, nothing leaves out of order, and
 * nothing stays behind. The first byte chooses the settings; then eight bytes make a step.
 */
#include "ns3/shard-block-table.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// Stop with a trace when something that must hold does not.
void
Require(bool holds)
{
    if (!holds)
    {
        std::abort();
    }
}

/// Reads every byte that is released, so that a sanitizer sees it.
class Reader : public ShardBlockListener
{
  public:
    void Release(Time, const ShardRelease& release) override
    {
        if (release.bytes)
        {
            Require(release.bytes->Size() == release.size);
            for (uint32_t i = 0; i < release.size; ++i)
            {
                sum += release.bytes->Data()[i];
            }
        }
        if (inOrder)
        {
            const auto flow = std::make_pair(release.id.peer, release.id.flow);
            const auto latest = released.find(flow);
            Require(latest == released.end() ||
                    static_cast<int32_t>(release.id.block - latest->second) > 0);
            released[flow] = release.id.block;
        }
    }

    void Ended(Time, const ShardBlockEnd&) override
    {
        ++ended;
    }

    bool inOrder{false};
    uint64_t sum{0};
    uint64_t ended{0};
    std::map<std::pair<uint32_t, uint32_t>, uint32_t> released;
};

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    ShardTableSettings settings;
    settings.timeout = MicroSeconds(50);
    settings.linger = MicroSeconds(data[0] & 1 ? 20 : 200);
    settings.order = data[0] & 2 ? SHARD_ORDER_IN_ORDER : SHARD_ORDER_ANY;
    settings.memory.node = data[0] & 4 ? 4096 : 32768;
    settings.memory.flow = data[0] & 8 ? 2048 : 65536;
    // A flow that was forgotten for room may begin anew, at any number. With ample memory none is.
    const bool orderIsKept = data[0] & 2 && data[0] & 16;
    if (orderIsKept)
    {
        settings.memory.node = 1 << 20;
    }
    settings.memory.unproven = settings.memory.node / 2;
    settings.flowIdle = Hours(10);

    Reader reader;
    reader.inOrder = orderIsKept;
    ShardBlockTable table(reader);
    table.Configure(settings);
    Ptr<ShardBytes> bytes = Create<ShardBytes>(4096);
    for (uint32_t i = 0; i < bytes->Size(); ++i)
    {
        bytes->Data()[i] = i < 3072 ? 0 : static_cast<uint8_t>(i);
    }
    int64_t now = 0;
    for (size_t at = 1; at + 8 <= size; at += 8)
    {
        const uint8_t* step = data + at;
        now += step[0] < 200 ? step[0] : (step[0] - 199) * 1000;
        Shard shard;
        shard.peer = step[1] & 1;
        shard.fields.flow = step[1] >> 1 & 3;
        shard.fields.block = (step[1] & 8 ? 0xfffffff8U : 0U) + (step[1] >> 4);
        shard.fields.code = static_cast<ShardCode>(step[2] & 7);
        shard.fields.first = step[2] & 8 ? static_cast<uint16_t>(step[2] >> 4) * 7 : 0;
        shard.fields.k = step[3];
        shard.fields.n = static_cast<uint8_t>(step[3] + (step[4] & 15));
        shard.fields.index = step[5];
        shard.fields.datagram = static_cast<uint16_t>(step[6] * 8);
        // Mostly the right size, so that not all is refused.
        const std::optional<ShardLayout> layout = shard.fields.Layout();
        shard.size = layout && shard.fields.index < shard.fields.n && step[7] < 240
                         ? layout->WireSize(shard.fields.index)
                         : step[7];
        if (step[4] & 16)
        {
            shard.bytes = bytes;
            shard.offset = step[7] * 18;
        }
        table.Accept(NanoSeconds(now), shard);
        Require(table.Counters().bytes <= settings.memory.node);
        Require(table.Counters().peakBytes <= settings.memory.node);
        Require(table.CheckConservation());
        Require(table.NextDeadline() > NanoSeconds(now));
    }
    table.Advance(NanoSeconds(now) + Hours(1));
    Require(table.Counters().open == 0 && table.Waiting() == 0);
    Require(table.NextDeadline() == Time::Max());
    Require(reader.ended == table.Counters().opened);
    table.Advance(NanoSeconds(now) + Hours(100));
    Require(table.Counters().bytes == 0 && table.Flows() == 0);
    Require(table.CheckConservation());
    return 0;
}
