// SPDX-License-Identifier: GPL-2.0-only
//
// The part of the proxy that reads ahead.
#include "offload-workload-proxy.h"

#include "ns3/simulator.h"

#include <algorithm>
#include <optional>

namespace ns3
{
namespace sharding
{

void
OffloadProxy::Prefetch(Function& function, const OffloadIoFields& fields)
{
    OffloadAccess access;
    access.now = Simulator::Now();
    access.range = {fields.offset, fields.bytes};
    access.expected = m_expected.IsNull() ? -1 : m_expected(fields.function);
    // No more than there is room for: the last ones would take the place of the first.
    const uint64_t memory = m_total > 0 ? std::min(m_memory, m_total) : m_memory;
    const uint64_t room = memory / std::max(1U, fields.bytes);
    const auto depth = static_cast<uint32_t>(std::min<uint64_t>(m_depth, room));
    const std::vector<OffloadRange> ranges = function.prefetcher->Next(access, depth);
    // What was wanted before is out of date.
    function.wanted.assign(ranges.begin(), ranges.end());
    function.chunkBytes = fields.chunkBytes;
    AskAhead(fields.function);
}

void
OffloadProxy::AskAhead(uint16_t number)
{
    if (m_admission && m_admission->Held() > 0)
    {
        return; // it would take from the line what reads wait for
    }
    Function& function = m_functions[number];
    while (!function.wanted.empty())
    {
        const OffloadRange range = function.wanted.front();
        const uint64_t coming = function.buffer->Coming();
        if (m_window > 0 && coming > 0 && coming + range.bytes > m_window)
        {
            return;
        }
        function.wanted.pop_front();
        if (range.bytes > function.chunkBytes * OFFLOAD_IO_CHUNKS ||
            (m_total > 0 && range.bytes > m_total) ||
            !function.buffer->Ask(range, function.next, Simulator::Now()))
        {
            continue;
        }
        Ask(number, MakeAhead(number, range, function.next++));
        KeepTotal();
    }
}

void
OffloadProxy::KeepTotal()
{
    uint64_t bytes = 0;
    for (const Function& function : m_functions)
    {
        bytes += function.buffer ? function.buffer->Bytes() : 0;
    }
    while (m_total > 0 && bytes > m_total)
    {
        OffloadPrefetchBuffer* victim = nullptr;
        std::optional<Time> oldest;
        for (const Function& function : m_functions)
        {
            const auto asked = function.buffer ? function.buffer->Oldest() : std::nullopt;
            if (asked && (!oldest || *asked < *oldest))
            {
                oldest = asked;
                victim = function.buffer.get();
            }
        }
        if (victim == nullptr)
        {
            return; // reads wait for all that there is
        }
        bytes -= victim->Bytes();
        victim->DiscardOldest();
        bytes += victim->Bytes();
    }
}

OffloadIoFields
OffloadProxy::MakeAhead(uint16_t number, const OffloadRange& range, uint64_t request)
{
    OffloadIoFields ask;
    ask.kind = OFFLOAD_IO_READ;
    ask.isPrefetch = true;
    ask.function = number;
    ask.tryNumber = 1;
    ask.chunkBytes = m_functions[number].chunkBytes;
    ask.bytes = range.bytes;
    ask.request = request;
    ask.offset = range.offset;
    ask.mask = ask.All();
    return ask;
}

void
OffloadProxy::Urge(Function& function, const OffloadIoFields& fields)
{
    const auto missing = function.buffer->WaitedFor(fields);
    if (!missing || missing->waiting > 1) // the first one has said so
    {
        return;
    }
    ++m_counters.urged;
    OffloadIoFields ask = MakeAhead(fields.function, missing->range, missing->request);
    ask.isUrgent = true;
    ask.mask &= ~missing->held;
    Ask(fields.function, ask);
}

} // namespace sharding
} // namespace ns3
