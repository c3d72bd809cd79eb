// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TOML_TEXT_H
#define SHARDSIM_TOML_TEXT_H

#include <string>
#include <utility>
#include <vector>

namespace shardsim
{

/** A TOML value with the line it stands on; members in the order of the file. */
struct TomlNode
{
    enum Kind
    {
        TABLE,
        LIST,
        SCALAR
    };

    Kind kind{SCALAR};
    bool isInteger{false}; ///< a SCALAR that is a whole number
    bool isString{false};  ///< a SCALAR that is a string
    int line{0};
    std::string text; ///< of a SCALAR: as on the command line ("0.05", "true", "5ms")
    std::vector<std::pair<std::string, TomlNode>> members; ///< of a TABLE
    std::vector<TomlNode> items;                           ///< of a LIST

    /** @return the member, or nullptr. */
    const TomlNode* Find(const std::string& key) const;
};

/**
 * Read TOML.
 * @param name file name for messages
 * @throw RequestError "name:line: ..." for text that is no TOML, and for a date (no parameter is
 * one)
 */
TomlNode ParseToml(const std::string& text, const std::string& name);

/**
 * A table's leaves (all that is no table) with dotted keys, in the order of the file: nested
 * tables, dotted keys and quoted dotted keys are the same thing.
 * @throw RequestError if a key is given twice in two such spellings
 */
std::vector<std::pair<std::string, TomlNode>> Flatten(const TomlNode& table,
                                                      const std::string& name);

/** @return a file's content. @throw RequestError if it cannot be read or exceeds 1 MiB */
std::string ReadTextFile(const std::string& path);

} // namespace shardsim

#endif // SHARDSIM_TOML_TEXT_H
