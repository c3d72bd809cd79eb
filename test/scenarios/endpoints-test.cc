// SPDX-License-Identifier: GPL-2.0-only
//
// The endpoints scenario as a queueing model (network.ideal):
//  1. the same seed and run give the same numbers to the bit; another run does not
//  2. it is, to the nanosecond, what the same requests give as events of ns-3
//  3. requests do not depend on who selects: with one endpoint all policies have one result
//  4. perfect knowledge is worth nothing to a single chooser, and much to many
//  5. every metric is there once, whatever the policy; what has no value is null
//  6. a crash loses what is there and what comes, no more; clients that hash are touched as few
//     as there are endpoints
//  7. who leaves breaks no connection of others by rendezvous, few by Maglev
//  8. a slow endpoint is avoided by who looks
//  9. the rate goes up and down, and jumps, as it should
// 10. so it does as a file says; what is wrong with the file is said with its line
// 11. values that contradict each other are refused, naming the key
#include "scenarios/endpoints-rate.h"
#include "scenarios/endpoints-scenario.h"
#include "scenarios/endpoints-select.h"
#include "scenarios/endpoints-workload.h"
#include "temporary-folder.h"

#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <map>

using namespace shardsim;

namespace
{

using Set = std::vector<std::pair<std::string, std::string>>;
using Metrics = std::map<std::string, std::optional<double>>;

const char* const POLICIES[] = {"random",
                                "round-robin",
                                "weighted",
                                "least-request",
                                "power-of-d",
                                "peak-ewma",
                                "maglev",
                                "rendezvous",
                                "bounded-load",
                                "shuffle-sharding",
                                "join-shortest-queue"};

Values
MakeValues(const Set& set)
{
    static const EndpointsScenario scenario;
    Values values(scenario.Parameters());
    values.Set("network.ideal", "true", "test");
    for (const auto& [key, text] : set)
    {
        values.Set(key, text, "test");
    }
    return values;
}

RunResult
Simulate(const Set& set, uint64_t run = 1)
{
    const EndpointsScenario scenario;
    const Values values = MakeValues(set);
    scenario.Check(values);
    RunContext context;
    context.run = run;
    return RunChecked(scenario, values, context);
}

Metrics
Measure(const Set& set)
{
    const RunResult result = Simulate(set);
    return {result.metrics.begin(), result.metrics.end()};
}

Set
With(Set base, const Set& more)
{
    base.insert(base.end(), more.begin(), more.end());
    return base;
}

std::string
Refusal(const Set& set)
{
    try
    {
        EndpointsScenario().Check(MakeValues(set));
    }
    catch (const RequestError& error)
    {
        return error.what();
    }
    return "";
}

const Set SHORT = {{"requests.count", "20000"}};

TEST(EndpointsScenario, SameSeedSameNumbersToTheBitAndAnotherRunOthers)
{
    for (const char* policy : POLICIES)
    {
        const Set set = With(SHORT, {{"select.policy", policy}, {"endpoint.discipline", "ps"}});
        const RunResult first = Simulate(set);
        EXPECT_EQ(first.samples, Simulate(set).samples) << policy;
        EXPECT_NE(first.samples, Simulate(set, 2).samples) << policy;
    }
}

/// The same requests as events of ns-3: endpoints are when they will be idle, and no more.
class EventEndpoints
{
  public:
    explicit EventEndpoints(const Values& values)
        : m_select(MakeEndpointSelect(values, 0)),
          m_idleAt(static_cast<std::size_t>(values.GetInt("pool.endpoints"))),
          m_loads(m_idleAt.size(), 0),
          m_left(values.GetInt("requests.count")),
          m_workload(values)
    {
        std::vector<ns3::sharding::EndpointInfo> infos;
        for (uint32_t id = 0; id < m_idleAt.size(); ++id)
        {
            infos.push_back({id, 1});
        }
        m_select->AssignStreams(2000);
        m_select->SetEndpoints(infos);
    }

    std::vector<int64_t> Run()
    {
        Plan();
        ns3::Simulator::Run();
        ns3::Simulator::Destroy();
        std::sort(m_latencies.begin(), m_latencies.end());
        return m_latencies;
    }

  private:
    void Plan()
    {
        if (m_left-- > 0)
        {
            const EndpointsRequest request = m_workload.Next();
            ns3::Simulator::Schedule(request.at - ns3::Simulator::Now(),
                                     &EventEndpoints::Arrive,
                                     this,
                                     request);
        }
    }

