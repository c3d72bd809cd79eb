// SPDX-License-Identifier: GPL-2.0-only
#include "calibrate.h"

#include "analysis/errors.h"
#include "analysis/text-table.h"

#include "ns3/boolean.h"
#include "ns3/shard-opener.h"
#include "ns3/shard-sealer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iomanip>
#include <limits>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>

namespace shardsim
{

using namespace ns3;
using namespace ns3::sharding;

namespace
{

constexpr std::size_t BATCH = 200; ///< shards between two looks at the clock
constexpr int ROUNDS = 40;         ///< of which the quickest counts: the others were disturbed

/// @return a shard of a block of one, plain
Shard
MakeShard(Ptr<const ShardBytes> bytes)
{
    Shard shard;
    shard.fields.k = shard.fields.n = 1;
    shard.fields.datagram = static_cast<uint16_t>(bytes->Size());
    shard.size = bytes->Size();
    shard.bytes = bytes;
    return shard;
}

/// @return seconds that a cipher needs for each of some shards
double
SecondsOfEach(ShardCipher& cipher, std::vector<Shard>& shards)
{
    const auto begun = std::chrono::steady_clock::now();
    for (Shard& shard : shards)
    {
        if (!cipher.Apply(Time(0), 0, shard))
        {
            throw std::logic_error("what was sealed for calibration could not be opened");
        }
    }
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begun;
    return spent.count() / static_cast<double>(shards.size());
}

/// Time sealing and opening at each size.
void
MeasureCiphers(std::vector<TimedSize>& sealing, std::vector<TimedSize>& opening)
{
    Ptr<ShardSealer> sealer = CreateObject<ShardSealer>();
    Ptr<ShardOpener> opener = CreateObject<ShardOpener>();
    opener->SetAttribute("RealPayload", BooleanValue(true));
    for (uint32_t size : {64, 128, 256, 512, 1024, 1422, 2048, 4096, 8192})
    {
        Ptr<ShardBytes> bytes = Create<ShardBytes>(size);
        std::fill(bytes->Data(), bytes->Data() + size, static_cast<uint8_t>(size));
        TimedSize seal{static_cast<double>(size), std::numeric_limits<double>::infinity()};
        TimedSize open = seal;
        for (int round = 0; round < ROUNDS; ++round)
        {
            std::vector<Shard> shards(BATCH, MakeShard(bytes));
            seal.seconds = std::min(seal.seconds, SecondsOfEach(*sealer, shards));
            open.seconds = std::min(open.seconds, SecondsOfEach(*opener, shards));
        }
        sealing.push_back(seal);
        opening.push_back(open);
    }
    sealer->Dispose();
    opener->Dispose();
}

/// @return the parameters that stand for a line
std::vector<std::string>
Settings(const CostLine& line)
{
    // A machine cannot be that fast: a limit for the rate where the noise says that bytes are free.
    const double rate = line.perByte > 8e-12 ? 8.0 / line.perByte : 1e12;
    return {"crypto.fixed=" + std::to_string(std::llround(line.fixed * 1e9)) + "ns",
            "crypto.rate=" + std::to_string(std::llround(rate / 1e6)) + "Mbps"};
}

} // namespace

CostLine
FitCost(const std::vector<TimedSize>& times)
{
    // Minimise the sum of ((f + b x) / t - 1)^2.
    double ff = 0;
    double fx = 0;
    double xx = 0;
    double f1 = 0;
    double x1 = 0;
    for (const TimedSize& one : times)
    {
        const double f = 1 / one.seconds;
        const double x = one.bytes / one.seconds;
        ff += f * f;
        fx += f * x;
        xx += x * x;
        f1 += f;
        x1 += x;
    }
    const double determinant = ff * xx - fx * fx;
    CostLine line;
    line.fixed = (f1 * xx - x1 * fx) / determinant;
    line.perByte = (x1 * ff - f1 * fx) / determinant;
    if (line.perByte < 0)
    {
        line.perByte = 0;
        line.fixed = f1 / ff;
    }
    else if (line.fixed < 0)
    {
        line.fixed = 0;
        line.perByte = x1 / xx;
    }
    for (const TimedSize& one : times)
    {
        const double error = (line.fixed + line.perByte * one.bytes) / one.seconds - 1;
        line.worst = std::max(line.worst, std::fabs(error));
    }
    return line;
}

int
CommandCalibrate(const std::string& subject, bool json, std::ostream& out)
{
    if (subject != "crypto")
    {
        throw RequestError("calibrate: '" + subject + "' cannot be calibrated; allowed: crypto");
    }
    std::vector<TimedSize> sealing;
    std::vector<TimedSize> opening;
    MeasureCiphers(sealing, opening);
    std::vector<TimedSize> both = sealing;
    both.insert(both.end(), opening.begin(), opening.end());
    const CostLine line = FitCost(both);
    const std::string cipher = ShardAead::Resolve(SHARD_AEAD_FASTEST) == SHARD_AEAD_AES_256_GCM
                                   ? "AES-256-GCM"
                                   : "ChaCha20-Poly1305";
    const std::vector<std::string> settings = Settings(line);
    if (json)
    {
        nlohmann::ordered_json all;
        all["cipher"] = cipher;
        all["fixed_ns"] = line.fixed * 1e9;
        all["per_byte_ns"] = line.perByte * 1e9;
        all["worst_deviation_ratio"] = line.worst;
        all["settings"] = settings;
        nlohmann::ordered_json rows = nlohmann::ordered_json::array();
        for (std::size_t i = 0; i < sealing.size(); ++i)
        {
            nlohmann::ordered_json row;
            row["bytes"] = sealing[i].bytes;
            row["seal_ns"] = sealing[i].seconds * 1e9;
            row["open_ns"] = opening[i].seconds * 1e9;
            rows.push_back(row);
        }
        all["times"] = rows;
        out << all.dump(2) << '\n';
        return 0;
    }
    out << "A shard at one unit of this machine, " << cipher << ", the least of " << ROUNDS
        << " rounds:\n\n"
        << std::setw(8) << "bytes" << std::setw(12) << "seal (ns)" << std::setw(12) << "open (ns)"
        << std::setw(12) << "line (ns)" << '\n';
    for (std::size_t i = 0; i < sealing.size(); ++i)
    {
        out << std::setw(8) << sealing[i].bytes << std::fixed << std::setprecision(0)
            << std::setw(12) << sealing[i].seconds * 1e9 << std::setw(12)
            << opening[i].seconds * 1e9 << std::setw(12)
            << (line.fixed + line.perByte * sealing[i].bytes) * 1e9 << '\n'
            << std::defaultfloat << std::setprecision(6);
    }
    out << "\nThe line: " << ReadableNumber(line.fixed * 1e9, 3) << " ns a shard and "
        << ReadableNumber(line.perByte * 1e9, 3) << " ns a byte, no further than "
        << ReadableNumber(line.worst * 100, 2) << " % from any of these. In a simulation:\n  ";
    for (const std::string& setting : settings)
    {
        out << "--set " << setting << (&setting == &settings.back() ? "\n" : " ");
    }
    return 0;
}

} // namespace shardsim
