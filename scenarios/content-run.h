// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_CONTENT_RUN_H
#define SHARDSIM_CONTENT_RUN_H

#include "content-inputs.h"
#include "content-packets.h"
#include "scenario.h"

#include "ns3/content-client.h"
#include "ns3/content-ideal-fetcher.h"
#include "ns3/content-movie-guide.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace shardsim
{

/** One run of content. */
class ContentRun
{
  public:
    ContentRun(const Values& values, const RunContext& context);
    ~ContentRun();

    /** @return what it yields @throw RunCheckError */
    RunResult Execute();

  private:
    struct Viewer;

    void MakeFaults();
    void Arrive(uint32_t number, ns3::Time when);
    void Decided(const ns3::sharding::ContentDecision& decision);
    void CheckConservation() const;
    void MeasureQoe(RunResult& result) const;
    void MeasureFetches(RunResult& result) const;

    const Values& m_values;
    const RunContext& m_context;
    const std::chrono::steady_clock::time_point m_begun; ///< host time
    const ContentInputs m_inputs;
    std::shared_ptr<const ns3::sharding::ContentMovieGuide> m_guide;
    std::shared_ptr<const ns3::sharding::ContentHolderFaults> m_faults;
    std::unique_ptr<ContentPackets> m_packets; ///< unless transport = ideal
    std::vector<std::unique_ptr<Viewer>> m_viewers;
    Timeline m_timeline; ///< of the first client
};

} // namespace shardsim

#endif // SHARDSIM_CONTENT_RUN_H
