// SPDX-License-Identifier: GPL-2.0-only
#include "shard-sealer.h"

#include "ns3/abort.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardSealer);

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
    NS_ABORT_MSG_IF(shard.seal.present, "a sealed shard is sealed again");
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
    NS_ABORT_MSG_IF(shard.seal.present, "a sealed shard is sealed again");
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
