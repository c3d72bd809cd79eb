// SPDX-License-Identifier: GPL-2.0-only
#include "shard-tunnel-cipher.h"

#include "ns3/abort.h"
#include "ns3/shard-compat.h"
#include "ns3/shard-hex.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardTunnelCipher);

namespace
{

/// Buffers that are looked at for one that is free again: about as many as are on their way
/// between a unit and the wire.
constexpr std::size_t BUFFERS = 64;

} // namespace

TypeId
ShardTunnelCipher::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardTunnelCipher")
            .SetParent<Object>()
            .SetGroupName("Sharding")
            .AddAttribute(
                "Key",
                "Master key of the tunnel, 32 bytes as 64 hexadecimal digits, which both "
                "ends share. To be set before the first shard.",
                StringValue(std::string(64, '0')),
                MakeStringAccessor(&ShardTunnelCipher::SetKey, &ShardTunnelCipher::GetKey),
                MakeStringChecker())
            .AddAttribute("Cipher",
                          "Cipher, the same at both ends. To be set before the first shard.",
                          ShardEnumValue<ShardAeadKind>(SHARD_AEAD_FASTEST),
                          ShardMakeEnumAccessor<ShardAeadKind>(&ShardTunnelCipher::SetKind,
                                                               &ShardTunnelCipher::GetKind),
                          ShardMakeEnumChecker<ShardAeadKind>(SHARD_AEAD_FASTEST,
                                                              "Fastest",
                                                              SHARD_AEAD_AES_256_GCM,
                                                              "Aes256Gcm",
                                                              SHARD_AEAD_CHACHA20_POLY1305,
                                                              "ChaCha20Poly1305"))
            .AddAttribute("Direction",
                          "Which of the tunnel's two directions this is: the same number at both "
                          "ends of a direction, another for the way back. To be set before the "
                          "first shard.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&ShardTunnelCipher::m_direction),
                          MakeUintegerChecker<uint32_t>(0, 1));
    return tid;
}

void
ShardTunnelCipher::SetKey(const std::string& digits)
{
    NS_ABORT_MSG_UNLESS(ShardReadHex(digits, m_key),
                        "Key has " << digits.size()
                                   << " characters; allowed: 64 digits 0-9 and a-f");
}

std::string
ShardTunnelCipher::GetKey() const
{
    return ShardWriteHex(m_key);
}

void
ShardTunnelCipher::SetKind(ShardAeadKind kind)
{
    NS_ABORT_MSG_UNLESS(ShardAead::IsAvailable(kind),
                        "Cipher is Aes256Gcm, which this processor has no instructions for; "
                        "allowed: Fastest, ChaCha20Poly1305");
    m_kind = kind;
}

ShardAeadKind
ShardTunnelCipher::GetKind() const
{
    return m_kind;
}

ShardAeadNonce
ShardTunnelCipher::NonceOf(const ShardSeal& seal)
{
    uint8_t prefix[ShardSeal::PREFIX];
    seal.Write(prefix);
    ShardAeadNonce nonce{};
    std::copy(prefix + 1, prefix + 8, nonce.end() - 7); // unit and counter
    return nonce;
}

ShardTunnelCipher::AssociatedData
ShardTunnelCipher::AssociatedDataOf(const Shard& shard)
{
    AssociatedData data;
    ShardHeader::WriteChecked(shard.fields, true, data.data());
    shard.seal.Write(data.data() + ShardHeader::CHECKED);
    return data;
}

ShardKeySchedule
ShardTunnelCipher::MakeSchedule(uint32_t peer) const
{
    return ShardKeySchedule(m_key, m_direction, peer);
}

Ptr<ShardBytes>
ShardTunnelCipher::MakeBytes(uint32_t size)
{
    m_buffers.resize(BUFFERS);
    // The one handed out last is free where nothing waits, and is still in the cache; else the one
    // handed out longest ago is likeliest to be.
    for (std::size_t tries = 0; tries < 2; ++tries)
    {
        const Ptr<ShardBytes>& bytes = m_buffers[m_buffer];
        if (bytes && bytes->GetReferenceCount() == 1 && bytes->Size() >= size)
        {
            return bytes;
        }
        m_buffer = tries == 0 ? (m_buffer + 1) % BUFFERS : m_buffer;
    }
    m_buffers[m_buffer] = Create<ShardBytes>(size);
    return m_buffers[m_buffer];
}

} // namespace sharding
} // namespace ns3
