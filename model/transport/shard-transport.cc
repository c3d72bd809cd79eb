// SPDX-License-Identifier: GPL-2.0-only
#include "shard-transport.h"

#include "ns3/abort.h"
#include "ns3/boolean.h"
#include "ns3/shard-hex.h"
#include "ns3/string.h"

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardTransport);

TypeId
ShardTransport::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardTransport")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddAttribute(
                "ControlKey",
                "Secret of 16 bytes, as 32 hexadecimal digits, that both ends share; "
                "control messages without it are dropped.",
                StringValue("00000000000000000000000000000000"),
                MakeStringAccessor(&ShardTransport::SetControlKey, &ShardTransport::GetControlKey),
                MakeStringChecker())
            .AddAttribute("Ecn",
                          "What is sent is ECN-capable (ECT(0), RFC 3168), and queues may mark it "
                          "instead of dropping it. The marks are for the tunnel's own control "
                          "plane, as in RFC 9347, and for datagrams that are ECN-capable.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&ShardTransport::m_ecn),
                          MakeBooleanChecker())
            .AddAttribute("Sealed",
                          "Sealed shards are taken, because the receiver opens them; else they are "
                          "dropped like those of an unknown version.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&ShardTransport::m_isSealed),
                          MakeBooleanChecker());
    return tid;
}

void
ShardTransport::SetControlKey(const std::string& digits)
{
    NS_ABORT_MSG_UNLESS(ShardReadHex(digits, m_controlKey),
                        "ControlKey is " << digits << "; allowed: 32 digits 0-9 and a-f");
}

std::string
ShardTransport::GetControlKey() const
{
    return ShardWriteHex(m_controlKey);
}

std::vector<uint32_t>
ShardTransport::GetPeers() const
{
    return {};
}

std::optional<uint32_t>
ShardTransport::FindPeer(const ShardTarget& target) const
{
    return target ? std::nullopt : std::optional<uint32_t>(0);
}

void
ShardTransport::SendControl(Time now,
                            uint16_t path,
                            ShardControlType type,
                            const std::vector<uint8_t>& body,
                            uint32_t peer)
{
    ++m_controlSent;
    DoSendControl(now,
                  path,
                  peer,
                  ShardControl::Frame(m_controlKey, type, ++m_controlNumber, body));
}

ShardError
ShardTransport::TakeControl(Time now,
                            uint16_t path,
                            uint32_t peer,
                            const uint8_t* data,
                            uint32_t size,
                            uint32_t place,
                            bool isMarked)
{
    if (m_isDown)
    {
        ++m_controlMissed;
        return SHARD_OK;
    }
    ShardControlMessage message;
    ShardError error = ShardControl::Check(m_controlKey, data, size, message.type, message.number);
    if (error == SHARD_OK && !m_controlWindows[peer].Accept(message.number))
    {
        error = SHARD_REPLAYED;
    }
    if (error != SHARD_OK)
    {
        ++m_rejected[error];
        return error;
    }
    ++m_controlReceived;
    message.path = path;
    message.peer = peer;
    message.place = place;
    message.isMarked = isMarked;
    message.body = data + ShardControl::HEADER;
    message.size = size - ShardControl::HEADER - ShardControl::TRAILER;
    if (ShardControlSink* const receiver = m_controlReceivers[message.type])
    {
        receiver->AcceptControl(now, message);
    }
    return SHARD_OK;
}

void
ShardTransport::DoDispose()
{
    m_receiver = nullptr;
    m_controlReceivers.fill(nullptr);
    Object::DoDispose();
}

} // namespace sharding
} // namespace ns3
