// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_XML_READER_H
#define SHARD_XML_READER_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A walk through an XML text from somebody else: element by element, without a tree in memory, and
 * with one exception type. Document type declarations and entities are refused, because entities
 * can expand without bound, and nothing is fetched from anywhere.
 */
class ShardXmlReader
{
  public:
    /// Where the walk stands.
    enum class Event
    {
        BEGIN, //!< of an element, see Name(), Namespace(), Attribute(), IsEmpty()
        END,   //!< of an element that is not empty
        TEXT   //!< characters, see Text()
    };

    /**
     * @param name what messages call the text
     * @param text the XML text, at most 2^31 - 1 bytes; both must outlive the reader
     * @throws ShardParseError where the text begins with a document type declaration
     */
    ShardXmlReader(const std::string& name, const std::string& text);
    ~ShardXmlReader();
    ShardXmlReader(const ShardXmlReader&) = delete;
    ShardXmlReader& operator=(const ShardXmlReader&) = delete;

    /**
     * @return the next event, or nothing at the end of the text
     * @throws ShardParseError where the text is not well-formed or uses entities
     */
    std::optional<Event> Next();

    /// Let the next call of Next() pass over what is in the element that has just begun.
    void SkipContent();

    /// @return elements around this event: 0 for the root element
    int Depth() const;
    /// @return the element's name without prefix
    std::string Name() const;
    /// @return the element's namespace, empty for none
    std::string Namespace() const;
    /// @return whether the element was written as an empty one and so will have no END
    bool IsEmpty() const;
    /// @return the characters of a TEXT
    std::string Text() const;
    /// @param name of an attribute @return its value, or nothing where it is absent
    std::optional<std::string> Attribute(const std::string& name) const;
    /// @return the line of this event, counted from 1; approximate beyond line 65534
    uint32_t Line() const;

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_XML_READER_H
