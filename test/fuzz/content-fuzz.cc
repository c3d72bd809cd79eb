// SPDX-License-Identifier: GPL-2.0-only
// Any bytes as a movie and as a network trace: the parsers either throw their one exception type
// or return what survives being written and read again, cut anew, and asked for times.

#include "ns3/content-movie.h"
#include "ns3/content-network-trace.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace
{

using namespace ns3;
using namespace ns3::sharding;

/// Fail where the condition does not hold.
void
Demand(bool holds)
{
    if (!holds)
    {
        std::abort();
    }
}

/// A message is one line, and not an empty one.
void
CheckMessage(const ShardParseError& error)
{
    Demand(!error.Message().empty() && std::string(error.what()).find('\n') == std::string::npos);
}

void
TryMovie(const std::string& text)
{
    try
    {
        const ContentMovie movie = ContentMovie::Parse("input", text);
        const ContentMovie copy = ContentMovie::Parse("copy", movie.ToJson());
        Demand(copy.Segments() == movie.Segments() && copy.Length() == movie.Length());
        const ContentMovie cut = movie.Cut(movie.Length(), Time(0));
        Demand(cut.Segments() == 1 && cut.Length() == movie.Length());
    }
    catch (const ShardParseError& error)
    {
        CheckMessage(error);
    }
}

void
TryTrace(const std::string& text)
{
    try
    {
        const ContentNetworkTrace trace = ContentNetworkTrace::Parse("input", text);
        for (const double bits : {0.0, 1.0, 1e6, 1e11})
        {
            const Time begin = NanoSeconds(123456789);
            Demand(trace.AfterLatency(begin) >= begin);
            const Time end = trace.AfterBits(begin, bits);
            Demand(end >= begin && trace.BitsBetween(begin, end) >= bits * (1 - 1e-6) - 1);
        }
    }
    catch (const ShardParseError& error)
    {
        CheckMessage(error);
    }
}

} // namespace

extern "C" int
LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    TryMovie(text);
    TryTrace(text);
    return 0;
}
