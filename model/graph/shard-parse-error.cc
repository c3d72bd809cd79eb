// SPDX-License-Identifier: GPL-2.0-only
#include "shard-parse-error.h"

namespace ns3
{
namespace sharding
{

namespace
{

/// Bytes of foreign text that a message shows.
constexpr size_t SHOWN = 60;

std::string
Where(const std::string& file, uint32_t line)
{
    return line == 0 ? file : file + ":" + std::to_string(line);
}

} // namespace

ShardParseError::ShardParseError(const std::string& file, uint32_t line, const std::string& message)
    : std::runtime_error(Where(file, line) + ": " + message),
      m_file(file),
      m_line(line),
      m_message(message)
{
}

std::string
QuoteForMessage(const std::string& text)
{
    size_t end = text.size();
    if (end > SHOWN)
    {
        end = SHOWN;
        // Do not cut a UTF-8 character in two: its later bytes are 10xxxxxx.
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        {
            --end;
        }
    }
    static const char* const hex = "0123456789abcdef";
    std::string out = "\"";
    for (size_t i = 0; i < end; ++i)
    {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7F)
        {
            out += "\\x";
            out += hex[byte >> 4];
            out += hex[byte & 15];
            continue;
        }
        if (byte == '"' || byte == '\\')
        {
            out += '\\';
        }
        out += text[i];
    }
    out += end < text.size() ? "...\"" : "\"";
    return out;
}

} // namespace sharding
} // namespace ns3
