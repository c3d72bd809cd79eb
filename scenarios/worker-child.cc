// SPDX-License-Identifier: GPL-2.0-only
#include "worker-child.h"

#include "scenarios/worker-message.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <iostream>
#include <sys/resource.h>

namespace shardsim
{

namespace
{

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

} // namespace

void
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

void
Drain(Descriptor& pipe, const std::function<void(const char*, std::size_t)>& sink)
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

} // namespace shardsim
