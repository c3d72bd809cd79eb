// SPDX-License-Identifier: GPL-2.0-only
//
// What a storage host's PCI Express link must show: the share of it that is payload, and what one
// tag, and one credit, let through.
#include "validate-row.h"

#include <utility>

namespace shardsim
{

namespace
{

using Set = std::vector<std::pair<std::string, std::string>>;

// A request of 64 KiB: 46 messages with 1400 bytes of data and 40 of header, one with the rest.
constexpr unsigned REQUEST = 65536;
constexpr unsigned CHUNKS = 46;
constexpr unsigned CHUNK = 1440;
constexpr unsigned LAST = 1176;
constexpr unsigned HEADER = 40;

// Packets of at most 256 bytes of data, reads of at most 512; bytes beside data, of a request and
// of a completion.
constexpr unsigned PAYLOAD = 256;
constexpr unsigned READ = 512;
constexpr unsigned ASKING = 24;
constexpr unsigned ANSWERING = 20;

/// Of a lane of generation 3, bytes a second.
constexpr double LANE = 1e9 * 128 / 130;
/// On the way, and in the host, s.
constexpr double WAY = 150e-9;
constexpr double HOST = 10e-6;

/// @return parts of at most that size
unsigned
Parts(unsigned bytes, unsigned most)
{
    return (bytes + most - 1) / most;
}

/// @return bytes beside the data of a message that is read; completions end where reads do
unsigned
ReadOverhead(unsigned bytes)
{
    return Parts(bytes, READ) * ASKING + Parts(bytes, PAYLOAD) * ANSWERING;
}

/// @return seconds in which one tag reads a message: there, in the host, back with all completions
double
ReadTime(unsigned bytes)
{
    return Parts(bytes, READ) * (2 * WAY + HOST) + (bytes + ReadOverhead(bytes)) / LANE;
}

/// @return seconds in which one credit writes a message: there, and in the host
double
WriteTime(unsigned bytes)
{
    return Parts(bytes, PAYLOAD) * (WAY + HOST + ASKING / LANE) + bytes / LANE;
}

} // namespace

std::vector<ValidationRow>
OffloadValidation()
{
    const auto with = [](Set more)
    {
        Set set = {{"functions.mix", "poisson"},
                   {"functions.count", "1"},
                   {"functions.small", "65536"},
                   {"topology.rate", "1Gbps"},
                   {"retry.timeout", "1h"},
                   {"duration", "200ms"}};
        set.insert(set.end(), more.begin(), more.end());
        return set;
    };
    const auto limited = [&with](Set more)
    {
        // More than gets through, so that the line of the link never ends.
        more.insert(more.begin(),
                    {{"functions.load", "0.7"},
                     {"topology.pcie_lanes", "1"},
                     {"topology.pcie_latency", "10us"}});
        return with(std::move(more));
    };
    // A request that is 40 bytes to write; what it asks for, read.
    const double data = CHUNKS * CHUNK + LAST;
    const double beside = CHUNKS * ReadOverhead(CHUNK) + ReadOverhead(LAST) + ASKING;
    std::vector<ValidationRow> rows;
    rows.push_back(
        {"reads of 64 KiB over PCI Express, payload of all bytes",
         "payload / (payload + overhead)",
         "pcie.payload_bytes",
         (data + HEADER) / (data + HEADER + beside),
         1e-12,
         1,
         with({{"functions.load", "0.1"}, {"functions.reads", "1"}, {"topology.pcie_lanes", "8"}}),
         "pcie.line_bytes"});
    // Goodput is taken from the run's begin: the first request (1.4 ms), its way and the storage's
    // latency (2.2 ms) are in the time, of more than 400 ms.
    constexpr double STARTUP = 0.01;
    const auto throughput = [&](const char* name, const char* form, double seconds, const Set& set)
    {
        const double mbps = REQUEST * 8 / seconds / 1e6;
        rows.push_back({name, form, "goodput_mbps", mbps, STARTUP * mbps, 1, set, ""});
    };
    throughput("reads with one tag",
               "read size / round trip",
               CHUNKS * ReadTime(CHUNK) + ReadTime(LAST),
               limited({{"functions.reads", "1"}, {"topology.pcie_tags", "1"}}));
    throughput("writes with one credit",
               "packet size / time of a credit",
               CHUNKS * WriteTime(CHUNK) + WriteTime(LAST),
               limited({{"functions.reads", "0"}, {"topology.pcie_credits", "1"}}));
    return rows;
}

} // namespace shardsim
