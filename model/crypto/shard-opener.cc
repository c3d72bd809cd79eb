// SPDX-License-Identifier: GPL-2.0-only
#include "shard-opener.h"

#include "ns3/boolean.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <utility>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardOpener);

TypeId
ShardOpener::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardOpener")
            .SetParent<ShardTunnelCipher>()
            .SetGroupName("Sharding")
            .AddConstructor<ShardOpener>()
            .AddAttribute("ReplayWindow",
                          "How far behind the highest number of its flow a shard may come, in "
                          "numbers of its sender: more than units and paths reorder.",
                          UintegerValue(1024),
                          MakeUintegerAccessor(&ShardOpener::m_window),
                          MakeUintegerChecker<uint32_t>(64, 1 << 20))
            .AddAttribute("MaxFlows",
                          "Flows of a sender's key epoch that have a replay window of their own; "
                          "others may only bring what is newer than everything evicted.",
                          UintegerValue(1024),
                          MakeUintegerAccessor(&ShardOpener::m_maxFlows),
                          MakeUintegerChecker<uint32_t>(1))
            .AddAttribute("RealPayload",
                          "Shards carry real bytes; one without any is forged.",
                          BooleanValue(false),
                          MakeBooleanAccessor(&ShardOpener::m_realPayload),
                          MakeBooleanChecker())
            .AddTraceSource("Rejected",
                            "A shard was refused: the shard and why.",
                            MakeTraceSourceAccessor(&ShardOpener::m_rejectedTrace),
                            "ns3::sharding::ShardOpener::RejectedTracedCallback");
    return tid;
}

ShardOpener::ShardOpener() = default;
ShardOpener::~ShardOpener() = default;

bool
ShardOpener::Apply(Time, uint16_t, Shard& shard)
{
    const ShardSealVerdict verdict = Open(shard);
    ++m_counts[verdict];
    if (verdict != SHARD_SEAL_ACCEPTED)
    {
        m_rejectedTrace(shard, verdict);
    }
    return verdict == SHARD_SEAL_ACCEPTED;
}

ShardSealVerdict
ShardOpener::Open(Shard& shard)
{
    if (!shard.seal.present)
    {
        return SHARD_SEAL_MISSING;
    }
    const uint32_t size = shard.size - ShardSeal::OVERHEAD;
    if (shard.size < ShardSeal::OVERHEAD ||
        ShardHeader::CheckPayload(shard.fields, nullptr, size) != SHARD_OK)
    {
        return SHARD_SEAL_LENGTH;
    }

    // The epoch is the one nearest to the latest that has these last eight bits.
    const auto known = m_peers.find(shard.peer);
    const bool isKnown = known != m_peers.end();
    const uint64_t latest = isKnown ? known->second.current.number : 0;
    const int ahead = static_cast<int8_t>(shard.seal.key - static_cast<uint8_t>(latest));
    if (ahead < -1 || (ahead < 0 && latest == 0))
    {
        return SHARD_SEAL_KEY;
    }

    // A peer or an epoch that is new becomes known when the shard has proved genuine.
    std::optional<Peer> newPeer;
    std::optional<Epoch> newEpoch;
    if (!isKnown)
    {
        newPeer = MakePeer(shard.peer, static_cast<uint64_t>(ahead));
    }
    else if (ahead > 0)
    {
        newEpoch = MakeEpoch(latest + static_cast<uint64_t>(ahead));
    }
    Peer& peer = isKnown ? known->second : *newPeer;
    Epoch& epoch = newEpoch ? *newEpoch : isKnown && ahead < 0 ? *peer.previous : peer.current;

    const ShardReplayVerdict replay = epoch.guard.Check(shard.fields.flow, shard.seal.sequence);
    if (replay != SHARD_REPLAY_NEW)
    {
        return replay == SHARD_REPLAY_SEEN ? SHARD_SEAL_REPLAYED : SHARD_SEAL_TOO_OLD;
    }
    Ptr<ShardBytes> plain;
    if (shard.bytes ? !Decrypt(peer, epoch, shard, plain) : m_realPayload)
    {
        return SHARD_SEAL_FORGED;
    }

    const uint32_t behind = epoch.guard.Take(shard.fields.flow, shard.seal.sequence);
    if (newPeer)
    {
        m_peers.emplace(shard.peer, std::move(*newPeer));
    }
    else if (newEpoch)
    {
        MoveOn(peer, std::move(*newEpoch));
    }
    if (plain && ShardHeader::CheckPayload(shard.fields, plain->Data(), size) != SHARD_OK)
    {
        return SHARD_SEAL_LENGTH; // a sender with the key, but not with our rules
    }
    uint32_t bits = 0;
    while (behind >> bits != 0)
    {
        ++bits;
    }
    ++m_reordered[bits];
    m_largestReordering = std::max(m_largestReordering, behind);
    shard.seal = ShardSeal();
    shard.size = size;
    shard.bytes = plain;
    shard.offset = 0;
    return SHARD_SEAL_ACCEPTED;
}

bool
ShardOpener::Decrypt(const Peer& peer, Epoch& epoch, const Shard& shard, Ptr<ShardBytes>& plain)
{
    if (!epoch.key)
    {
        epoch.key = peer.schedule.Make(Kind(), epoch.number);
    }
    plain = MakeBytes(shard.size - ShardSeal::OVERHEAD);
    const AssociatedData data = AssociatedDataOf(shard);
    return epoch.key->Open(NonceOf(shard.seal),
                           data.data(),
                           data.size(),
                           shard.Payload() + ShardSeal::PREFIX,
                           shard.size - ShardSeal::PREFIX,
                           plain->Data());
}

ShardOpener::Epoch
ShardOpener::MakeEpoch(uint64_t number) const
{
    return Epoch{number, std::nullopt, ShardReplayGuard(m_window, m_maxFlows)};
}

ShardOpener::Peer
ShardOpener::MakePeer(uint32_t number, uint64_t epoch) const
{
    Peer peer{MakeSchedule(number), MakeEpoch(epoch), std::nullopt};
    if (epoch > 0)
    {
        peer.previous = MakeEpoch(epoch - 1);
    }
    return peer;
}

void
ShardOpener::MoveOn(Peer& peer, Epoch&& next) const
{
    const bool isNext = next.number == peer.current.number + 1;
    peer.previous = isNext ? std::move(peer.current) : MakeEpoch(next.number - 1);
    peer.current = std::move(next);
}

uint64_t
ShardOpener::GetRejected() const
{
    uint64_t sum = 0;
    for (uint8_t verdict = SHARD_SEAL_ACCEPTED + 1; verdict < SHARD_SEAL_VERDICTS; ++verdict)
    {
        sum += m_counts[verdict];
    }
    return sum;
}

void
ShardOpener::DoDispose()
{
    m_peers.clear();
    ShardTunnelCipher::DoDispose();
}

} // namespace sharding
} // namespace ns3
