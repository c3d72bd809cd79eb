// SPDX-License-Identifier: GPL-2.0-only
#include "shard-xml-reader.h"

#include "shard-parse-error.h"

#include <algorithm>
#include <cstddef>
#include <libxml/chvalid.h>
#include <libxml/parser.h>
#include <libxml/xmlreader.h>
#include <new>

namespace ns3
{
namespace sharding
{

namespace
{

const char* const NO_DOCTYPE = "a document type declaration (DOCTYPE) is not allowed, remove it";

/// The line in which a byte of the text stands.
uint32_t
LineAt(const std::string& text, size_t position)
{
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(position);
    return 1 + static_cast<uint32_t>(std::count(text.begin(), end, '\n'));
}

/**
 * Refuse a document type declaration before the XML library sees it: the library expands entities
 * while it still reads the declaration. In encodings that do not extend ASCII it is found later.
 */
void
RefuseDoctype(const std::string& name, const std::string& text)
{
    size_t at = text.compare(0, 3, "\xEF\xBB\xBF") == 0 ? 3 : 0;
    while ((at = text.find_first_not_of(" \t\r\n", at)) != std::string::npos)
    {
        if (text.compare(at, 9, "<!DOCTYPE") == 0)
        {
            throw ShardParseError(name, LineAt(text, at), NO_DOCTYPE);
        }
        const bool comment = text.compare(at, 4, "<!--") == 0;
        const std::string end = comment ? "-->" : "?>";
        if (!comment && text.compare(at, 2, "<?") != 0)
        {
            return;
        }
        at = text.find(end, at + (comment ? 4 : 2));
        if (at == std::string::npos)
        {
            return;
        }
        at += end.size();
    }
}

/// What the XML library had to say; only the first error counts, the rest follow from it.
struct XmlComplaint
{
    int code = 0;
    uint32_t line = 1;
    std::string message;
};

/// A template because newer releases of the library pass a pointer to const.
template <typename Error>
void
OnXmlError(void* context, Error* error)
{
    auto* complaint = static_cast<XmlComplaint*>(context);
    if (error == nullptr || error->level < XML_ERR_ERROR || !complaint->message.empty())
    {
        return;
    }
    std::string text = error->message != nullptr ? error->message : "";
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    {
        text.pop_back();
    }
    for (char& c : text)
    {
        const auto byte = static_cast<unsigned char>(c);
        c = byte < 0x20 || byte == 0x7F ? ' ' : c;
    }
    complaint->code = error->code;
    complaint->message = text.empty() ? "unknown error" : text;
    complaint->line = error->line > 0 ? static_cast<uint32_t>(error->line) : 1;
}

/**
 * The library's incremental parser says "extra content" of a text that ends too early. Ask the
 * parser that sees the whole text, with handlers that do nothing.
 */
void
Reconsider(const std::string& text, XmlComplaint& complaint)
{
    xmlSAXHandler handler{};
    handler.initialized = XML_SAX2_MAGIC;
    handler.serror = &OnXmlError;
    XmlComplaint second;
    xmlSAXUserParseMemory(&handler, &second, text.data(), static_cast<int>(text.size()));
    if (!second.message.empty())
    {
        complaint = second;
    }
}

/**
 * Whether each character is one of XML, in as few bytes as it needs. The library does not look
 * closely into CDATA sections.
 */
bool
IsProper(const xmlChar* text)
{
    while (*text != 0)
    {
        int bytes = 4;
        const int character = xmlGetUTF8Char(text, &bytes);
        const int needed = 1 + (character >= 0x80) + (character >= 0x800) + (character >= 0x10000);
        if (character < 0 || !xmlIsCharQ(static_cast<unsigned>(character)) || bytes != needed)
        {
            return false;
        }
        text += bytes;
    }
    return true;
}

/// @return line of the node where the reader is
uint32_t
LineOf(xmlTextReaderPtr reader)
{
    // Nodes count lines in 16 bits; beyond, the parser's own position is the best there is.
    const long line = xmlGetLineNo(xmlTextReaderCurrentNode(reader));
    const int parser = xmlTextReaderGetParserLineNumber(reader);
    return static_cast<uint32_t>(line > 0 && line < 65535 ? line : std::max(parser, 1));
}

} // namespace

struct ShardXmlReader::State
{
    const std::string& name;
    const std::string& text;
    xmlTextReaderPtr reader;
    XmlComplaint complaint;
    bool skip = false;

