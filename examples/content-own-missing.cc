// SPDX-License-Identifier: GPL-2.0-only
//
// A policy of your own for shards that do not come, in one file: other holders are asked, but only
// so often in a session, so that failures do not multiply the load; from then on it interpolates.
// Nothing of the module changes: a subclass with a TypeId is all.

#include "ns3/content-abr-throughput.h"
#include "ns3/content-client.h"
#include "ns3/content-ideal-fetcher.h"
#include "ns3/content-models.h"
#include "ns3/content-movie-guide.h"
#include "ns3/content-qoe.h"
#include "ns3/core-module.h"

#include <iomanip>
#include <iostream>

using namespace ns3;
using namespace ns3::sharding;

/// Tries other holders, but only for so many requests in a session.
class BudgetMissing : public ContentMissing
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("example::BudgetMissing")
                                .SetParent<ContentMissing>()
                                .AddConstructor<BudgetMissing>()
                                .AddAttribute("Budget",
                                              "Requests that may be sent again in all.",
                                              UintegerValue(10),
                                              MakeUintegerAccessor(&BudgetMissing::m_budget),
                                              MakeUintegerChecker<uint32_t>());
        return tid;
    }

    ContentRemedy Judge(const ContentMissingView& view) override
    {
        ContentRemedy remedy;
        const bool worthIt = m_budget > 0 && view.holdersLeft > 0;
        remedy.kind = worthIt ? CONTENT_OTHER_HOLDER : CONTENT_INTERPOLATE;
        m_budget -= worthIt ? 1 : 0;
        return remedy;
    }

  private:
    uint32_t m_budget{0}; ///< attribute, what is left of it
};

NS_OBJECT_ENSURE_REGISTERED(BudgetMissing);

namespace
{

/// Watch two minutes when two of eight holders fail after 30 s, and print what becomes of it.
void
Watch(const std::string& policy)
{
    const std::vector<double> bitrates{3e5, 7.5e5, 1.2e6, 2.4e6};
    ContentPlan plan;
    plan.holders = 8;
    plan.copies = 2;
    const auto movie = std::make_shared<const ContentMovie>(
        MakeConstantMovie(Seconds(120), MilliSeconds(500), bitrates));
    const auto trace = std::make_shared<const ContentNetworkTrace>(
        std::vector<ContentNetworkTrace::Period>{{Seconds(1), 4e6, MilliSeconds(40)}});
    const auto faults = std::make_shared<ContentHolderFaults>();
    faults->SetDown(2, Seconds(30), Time::Max());
    faults->SetDown(3, Seconds(30), Time::Max());

    const auto fetcher = CreateObject<ContentIdealFetcher>();
    fetcher->SetTrace(trace);
    fetcher->SetFaults(faults);
    ObjectFactory factory(policy);
    const auto client = CreateObject<ContentClient>();
    client->SetAttribute("Timeout", TimeValue(MilliSeconds(500)));
    client->SetAttribute("Buffer", TimeValue(Seconds(6)));
    client->SetGuide(std::make_shared<const ContentMovieGuide>(movie, plan));
    client->SetFetcher(fetcher);
    client->SetAbr(CreateObject<ContentThroughputAbr>());
    client->SetMissing(factory.Create<ContentMissing>());
    Simulator::ScheduleNow(&ContentClient::Start, client);
    Simulator::Run();
    client->Finish();
    const ContentPlayoutTotals totals = *client->Totals();
    const ContentQoe qoe = MeasureContentQoe(totals);
    std::cout << std::setw(34) << std::left << policy << std::right << std::setw(8)
              << client->GetCounters().requests << std::setw(9) << totals.stalled.GetSeconds()
              << std::setw(14) << 100 * qoe.interpolatedRatio.value_or(0) << std::setw(13)
              << qoe.linearRate.value_or(0) << "\n";
    client->Dispose();
    fetcher->Dispose();
    Simulator::Destroy();
}

} // namespace

int
main(int argc, char* argv[])
{
    CommandLine cmd(__FILE__);
    cmd.Parse(argc, argv);
    std::cout
        << "240 shards of 0.5 s, two of eight holders fail after 30 s\n"
        << "policy                            requests  stall s  interpolated%  QoE (Mbit/s)\n"
        << std::fixed << std::setprecision(2);
    Watch("ns3::sharding::ContentOneRemedy");
    Watch("ns3::sharding::ContentLadder");
    Watch("example::BudgetMissing");
    return 0;
}
