// SPDX-License-Identifier: GPL-2.0-only
#include "offload-load.h"

#include "offload-arrivals.h"
#include "offload-replay.h"

#include "ns3/offload-workload-header.h"
#include "ns3/random-variable-stream.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace shardsim
{

using namespace ns3;

namespace
{

/// States of the chain of blocks.
constexpr uint32_t CHAIN = 256;
/// Blocks of a function.
constexpr uint64_t BLOCKS = 1 << 16;
/// Blocks from one request to the next, with stride.
constexpr uint64_t STRIDE = 7;
/// First byte of function f is at f times this.
constexpr uint64_t REGION = uint64_t{1} << 40;

/// Which block comes next.
class Blocks
{
  public:
    Blocks(const std::string& access, uint32_t function)
        : m_access(access),
          m_random(CreateObject<UniformRandomVariable>())
    {
        static const std::array<const char*, 4> all = {"sequential", "stride", "markov", "random"};
        if (access == "mixed")
        {
            // Two neighbours, one small and one bulk, do the same.
            m_access = all[function / 2 % all.size()];
        }
        m_random->SetStream(OFFLOAD_STREAM_LOAD + 4 * function + 1);
        for (uint32_t& next : m_chain)
        {
            next = m_random->GetInteger(0, CHAIN - 1);
        }
    }

    uint64_t Next()
    {
        // Drawn in any case: what blocks are for does not change how many numbers are drawn.
        const double chance = m_random->GetValue();
        const uint64_t any = m_random->GetInteger(0, BLOCKS - 1);
        if (m_access == "sequential")
        {
            m_block = (m_block + 1) % BLOCKS;
        }
        else if (m_access == "stride")
        {
            m_block = (m_block + STRIDE) % BLOCKS;
        }
        else if (m_access == "markov")
        {
            m_block = chance < 0.9 ? m_chain[m_block % CHAIN] : any % CHAIN;
        }
        else
        {
            m_block = any;
        }
        return m_block;
    }

  private:
    std::string m_access;                ///< in which order
    Ptr<UniformRandomVariable> m_random; ///< of this function
    std::array<uint32_t, CHAIN> m_chain; ///< successors
    uint64_t m_block{0};                 ///< the last one
};

} // namespace

uint64_t
OffloadWireBytes(uint64_t bytes)
{
    return bytes + (bytes + OFFLOAD_CHUNK - 1) / OFFLOAD_CHUNK * OFFLOAD_CHUNK_HEADERS;
}

namespace
{

/// @return so many requests in a row of a trace, from a place that is drawn; 0 for all
std::vector<OffloadTraceRequest>
Window(std::vector<OffloadTraceRequest> requests, std::size_t count)
{
    if (count == 0 || count >= requests.size())
    {
        return requests;
    }
    const Ptr<UniformRandomVariable> places = CreateObject<UniformRandomVariable>();
    places->SetStream(OFFLOAD_STREAM_WINDOW);
    const uint32_t first = places->GetInteger(0, static_cast<uint32_t>(requests.size() - count));
    const auto begin = requests.begin() + first;
    std::vector<OffloadTraceRequest> window(begin, begin + static_cast<std::ptrdiff_t>(count));
    const double from = window.front().seconds;
    for (OffloadTraceRequest& request : window)
    {
        request.seconds -= from;
    }
    return window;
}

/// A trace, as much faster or slower than it was as gives the load that is wanted.
std::vector<OffloadFunctionPlan>
Replay(const Values& values, uint32_t count)
{
    const std::vector<OffloadTraceRequest> requests =
        Window(ReadOffloadTrace(values.GetText("functions.file"), count),
               static_cast<std::size_t>(values.GetInt("functions.window")));
    double bytes = 0;
    for (const OffloadTraceRequest& request : requests)
    {
        bytes += static_cast<double>(OffloadWireBytes(request.bytes));
    }
    const double wanted = values.GetReal("functions.load") *
                          static_cast<double>(values.GetRateBps("topology.rate")) / 8;
    const double lasts = requests.back().seconds;
    const double slower = lasts > 0 ? bytes / wanted / lasts : 1;
    const auto endNs = values.GetTimeNs("duration");
    const uint64_t most = uint64_t{OFFLOAD_CHUNK} * ns3::sharding::OFFLOAD_IO_CHUNKS;
    std::vector<OffloadFunctionPlan> plans(count);
    for (const OffloadTraceRequest& request : requests)
    {
        const double at = request.seconds * slower * 1e9;
        if (at >= static_cast<double>(endNs))
        {
            break;
        }
        // What is larger than a request may be becomes several at the same time.
        for (uint64_t done = 0; done < request.bytes; done += most)
        {
            OffloadPlannedRequest one;
            one.atNs = std::llround(at);
            one.offset = request.offset + done;
            one.bytes = static_cast<uint32_t>(std::min(most, request.bytes - done));
            one.isWrite = request.isWrite;
            plans[request.function].requests.push_back(one);
        }
    }
    const auto bulk = static_cast<double>(values.GetBytes("functions.bulk"));
    for (OffloadFunctionPlan& plan : plans)
    {
        double sum = 0;
        for (const OffloadPlannedRequest& request : plan.requests)
        {
            sum += request.bytes;
        }
        plan.isBulk = sum * 2 > bulk * static_cast<double>(plan.requests.size());
    }
    return plans;
}

} // namespace

std::vector<OffloadFunctionPlan>
MakeOffloadLoad(const Values& values)
{
    const auto count = static_cast<uint32_t>(values.GetInt("functions.count"));
    if (values.GetText("functions.mix") == "trace")
    {
        return Replay(values, count);
    }
    std::vector<OffloadFunctionPlan> plans(count);
    const double share = values.GetReal("functions.load") *
                         static_cast<double>(values.GetRateBps("topology.rate")) / 8 / count;
    for (uint32_t function = 0; function < count; ++function)
    {
        OffloadFunctionPlan& plan = plans[function];
        plan.isBulk = function % 2 != 0;
        const auto bytes = static_cast<uint32_t>(
            values.GetBytes(plan.isBulk ? "functions.bulk" : "functions.small"));
        const double rate = share / static_cast<double>(OffloadWireBytes(bytes));
        Blocks blocks(values.GetText("functions.access"), function);
        const Ptr<UniformRandomVariable> kinds = CreateObject<UniformRandomVariable>();
        kinds->SetStream(OFFLOAD_STREAM_LOAD + 4 * function + 2);
        const double reads = values.GetReal("functions.reads");
        std::vector<int64_t> times = OffloadArrivals(values, function, rate);
        if (values.GetText("anomaly.kind") != "none" &&
            values.GetInt("anomaly.function") == function)
        {
            times = WithOffloadFault(values, rate, std::move(times));
        }
        for (const int64_t atNs : times)
        {
            OffloadPlannedRequest request;
            request.atNs = atNs;
            request.bytes = bytes;
            request.offset = function * REGION + blocks.Next() * bytes;
            request.isWrite = kinds->GetValue() >= reads;
            plan.requests.push_back(request);
        }
    }
    return plans;
}

} // namespace shardsim
