// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_PRIORITY_H
#define OFFLOAD_PRIORITY_H

#include "offload-buffer.h"
#include "offload-traffic.h"

#include "ns3/nstime.h"
#include "ns3/object.h"

#include <array>
#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * The beginning of a request, as a priority sees it. Bytes.
 */
struct OffloadArrival
{
    uint32_t function{0};   ///< of the request
    double requestBytes{0}; ///< of it: as the classifier read, else as the forecast says, else
                            ///< those of its first element
    std::array<uint64_t, OFFLOAD_LEVELS> waits{}; ///< that wait at each level
    uint64_t memory{0};                           ///< of all buffers
    double growth{0};    ///< by which what waits is expected to grow in an interval: expected
                         ///< traffic less what the line carries; 0 where its rate is not known
    bool isAhead{false}; ///< nobody waits for it yet: it was asked for ahead
    uint32_t tries{0};   ///< of the request before this one, which were lost or late
    const OffloadTraffic* expected{nullptr}; ///< of the function, an interval
};

/**
 * @ingroup sharding
 * Plug-point: how urgent is this request? Asked once a request; its other elements follow it.
 */
class OffloadPriority : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// @param now when  @param arrival its first element  @return level below OFFLOAD_LEVELS
    virtual uint8_t Level(Time now, const OffloadArrival& arrival) = 0;

    /// @return level of what was asked for ahead, or deferred, and is waited for now
    virtual uint8_t Urged() const;
};

/// @ingroup sharding
/// All alike: first come, first served over all functions.
class EqualPriority : public OffloadPriority
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint8_t Level(Time now, const OffloadArrival& arrival) override;
};

/**
 * @ingroup sharding
 * Defers a small share of the requests, so that the others wait less: who would wait longest, and
 * make others wait longest.
 *
 * Where a quantile of the delay counts (99 %), 1 - quantile of the requests may take long without
 * its being seen. A request that is deferred to a level that is served when nothing else waits
 * spares its own service to all that come until the queue is empty; beyond some backlog the queue
 * behaves as one that turns requests away. In the single-server queue the share turned away at a
 * backlog b is (1 - load) P(W > b) / (1 - load P(W > b)), P of the queue that turns nobody away
 * (exact for M/G/1/K; H. Tijms, Prob. Eng. Inf. Sci. 6, 1992): at a load of 0.9 a bound that 9 %
 * would exceed is kept by deferring 0.9 %.
 *
 * A request is worth deferring in proportion to the wait it would meet and to its bytes, which it
 * spares the others at the same price of one request. So it is deferred where
 *
 *     (bytes ahead + Lead x expected growth) x its bytes / mean bytes of a request > threshold,
 *
 * where only growth counts, not decline: a backlog that is going to grow is cheapest met at its
 * beginning, before the forecast has come true. The threshold is the quantile of the left side,
 * over the requests so far, that leaves the wanted share above; it is read off a histogram with
 * classes in proportion to their size, so that no unit and no load has to be set. (One that follows
 * the quantile step by step, after Robbins and Monro, took thousands of requests to rise to where
 * it should be.) Never more than Share of the requests so far are deferred.
 *
 * What it costs is in the tail beyond the quantile: deferred requests wait until a pause, or the
 * bound on starvation.
 *
 * Who was tried before has waited for a timeout at least, and would wait for twice as long the next
 * time: it goes before who comes for the first time, and takes its room; of two that were, who was
 * tried more often does. So where memory is too small for an overload, the line is near one in the
 * order in which requests were made, of which the memory is only the head.
 */
class DeferralPriority : public OffloadPriority
{
  public:
    /// Of what comes for the first time. Before it are levels of what was tried once, twice, ...,
    /// so often or more.
    static constexpr uint8_t PLAIN = 5;
    /// Of those deferred.
    static constexpr uint8_t DEFERRED = 6;
    /// Of what was asked for ahead, which takes only what the others leave of the line.
    static constexpr uint8_t AHEAD = 7;

    /// @return the TypeId
    static TypeId GetTypeId();

    uint8_t Level(Time now, const OffloadArrival& arrival) override;
    uint8_t Urged() const override;

    /// @return requests seen
    uint64_t Requests() const
    {
        return m_requests;
    }

    /// @return of these, deferred
    uint64_t Deferred() const
    {
        return m_deferred;
    }

  private:
    /// Classes of worth.
    static constexpr uint32_t WORTHS = 512;

    /// @param worth of a request  @return requests before it, of those that count, that were in its
    ///        class or a higher one
    uint32_t NotBelow(double worth);

    double m_share{0};                       ///< attribute
    double m_lead{0};                        ///< attribute
    uint32_t m_memory{0};                    ///< attribute
    double m_meanBytes{0};                   ///< of a request, smoothed
    std::array<uint32_t, WORTHS> m_counts{}; ///< of requests, by class of worth
    uint32_t m_counted{0};                   ///< sum of these
    uint32_t m_highest{0};                   ///< class so far
    uint64_t m_requests{0};                  ///< seen
    uint64_t m_deferred{0};                  ///< of these
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_PRIORITY_H
