// SPDX-License-Identifier: GPL-2.0-only
//
// The part of the helper that makes the stages of either end and connects them, wherever the
// shards go between.
#include "shard-tunnel-helper.h"

#include "ns3/boolean.h"
#include "ns3/uinteger.h"

namespace ns3
{
namespace sharding
{

/// @return units in front of a stage
Ptr<ShardCryptoPool>
ShardTunnelHelper::MakePool(ShardSink* next) const
{
    Ptr<ShardCryptoPool> pool = m_pool.Create<ShardCryptoPool>();
    pool->SetDispatcher(m_dispatcher.Create<ShardDispatcher>());
    pool->SetSpeeds(m_speeds);
    pool->SetNext(next);
    return pool;
}

/// Make the parts between what takes datagrams and the near transport, which is there.
void
ShardTunnelHelper::WireSender(ShardTunnel& tunnel, const std::vector<ShardPathInfo>& infos) const
{
    NS_ABORT_MSG_IF(infos.empty(), "a tunnel needs at least one path: AddPath()");
    const uint32_t overhead =
        tunnel.nearTransport->GetOverhead() + (m_crypto ? ShardSeal::OVERHEAD : 0);
    tunnel.buffer = m_buffer.Create<ShardSendBuffer>();
    tunnel.buffer->SetPaths(static_cast<uint32_t>(infos.size()), overhead);
    tunnel.buffer->SetNext(PeekPointer(tunnel.nearTransport));
    if (m_crypto)
    {
        tunnel.sealer = m_sealer.Create<ShardSealer>();
        tunnel.sealer->SetAttribute("Peer", UintegerValue(tunnel.peer));
        tunnel.encryption = MakePool(PeekPointer(tunnel.nearTransport));
        tunnel.encryption->SetCipher(PeekPointer(tunnel.sealer));
        tunnel.buffer->SetNext(PeekPointer(tunnel.encryption));
    }

    Ptr<ShardPlacement> placement = m_placement.Create<ShardPlacement>();
    placement->SetPaths(infos);
    tunnel.transformer = m_transformer.Create<ShardTransformer>();
    tunnel.transformer->SetAttribute("RealPayload", BooleanValue(m_realPayload));
    tunnel.transformer->SetPolicy(m_policy.Create<ShardingPolicy>());
    tunnel.transformer->SetPlacement(placement);
    tunnel.transformer->SetPaths(infos, overhead);
    tunnel.transformer->SetPeers(
        MakeCallback(&ShardTransport::FindPeer, PeekPointer(tunnel.nearTransport)));
    tunnel.transformer->SetNext(PeekPointer(tunnel.buffer));
    if (tunnel.encryption)
    {
        tunnel.transformer->SetUnitWait(
            MakeCallback(&ShardCryptoPool::GetWait, PeekPointer(tunnel.encryption)));
    }
    if (m_arq)
    {
        tunnel.history = m_history.Create<ShardHistory>();
        tunnel.history->SetNext(PeekPointer(tunnel.buffer));
        tunnel.transformer->SetNext(PeekPointer(tunnel.history));
        tunnel.nearTransport->SetControlReceiver(SHARD_CONTROL_REQUEST,
                                                 PeekPointer(tunnel.history));
    }
    tunnel.transformer->SetAttribute("Arq", BooleanValue(m_arq));
}

/// Make the parts behind the far transport, which is there.
void
ShardTunnelHelper::WireReceiver(ShardTunnel& tunnel) const
{
    ShardTransport* const far = PeekPointer(tunnel.farTransport);
    tunnel.reassembler = m_reassembler.Create<ShardReassembler>();
    if (m_arq || m_reports.IsStrictlyPositive())
    {
        tunnel.reassembler->SetFeedback(far);
        tunnel.reassembler->SetAttribute("ReportInterval", TimeValue(m_reports));
    }
    if (!m_arq)
    {
        tunnel.reassembler->SetAttribute("RequestRounds", UintegerValue(0));
    }
    if (m_releasePolicy.IsTypeIdSet())
    {
        tunnel.reassembler->SetReleasePolicy(m_releasePolicy.Create<ShardReleasePolicy>());
    }
    if (m_arrivalPredictor.IsTypeIdSet())
    {
        tunnel.predictor = m_arrivalPredictor.Create<ShardArrivalPredictor>();
        tunnel.reassembler->SetArrivalPredictor(tunnel.predictor);
    }
    tunnel.recovery = m_recovery.Create<ShardWindowRecovery>();
    tunnel.recovery->SetNext(PeekPointer(tunnel.reassembler));
    far->SetReceiver(PeekPointer(tunnel.recovery));
    if (m_crypto)
    {
        tunnel.opener = m_opener.Create<ShardOpener>();
        tunnel.opener->SetAttribute("RealPayload", BooleanValue(m_realPayload));
        tunnel.decryption = MakePool(PeekPointer(tunnel.recovery));
        tunnel.decryption->SetCipher(PeekPointer(tunnel.opener));
        far->SetAttribute("Sealed", BooleanValue(true));
        far->SetReceiver(PeekPointer(tunnel.decryption));
    }
    if (m_preallocation)
    {
        tunnel.preallocator = m_preallocator.Create<ShardPreallocator>();
        tunnel.preallocator->SetNext(tunnel.reassembler);
        if (m_preallocationPolicy.IsTypeIdSet())
        {
            tunnel.preallocator->SetPolicy(
                m_preallocationPolicy.Create<ShardPreallocationPolicy>());
        }
        tunnel.recovery->SetNext(PeekPointer(tunnel.preallocator));
    }
}

} // namespace sharding
} // namespace ns3
