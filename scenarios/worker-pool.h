// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_WORKER_POOL_H
#define SHARDSIM_WORKER_POOL_H

#include "analysis/results-store.h"
#include "scenario.h"

#include <functional>
#include <string>

namespace shardsim
{

/** One simulation for a worker. */
struct WorkerTask
{
    const Values* values{nullptr}; ///< not owned
    RunRecord record;              ///< point, seed, run and command filled in
};

/** How a pool's work ended. */
enum class PoolEnd
{
    FINISHED,
    INTERRUPTED ///< by SIGINT or SIGTERM; the runs under way were dropped
};

/**
 * Runs simulations in child processes, one for each run, so that a crash costs one run. The child
 * is a fork of this process as it is (no other thread may exist), so every run begins in the same
 * state whatever ran before it and beside it.
 */
class WorkerPool
{
  public:
    /** Bytes of a failed run's stderr that are kept: half from its beginning, half from its end. */
    static constexpr std::size_t MESSAGE_BYTES = 65536;

    /**
     * @param scenario what is run
     * @param jobs children at a time, at least 1
     */
    WorkerPool(const Scenario& scenario, unsigned jobs);

    /** Called first in every child: let go of what the parent alone may use. */
    void OnFork(std::function<void()> callback);
    /** Called in the parent at least every 100 ms, with the number of children. */
    void OnTick(std::function<void(std::size_t)> callback);

    /**
     * Run tasks until there are no more.
     * @param next fills in a task; false when there are no more
     * @param done takes each record, done or failed, in the order in which they end. What it
     * throws ends the work: children are killed, and the exception goes on.
     */
    PoolEnd Run(const std::function<bool(WorkerTask&)>& next,
                const std::function<void(RunRecord&&)>& done);

  private:
    const Scenario& m_scenario;
    unsigned m_jobs;
    std::function<void()> m_onFork;
    std::function<void(std::size_t)> m_onTick;
};

/** @return processors that this process may use, at least 1. */
unsigned ProcessorCount();

} // namespace shardsim

#endif // SHARDSIM_WORKER_POOL_H
