// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_WORKER_CHILD_H
#define SHARDSIM_WORKER_CHILD_H

#include "worker-pool.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <sys/types.h>
#include <unistd.h>

namespace shardsim
{

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
    std::chrono::steady_clock::time_point begin;
};

/** Exit code of a child whose simulation threw. */
constexpr int EXIT_THROWN = 1;

/**
 * The life of a child: runs the simulation, and ends the process.
 * @param scenario what is run
 * @param task with which values
 * @param resultPipe gets the result
 * @param errorPipe gets what would be printed
 */
[[noreturn]] void Work(const Scenario& scenario,
                       const WorkerTask& task,
                       int resultPipe,
                       int errorPipe);

/**
 * Reads what there is; closes the pipe at its end.
 * @param pipe that does not block
 * @param sink called with bytes and their number
 */
void Drain(Descriptor& pipe, const std::function<void(const char*, std::size_t)>& sink);

} // namespace shardsim

#endif // SHARDSIM_WORKER_CHILD_H
