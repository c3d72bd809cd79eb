// SPDX-License-Identifier: GPL-2.0-only
#include "worker-pool.h"

#include "scenarios/worker-message.h"
#include "worker-child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <list>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shardsim
{

namespace
{

using Clock = std::chrono::steady_clock;

volatile std::sig_atomic_t g_interrupted = 0;

extern "C" void
OnInterrupt(int)
{
    g_interrupted = 1;
}

/**
 * While it lives, SIGINT and SIGTERM set a flag, and only while ppoll waits: no signal can fall
 * between a look at the flag and the wait.
 */
class InterruptGuard
{
  public:
    InterruptGuard()
    {
        g_interrupted = 0;
        struct sigaction action = {};
        action.sa_handler = OnInterrupt;
        sigemptyset(&action.sa_mask);
        sigset_t blocked;
        sigemptyset(&blocked);
        for (std::size_t i = 0; i < SIGNALS.size(); ++i)
        {
            sigaddset(&blocked, SIGNALS[i]);
        }
        sigprocmask(SIG_BLOCK, &blocked, &m_before);
        for (std::size_t i = 0; i < SIGNALS.size(); ++i)
        {
            sigaction(SIGNALS[i], &action, &m_actions[i]);
        }
    }

    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    ~InterruptGuard()
    {
        Restore();
    }

    const sigset_t& WaitMask() const
    {
        return m_before;
    }

    /** As before: by the destructor, and in a child. */
    void Restore() const
    {
        for (std::size_t i = 0; i < SIGNALS.size(); ++i)
        {
            sigaction(SIGNALS[i], &m_actions[i], nullptr);
        }
        sigprocmask(SIG_SETMASK, &m_before, nullptr);
    }

  private:
    static constexpr std::array<int, 2> SIGNALS{SIGINT, SIGTERM};
    std::array<struct sigaction, 2> m_actions;
    sigset_t m_before;
};

std::string
SignalText(int number)
{
    const char* name = sigabbrev_np(number);
    return "ended by signal " + std::to_string(number) +
           (name ? std::string(" (SIG") + name + ")" : "");
}

/** The children of one WorkerPool::Run. Those left at its end are killed. */
class Nursery
{
  public:
    Nursery(const Scenario& scenario,
            const std::function<void()>& onFork,
            const InterruptGuard& signals)
        : m_scenario(scenario),
          m_onFork(onFork),
          m_signals(signals)
    {
    }

    Nursery(const Nursery&) = delete;
    Nursery& operator=(const Nursery&) = delete;

    ~Nursery()
    {
        for (const auto& child : m_children)
        {
            ::kill(child.pid, SIGKILL);
        }
        for (const auto& child : m_children)
        {
            while (::waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR)
            {
            }
        }
    }

    std::size_t Size() const
    {
        return m_children.size();
    }

    void Start(const WorkerTask& task)
    {
        std::array<int, 2> result;
        std::array<int, 2> errors;
        // The parent's ends do not block, the child's must.
        if (::pipe2(result.data(), O_CLOEXEC) != 0)
        {
            Fail("cannot make a pipe");
        }
        if (::pipe2(errors.data(), O_CLOEXEC) != 0)
        {
            ::close(result[0]);
            ::close(result[1]);
            Fail("cannot make a pipe");
        }
        // What is buffered now would be written by both processes.
        std::cout.flush();
        std::fflush(nullptr);
        m_children.emplace_back();
        Child& child = m_children.back();
        child.record = task.record;
        child.begin = Clock::now();
        child.result.number = result[0];
        child.errors.number = errors[0];
        const pid_t parent = ::getpid();
        child.pid = ::fork();
        if (child.pid == 0)
        {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::getppid() != parent)
            {
                ::_exit(EXIT_THROWN); // the parent died before prctl
            }
            m_signals.Restore();
            // Ctrl-C goes to the whole group: the parent decides, so that no run counts as failed.
            std::signal(SIGINT, SIG_IGN);
            if (m_onFork)
            {
                m_onFork();
            }
            Work(m_scenario, task, result[1], errors[1]);
        }
        const int problem = errno;
        ::close(result[1]);
        ::close(errors[1]);
        if (child.pid < 0)
        {
            m_children.pop_back();
            errno = problem;
            Fail("cannot start a process");
        }
        ::fcntl(result[0], F_SETFL, O_NONBLOCK);
        ::fcntl(errors[0], F_SETFL, O_NONBLOCK);
    }

    /** Wait for output, an end or a signal, but not longer than 100 ms. */
    void Wait(const sigset_t& mask)
    {
        std::vector<struct pollfd> polled;
        for (const auto& child : m_children)
        {
            for (const int number : {child.result.number, child.errors.number})
            {
                if (number >= 0)
                {
                    polled.push_back({number, POLLIN, 0});
                }
            }
        }
        const struct timespec limit = {0, 100000000};
        ::ppoll(polled.data(), polled.size(), &limit, &mask);
    }

    /** Read from all; hand over the records of those that have ended. */
    void Collect(const std::function<void(RunRecord&&)>& done)
    {
        for (auto it = m_children.begin(); it != m_children.end();)
        {
            Child& child = *it;
            if (child.result.number >= 0)
            {
                Drain(child.result,
                      [&](const char* bytes, std::size_t size)
                      { child.bytes.append(bytes, size); });
            }
            if (child.errors.number >= 0)
            {
                Drain(child.errors,
                      [&](const char* bytes, std::size_t size) { child.message.Add(bytes, size); });
            }
            if (child.result.number >= 0 || child.errors.number >= 0)
            {
                ++it;
                continue;
            }
            RunRecord record = Finish(child);
            it = m_children.erase(it);
            done(std::move(record));
        }
    }

  private:
    [[noreturn]] static void Fail(const std::string& problem)
    {
        throw std::runtime_error(problem + ": " + std::strerror(errno));
    }

    static RunRecord Finish(Child& child)
    {
        // Both pipes are closed: the child is at its end, and this does not wait for long.
        int status = 0;
        while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
        {
        }
        RunRecord record = std::move(child.record);
        record.wallSeconds = std::chrono::duration<double>(Clock::now() - child.begin).count();
        std::optional<RunResult> result = DecodeResult(child.bytes);
        record.done = result && WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (record.done)
        {
            record.metrics = std::move(result->metrics);
            record.samples = std::move(result->samples);
            return record;
        }
        record.message = child.message.Text();
        if (!record.message.empty() && record.message.back() != '\n')
        {
            record.message += '\n';
        }
        if (WIFSIGNALED(status))
        {
            record.message += SignalText(WTERMSIG(status)) + "\n";
        }
        else if (WEXITSTATUS(status) != EXIT_THROWN)
        {
            record.message += "ended with exit code " + std::to_string(WEXITSTATUS(status)) +
                              " and without a result\n";
        }
        return record;
    }

    const Scenario& m_scenario;
    const std::function<void()>& m_onFork;
    const InterruptGuard& m_signals;
    std::list<Child> m_children;
};

} // namespace

