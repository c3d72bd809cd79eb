// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_FIXTURE_H
#define CONTENT_FIXTURE_H

#include "ns3/content-client.h"
#include "ns3/content-ideal-fetcher.h"
#include "ns3/content-models.h"
#include "ns3/content-movie-guide.h"
#include "ns3/simulator.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

/// @param bitrates kbit/s  @param segments of 2 s  @return a stream on demand, at one holder
inline std::shared_ptr<const ns3::sharding::ContentMovieGuide>
MakeGuide(const std::vector<double>& bitrates,
          uint32_t segments,
          const ns3::sharding::ContentPlan& plan = {})
{
    using namespace ns3::sharding;
    std::vector<double> rates;
    for (const double kbps : bitrates)
    {
        rates.push_back(kbps * 1000);
    }
    const auto movie = std::make_shared<const ContentMovie>(
        MakeConstantMovie(ns3::Seconds(2 * segments), ns3::Seconds(2), rates));
    return std::make_shared<const ContentMovieGuide>(movie, plan);
}

/**
 * A client over an ideal link, and a story of what it asked for: a word for each request, "s3q1"
 * for segment 3 in rendition 1.
 */
class ContentStory
{
  public:
    using Guide = std::shared_ptr<const ns3::sharding::ContentGuide>;

    ContentStory(Guide guide, const ns3::sharding::ContentNetworkTrace& trace)
        : client(ns3::CreateObject<ns3::sharding::ContentClient>()),
          abr(ns3::CreateObject<ns3::sharding::ContentFixedAbr>()),
          missing(ns3::CreateObject<ns3::sharding::ContentOneRemedy>()),
          faults(std::make_shared<ns3::sharding::ContentHolderFaults>(1)),
          m_fetcher(ns3::CreateObject<ns3::sharding::ContentIdealFetcher>())
    {
        m_fetcher->SetTrace(std::make_shared<const ns3::sharding::ContentNetworkTrace>(trace));
        m_fetcher->SetFaults(faults);
        client->SetGuide(guide);
        client->SetFetcher(m_fetcher);
        client->TraceConnectWithoutContext("Decision",
                                           ns3::MakeCallback(&ContentStory::Decided, this));
    }

    ~ContentStory()
    {
        client->Dispose();
        m_fetcher->Dispose();
        ns3::Simulator::Destroy();
    }

    /// Watch to the end. @param begin seconds  @return what playing came to
    ns3::sharding::ContentPlayoutTotals Watch(double begin = 0)
    {
        client->SetAbr(abr);
        client->SetMissing(missing);
        ns3::Simulator::Schedule(ns3::Seconds(begin), &ns3::sharding::ContentClient::Start, client);
        ns3::Simulator::Run();
        client->Finish();
        EXPECT_TRUE(client->IsOver()) << Told();
        EXPECT_TRUE(client->CheckConservation()) << Told();
        return *client->Totals();
    }

    /// @return the story so far
    std::string Told() const
    {
        std::string all;
        for (const auto& one : decisions)
        {
            all += (all.empty() ? "s" : " s") + std::to_string(one.segment) + "q" +
                   std::to_string(one.rendition);
        }
        return all;
    }

    ns3::Ptr<ns3::sharding::ContentClient> client;              ///< that watches
    ns3::Ptr<ns3::sharding::ContentAbr> abr;                    ///< its rule
    ns3::Ptr<ns3::sharding::ContentMissing> missing;            ///< its policy
    std::shared_ptr<ns3::sharding::ContentHolderFaults> faults; ///< of the holders
    std::vector<ns3::sharding::ContentDecision> decisions;      ///< in order

  private:
    void Decided(const ns3::sharding::ContentDecision& decision)
    {
        decisions.push_back(decision);
    }

    ns3::Ptr<ns3::sharding::ContentIdealFetcher> m_fetcher; ///< its link
};

/// @param kbps bandwidth  @param latencyMs of a request  @return a link that stays as it is
inline ns3::sharding::ContentNetworkTrace
SteadyLink(double kbps, int64_t latencyMs)
{
    return ns3::sharding::ContentNetworkTrace(
        {{ns3::Seconds(1000), kbps * 1000, ns3::MilliSeconds(latencyMs)}});
}

#endif // CONTENT_FIXTURE_H
