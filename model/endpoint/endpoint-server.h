// SPDX-License-Identifier: GPL-2.0-only
#ifndef ENDPOINT_SERVER_H
#define ENDPOINT_SERVER_H

#include "ns3/nstime.h"
#include "ns3/shard-ring.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Who is served when several jobs are at an endpoint.
enum EndpointDiscipline
{
    ENDPOINT_FIFO, ///< one after the other, in the order in which they came
    ENDPOINT_PS    ///< all at once, each with an equal share of the speed: processor sharing
};

/**
 * @ingroup sharding
 * The processor of an endpoint: jobs come with an amount of work and leave when it is done. It
 * reads no clock and schedules nothing: its owner says when jobs come, asks when the next one
 * leaves, and lets it leave. Calls come in the order of time, a departure that is due no later than
 * an arrival before it.
 *
 * Work is the time that a job takes alone at speed 1. Departures are rounded to the nearest
 * nanosecond, once each: an error does not grow with the jobs behind it.
 */
class EndpointServer
{
  public:
    virtual ~EndpointServer() = default;

    /**
     * @param now when
     * @param job number by which its owner knows it
     * @param work that it brings, 0 or more
     */
    void Arrive(Time now, uint64_t job, Time work);

    /// @return when the next job leaves if nothing happens before; Time::Max() where none will
    Time NextDeparture() const
    {
        return m_next;
    }

    /// Let the next job leave, at NextDeparture(); there must be one.
    /// @return its number
    uint64_t Depart();

    /**
     * @param now when
     * @param speed work done in a second from now on, in seconds; 0: none
     */
    void SetSpeed(Time now, double speed);

    /// @return work done in a second, in seconds
    double GetSpeed() const
    {
        return m_speed;
    }

    /// Drop everything: a crash.
    /// @return numbers of the jobs that were there, in the order in which they came
    std::vector<uint64_t> Clear();

    /// @return jobs that are there, in service or waiting
    uint32_t InSystem() const
    {
        return m_inSystem;
    }

  private:
    /// Do the work of so many seconds of the processor.
    virtual void Progress(double work) = 0;
    virtual void Put(uint64_t job, double work) = 0;
    /// @return the next job, which is taken out
    virtual uint64_t Take() = 0;
    /// @return seconds of work that the processor does until the next job leaves; there is one
    virtual double Left() const = 0;
    virtual std::vector<uint64_t> TakeAll() = 0;

    Time After(double work) const;
    void MoveTo(Time now);
    void Plan();

    Time m_now;               ///< when the last thing happened
    Time m_next{Time::Max()}; ///< when the next job leaves
    double m_speed{1};        ///< work done in a second, in seconds
    uint32_t m_inSystem{0};   ///< jobs that are there
};

/// @ingroup sharding
/// First in, first out. A job costs O(1).
class EndpointFifoServer : public EndpointServer
{
  private:
    /// A job that waits, or is served.
    struct Job
    {
        uint64_t number{0}; ///< of the owner
        double left{0};     ///< work, seconds
    };

    void Progress(double work) override;
    void Put(uint64_t job, double work) override;
    uint64_t Take() override;
    double Left() const override;
    std::vector<uint64_t> TakeAll() override;

    ShardRing<Job> m_jobs; ///< in the order in which they came
};

/**
 * @ingroup sharding
 * Egalitarian processor sharing, exact: virtual time is the work that each job present has been
 * given, so that a job leaves when virtual time has grown by its work, whoever comes and goes
 * meanwhile (A. Demers, S. Keshav and S. Shenker, "Analysis and simulation of a fair queueing
 * algorithm", SIGCOMM 1989). A job costs O(log n) with n jobs there. Of jobs that end at the same
 * moment the one that came first leaves first.
 */
class EndpointSharingServer : public EndpointServer
{
  private:
    /// A job in service.
    struct Job
    {
        double end;      ///< virtual time at which it leaves, seconds
        uint64_t order;  ///< of its arrival
        uint64_t number; ///< of the owner

        /// For a heap with the first to leave in front.
        bool operator<(const Job& o) const
        {
            return end != o.end ? end > o.end : order > o.order;
        }
    };

    void Progress(double work) override;
    void Put(uint64_t job, double work) override;
    uint64_t Take() override;
    double Left() const override;
    std::vector<uint64_t> TakeAll() override;

    std::vector<Job> m_jobs; ///< a heap
    double m_virtual{0};     ///< virtual time, seconds; 0 whenever nobody is there
    uint64_t m_order{0};     ///< of the next arrival
};

/// @param discipline who is served  @return a server at speed 1 with nobody in it
std::unique_ptr<EndpointServer> MakeEndpointServer(EndpointDiscipline discipline);

} // namespace sharding
} // namespace ns3

#endif // ENDPOINT_SERVER_H
