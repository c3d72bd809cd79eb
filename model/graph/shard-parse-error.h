// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_PARSE_ERROR_H
#define SHARD_PARSE_ERROR_H

#include <cstdint>
#include <stdexcept>
#include <string>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * An input file that is not what it should be. what() is one line, `file:line: message`, or
 * `file: message` where no line is to blame (the file is missing, or is a directory).
 */
class ShardParseError : public std::runtime_error
{
  public:
    /**
     * @param file name of the input, as the user gave it
     * @param line the line to blame, counted from 1; 0 for none
     * @param message what is wrong and what is allowed, without file and line
     */
    ShardParseError(const std::string& file, uint32_t line, const std::string& message);

    /// @return name of the input
    const std::string& File() const
    {
        return m_file;
    }

    /// @return the line to blame, counted from 1; 0 for none
    uint32_t Line() const
    {
        return m_line;
    }

    /// @return what is wrong, without file and line
    const std::string& Message() const
    {
        return m_message;
    }

  private:
    std::string m_file;
    uint32_t m_line;
    std::string m_message;
};

/**
 * Put a piece of somebody's input into a one-line message.
 *
 * @param text any bytes
 * @return the text in double quotes; control characters and quotes escaped, cut after some 60 bytes
 */
std::string QuoteForMessage(const std::string& text);

} // namespace sharding
} // namespace ns3

#endif // SHARD_PARSE_ERROR_H
