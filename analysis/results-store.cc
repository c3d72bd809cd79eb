// SPDX-License-Identifier: GPL-2.0-only
#include "results-store.h"

#include "analysis/sqlite-file.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace shardsim
{

namespace
{

const char* const SCHEMA = R"(
CREATE TABLE info(key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE point(id INTEGER PRIMARY KEY, name TEXT, parameters TEXT, swept TEXT);
CREATE TABLE run(id INTEGER PRIMARY KEY, point INTEGER, seed INTEGER, run INTEGER, status TEXT,
                 wall_s REAL, message TEXT, command TEXT, UNIQUE(point, seed, run));
CREATE TABLE metric(run INTEGER, name TEXT, value REAL, PRIMARY KEY(run, name)) WITHOUT ROWID;
CREATE TABLE sample(run INTEGER, name TEXT, data BLOB, PRIMARY KEY(run, name)) WITHOUT ROWID;
PRAGMA user_version = 1;
)";

bool
HasNothing(SqliteFile& file)
{
    return file.QueryNumber("PRAGMA user_version") == 0 &&
           file.QueryNumber("SELECT count(*) FROM sqlite_master") == 0;
}

/** Keeps a second writer out, as long as it lives; a killed writer's lock vanishes with it. */
class WriterLock
{
  public:
    explicit WriterLock(const std::string& path)
        : m_file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666))
    {
        if (m_file < 0)
        {
            throw StoreError(path + ": cannot be written: " + std::strerror(errno));
        }
        // The workers of a killed sweep hold the lock until the kernel has ended them.
        for (int tries = 0; ::flock(m_file, LOCK_EX | LOCK_NB) != 0; ++tries)
        {
            if (errno != EWOULDBLOCK || tries == 100)
            {
                const std::string problem =
                    errno == EWOULDBLOCK ? "another sweep is writing to it" : std::strerror(errno);
                ::close(m_file);
                throw StoreError(path + ": " + problem);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }

    WriterLock(const WriterLock&) = delete;
    WriterLock& operator=(const WriterLock&) = delete;

    ~WriterLock()
    {
        ::close(m_file);
    }

  private:
    int m_file;
};

void
PutVarint(std::string& bytes, uint64_t value)
{
    while (value >= 0x80)
    {
        bytes += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    bytes += static_cast<char>(value);
}

} // namespace

/** The open file. The lock comes first: it is taken before and released after SQLite's own. */
class ResultsStore::Impl
{
  public:
    std::string path;
    Mode mode{READ_ONLY};
    std::unique_ptr<WriterLock> lock;
    std::unique_ptr<SqliteFile> file;
};

ResultsStore::ResultsStore(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

ResultsStore::ResultsStore(ResultsStore&&) noexcept = default;
ResultsStore& ResultsStore::operator=(ResultsStore&&) noexcept = default;

ResultsStore::~ResultsStore()
{
    if (m_impl && m_impl->file && m_impl->mode == CREATE)
    {
        // Back from the write-ahead log to one plain file, readable in a read-only folder too.
        // Fails while somebody reads it or on a full disk: then the log stays, nothing is lost.
        m_impl->file->TryExecute("PRAGMA journal_mode = DELETE");
    }
}

ResultsStore
ResultsStore::Open(const std::string& path, Mode mode)
{
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    impl->mode = mode;
    struct stat status;
    const bool exists = ::stat(path.c_str(), &status) == 0;
    if (exists && !S_ISREG(status.st_mode))
    {
        throw RequestError(path + ": is not a file");
    }
    if (mode == READ_ONLY && ::access(path.c_str(), R_OK) != 0)
    {
        throw RequestError(path + ": cannot be read: " + std::strerror(errno));
    }
    if (mode == CREATE)
    {
        impl->lock = std::make_unique<WriterLock>(path);
    }
    impl->file = std::make_unique<SqliteFile>(path, mode == CREATE);
    SqliteFile& file = *impl->file;
    const int64_t version = file.QueryNumber("PRAGMA user_version");
    if (mode == CREATE && HasNothing(file))
    {
        file.Execute("PRAGMA journal_mode = WAL");
        file.Execute("BEGIN IMMEDIATE");
        file.Execute(SCHEMA);
        file.Execute("COMMIT");
    }
    else if (version != 1 || file.QueryNumber("SELECT count(*) FROM sqlite_master WHERE type = "
                                              "'table' AND name IN ('info', 'point', 'run', "
                                              "'metric', 'sample')") != 5)
    {
        throw RequestError(path + ": is not a results file of shardsim (schema 1 expected, found " +
                           std::to_string(version) + ")");
    }
    if (mode == CREATE)
    {
        file.Execute("PRAGMA journal_mode = WAL");
        // A commit need not wait for the disk: a killed process loses nothing, and after a power
        // failure the file is whole, without its last runs, which the same command then repeats.
        file.Execute("PRAGMA synchronous = NORMAL");
    }
    return ResultsStore(std::move(impl));
}

bool
ResultsStore::IsEmpty(const std::string& path)
{
    struct stat status;
    if (::stat(path.c_str(), &status) != 0 || (S_ISREG(status.st_mode) && status.st_size == 0))
    {
        return true;
    }
    if (!S_ISREG(status.st_mode))
    {
        return false;
    }
    SqliteFile file(path, false);
    return HasNothing(file);
}

const std::string&
ResultsStore::Path() const
{
    return m_impl->path;
}

void
ResultsStore::ReleaseInChild()
{
    m_impl->lock.reset();
}

void
ResultsStore::SetInfo(const std::string& key, const std::string& value)
{
    auto& put = m_impl->file->Prepare("INSERT OR REPLACE INTO info VALUES(?, ?)");
    put.Bind(1, key).Bind(2, value).Finish();
}

std::optional<std::string>
ResultsStore::GetInfo(const std::string& key) const
{
    auto& query = m_impl->file->Prepare("SELECT value FROM info WHERE key = ?");
    query.Bind(1, key);
    std::optional<std::string> value;
    if (query.Step())
    {
        value = query.Text(0);
    }
    query.Reset();
    return value;
}

void
ResultsStore::AddPoint(const PointRecord& point)
{
    auto& put = m_impl->file->Prepare("INSERT INTO point VALUES(?, ?, ?, ?)");
    put.Bind(1, point.id).Bind(2, point.name).Bind(3, point.parameters).Bind(4, point.swept);
    put.Finish();
}

std::vector<PointRecord>
ResultsStore::Points() const
{
    auto& query =
        m_impl->file->Prepare("SELECT id, name, parameters, swept FROM point ORDER BY id");
    std::vector<PointRecord> points;
    while (query.Step())
    {
        points.push_back({query.Integer(0), query.Text(1), query.Text(2), query.Text(3)});
    }
    query.Reset();
    return points;
}

void
ResultsStore::Begin()
{
    m_impl->file->Execute("BEGIN IMMEDIATE");
}

void
ResultsStore::Commit()
{
    m_impl->file->Execute("COMMIT");
}

void
ResultsStore::Rollback()
{
    m_impl->file->TryExecute("ROLLBACK");
}

void
ResultsStore::Append(const RunRecord& run)
{
    SqliteFile& file = *m_impl->file;
    file.Execute("SAVEPOINT append");
    try
    {
        AppendRows(run);
        file.Execute("RELEASE append");
    }
    catch (...)
    {
        file.TryExecute("ROLLBACK TO append");
        file.TryExecute("RELEASE append");
        throw;
    }
}

void
ResultsStore::AppendRows(const RunRecord& run)
{
    SqliteFile& file = *m_impl->file;
    const auto seed = static_cast<int64_t>(run.seed);
    const auto number = static_cast<int64_t>(run.run);
    for (const char* table : {"metric", "sample"})
    {
        auto& clear = file.Prepare(std::string("DELETE FROM ") + table +
                                   " WHERE run IN (SELECT id FROM run WHERE point = ? AND seed = ? "
                                   "AND run = ? AND status = 'failed')");
        clear.Bind(1, run.point).Bind(2, seed).Bind(3, number).Finish();
    }
    auto& clear = file.Prepare(
        "DELETE FROM run WHERE point = ? AND seed = ? AND run = ? AND status = 'failed'");
    clear.Bind(1, run.point).Bind(2, seed).Bind(3, number).Finish();

    auto& put = file.Prepare("INSERT INTO run VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    if (run.id > 0)
    {
        put.Bind(1, run.id);
    }
    put.Bind(2, run.point).Bind(3, seed).Bind(4, number);
    put.Bind(5, std::string(run.done ? "done" : "failed")).Bind(6, run.wallSeconds);
    put.Bind(7, run.message).Bind(8, run.command).Finish();
    const int64_t id = file.LastId();

    auto& metric = file.Prepare("INSERT INTO metric VALUES(?, ?, ?)");
    for (const auto& [name, value] : run.metrics)
    {
        metric.Bind(1, id).Bind(2, name);
        if (value)
        {
            metric.Bind(3, *value);
        }
        metric.Finish();
    }
    auto& sample = file.Prepare("INSERT INTO sample VALUES(?, ?, ?)");
    for (const auto& [name, values] : run.samples)
    {
        sample.Bind(1, id).Bind(2, name).BindBlob(3, EncodeSamples(values)).Finish();
    }
}

bool
ResultsStore::HasRun(int64_t point, uint64_t seed, uint64_t run) const
{
    auto& query = m_impl->file->Prepare(
        "SELECT count(*) FROM run WHERE point = ? AND seed = ? AND run = ? AND status = 'done'");
    query.Bind(1, point).Bind(2, static_cast<int64_t>(seed)).Bind(3, static_cast<int64_t>(run));
    const bool found = query.Step() && query.Integer(0) > 0;
    query.Reset();
    return found;
}

std::set<RunKey>
ResultsStore::RunsWithStatus(const std::string& status) const
{
    auto& query = m_impl->file->Prepare("SELECT point, seed, run FROM run WHERE status = ?");
    query.Bind(1, status);
    std::set<RunKey> keys;
    while (query.Step())
    {
        keys.emplace(query.Integer(0),
                     static_cast<uint64_t>(query.Integer(1)),
                     static_cast<uint64_t>(query.Integer(2)));
    }
    query.Reset();
    return keys;
}

std::set<RunKey>
ResultsStore::DoneRuns() const
{
    return RunsWithStatus("done");
}

std::set<RunKey>
ResultsStore::FailedRuns() const
{
    return RunsWithStatus("failed");
}

std::vector<RunRecord>
ResultsStore::Runs() const
{
    // Both queries see the same state, even while a sweep is writing.
    m_impl->file->Execute("SAVEPOINT reading");
    std::vector<RunRecord> runs;
    std::map<int64_t, std::size_t> rowOf;
    auto& query = m_impl->file->Prepare("SELECT id, point, seed, run, status, wall_s, message, "
                                        "command FROM run ORDER BY point, seed, run");
    while (query.Step())
    {
        RunRecord run;
        run.id = query.Integer(0);
        run.point = query.Integer(1);
        run.seed = static_cast<uint64_t>(query.Integer(2));
        run.run = static_cast<uint64_t>(query.Integer(3));
        run.done = query.Text(4) == "done";
        run.wallSeconds = query.Real(5);
        run.message = query.Text(6);
        run.command = query.Text(7);
        rowOf[run.id] = runs.size();
        runs.push_back(std::move(run));
    }
    query.Reset();
    auto& metrics = m_impl->file->Prepare("SELECT run, name, value FROM metric ORDER BY run, name");
    while (metrics.Step())
    {
        const auto row = rowOf.find(metrics.Integer(0));
        if (row != rowOf.end())
        {
            std::optional<double> value;
            if (!metrics.IsNull(2))
            {
                value = metrics.Real(2);
            }
            runs[row->second].metrics.emplace_back(metrics.Text(1), value);
        }
    }
    metrics.Reset();
    m_impl->file->Execute("RELEASE reading");
    return runs;
}

std::vector<int64_t>
ResultsStore::Sample(int64_t runId, const std::string& name) const
{
    auto& query = m_impl->file->Prepare("SELECT data FROM sample WHERE run = ? AND name = ?");
    query.Bind(1, runId).Bind(2, name);
    const std::string bytes = query.Step() ? query.Text(0) : "";
    query.Reset();
    try
    {
        return DecodeSamples(bytes);
    }
    catch (const StoreError& error)
    {
        throw StoreError(m_impl->path + ": sample " + name + " of run " + std::to_string(runId) +
                         ": " + error.what());
    }
}

std::string
EncodeSamples(std::vector<int64_t> samples)
{
    std::sort(samples.begin(), samples.end());
    std::string bytes;
    uint64_t last = 0;
    for (std::size_t i = 0; i < samples.size(); ++i)
    {
        const auto value = static_cast<uint64_t>(samples[i]);
        // The first may be negative (zigzag); differences of ascending values never are, and wrap
        // around without harm where they exceed what int64 holds.
        PutVarint(bytes,
                  i == 0 ? (value << 1) ^ (samples[i] < 0 ? ~uint64_t{0} : 0) : value - last);
        last = value;
    }
    return bytes;
}

std::vector<int64_t>
DecodeSamples(const std::string& bytes)
{
    std::vector<int64_t> samples;
    uint64_t last = 0;
    for (std::size_t i = 0; i < bytes.size();)
    {
        uint64_t value = 0;
        for (unsigned shift = 0;; shift += 7)
        {
            if (i == bytes.size() || shift > 63)
            {
                throw StoreError("damaged samples");
            }
            const auto byte = static_cast<unsigned char>(bytes[i++]);
            value |= static_cast<uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0)
            {
                break;
            }
        }
        last = samples.empty() ? (value >> 1) ^ (~(value & 1) + 1) : last + value;
        samples.push_back(static_cast<int64_t>(last));
    }
    return samples;
}

} // namespace shardsim
