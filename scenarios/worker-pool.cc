// SPDX-License-Identifier: GPL-2.0-only
#include "worker-pool.h"

#include "scenarios/worker-message.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <iostream>
#include <list>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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

/** The end of a pipe. */
class Descriptor
{
  public:
    Descriptor() = default;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    ~Descriptor()
    {
        Close();
    }

    void Close()
    {
        if (number >= 0)
        {
            ::close(number);
        }
        number = -1;
    }

    int number{-1};
};

bool
WriteAll(int file, const std::string& bytes)
{
    for (std::size_t written = 0; written < bytes.size();)
    {
        const ssize_t count = ::write(file, bytes.data() + written, bytes.size() - written);
        if (count < 0 && errno == EINTR)
        {
            continue;
        }
        if (count <= 0)
        {
            return false;
        }
        written += static_cast<std::size_t>(count);
    }
    return true;
}

/** The first and last part of a text that may be long. */
class BoundedText
{
  public:
    void Add(const char* bytes, std::size_t size)
    {
        const std::size_t half = WorkerPool::MESSAGE_BYTES / 2;
        const std::size_t head = std::min(size, half - m_head.size());
        m_head.append(bytes, head);
        m_tail.append(bytes + head, size - head);
        if (m_tail.size() > 2 * half)
        {
            m_left += m_tail.size() - half;
            m_tail.erase(0, m_tail.size() - half);
        }
    }

    std::string Text() const
    {
        const std::size_t half = WorkerPool::MESSAGE_BYTES / 2;
        const std::size_t over = m_tail.size() > half ? m_tail.size() - half : 0;
        const std::size_t left = m_left + over;
        return m_head + (left ? "\n[" + std::to_string(left) + " bytes left out]\n" : "") +
               m_tail.substr(over);
    }

  private:
    std::string m_head;
    std::string m_tail;
    std::size_t m_left{0};
};

/** A child at work. */
struct Child
{
    pid_t pid{-1};
    RunRecord record;
    Descriptor result;
    Descriptor errors;
    std::string bytes;
    BoundedText message;
    Clock::time_point begin;
};

const int EXIT_THROWN = 1;

/** The life of a child. */
[[noreturn]] void
Work(const Scenario& scenario, const WorkerTask& task, int resultPipe, int errorPipe)
{
    // What a scenario prints must not mix with the parent's output.
    ::dup2(errorPipe, STDOUT_FILENO);
    ::dup2(errorPipe, STDERR_FILENO);
    // A crash in a sweep is kept as a record; a core file for each would fill the disk.
    const struct rlimit none = {0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    int code = EXIT_THROWN;
    try
    {
        RunContext context;
        context.seed = task.record.seed;
        context.run = task.record.run;
        const RunResult result = RunChecked(scenario, *task.values, context);
        code = WriteAll(resultPipe, EncodeResult(result)) ? 0 : EXIT_THROWN;
    }
    catch (const std::exception& error)
    {
        std::cerr << error.what() << std::endl;
    }
    catch (...)
    {
        std::cerr << "unknown exception" << std::endl;
    }
    std::fflush(nullptr);
    std::cerr.flush();
    // No destructors: they belong to the parent's objects (files, databases, the terminal).
    ::_exit(code);
}

/** Reads what there is; closes the pipe at its end. */
template <typename Sink>
void
Drain(Descriptor& pipe, const Sink& sink)
{
    std::array<char, 65536> buffer;
    // Bounded: a child that writes without end must not keep the others waiting.
    for (int rounds = 0; rounds < 64; ++rounds)
    {
        const ssize_t count = ::read(pipe.number, buffer.data(), buffer.size());
        if (count > 0)
        {
            sink(buffer.data(), static_cast<std::size_t>(count));
            continue;
        }
        if (count < 0 && errno == EINTR)
        {
            continue;
        }
        if (count < 0 && errno == EAGAIN)
        {
            return;
        }
        pipe.Close();
        return;
    }
}

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
