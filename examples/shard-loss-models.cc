// SPDX-License-Identifier: GPL-2.0-only
//
// Bursty loss on an ordinary ns-3 device: GilbertElliottErrorModel, given a mean loss and a mean
// burst, as the ReceiveErrorModel of a point-to-point device. What comes out is measured.

#include "ns3/core-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/shard-error-models.h"

#include <algorithm>
#include <iomanip>
#include <iostream>

using namespace ns3;
using namespace ns3::sharding;

namespace
{

/// Counts what arrives and what does not, and how long the runs of losses are.
struct Meter
{
    void Received(Ptr<const Packet>)
    {
        lastLost = false;
    }

    void Lost(Ptr<const Packet>)
    {
        ++lost;
        bursts += lastLost ? 0 : 1;
        lastLost = true;
    }

    uint64_t lost{0};
    uint64_t bursts{0};
    bool lastLost{false};
};

void
Send(Ptr<NetDevice> device, uint32_t left)
{
    device->Send(Create<Packet>(100), device->GetBroadcast(), 0x0800);
    if (left > 1)
    {
        Simulator::Schedule(MilliSeconds(1), &Send, device, left - 1);
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    double loss = 0.05;
    uint32_t packets = 100000;
    CommandLine cmd(__FILE__);
    cmd.AddValue("loss", "mean share of packets lost", loss);
    cmd.AddValue("packets", "packets to send for each line", packets);
    cmd.Parse(argc, argv);

    std::cout << "wanted loss, burst | measured loss, burst (packets)\n";
    std::cout << std::fixed << std::setprecision(4);
    for (const double burst : {0.0, 2.0, 4.0, 16.0}) // 0: independent losses
    {
        NodeContainer nodes(2);
        PointToPointHelper link;
        link.SetDeviceAttribute("DataRate", StringValue("10Mbps"));
        const NetDeviceContainer devices = link.Install(nodes);
        Ptr<GilbertElliottErrorModel> model = CreateObject<GilbertElliottErrorModel>();
        model->SetAttribute("MeanLoss", DoubleValue(loss));
        model->SetAttribute("MeanBurst", DoubleValue(burst));
        model->AssignStreams(1);
        devices.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(model));
        Meter meter;
        devices.Get(1)->TraceConnectWithoutContext("PhyRxDrop", MakeCallback(&Meter::Lost, &meter));
        devices.Get(1)->TraceConnectWithoutContext("PhyRxEnd",
                                                   MakeCallback(&Meter::Received, &meter));
        Simulator::ScheduleNow(&Send, devices.Get(0), packets);
        Simulator::Run();
        Simulator::Destroy();

        const double wanted = burst == 0 ? 1 / (1 - loss) : burst; // runs of independent losses
        std::cout << std::setw(11) << loss << std::setw(7) << std::setprecision(2) << wanted
                  << " | " << std::setprecision(4) << std::setw(13)
                  << static_cast<double>(meter.lost) / packets << std::setw(7)
                  << std::setprecision(2)
                  << static_cast<double>(meter.lost) /
                         static_cast<double>(std::max<uint64_t>(meter.bursts, 1))
                  << (burst == 0 ? "  independent\n" : "  bursty\n") << std::setprecision(4);
    }
    return 0;
}
