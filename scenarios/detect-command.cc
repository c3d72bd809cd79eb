// SPDX-License-Identifier: GPL-2.0-only
#include "detect-command.h"

#include "analysis/errors.h"
#include "scenarios/series-reader.h"

#include "ns3/predict-detector.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <unistd.h>

namespace shardsim
{

namespace
{

/** A file that appears under its name when it is complete, and leaves nothing behind otherwise. */
class WholeFile
{
  public:
    explicit WholeFile(const std::string& path)
        : m_path(path),
          m_part(path + ".part" + std::to_string(::getpid()))
    {
        std::error_code ignored;
        if (std::filesystem::exists(path, ignored) &&
            !std::filesystem::is_regular_file(path, ignored))
        {
            throw RequestError("--out: " + path + " is no file; allowed: a file to write");
        }
        m_stream.open(m_part, std::ios::binary | std::ios::trunc);
        if (!m_stream)
        {
            throw RequestError("--out: " + path + " cannot be written: " + std::strerror(errno) +
                               "; allowed: a file in a folder that is there");
        }
    }

    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;

    ~WholeFile()
    {
        std::error_code ignored;
        std::filesystem::remove(m_part, ignored); // gone, if it was finished
    }

    std::ostream& Stream()
    {
        return m_stream;
    }

    void Finish()
    {
        m_stream.close();
        std::error_code error;
        if (m_stream)
        {
            std::filesystem::rename(m_part, m_path, error);
        }
        if (!m_stream || error)
        {
            throw StoreError(m_path + ": cannot be written to its end");
        }
    }

  private:
    std::string m_path;
    std::string m_part;
    std::ofstream m_stream;
};

std::string
ExactNumber(double value)
{
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, value);
    return std::string(text, end.ptr);
}

} // namespace

void
CommandDetect(const std::string& series, const std::string& scores, std::ostream& out)
{
    SeriesReader reader(series);
    std::error_code ignored;
    if (std::filesystem::equivalent(series, scores, ignored))
    {
        throw RequestError("--out: " + scores + " is the series itself; allowed: another file");
    }
    WholeFile file(scores);
    file.Stream() << "timestamp,value,forecast,score\n";
    ns3::sharding::PredictDetector detector;
    std::size_t rows = 0;
    std::size_t missing = 0;
    while (const auto row = reader.Next())
    {
        const auto verdict = detector.Add(row->time, row->value);
        file.Stream() << row->timestamp << ',' << row->text << ',' << ExactNumber(verdict.forecast)
                      << ',' << ExactNumber(verdict.score) << '\n';
        ++rows;
        missing += std::isnan(row->value);
    }
    if (rows == 0)
    {
        throw RequestError(series +
                           ": no row is given; allowed: at least one below the first line");
    }
    file.Finish();
    out << scores << ": " << rows << " rows scored, of which " << missing << " without a value\n";
}

} // namespace shardsim
