// SPDX-License-Identifier: GPL-2.0-only

/**
 * @file
 * Makes the small synthetic traces that the project ships (scenarios/traces/): of capacity, in the
 * format of mahimahi, one line per opportunity to deliver 1500 bytes, in milliseconds; of traffic,
 * one line per datagram, seconds and bytes. A program of its own, without ns-3.
 *
 * Integer arithmetic and a generator written out here: the same seed gives the same bytes with
 * every compiler and standard library.
 */

#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace
{

/// One opportunity delivers 1500 bytes: bits, times 1000 to count in kbit/s times ms.
constexpr uint64_t OPPORTUNITY_BITS = 12000;

/// splitmix64 (S. Vigna, public domain reference; Steele, Lea, Flood, OOPSLA 2014).
class SplitMix
{
  public:
    explicit SplitMix(uint64_t seed)
        : m_state(seed)
    {
    }

    /**
     * @param n at least 1, far below 2^64, so that the remainder's bias does not matter
     * @return a number below n
     */
    uint64_t Below(uint64_t n)
    {
        uint64_t z = (m_state += 0x9e3779b97f4a7c15U);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return (z ^ (z >> 31)) % n;
    }

  private:
    uint64_t m_state;
};

/// Collects opportunities from a rate that changes every millisecond.
class Writer
{
  public:
    /**
     * @param ms the millisecond that has passed
     * @param kbps capacity during it; kbit/s are bits per ms
     * @param granted whether what has collected may be delivered now
     */
    void Pass(uint32_t ms, uint64_t kbps, bool granted)
    {
        m_bits += kbps;
        for (; granted && m_bits >= OPPORTUNITY_BITS; m_bits -= OPPORTUNITY_BITS)
        {
            m_text += std::to_string(ms) + "\n";
        }
    }

    /**
     * @param ms the trace's period, where it has to have its last opportunity
     * @return the trace
     */
    std::string End(uint32_t ms)
    {
        return m_text + std::to_string(ms) + "\n";
    }

  private:
    uint64_t m_bits{0};
    std::string m_text;
};

/**
 * A cellular downlink in motion: the rate is a birth-death Markov chain over radio conditions
 * (mean dwell 400 ms), and the base station grants the collected capacity in bursts, in one
 * millisecond of three.
 */
std::string
LteLike(uint64_t seed)
{
    constexpr uint32_t PERIOD = 20000;
    constexpr std::array<uint64_t, 6> KBPS{{300, 1500, 3000, 6000, 10000, 18000}};
    SplitMix random(seed);
    Writer writer;
    std::size_t state = KBPS.size() / 2;
    for (uint32_t ms = 1; ms < PERIOD; ++ms)
    {
        if (random.Below(400) == 0)
        {
            const bool up = state == 0 || (state + 1 < KBPS.size() && random.Below(2) == 0);
            state = up ? state + 1 : state - 1;
        }
        // Fast fading: half to one and a half of the state's rate.
        const uint64_t kbps = KBPS[state] * (500 + random.Below(1001)) / 1000;
        writer.Pass(ms, kbps, random.Below(3) == 0);
    }
    return writer.End(PERIOD);
}

/// 4 Mbit/s without chance, but for two outages: 1.5 s from 3 s on, and 0.4 s from 7 s on.
std::string
Outage()
{
    constexpr uint32_t PERIOD = 10000;
    Writer writer;
    for (uint32_t ms = 1; ms < PERIOD; ++ms)
    {
        const bool out = (ms > 3000 && ms <= 4500) || (ms > 7000 && ms <= 7400);
        writer.Pass(ms, out ? 0 : 4000, !out);
    }
    return writer.End(PERIOD);
}

/// @return a datagram every 3.04 ms, of 1400, 4000, 9000 or 16000 bytes: 20 Mbit/s on average
std::string
MixedSizes(uint64_t seed)
{
    constexpr std::array<uint32_t, 4> SIZES{1400, 4000, 9000, 16000};
    constexpr uint32_t DATAGRAMS = 2500;
    constexpr uint32_t INTERVAL = 304; ///< 10 us
    SplitMix random(seed);
    std::string text;
    for (uint32_t i = 0; i < DATAGRAMS; ++i)
    {
        const uint32_t at = i * INTERVAL;
        const std::string fraction = std::to_string(at % 100000);
        text += std::to_string(at / 100000) + "." + std::string(5 - fraction.size(), '0') +
                fraction + " " + std::to_string(SIZES[random.Below(SIZES.size())]) + "\n";
    }
    return text;
}

/// @return what a file holds; nothing where it cannot be read
std::string
ReadFile(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

} // namespace

int
main(int argc, char** argv)
{
    CLI::App app{"Makes the small synthetic traces of the project."};
    std::string out = "scenarios/traces";
    uint64_t seed = 1;
    bool check = false;
    app.add_option("--out", out, "folder to write to; has to exist")->capture_default_str();
    app.add_option("--seed", seed, "seed of the random traces")->capture_default_str();
    app.add_flag("--check", check, "write nothing; exit 1 if a file differs from what is made");
    try
    {
        app.parse(argc, argv);
    }
    catch (const CLI::ParseError& error)
    {
        return app.exit(error) == 0 ? EXIT_SUCCESS : 2;
    }
    if (!std::filesystem::is_directory(out))
    {
        std::cerr << "make-traces: --out " << out << ": allowed is an existing folder\n";
        return 2;
    }

    const std::vector<std::pair<std::string, std::string>> traces{
        {"constant-12mbps.trace", "1\n"},
        {"lte-like.trace", LteLike(seed)},
        {"outage.trace", Outage()},
        {"mixed-sizes.traffic", MixedSizes(seed)},
    };
    bool same = true;
    for (const auto& [name, text] : traces)
    {
        const auto path = std::filesystem::path(out) / name;
        if (check)
        {
            if (ReadFile(path) != text)
            {
                std::cerr << "make-traces: " << path.string() << " differs from what is made\n";
                same = false;
            }
            continue;
        }
        std::ofstream file(path, std::ios::binary);
        file << text;
        file.close();
        if (!file)
        {
            std::cerr << "make-traces: " << path.string()
                      << ": cannot be written, allowed is a writable folder with space\n";
            return 1;
        }
    }
    return same ? EXIT_SUCCESS : 1;
}
