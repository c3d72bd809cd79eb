// SPDX-License-Identifier: GPL-2.0-only
// Any bytes as a shard, with real and with virtual payload. The parser must not read past them;
// what it takes has a layout, has the size that the layout says, and written again is the same to
// the bit. A checksum that is made right leads the fuzzer behind it: then a header is taken exactly
// when its fields agree with each other and with the length. Likewise control messages and their
// bodies.

#include "ns3/shard-control.h"
#include "ns3/shard-decision.h"
#include "ns3/shard-header.h"
#include "ns3/shard-report.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace
{

using namespace ns3::sharding;

void
Require(bool holds)
{
    if (!holds)
    {
        std::abort();
    }
}

/**
 * The rules of a repair shard of the sliding window in plain words.
 * @param payload null when only the size is known
 * @return whether there is such a shard
 */
bool
IsWindow(const ShardFields& fields, const uint8_t* payload, uint32_t size)
{
    const uint32_t longest = (fields.datagram + fields.k - 1U) / fields.k;
    if (payload == nullptr)
    {
        return size >= 4 + longest && size <= 49 + 65535;
    }
    if (size < 1 || (payload[0] & 15) > payload[0] >> 4 || size < 4U + 3U * (payload[0] & 15))
    {
        return false;
    }
    const uint32_t count = 1U + (payload[0] & 15);
    uint32_t most = 0;
    uint32_t k = 0;
    uint32_t datagram = 0;
    for (uint32_t i = 0; i < count; ++i)
    {
        k = payload[1 + 3 * i];
        datagram = payload[2 + 3 * i] * 256U + payload[3 + 3 * i];
        if (k < 1 || k > datagram)
        {
            return false;
        }
        most = std::max(most, (datagram + k - 1) / k);
    }
    return k == fields.k && datagram == fields.datagram && size == 1 + 3 * count + most;
}

/// @return whether there is a shard with these fields and this payload
bool
Agrees(const ShardFields& fields, const uint8_t* payload, uint32_t size)
{
    const std::optional<ShardLayout> layout = fields.Layout();
    if (!layout || (fields.code == SHARD_CODE_SLIDING_WINDOW && fields.first != 0))
    {
        return false;
    }
    return fields.code == SHARD_CODE_SLIDING_WINDOW && fields.index >= fields.k
               ? IsWindow(fields, payload, size)
               : size == layout->WireSize(fields.index);
}

void
CheckTaken(const ShardFields& fields,
           const uint8_t* data,
           const uint8_t* payload,
           uint32_t payloadSize)
{
    const std::optional<ShardLayout> layout = fields.Layout();
    Require(layout.has_value());
    Require(fields.k >= 1 && fields.n >= fields.k && fields.index < fields.n);
    Require(Agrees(fields, payload, payloadSize) && payloadSize > 0);
    uint32_t sum = 0;
    for (uint32_t index = 0; index < fields.k; ++index)
    {
        Require(layout->Size(index) > 0 && layout->Offset(index) == sum);
        sum += layout->Size(index);
    }
    Require(sum == fields.datagram);
    std::array<uint8_t, ShardHeader::SIZE> again;
    ShardHeader::Write(fields, payload, payloadSize, again.data());
    Require(std::equal(again.begin(), again.end(), data));
}

void
CheckParse(const uint8_t* data, uint32_t size, uint32_t payloadSize, bool real)
{
    ShardFields fields;
    const ShardError error = ShardHeader::Parse(data, size, payloadSize, real, fields);
    ShardFields peeked;
    const ShardError glance = ShardHeader::Peek(data, size, peeked);
    // Whoever only glances must not refuse what the parser takes, nor disagree on a refusal.
    Require(glance == SHARD_OK || glance == error);
    if (error == SHARD_OK)
    {
        Require(peeked.SameBlock(fields) && peeked.index == fields.index);
        CheckTaken(fields, data, real ? data + ShardHeader::SIZE : nullptr, payloadSize);
    }
}

/// What a body says is what it says when it is written again.
template <typename Body>
void
CheckBody(const uint8_t* data, uint32_t size)
{
    Body read;
    if (read.Read(data, size) == SHARD_OK)
    {
        const std::vector<uint8_t> written = read.Write();
        Body again;
        Require(again.Read(written.data(), static_cast<uint32_t>(written.size())) == SHARD_OK);
        Require(again.Write() == written);
    }
}

/// Any bytes as a control message, and, as nobody guesses a tag, as the body of each kind.
void
CheckControl(const uint8_t* data, uint32_t size)
{
    const ShardTagKey key{};
    ShardControlType type;
    uint32_t number = 0;
    ShardControl::Check(key, data, size, type, number);
    CheckBody<ShardRequest>(data, size);
    CheckBody<ShardProbe>(data, size);
    CheckBody<ShardReport>(data, size);
    CheckBody<ShardCapability>(data, size);
    CheckBody<ShardAsk>(data, size);
    CheckBody<ShardDecision>(data, size);
    CheckBody<ShardEpoch>(data, size);
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t length)
{
    const auto size = static_cast<uint32_t>(std::min<size_t>(length, 70000));
    const uint32_t payloadSize = size < ShardHeader::SIZE ? 0 : size - ShardHeader::SIZE;
    CheckParse(data, size, payloadSize, true);
    CheckParse(data, size, payloadSize, false);
    // With virtual payload the length comes from elsewhere: from the last bytes here.
    if (size >= ShardHeader::SIZE + 2)
    {
        CheckParse(data, ShardHeader::SIZE, data[size - 2] << 8 | data[size - 1], false);
    }

    CheckControl(data, size);

    ShardFields fields;
    if (ShardHeader::Peek(data, size, fields) != SHARD_OK)
    {
        return 0;
    }
    std::vector<uint8_t> summed(data, data + size);
    const uint8_t* payload = summed.data() + ShardHeader::SIZE;
    ShardHeader::Write(fields, payload, payloadSize, summed.data());
    const std::optional<ShardLayout> layout = fields.Layout();
    const bool agrees = Agrees(fields, payload, payloadSize);
    ShardFields read;
    const ShardError error = ShardHeader::Parse(summed.data(), size, payloadSize, true, read);
    Require((error == SHARD_OK) == agrees);
    if (layout)
    {
        const bool isWindow = fields.code == SHARD_CODE_SLIDING_WINDOW;
        const uint32_t virtualSize =
            layout->WireSize(fields.index) + (isWindow && fields.index >= fields.k ? 4 : 0);
        ShardHeader::Write(fields, nullptr, virtualSize, summed.data());
        CheckParse(summed.data(), ShardHeader::SIZE, virtualSize, false);
        Require(ShardHeader::Parse(summed.data(), ShardHeader::SIZE, virtualSize, false, read) ==
                (isWindow && fields.first != 0 ? SHARD_CONTRADICTION : SHARD_OK));
    }
    return 0;
}
