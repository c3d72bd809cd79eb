// SPDX-License-Identifier: GPL-2.0-only
#include "offload-discs.h"

#include "offload-engine.h"

#include "ns3/abort.h"
#include "ns3/cobalt-queue-disc.h"
#include "ns3/data-rate.h"
#include "ns3/pie-queue-disc.h"
#include "ns3/queue-size.h"
#include "ns3/traffic-control-helper.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace shardsim
{

using namespace ns3;

namespace
{

/// IP packet with a full chunk.
constexpr uint64_t PACKET_BYTES = OFFLOAD_CHUNK + OFFLOAD_CHUNK_HEADERS - 2;

/// Queues of flows come into being as flows do, and with them their random draws: each gets a
/// stream of its own, by its place, before it draws for the first time (ns-3's count of automatic
/// streams goes on from run to run of a program).
void
GiveStreams(Ptr<QueueDisc> disc, Ptr<const QueueDiscItem>)
{
    for (std::size_t i = disc->GetNQueueDiscClasses(); i > 0; --i)
    {
        const Ptr<QueueDisc> child = disc->GetQueueDiscClass(i - 1)->GetQueueDisc();
        const auto stream = OFFLOAD_STREAM_DISC + static_cast<int64_t>(i);
        if (const Ptr<PieQueueDisc> pie = DynamicCast<PieQueueDisc>(child))
        {
            pie->AssignStreams(stream);
        }
        else if (const Ptr<CobaltQueueDisc> cobalt = DynamicCast<CobaltQueueDisc>(child))
        {
            cobalt->AssignStreams(stream);
        }
    }
}

} // namespace

const std::vector<std::string>&
OffloadDiscs()
{
    static const std::vector<std::string> words =
        {"offload", "fifo", "pfifo-fast", "prio", "tbf", "fq-codel", "fq-cobalt", "fq-pie"};
    return words;
}

Ptr<QueueDisc>
InstallOffloadDisc(const Values& values,
                   const std::vector<OffloadFunctionPlan>& plans,
                   Ptr<NetDevice> device)
{
    const std::string word = values.GetText("disc");
    const auto memory = static_cast<uint32_t>(values.GetBytes("buffer.total"));
    const QueueSize bytes(QueueSizeUnit::BYTES, memory);
    const QueueSize packets(QueueSizeUnit::PACKETS,
                            static_cast<uint32_t>(std::max<uint64_t>(1, memory / PACKET_BYTES)));
    TrafficControlHelper helper;
    helper.Uninstall(device);
    if (word == "offload")
    {
        return InstallOffloadEngine(values, plans, device);
    }
    if (word == "fifo")
    {
        helper.SetRootQueueDisc("ns3::FifoQueueDisc", "MaxSize", QueueSizeValue(bytes));
    }
    else if (word == "pfifo-fast")
    {
        helper.SetRootQueueDisc("ns3::PfifoFastQueueDisc", "MaxSize", QueueSizeValue(packets));
    }
    else if (word == "prio")
    {
        // Nobody says who is urgent: all are in one band, which may have all of the memory.
        const uint16_t handle = helper.SetRootQueueDisc("ns3::PrioQueueDisc");
        const auto classes = helper.AddQueueDiscClasses(handle, 3, "ns3::QueueDiscClass");
        helper.AddChildQueueDiscs(handle,
                                  classes,
                                  "ns3::FifoQueueDisc",
                                  "MaxSize",
                                  QueueSizeValue(bytes));
    }
    else if (word == "tbf")
    {
        const DataRate rate(values.GetRateBps("topology.rate"));
        helper.SetRootQueueDisc("ns3::TbfQueueDisc",
                                "MaxSize",
                                QueueSizeValue(bytes),
                                "Burst",
                                UintegerValue(static_cast<uint32_t>(10 * PACKET_BYTES)),
                                "Rate",
                                DataRateValue(rate));
    }
    else
    {
        const std::string type = word == "fq-codel"    ? "ns3::FqCoDelQueueDisc"
                                 : word == "fq-cobalt" ? "ns3::FqCobaltQueueDisc"
                                                       : "ns3::FqPieQueueDisc";
        helper.SetRootQueueDisc(type, "MaxSize", QueueSizeValue(packets));
    }
    const Ptr<QueueDisc> disc = helper.Install(device).Get(0);
    if (word == "fq-cobalt" || word == "fq-pie")
    {
        const bool connected =
            disc->TraceConnectWithoutContext("Enqueue", MakeBoundCallback(&GiveStreams, disc));
        NS_ABORT_MSG_UNLESS(connected, "QueueDisc has no trace Enqueue");
    }
    return disc;
}

} // namespace shardsim