    /// @param value that the library says, or null  @return it  @throw ShardParseError
    std::string Proper(const xmlChar* value) const;
};

std::string
ShardXmlReader::State::Proper(const xmlChar* value) const
{
    if (value == nullptr)
    {
        return "";
    }
    if (!IsProper(value))
    {
        throw ShardParseError(name, LineOf(reader), "not well-formed XML: not proper UTF-8");
    }
    return reinterpret_cast<const char*>(value);
}

ShardXmlReader::ShardXmlReader(const std::string& name, const std::string& text)
{
    RefuseDoctype(name, text);
    // No XML_PARSE_NOENT: references to entities are seen, not replaced.
    const int options = XML_PARSE_NONET | XML_PARSE_COMPACT | XML_PARSE_BIG_LINES;
    const auto size = static_cast<int>(text.size());
    m_state.reset(new State{name,
                            text,
                            xmlReaderForMemory(text.data(), size, nullptr, nullptr, options),
                            XmlComplaint()});
    if (m_state->reader == nullptr)
    {
        throw std::bad_alloc();
    }
    xmlTextReaderSetStructuredErrorHandler(m_state->reader, &OnXmlError, &m_state->complaint);
}

ShardXmlReader::~ShardXmlReader()
{
    xmlFreeTextReader(m_state->reader);
}

std::optional<ShardXmlReader::Event>
ShardXmlReader::Next()
{
    XmlComplaint& complaint = m_state->complaint;
    while (true)
    {
        const int status =
            m_state->skip ? xmlTextReaderNext(m_state->reader) : xmlTextReaderRead(m_state->reader);
        m_state->skip = false;
        if (status < 0 || !complaint.message.empty())
        {
            if (complaint.code == XML_ERR_DOCUMENT_END)
            {
                Reconsider(m_state->text, complaint);
            }
            throw ShardParseError(m_state->name,
                                  complaint.line,
                                  "not well-formed XML: " + complaint.message);
        }
        if (status == 0)
        {
            return std::nullopt;
        }
        switch (xmlTextReaderNodeType(m_state->reader))
        {
        case XML_READER_TYPE_DOCUMENT_TYPE:
            throw ShardParseError(m_state->name, 1, NO_DOCTYPE);
        case XML_READER_TYPE_ENTITY_REFERENCE:
            throw ShardParseError(m_state->name, Line(), "a reference to an entity is not allowed");
        case XML_READER_TYPE_ELEMENT:
            return Event::BEGIN;
        case XML_READER_TYPE_END_ELEMENT:
            return Event::END;
        case XML_READER_TYPE_TEXT:
        case XML_READER_TYPE_CDATA:
        case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
            return Event::TEXT;
        default:
            break; // comments, processing instructions
        }
    }
}

void
ShardXmlReader::SkipContent()
{
    m_state->skip = true;
}

int
ShardXmlReader::Depth() const
{
    return xmlTextReaderDepth(m_state->reader);
}

std::string
ShardXmlReader::Name() const
{
    return m_state->Proper(xmlTextReaderConstLocalName(m_state->reader));
}

std::string
ShardXmlReader::Namespace() const
{
    return m_state->Proper(xmlTextReaderConstNamespaceUri(m_state->reader));
}

bool
ShardXmlReader::IsEmpty() const
{
    return xmlTextReaderIsEmptyElement(m_state->reader) == 1;
}

std::string
ShardXmlReader::Text() const
{
    return m_state->Proper(xmlTextReaderConstValue(m_state->reader));
}

std::optional<std::string>
ShardXmlReader::Attribute(const std::string& name) const
{
    const std::unique_ptr<xmlChar, void (*)(xmlChar*)> value(
        xmlTextReaderGetAttribute(m_state->reader, reinterpret_cast<const xmlChar*>(name.c_str())),
        [](xmlChar* p) { xmlFree(p); });
    if (!value)
    {
        return std::nullopt;
    }
    return m_state->Proper(value.get());
}

uint32_t
ShardXmlReader::Line() const
{
    return LineOf(m_state->reader);
}

} // namespace sharding
} // namespace ns3
