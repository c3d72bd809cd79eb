// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_CONTROL_PLANE_H
#define SHARD_CONTROL_PLANE_H

#include "shard-way-estimator.h"

#include "ns3/object.h"
#include "ns3/shard-decision-tier.h"
#include "ns3/shard-transport.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <map>
#include <memory>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The node of the decisions tier as the network knows it: answers what transformation nodes ask,
 * takes the reports that they pass on, keeps what is believed of each way, and pushes directives
 * of a new epoch where the policy, seeing that, changes its mind.
 */
class ShardControlPlane : public Object
{
  public:
    /// What came and went since the start.
    struct Counters
    {
        uint64_t asks{0};         ///< answered
        uint64_t reports{0};      ///< taken
        uint64_t capabilities{0}; ///< taken
        uint64_t stale{0};        ///< reports no later than one before, dropped
        uint64_t malformed{0};    ///< messages that contradict themselves, dropped
        uint64_t pushed{0};       ///< directives that nobody had asked for
        uint64_t missed{0};       ///< messages that came while it was down
    };

    /// @return the TypeId
    static TypeId GetTypeId();

    ShardControlPlane();
    ~ShardControlPlane() override;

    /// @param tier decides
    void SetTier(Ptr<ShardDecisionTier> tier);

    /**
     * Serve a transformation node.
     * @param node its number, by which it asks
     * @param transport leads to it, on its path 0
     */
    void AddNode(uint32_t node, Ptr<ShardTransport> transport);

    /// @return what decides
    Ptr<ShardDecisionTier> GetTier() const
    {
        return m_tier;
    }

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /**
     * Signature of the Report trace.
     * @param [in] now when
     * @param [in] report what came
     * @param [in] destination what is believed now
     */
    typedef void (*ReportTracedCallback)(Time now,
                                         const ShardReport& report,
                                         const ShardDestination& destination);

  protected:
    void DoDispose() override;

  private:
    /// One node's line.
    class Line : public ShardControlSink
    {
      public:
        Line(ShardControlPlane& plane, uint32_t node, Ptr<ShardTransport> transport);
        ~Line() override;

        void AcceptControl(Time now, const ShardControlMessage& message) override;

        ShardControlPlane& plane;                     ///< whose
        uint32_t node;                                ///< its number
        Ptr<ShardTransport> transport;                ///< to it
        std::unique_ptr<ShardWayEstimator> estimator; ///< of the way from it; null before a report
        uint32_t lastReport{0};                       ///< number of the latest
        Time depthSince;                              ///< when that was told
        uint32_t depth{1};                            ///< blocks that it was told to interleave
    };

    bool IsDown(Time now) const;
    void Take(Time now, Line& line, const ShardControlMessage& message);
    void TakeAsk(Time now, Line& line, const ShardControlMessage& message);
    void TakeReport(Time now, Line& line, const ShardControlMessage& message);
    void TakeCapability(Time now, Line& line, const ShardControlMessage& message);
    void Review(Time now, Line& line);
    void Tell(Time now, Line& line, const ShardDecision& decision);

    Ptr<ShardDecisionTier> m_tier;                     ///< decides
    Time m_downFrom;                                   ///< attribute
    Time m_downUntil;                                  ///< attribute
    Time m_hold;                                       ///< attribute
    Time m_memory;                                     ///< attribute
    double m_fullLoss;                                 ///< attribute
    Time m_fullQueue;                                  ///< attribute
    PredictSeriesKind m_predictor;                     ///< attribute
    std::map<uint32_t, std::unique_ptr<Line>> m_lines; ///< by node
    Time m_changed;                                    ///< when a directive was last pushed
    bool m_hasChanged{false};                          ///< one was
    Counters m_counters;                               ///< what was counted
    TracedCallback<Time, const ShardReport&, const ShardDestination&> m_reportTrace; ///< taken
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_CONTROL_PLANE_H