WorkerPool::WorkerPool(const Scenario& scenario, unsigned jobs)
    : m_scenario(scenario),
      m_jobs(std::max(1U, jobs))
{
}

void
WorkerPool::OnFork(std::function<void()> callback)
{
    m_onFork = std::move(callback);
}

void
WorkerPool::OnTick(std::function<void(std::size_t)> callback)
{
    m_onTick = std::move(callback);
}

PoolEnd
WorkerPool::Run(const std::function<bool(WorkerTask&)>& next,
                const std::function<void(RunRecord&&)>& done)
{
    const InterruptGuard signals;
    Nursery nursery(m_scenario, m_onFork, signals);
    bool more = true;
    for (;;)
    {
        while (more && nursery.Size() < m_jobs)
        {
            WorkerTask task;
            more = next(task);
            if (more)
            {
                nursery.Start(task);
            }
        }
        if (m_onTick)
        {
            m_onTick(nursery.Size());
        }
        if (nursery.Size() == 0)
        {
            return PoolEnd::FINISHED;
        }
        nursery.Wait(signals.WaitMask());
        // What has ended is kept, also when it is the last.
        nursery.Collect(done);
        if (g_interrupted)
        {
            return PoolEnd::INTERRUPTED;
        }
    }
}

unsigned
ProcessorCount()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0)
    {
        return 1;
    }
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

} // namespace shardsim
