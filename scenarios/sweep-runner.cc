// SPDX-License-Identifier: GPL-2.0-only
#include "sweep-runner.h"

#include "analysis/results-store.h"
#include "analysis/text-table.h"
#include "scenarios/provenance.h"
#include "scenarios/toml-text.h"
#include "scenarios/worker-pool.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>

namespace shardsim
{

namespace
{

// Room for the replications of a point in the numbering of runs.
const int64_t RUNS_A_POINT = 1000000;

std::string
MetricsJson(const Scenario& scenario)
{
    auto list = nlohmann::ordered_json::array();
    for (const auto& info : scenario.Metrics())
    {
        list.push_back({{"name", info.name}, {"unit", info.unit}, {"meaning", info.help}});
    }
    return list.dump();
}

/** A number does not depend on which worker was first, so nor does the file's content. */
int64_t
RunId(int64_t point, uint64_t run)
{
    return (point - 1) * RUNS_A_POINT + static_cast<int64_t>(run);
}

/** Results of another plan are not touched. */
void
RefuseOtherPlan(const SweepPlan& plan, const std::string& sweepFile, const std::string& path)
{
    if (ResultsStore::IsEmpty(path))
    {
        return;
    }
    const ResultsStore store = ResultsStore::Open(path, ResultsStore::READ_ONLY);
    const auto hash = store.GetInfo("plan_hash");
    if (!hash)
    {
        return; // made, and killed before the plan was in
    }
    if (*hash != plan.hash)
    {
        throw RequestError(path + ": holds the results of another plan than " + sweepFile +
                           " (other parameters, seed or input files); allowed: another --out, or "
                           "remove it");
    }
    const auto provenance = store.GetInfo("provenance");
    if (!SameProvenance(provenance.value_or("")))
    {
        throw RequestError(path + ": was made with other versions (" + provenance.value_or("?") +
                           "); allowed: another --out, or remove it");
    }
}

void
MakeFolder(const std::string& path)
{
    const auto folder = std::filesystem::path(path).parent_path();
    std::error_code error;
    if (!folder.empty())
    {
        std::filesystem::create_directories(folder, error);
    }
    if (error)
    {
        throw StoreError(path + ": its folder cannot be made: " + error.message());
    }
}

void
WritePlan(const SweepPlan& plan, ResultsStore& store)
{
    const bool isNew = !store.GetInfo("plan_hash");
    store.Begin();
    if (isNew)
    {
        store.SetInfo("scenario", plan.scenario->Name());
        store.SetInfo("plan_hash", plan.hash);
        store.SetInfo("provenance", Provenance().ToJson());
        store.SetInfo("keys", plan.KeysJson());
        store.SetInfo("metrics", MetricsJson(*plan.scenario));
        store.SetInfo("seed", std::to_string(plan.seed));
        int64_t id = 0;
        for (const auto& point : plan.points)
        {
            store.AddPoint(
                {++id, point.caseName, point.values.ToJson(), SweepPlan::SweptJson(point)});
        }
    }
    // These may have changed without changing what was simulated.
    store.SetInfo("sweep", plan.text);
    store.SetInfo("sweep_name", plan.name);
    store.SetInfo("figures", plan.FiguresJson());
    store.SetInfo("runs", std::to_string(plan.runs));
    store.Commit();
}

void
PrintPlan(const SweepPlan& plan, const std::string& path, std::ostream& out)
{
    std::vector<std::string> header{"point"};
    const bool cases = !plan.points.front().caseName.empty();
    if (cases)
    {
        header.push_back("case");
    }
    header.insert(header.end(), plan.sweptKeys.begin(), plan.sweptKeys.end());
    const std::size_t columns = header.size();
    TextTable table(std::move(header), columns);
    std::size_t number = 0;
    for (const auto& point : plan.points)
    {
        std::vector<std::string> row{std::to_string(++number)};
        if (cases)
        {
            row.push_back(point.caseName);
        }
        for (const auto& swept : point.swept)
        {
            row.push_back(swept.second.empty() ? "-" : swept.second);
        }
        table.AddRow(std::move(row));
    }
    table.Print(out);
    out << plan.points.size() << " points x " << plan.runs
        << " runs = " << plan.points.size() * plan.runs << " simulations of "
        << plan.scenario->Name() << ", results would go to " << path << "\n";
}

std::string
LastLine(std::string text)
{
    while (!text.empty() && text.back() == '\n')
    {
        text.pop_back();
    }
    const std::size_t line = text.rfind('\n');
    return line == std::string::npos ? text : text.substr(line + 1);
}

std::string
ShellQuoted(const std::string& text)
{
    std::string quoted = "'";
    for (const char c : text)
    {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

/** Hands out the simulations that are missing, every point's first run before the second ones. */
class TaskList
{
  public:
    TaskList(const SweepPlan& plan, const ResultsStore& store)
        : m_plan(plan),
          m_done(store.DoneRuns())
    {
        for (uint64_t run = 1; run <= plan.runs; ++run)
        {
            for (std::size_t point = 0; point < plan.points.size(); ++point)
            {
                m_missing += IsDone(point, run) ? 0 : 1;
            }
        }
    }

    uint64_t Missing() const
    {
        return m_missing;
    }

    bool Next(WorkerTask& task)
    {
        while (m_run <= m_plan.runs && IsDone(m_point, m_run))
        {
            Advance();
        }
        if (m_run > m_plan.runs)
        {
            return false;
        }
        const SweepPoint& point = m_plan.points[m_point];
        task.values = &point.values;
        task.record.point = static_cast<int64_t>(m_point) + 1;
        task.record.seed = m_plan.seed;
        task.record.run = m_run;
        task.record.id = RunId(task.record.point, m_run);
        task.record.command = RepeatCommand(*m_plan.scenario, point.values, m_plan.seed, m_run);
        Advance();
        return true;
    }

  private:
    bool IsDone(std::size_t point, uint64_t run) const
    {
        return m_done.count({static_cast<int64_t>(point) + 1, m_plan.seed, run}) > 0;
    }

    void Advance()
    {
        if (++m_point == m_plan.points.size())
        {
            m_point = 0;
            ++m_run;
        }
    }

    const SweepPlan& m_plan;
    const std::set<RunKey> m_done;
    uint64_t m_missing{0};
    uint64_t m_run{1};
    std::size_t m_point{0};
};

} // namespace

std::string
RepeatCommand(const Scenario& scenario, const Values& values, uint64_t seed, uint64_t run)
{
    std::string command = "./shardsim run " + scenario.Name();
    for (const auto& key : values.SetKeys())
    {
        command += " --set " + ShellQuoted(key + "=" + values.GetText(key));
    }
    return command + " --seed " + std::to_string(seed) + " --run " + std::to_string(run);
}

int
RunSweep(const SweepOptions& options,
         const std::vector<const Scenario*>& scenarios,
         std::ostream& out,
         std::ostream& err)
{
    SweepPlan plan =
        ParseSweep(ReadTextFile(options.file), options.file, scenarios, options.overrides);
    plan.runs = options.runs.value_or(plan.runs);
    const std::string path = options.out.empty() ? "results/" + plan.name + ".sqlite" : options.out;
    RefuseOtherPlan(plan, options.file, path);
    if (options.dryRun)
    {
        PrintPlan(plan, path, out);
        return 0;
    }
    MakeFolder(path);
    ResultsStore store = ResultsStore::Open(path, ResultsStore::CREATE);
    WritePlan(plan, store);

    TaskList tasks(plan, store);
    const uint64_t all = plan.runs * plan.points.size();
    if (tasks.Missing() < all && tasks.Missing() > 0)
    {
        out << path << ": goes on, " << all - tasks.Missing() << " of " << all
            << " runs are there\n"
            << std::flush;
    }
    uint64_t ended = 0;
    uint64_t failed = 0;
    std::optional<RunRecord> example;
    Progress progress(err, options.progress, tasks.Missing());
    const auto begin = std::chrono::steady_clock::now();
    const auto now = [begin] { return Progress::Time(std::chrono::steady_clock::now() - begin); };
    WorkerPool pool(*plan.scenario, options.jobs);
    pool.OnFork([&store] { store.ReleaseInChild(); });
    pool.OnTick([&](std::size_t) { progress.Update(now(), ended, failed); });
    const PoolEnd end = pool.Run([&](WorkerTask& task) { return tasks.Next(task); },
                                 [&](RunRecord&& record)
                                 {
                                     store.Append(record);
                                     ++ended;
                                     failed += record.done ? 0 : 1;
                                     if (!record.done && !example)
                                     {
                                         example = std::move(record);
                                     }
                                 });
    progress.Finish(now(), ended, failed);
    if (example)
    {
        err << failed << (failed == 1 ? " run" : " runs")
            << " failed; the first: " << LastLine(example->message)
            << "\n  again: " << example->command << "\n";
    }
    if (end == PoolEnd::INTERRUPTED)
    {
        err << "interrupted: " << all - tasks.Missing() + ended - failed << " of " << all
            << " runs are kept in " << path << "; the same command goes on\n";
        return EXIT_INTERRUPTED;
    }
    out << path << ": " << all - failed << " of " << all << " runs of " << plan.scenario->Name()
        << "\n";
    return failed > 0 ? 1 : 0;
}

} // namespace shardsim
