// SPDX-License-Identifier: GPL-2.0-only
#ifndef SEAL_FIXTURE_H
#define SEAL_FIXTURE_H

#include "ns3/shard-opener.h"
#include "ns3/shard-sealer.h"
#include "ns3/shard.h"
#include <ns3/boolean.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace sealtest
{

using namespace ns3;
using namespace ns3::sharding;

/**
 * @param flow id  @param size bytes of payload, which is all of its datagram
 * @param isReal whether it has bytes, made up from flow and size
 * @return a plain shard
 */
inline Shard
MakeShard(uint32_t flow, uint16_t size, bool isReal)
{
    Shard shard;
    shard.fields.flow = flow;
    shard.fields.datagram = size;
    shard.fields.k = 1;
    shard.fields.n = 1;
    shard.size = size;
    if (isReal)
    {
        Ptr<ShardBytes> bytes = Create<ShardBytes>(size + 5U);
        for (uint32_t i = 0; i < bytes->Size(); ++i)
        {
            bytes->Data()[i] = static_cast<uint8_t>(flow + 7 * i);
        }
        shard.bytes = bytes;
        shard.offset = 5;
    }
    return shard;
}

/// @param shard any  @return its payload
inline std::vector<uint8_t>
PayloadOf(const Shard& shard)
{
    const uint8_t* const payload = shard.Payload();
    return payload == nullptr ? std::vector<uint8_t>()
                              : std::vector<uint8_t>(payload, payload + shard.size);
}

/// @param shard any  @return the same, with bytes of its own
inline Shard
CopyOf(const Shard& shard)
{
    Shard copy = shard;
    if (shard.bytes)
    {
        Ptr<ShardBytes> bytes = Create<ShardBytes>(shard.size);
        std::copy(shard.Payload(), shard.Payload() + shard.size, bytes->Data());
        copy.bytes = bytes;
        copy.offset = 0;
    }
    return copy;
}

/// @return a sealer, with the default key: all zeros
inline Ptr<ShardSealer>
MakeSealer()
{
    return CreateObject<ShardSealer>();
}

/// @param isReal payload  @param window of replays  @return an opener, with the default key
inline Ptr<ShardOpener>
MakeOpener(bool isReal, uint32_t window = 64)
{
    Ptr<ShardOpener> opener = CreateObject<ShardOpener>();
    opener->SetAttribute("RealPayload", BooleanValue(isReal));
    opener->SetAttribute("ReplayWindow", UintegerValue(window));
    return opener;
}

/**
 * @param sealer seals  @param flow id  @param isReal payload  @param unit that seals
 * @return a sealed shard of 100 bytes
 */
inline Shard
SealOne(Ptr<ShardSealer> sealer, uint32_t flow, bool isReal, uint16_t unit = 0)
{
    Shard shard = MakeShard(flow, 100, isReal);
    sealer->Number(shard);
    sealer->Apply(Time(0), unit, shard);
    return shard;
}

/// @param opener opens  @param shard of which a copy is handed to it  @return whether it takes it
inline bool
Opens(Ptr<ShardOpener> opener, const Shard& shard)
{
    Shard copy = CopyOf(shard);
    return opener->Apply(Time(0), 0, copy);
}

} // namespace sealtest

#endif // SEAL_FIXTURE_H
