// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_RESULTS_STORE_H
#define SHARDSIM_RESULTS_STORE_H

#include "errors.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace shardsim
{

/** A point of a sweep: one combination of case and swept values. */
struct PointRecord
{
    int64_t id{0};          ///< from 1, in the order of the sweep
    std::string name;       ///< name of the case, "" if the sweep has none
    std::string parameters; ///< JSON object of all parameters
    std::string swept;      ///< JSON object of the swept keys only
};

/** One simulation run. */
struct RunRecord
{
    int64_t id{0};    ///< 0 when appended: the store chooses one
    int64_t point{0}; ///< PointRecord::id
    uint64_t seed{1};
    uint64_t run{1};
    bool done{false};        ///< false: failed, see message
    double wallSeconds{0.0}; ///< time of the worker process
    std::string message;     ///< what a failed run wrote to stderr, and how it ended
    std::string command;     ///< command line that repeats the run
    std::vector<std::pair<std::string, std::optional<double>>> metrics; ///< nullopt = no value
    std::vector<std::pair<std::string, std::vector<int64_t>>> samples;  ///< kept sorted
};

/** Names a run within a store: point, seed, run number. */
using RunKey = std::tuple<int64_t, uint64_t, uint64_t>;

/**
 * The results of one sweep in one SQLite file (schema version 1: tables: see the .cc).
 * Every problem of the file or the disk is a StoreError naming the file, except that a file which
 * cannot be read, or is no results file, is a RequestError (the user named the wrong one).
 * Not thread-safe; must not be used in a forked child.
 */
class ResultsStore
{
  public:
    enum Mode
    {
        CREATE,   ///< open for writing, made if absent; one writer at a time
        READ_ONLY ///< also while a sweep is writing to it
    };

    static ResultsStore Open(const std::string& path, Mode mode);

    /** @return whether there is nothing at `path` yet: no file, an empty one, or the beginnings of
     * one whose writer was killed before it held anything. */
    static bool IsEmpty(const std::string& path);

    ResultsStore(ResultsStore&&) noexcept;
    ResultsStore& operator=(ResultsStore&&) noexcept;
    /** Closes; as a writer folds the write-ahead log into the file: one file is left. */
    ~ResultsStore();

    const std::string& Path() const;

    /** In a forked child, the only call allowed: gives up the child's share of the writer's lock.
     */
    void ReleaseInChild();

    /**
     * Keys: scenario, sweep (text of the TOML), sweep_name (file stem), plan_hash, provenance
     * (JSON), keys (JSON list of swept keys in order), figures (JSON list of {x,y,kind?,...}),
     * metrics (JSON list of {name,unit,meaning}), runs (replications), seed.
     */
    void SetInfo(const std::string& key, const std::string& value);
    std::optional<std::string> GetInfo(const std::string& key) const;

    /** Add a point; its id must be new. */
    void AddPoint(const PointRecord& point);
    /** @return all points by id. */
    std::vector<PointRecord> Points() const;

    /** Several writes as one transaction: all or none. Not nested. */
    void Begin();
    void Commit();
    void Rollback();

    /** Write a run with its metrics and samples in one transaction, replacing a failed one. */
    void Append(const RunRecord& run);
    bool HasRun(int64_t point, uint64_t seed, uint64_t run) const; ///< done, not failed
    std::set<RunKey> DoneRuns() const;
    std::set<RunKey> FailedRuns() const;
    /** @return all runs with metrics, without samples, by point, seed and run number. */
    std::vector<RunRecord> Runs() const;
    /** @return ascending samples of a run, empty if there are none. */
    std::vector<int64_t> Sample(int64_t runId, const std::string& name) const;

  private:
    class Impl;
    explicit ResultsStore(std::unique_ptr<Impl> impl);
    void AppendRows(const RunRecord& run);
    std::set<RunKey> RunsWithStatus(const std::string& status) const;

    std::unique_ptr<Impl> m_impl;
};

/** Ascending samples as first value and differences, zigzag LEB128 coded. */
std::string EncodeSamples(std::vector<int64_t> samples);
/** Inverse of EncodeSamples. @throw StoreError on damaged bytes. */
std::vector<int64_t> DecodeSamples(const std::string& bytes);

} // namespace shardsim

#endif // SHARDSIM_RESULTS_STORE_H