    void Arrive(EndpointsRequest request)
    {
        const ns3::Time now = ns3::Simulator::Now();
        const uint32_t place = m_select->Choose(now, {request.client}, m_loads);
        ++m_loads[place];
        m_idleAt[place] = std::max(m_idleAt[place], now) + request.work;
        ns3::Simulator::Schedule(m_idleAt[place] - now, &EventEndpoints::Depart, this, place, now);
        Plan();
    }

    void Depart(uint32_t place, ns3::Time sent)
    {
        --m_loads[place];
        const ns3::Time took = ns3::Simulator::Now() - sent;
        m_latencies.push_back(took.GetNanoSeconds());
        m_select->Answered(ns3::Simulator::Now(), place, took);
    }

    ns3::Ptr<ns3::sharding::EndpointSelect> m_select;
    std::vector<ns3::Time> m_idleAt;
    std::vector<uint32_t> m_loads;
    int64_t m_left;
    EndpointsWorkload m_workload;
    std::vector<int64_t> m_latencies;
};

TEST(EndpointsScenario, IsToTheNanosecondWhatEventsOfNs3Give)
{
    for (const char* policy : {"round-robin", "least-request", "power-of-d", "peak-ewma"})
    {
        const Set set = With(
            SHORT,
            {{"select.policy", policy}, {"requests.warmup", "0"}, {"load.per_endpoint", "0.9"}});
        const RunResult ideal = Simulate(set);
        ns3::RngSeedManager::SetSeed(1);
        ns3::RngSeedManager::SetRun(1);
        const Values values = MakeValues(set);
        EXPECT_EQ(ideal.samples.front().second, EventEndpoints(values).Run()) << policy;
    }
}

TEST(EndpointsScenario, RequestsDoNotDependOnWhoSelects)
{
    const Set set = With(SHORT, {{"pool.endpoints", "1"}, {"clients.skew", "1"}});
    const RunResult first = Simulate(With(set, {{"select.policy", "random"}}));
    EXPECT_EQ(first.samples.front().second.size(), 18000u);
    for (const char* policy : POLICIES)
    {
        EXPECT_EQ(Simulate(With(set, {{"select.policy", policy}})).samples, first.samples);
    }
}

TEST(EndpointsScenario, PerfectKnowledgeIsWorthNothingToOneChooserAndMuchToMany)
{
    const Set one = With(SHORT, {{"load.per_endpoint", "0.9"}});
    const Set many = With(one, {{"select.choosers", "50"}});
    const Set own{{"select.policy", "least-request"}};
    const Set perfect{{"select.policy", "join-shortest-queue"}};
    EXPECT_EQ(Simulate(With(one, own)).samples, Simulate(With(one, perfect)).samples);
    const double blind = *Measure(With(many, own)).at("latency.mean_ms");
    const double seeing = *Measure(With(many, perfect)).at("latency.mean_ms");
    EXPECT_GT(blind, 1.5 * seeing);
}

TEST(EndpointsScenario, EveryMetricIsThereAndWhatHasNoValueIsNull)
{
    for (const char* policy : POLICIES)
    {
        const Metrics metrics = Measure(With(SHORT, {{"select.policy", policy}}));
        for (const auto& [name, value] : metrics)
        {
            bool isNull = name == "faults.blast_ratio" || name == "broken.connections" ||
                          name == "cold_start_ratio" || name == "requests.repeated" ||
                          name == "requests.handed";
            for (const char* group :
                 {"churn.", "connect.", "fanout.", "hub.", "predict.", "provision.", "token."})
            {
                isNull = isNull || name.rfind(group, 0) == 0; // of the network alone
            }
            EXPECT_EQ(value.has_value(), !isNull) << policy << " " << name;
        }
        EXPECT_EQ(metrics.at("requests.completed"), 20000);
        EXPECT_NEAR(*metrics.at("queue.tail_ratio.1"), 0.7, 0.05); // busy is what comes
    }
}

TEST(EndpointsScenario, ACrashLosesWhatIsThereAndWhatComes)
{
    // 1120 requests a second, 70 for each endpoint: 3 s of refusals are 210.
    const Set crash = With(SHORT,
                           {{"faults.kind", "crash"},
                            {"faults.from", "5s"},
                            {"faults.detect", "3s"},
                            {"clients.count", "2000"}});
    std::map<std::string, Metrics> by;
    for (const char* policy : {"round-robin", "rendezvous", "shuffle-sharding", "least-request"})
    {
        by[policy] = Measure(With(crash, {{"select.policy", policy}}));
        EXPECT_EQ(*by[policy].at("requests.sent"),
                  *by[policy].at("requests.completed") + *by[policy].at("requests.failed"));
        EXPECT_GT(*by[policy].at("requests.failed"), 0);
    }
    EXPECT_NEAR(*by["round-robin"].at("requests.failed"), 212, 75);
    // One who refuses at once always has the least requests: a black hole.
    EXPECT_GT(*by["least-request"].at("requests.failed"),
              2 * *by["round-robin"].at("requests.failed"));
    // A client in 16 has its home there; some 1600 send in 3 s; five standard deviations.
    EXPECT_NEAR(*by["rendezvous"].at("faults.blast_ratio"), 1.0 / 16, 0.03);
    EXPECT_LE(*by["shuffle-sharding"].at("faults.blast_ratio"), 4.0 / 16 + 0.05);
    // Back after a while it takes its part again.
    const Metrics back =
        Measure(With(crash, {{"faults.until", "9s"}, {"select.policy", "random"}}));
    EXPECT_LT(*back.at("load.max_over_mean"), 1.2);
    EXPECT_GT(*back.at("load.jain_ratio"), 0.99);
}

TEST(EndpointsScenario, WhoLeavesBreaksNoConnectionsOfOthersByRendezvousAndFewByMaglev)
{
    const Set drain = With(SHORT, {{"pool.drain", "2"}, {"pool.drain_at", "5s"}});
    const auto broken = [&drain](const char* policy) {
        return Measure(With(drain, {{"select.policy", policy}})).at("broken.connections");
    };
    EXPECT_EQ(broken("rendezvous"), 0);
    EXPECT_LT(*broken("maglev"), 60); // of 1000 clients
    EXPECT_FALSE(broken("power-of-d"));
    const Metrics metrics = Measure(With(drain, {{"select.policy", "random"}}));
    EXPECT_EQ(metrics.at("requests.failed"), 0);
    EXPECT_LT(*metrics.at("load.jain_ratio"), 0.98); // two have had a part of the time only
}

TEST(EndpointsScenario, ASlowEndpointIsAvoidedByWhoLooks)
{
    const Set slow = With(SHORT, {{"faults.kind", "slow"}, {"load.per_endpoint", "0.5"}});
    const double blind = *Measure(With(slow, {{"select.policy", "random"}})).at("latency.p99_ms");
    for (const char* policy : {"least-request", "power-of-d", "peak-ewma"})
    {
        EXPECT_LT(*Measure(With(slow, {{"select.policy", policy}})).at("latency.p99_ms"), blind / 5)
            << policy;
    }
    // At a standstill what is there is held, not lost, and counts as too late.
    const Metrics stuck =
        Measure(With(slow, {{"faults.factor", "0"}, {"select.policy", "random"}}));
    const double held = *stuck.at("requests.sent") - *stuck.at("requests.completed");
    EXPECT_NEAR(held, 20000.0 / 16, 175);
    EXPECT_EQ(stuck.at("requests.failed"), 0);
    EXPECT_GT(*stuck.at("slo.violation_ratio"), 0.05);
}

TEST(EndpointsScenario, TheRateGoesAsItShould)
{
    // 100 requests a second in the mean; counts of a period have a relative deviation of 1 %.
    const Set base = {{"pool.endpoints", "1"},
                      {"load.per_endpoint", "1"},
                      {"endpoint.service_mean", "10ms"}};
    const auto count = [](const Set& set, std::vector<double> edges)
    {
        ns3::RngSeedManager::SetSeed(1);
        ns3::RngSeedManager::SetRun(1);
        EndpointsWorkload workload(MakeValues(set));
        std::vector<int> counts(edges.size() - 1, 0);
        double at = 0;
        double before = 0;
        while ((at = workload.Next().at.GetSeconds()) < edges.back())
        {
            EXPECT_GE(at, before);
            before = at;
            const auto bin = std::upper_bound(edges.begin(), edges.end(), at) - edges.begin();
            counts.at(static_cast<std::size_t>(bin) - 1) += 1;
        }
        return counts;
    };
    // Half periods: mean +- swing x 2 / pi.
    const std::vector<int> sine = count(With(base,
                                             {{"clients.arrivals", "diurnal"},
                                              {"clients.period", "200s"},
                                              {"clients.swing", "0.8"}}),
                                        {0, 100, 200});
    EXPECT_NEAR(sine[0], 10000 * (1 + 1.6 / M_PI), 620);
    EXPECT_NEAR(sine[1], 10000 * (1 - 1.6 / M_PI), 350);
    const std::vector<int> crowd = count(With(base,
                                              {{"clients.arrivals", "flash-crowd"},
                                               {"clients.crowd_from", "100s"},
                                               {"clients.crowd_time", "50s"},
                                               {"clients.crowd_factor", "4"}}),
                                         {0, 100, 150, 250});
    EXPECT_NEAR(crowd[0], 10000, 500);
    EXPECT_NEAR(crowd[1], 20000, 710);
    EXPECT_NEAR(crowd[2], 10000, 500);
}

TEST(EndpointsScenario, TheRateGoesAsAFileSaysAndBeginsAgain)
{
    TemporaryFolder folder;
    // One of ten minutes is missing: as the one before it. In the mean 2.5.
    const std::string file =
        folder.Write("rate.csv", "timestamp,value\n0,1\n60,4\n120,\n180,0\n240,3.5\n");
    const Set set = {{"clients.arrivals", "trace"},
                     {"clients.trace", file},
                     {"clients.trace_step", "10s"}};
    const EndpointsRate rate(MakeValues(set));
    const double rates[] = {0.4, 1.6, 1.6, 0, 1.4};
    for (int row = 0; row < 15; ++row)
    {
        EXPECT_DOUBLE_EQ(rate.Factor(10 * row + 5), rates[row % 5]) << row;
    }
    // Expected up to the ends of rows: 4, 20, 36, 36, 50 s of the rate 1.
    EXPECT_NEAR(rate.WhenExpected(2), 5, 1e-9);
    EXPECT_NEAR(rate.WhenExpected(12), 15, 1e-9);
    EXPECT_NEAR(rate.WhenExpected(35.984), 29.99, 1e-9);
    EXPECT_NEAR(rate.WhenExpected(36.014), 40.01, 1e-9); // none in the row without
    EXPECT_NEAR(rate.WhenExpected(54), 60, 1e-9);        // the first row, again
    EXPECT_NEAR(rate.WhenExpected(512), 515, 1e-9);
    // By its timestamps a row is a minute.
    const EndpointsRate slow(MakeValues({{"clients.arrivals", "trace"}, {"clients.trace", file}}));
    EXPECT_NEAR(slow.WhenExpected(12), 30, 1e-9);

    const std::pair<const char*, const char*> wrong[] = {
        {"timestamp,value\n0,1\n60,-4\n", "a rate of 0 or more"},
        {"timestamp,value\n0,0\n60,0\n", "no value above 0"},
        {"timestamp,value\n60,1\n60,2\n", "not later"},
        {"timestamp,value\n0,1\n60,x\n", "rate.csv:3"},
        {"time,value\n0,1\n", "timestamp,value as the first line"},
    };
    for (const auto& [text, says] : wrong)
    {
        folder.Write("rate.csv", text);
        EXPECT_NE(Refusal(set).find(says), std::string::npos) << says << " / " << Refusal(set);
    }
    EXPECT_NE(Refusal({{"clients.arrivals", "trace"}}).find("clients.trace"), std::string::npos);
    EXPECT_NE(Refusal({{"clients.trace", file}}).find("clients.arrivals = trace"),
              std::string::npos);
}

TEST(EndpointsScenario, ContradictionsAreRefusedNamingTheKey)
{
    EXPECT_EQ(Refusal({}), "");
    const std::pair<Set, const char*> wrong[] = {
        {{{"topology.delay", "1ms"}}, "needs network.ideal = false"},
        {{{"requests.count", "10"}, {"requests.warmup", "10"}}, "requests.warmup: '10': "},
        {{{"clients.swing", "0.1"}}, "needs clients.arrivals = diurnal"},
        {{{"clients.crowd_factor", "2"}}, "needs clients.arrivals = flash-crowd"},
        {{{"endpoint.service_shape", "2"}}, "needs endpoint.service = pareto"},
        {{{"faults.factor", "0.5"}}, "needs faults.kind = slow"},
        {{{"faults.detect", "1s"}, {"faults.kind", "slow"}}, "needs faults.kind = crash"},
        {{{"faults.endpoints", "1"}}, "needs faults.kind = slow or crash"},
        {{{"faults.kind", "slow"}, {"faults.endpoints", "17"}}, "at most pool.endpoints"},
        {{{"faults.kind", "crash"}, {"faults.endpoints", "16"}}, "nobody is left"},
        {{{"faults.kind", "slow"}, {"faults.from", "2s"}, {"faults.until", "1s"}},
         "later than faults.from"},
        {{{"pool.drain", "16"}}, "nobody is left"},
    };
    for (const auto& [set, text] : wrong)
    {
        EXPECT_NE(Refusal(set).find(text), std::string::npos) << text << " / " << Refusal(set);
    }
}

} // namespace
