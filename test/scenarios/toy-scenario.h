// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TEST_TOY_SCENARIO_H
#define SHARDSIM_TEST_TOY_SCENARIO_H

#include "scenarios/scenario.h"

#include <csignal>
#include <ctime>
#include <iostream>
#include <unistd.h>

namespace shardsim
{

/** A scenario without a simulation: a parameter of each kind, and ways to go wrong on demand. */
class ToyScenario : public Scenario
{
  public:
    ToyScenario()
    {
        using Kind = ParameterKind;
        m_parameters.Add("topology.paths", Kind::INTEGER, "1", "paths").AtLeast("1").AtMost("64");
        m_parameters.Add("topology.rate", Kind::RATE, "100Mbps", "rate").Above("0");
        m_parameters.Add("topology.delay", Kind::TIME, "5ms", "delay").AtMost("10s");
        m_parameters.Add("topology.queue", Kind::QUEUE, "100p", "queue");
        m_parameters.Add("topology.file", Kind::FILE_PATH, "", "input").WhenAbsent("generated");
        m_parameters.Add("loss.rate", Kind::RATIO, "0", "loss").Below("1");
        m_parameters.Add("loss.both", Kind::BOOLEAN, "false", "both directions");
        m_parameters.Add("spread", Kind::REAL, "0", "any number").AtLeast("-1e6");
        m_parameters.Add("memory", Kind::BYTES, "4MiB", "memory").AtLeast("1kB");
        m_parameters.Add("label", Kind::TEXT, "", "any text");
        m_parameters.AddChoice("behaviour",
                               {"work", "throw", "crash", "exit", "chatter", "nan", "undeclared"},
                               "work",
                               "what the run does");
        m_metrics = {{"product", "", "parameters, seed and run in one number"},
                     {"tenth_ms", "ms", "a number that has no exact decimal form"},
                     {"nothing", "", "never has a value"}};
    }

    std::string Name() const override
    {
        return "toy";
    }

    std::string Summary() const override
    {
        return "no simulation at all";
    }

    const ParameterSet& Parameters() const override
    {
        return m_parameters;
    }

    const std::vector<MetricInfo>& Metrics() const override
    {
        return m_metrics;
    }

    void Check(const Values& values) const override
    {
        if (values.GetInt("topology.paths") == 13 && values.GetReal("loss.rate") > 0.5)
        {
            throw values.Error("topology.paths", "13 paths do not go with loss.rate above 0.5");
        }
    }

    RunResult DoRun(const Values& values, const RunContext& context) const override
    {
        const std::string behaviour = values.GetText("behaviour");
        if (behaviour == "throw")
        {
            throw RunCheckError("shards sent 10, received 8, lost 1");
        }
        if (behaviour == "crash")
        {
            std::cerr << "about to crash" << std::endl;
            std::raise(SIGSEGV);
        }
        if (behaviour == "exit")
        {
            ::_exit(7);
        }
        if (behaviour == "chatter")
        {
            std::cerr << "first line\n" << std::string(1000000, 'x') << "\nlast line" << std::endl;
            throw RunCheckError("too much was said");
        }
        const struct timespec pause = {0, static_cast<long>(values.GetTimeNs("topology.delay"))};
        ::nanosleep(&pause, nullptr);
        const auto run = static_cast<double>(context.run);
        RunResult result;
        result.metrics.emplace_back("product",
                                    static_cast<double>(values.GetInt("topology.paths")) * 1000.0 +
                                        values.GetReal("loss.rate") + run * 1e6 +
                                        static_cast<double>(context.seed) * 1e9);
        result.metrics.emplace_back("tenth_ms", run / 10.0 + 0.2);
        if (behaviour == "nan")
        {
            result.metrics.emplace_back("nothing", 0.0 / (run - run));
        }
        if (behaviour == "undeclared")
        {
            result.metrics.emplace_back("surprise", 1.0);
        }
        std::vector<int64_t> latencies;
        for (int64_t i = 100; i > 0; --i)
        {
            latencies.push_back(i * i * static_cast<int64_t>(context.run));
        }
        result.samples.emplace_back("latency", latencies);
        return result;
    }

  private:
    ParameterSet m_parameters;
    std::vector<MetricInfo> m_metrics;
};

} // namespace shardsim

#endif // SHARDSIM_TEST_TOY_SCENARIO_H
