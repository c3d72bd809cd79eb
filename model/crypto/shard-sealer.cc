// SPDX-License-Identifier: GPL-2.0-only
#include "shard-sealer.h"

#include "ns3/abort.h"
#include "ns3/assert.h"
#include "ns3/shard-compat.h"
#include "ns3/shard-hex.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardTunnelCipher);
NS_OBJECT_ENSURE_REGISTERED(ShardSealer);

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
    if (m_buffers.size() < BUFFERS)
    {
        m_buffers.push_back(Create<ShardBytes>(size));
        return m_buffers.back();
    }
    Ptr<ShardBytes>& bytes = m_buffers[m_nextBuffer];
    m_nextBuffer = (m_nextBuffer + 1) % BUFFERS;
    if (bytes->GetReferenceCount() != 1 || bytes->Size() < size)
    {
        bytes = Create<ShardBytes>(size);
    }
    return bytes;
}

TypeId
ShardSealer::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardSealer")
            .SetParent<ShardTunnelCipher>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardSealer>()
            .AddAttribute("Peer",
                          "Number that the receiver knows this sender by. To be set before the "
                          "first shard.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&ShardSealer::m_peer),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("RekeyAfter",
                          "Shards after which the next key epoch begins. The default is below the "
                          "2^24.5 full-sized records that RFC 8446 allows an AES-GCM key.",
                          UintegerValue(1 << 24),
                          MakeUintegerAccessor(&ShardSealer::m_rekeyAfter),
                          MakeUintegerChecker<uint32_t>(1, 1U << 31));
    return tid;
}

ShardSealer::ShardSealer() = default;
ShardSealer::~ShardSealer() = default;

void
ShardSealer::NextEpoch()
{
    ++m_epoch;
    m_sequence = 0;
}

void
ShardSealer::Restart()
{
    NextEpoch();
    m_bootEpoch = m_epoch;
    m_counters.clear();
    m_keys.clear();
}

void
ShardSealer::Number(Shard& shard)
{
    NS_ASSERT_MSG(!shard.seal.present, "a sealed shard is sealed again");
    if (m_sequence >= m_rekeyAfter)
    {
        NextEpoch();
    }
    shard.seal.key = static_cast<uint8_t>(m_epoch);
    shard.seal.sequence = ++m_sequence;
}

bool
ShardSealer::Apply(Time, uint16_t unit, Shard& shard)
{
    NS_ABORT_MSG_UNLESS(unit < ShardSeal::UNITS,
                        "unit " << unit << " seals; allowed: 0 to " << ShardSeal::UNITS - 1);
    NS_ASSERT_MSG(!shard.seal.present, "a sealed shard is sealed again");
    if (shard.seal.sequence == 0)
    {
        Number(shard);
    }
    // A key of an epoch before the restart must not meet counters that have begun anew.
    const auto age = static_cast<uint8_t>(m_epoch - shard.seal.key);
    if (age > m_epoch - m_bootEpoch)
    {
        ++m_stale;
        return false;
    }
    if (unit >= m_counters.size())
    {
        m_counters.resize(unit + 1U);
    }
    shard.seal.unit = static_cast<uint8_t>(unit);
    shard.seal.counter = ++m_counters[unit];
    shard.seal.present = true;
    if (shard.bytes)
    {
        Encrypt(m_epoch - age, shard);
    }
    shard.size += ShardSeal::OVERHEAD;
    ++m_sealed;
    return true;
}

void
ShardSealer::Encrypt(uint64_t epoch, Shard& shard)
{
    Ptr<ShardBytes> bytes = MakeBytes(shard.size + ShardSeal::OVERHEAD);
    const AssociatedData data = AssociatedDataOf(shard);
    std::copy(data.end() - ShardSeal::PREFIX, data.end(), bytes->Data());
    KeyOf(epoch).Seal(NonceOf(shard.seal),
                      data.data(),
                      data.size(),
                      shard.Payload(),
                      shard.size,
                      bytes->Data() + ShardSeal::PREFIX);
    shard.bytes = bytes;
    shard.offset = 0;
}

const ShardAead&
ShardSealer::KeyOf(uint64_t epoch)
{
    for (const Key& key : m_keys)
    {
        if (key.epoch == epoch)
        {
            return key.aead;
        }
    }
    if (!m_schedule)
    {
        m_schedule = MakeSchedule(m_peer);
    }
    if (m_keys.size() > 1)
    {
        m_keys.pop_back();
    }
    m_keys.insert(m_keys.begin(), Key{epoch, m_schedule->Make(Kind(), epoch)});
    return m_keys.front().aead;
}

void
ShardSealer::DoDispose()
{
    m_keys.clear();
    m_schedule.reset();
    ShardTunnelCipher::DoDispose();
}

} // namespace sharding
} // namespace ns3
