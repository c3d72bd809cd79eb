// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_JSON_H
#define CONTENT_JSON_H

#include "ns3/shard-parse-error.h"

#include <cstddef>
#include <memory>
#include <string>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A value in a JSON text that knows where it stands, so that whoever reads it can refuse it with
 * the place. Nothing is copied: values share the text that was read.
 */
class ContentJson
{
  public:
    /// Largest text that is read, bytes.
    static constexpr std::size_t MAX_BYTES = 256U << 20;
    /// Deepest nesting that is read.
    static constexpr std::size_t MAX_DEPTH = 16;

    /**
     * @param name of the input, for messages
     * @param text to read
     * @return the outermost value
     * @throw ShardParseError naming the line of what is no JSON
     */
    static ContentJson Parse(const std::string& name, const std::string& text);

    /**
     * @param path of a file
     * @return the whole of it
     * @throw ShardParseError where it cannot be read or is too large
     */
    static std::string ReadFile(const std::string& path);

    /// @param key of a member of this object  @return the member  @throw ShardParseError
    ContentJson Member(const std::string& key) const;

    /**
     * @param most entries that this list may have
     * @param what the entries are, for messages
     * @return entries of this list, 1 or more
     * @throw ShardParseError
     */
    std::size_t Entries(std::size_t most, const std::string& what) const;

    /// @param index in this list, which has it  @return the entry
    ContentJson At(std::size_t index) const;

    /**
     * @param least value
     * @param most value
     * @return this number
     * @throw ShardParseError
     */
    double Number(double least, double most) const;

    /// Refuse this value. @param problem what is wrong and what is allowed  @throw ShardParseError
    [[noreturn]] void Refuse(const std::string& problem) const;

  private:
    struct Document;

    ContentJson(std::shared_ptr<const Document> document, const void* value, std::string place);

    std::shared_ptr<const Document> m_document; ///< the text as values
    const void* m_value;                        ///< in it
    std::string m_place;                        ///< such as "segment_sizes_bits[3]"; "" outermost
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_JSON_H
