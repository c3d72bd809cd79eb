// SPDX-License-Identifier: GPL-2.0-only
#include "offload-replay.h"

#include "analysis/errors.h"
#include "decimal.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <set>

namespace shardsim
{

namespace
{

const std::string TRACE = "time,function,offset,bytes,op";
const std::string SCSI_TRACE = "version,time,op,size,lbn";
const std::string SERIES = "timestamp,value";

/// Bytes of a block of the SCSI trace.
constexpr uint64_t SECTOR = 512;
/// Largest whole number that fields may have: all of them are exact as doubles.
constexpr double MOST = 9007199254740992.0;

using Fields = std::vector<std::string>;

Fields
Split(const std::string& line)
{
    Fields fields{""};
    for (const char c : line)
    {
        if (c == ',')
        {
            fields.emplace_back();
        }
        else
        {
            fields.back() += c;
        }
    }
    return fields;
}

/// @param[out] number as the text has it  @return whether it is a whole one from 0 to most
bool
Whole(const std::string& text, double most, uint64_t& number)
{
    const double read = ParseDecimal(text).value_or(-1);
    const bool isOne = read >= 0 && read <= most && read == std::floor(read);
    number = isOne ? static_cast<uint64_t>(read) : 0;
    return isOne;
}

/**
 * Calls `take` with the fields of each line after the header; what it returns, if not empty, is
 * what was expected of the line instead.
 */
void
ReadLines(const std::string& file,
          const std::vector<std::string>& headers,
          const std::function<std::string(const std::string&, const Fields&)>& take)
{
    std::ifstream in(file);
    if (!in)
    {
        throw RequestError(file + ": cannot be read");
    }
    std::string header;
    std::string line;
    for (std::size_t number = 1; std::getline(in, line); ++number)
    {
        if (!line.empty() && line.back() == '\r')
        {
            line.pop_back();
        }
        if (line.empty())
        {
            continue;
        }
        std::string expected;
        if (header.empty())
        {
            for (const std::string& known : headers)
            {
                header = known == line ? known : header;
                expected += (expected.empty() ? "the header " : " or ") + known;
            }
            expected = header.empty() ? expected : "";
        }
        else
        {
            expected = take(header, Split(line));
        }
        if (!expected.empty())
        {
            throw RequestError(file + ":" + std::to_string(number) + ": '" + line.substr(0, 60) +
                               "'; expected: " + expected);
        }
    }
    if (header.empty())
    {
        throw RequestError(file + ": is empty; expected: the header " + headers.front());
    }
}

std::string
TakeRequest(const Fields& fields, uint32_t functions, std::vector<OffloadTraceRequest>& requests)
{
    OffloadTraceRequest request;
    uint64_t function = 0;
    const auto time = ParseDecimal(fields[0]);
    if (fields.size() != 5 || !time || !Whole(fields[1], MOST, function) ||
        !Whole(fields[2], MOST, request.offset) || !Whole(fields[3], 1e9, request.bytes) ||
        request.bytes == 0 || (fields[4] != "read" && fields[4] != "write"))
    {
        return "time in s, function, offset and bytes (1 to 1e9) as whole numbers, and read or "
               "write";
    }
    if (!requests.empty() && *time < requests.back().seconds)
    {
        return "a time that is not before that of the line above";
    }
    if (function >= functions)
    {
        return "a function below functions.count = " + std::to_string(functions);
    }
    request.seconds = *time;
    request.function = static_cast<uint32_t>(function);
    request.isWrite = fields[4] == "write";
    requests.push_back(request);
    return "";
}

std::string
TakeScsi(const Fields& fields, uint32_t functions, std::vector<OffloadTraceRequest>& requests)
{
    // READ and WRITE of 6, 10, 12 and 16 bytes, alike.
    static const std::set<std::string> reads = {"8", "08", "28", "a8", "88"};
    static const std::set<std::string> writes = {"a", "0a", "2a", "aa", "8a"};
    OffloadTraceRequest request;
    uint64_t time = 0;
    uint64_t block = 0;
    if (fields.size() != 5 || !Whole(fields[1], MOST, time) ||
        !Whole(fields[3], 1e9, request.bytes) || request.bytes == 0 ||
        !Whole(fields[4], MOST / SECTOR, block) ||
        reads.count(fields[2]) + writes.count(fields[2]) == 0)
    {
        return "version, whole seconds, operation code of a SCSI read or write in hex (28, 2a, "
               "...), bytes (1 to 1e9), block number";
    }
    request.seconds = static_cast<double>(time);
    if (!requests.empty() && request.seconds < requests.back().seconds)
    {
        return "a time that is not before that of the line above";
    }
    request.offset = block * SECTOR;
    request.function = static_cast<uint32_t>((request.offset >> 30) % functions);
    request.isWrite = writes.count(fields[2]) != 0;
    requests.push_back(request);
    return "";
}

/// Requests of the same second are spread over it.
void
SpreadSeconds(std::vector<OffloadTraceRequest>& requests)
{
    for (std::size_t begin = 0; begin < requests.size();)
    {
        const double second = requests[begin].seconds;
        std::size_t end = begin;
        while (end < requests.size() && requests[end].seconds == second)
        {
            ++end;
        }
        for (std::size_t i = begin; i < end; ++i)
        {
            requests[i].seconds +=
                static_cast<double>(i - begin) / static_cast<double>(end - begin);
        }
        begin = end;
    }
}

} // namespace

std::vector<OffloadTraceRequest>
ReadOffloadTrace(const std::string& file, uint32_t functions)
{
    std::vector<OffloadTraceRequest> requests;
    bool isScsi = false;
    ReadLines(file,
              {TRACE, SCSI_TRACE},
              [&](const std::string& header, const Fields& fields)
              {
                  isScsi = header == SCSI_TRACE;
                  return isScsi ? TakeScsi(fields, functions, requests)
                                : TakeRequest(fields, functions, requests);
              });
    if (requests.empty())
    {
        throw RequestError(file + ": no request in it");
    }
    if (isScsi)
    {
        SpreadSeconds(requests);
    }
    const double first = requests.front().seconds;
    for (OffloadTraceRequest& request : requests)
    {
        request.seconds -= first;
    }
    return requests;
}

std::vector<double>
ReadOffloadSeries(const std::string& file)
{
    std::vector<double> values;
    double sum = 0;
    ReadLines(file,
              {SERIES},
              [&](const std::string&, const Fields& fields) -> std::string
              {
                  const auto value = fields.size() == 2 ? ParseDecimal(fields[1]) : std::nullopt;
                  if (!value || *value < 0)
                  {
                      return "a timestamp and a value of 0 or more";
                  }
                  values.push_back(*value);
                  sum += *value;
                  return "";
              });
    if (!(sum > 0))
    {
        throw RequestError(file + ": no value above 0 in it");
    }
    return values;
}

} // namespace shardsim
