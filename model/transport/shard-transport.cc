// SPDX-License-Identifier: GPL-2.0-only
#include "shard-transport.h"

#include "ns3/abort.h"
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
                MakeStringChecker());
    return tid;
}

void
ShardTransport::SetControlKey(const std::string& digits)
{
    const std::string hexadecimal = "0123456789abcdef";
    NS_ABORT_MSG_UNLESS(digits.size() == 2 * m_controlKey.size() &&
                            digits.find_first_not_of(hexadecimal) == std::string::npos,
                        "ControlKey is " << digits << "; allowed: 32 digits 0-9 and a-f");
    for (std::size_t i = 0; i < m_controlKey.size(); ++i)
    {
        m_controlKey[i] = static_cast<uint8_t>(hexadecimal.find(digits[2 * i]) << 4 |
                                               hexadecimal.find(digits[2 * i + 1]));
    }
}

std::string
ShardTransport::GetControlKey() const
{
    std::string digits;
    for (uint8_t byte : m_controlKey)
    {
        digits += "0123456789abcdef"[byte >> 4];
        digits += "0123456789abcdef"[byte & 15];
    }
    return digits;
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
                            uint32_t place)
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
