// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_PARAMETER_H
#define SHARDSIM_PARAMETER_H

#include "analysis/errors.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace shardsim
{

/** What a parameter's text means. */
enum class ParameterKind
{
    BOOLEAN,   ///< true or false
    INTEGER,   ///< whole number, decimal digits
    REAL,      ///< decimal number
    RATIO,     ///< decimal number without a unit, 0 to 1 unless the parameter says otherwise
    TIME,      ///< number and ns, us, ms, s, min or h; held as whole nanoseconds
    RATE,      ///< number and bps, kbps, Mbps or Gbps (powers of 1000); held as whole bit/s
    BYTES,     ///< number, alone or with B, kB, MB, GB (1000) or KiB, MiB, GiB (1024)
    QUEUE,     ///< queue length: number and p (packets), or bytes with a unit as above
    TEXT,      ///< any text
    FILE_PATH, ///< path of a readable file
    CHOICE     ///< one of a list of words
};

/** @return the word for a kind, as `describe` and JSON show it ("time", "rate", ...). */
std::string KindName(ParameterKind kind);

/** A bound of a queue or buffer: in packets or in bytes. */
struct QueueLimit
{
    bool packets{true}; ///< unit: packets, otherwise bytes
    uint64_t value{0};  ///< the limit in that unit
};

/** A parsed value; only the member that belongs to the kind is set. */
struct ParameterValue
{
    bool boolean{false}; ///< BOOLEAN
    int64_t integer{0};  ///< INTEGER; TIME in ns; RATE in bit/s; BYTES and QUEUE in units
    double real{0.0};    ///< REAL and RATIO; the other numeric kinds rounded to double
    bool packets{false}; ///< QUEUE: integer counts packets, not bytes
    std::string text;    ///< canonical text, every kind
};

/**
 * One parameter of a scenario: all that `describe`, checking and the TOML reader need to know.
 * The methods that return *this refine it where it is declared:
 * `set.Add("loss.rate", ParameterKind::RATIO, "0", "mean loss of a path").Below("1");`
 * Limits are texts in the parameter's own notation and appear as such in messages.
 */
class Parameter
{
  public:
    std::string key;                         ///< dotted name, e.g. "topology.delay"
    ParameterKind kind{ParameterKind::TEXT}; ///< how its text is read
    std::string unit;                 ///< unit for the reader, e.g. "packets"; "" = from the kind
    std::string defaultText;          ///< default in the kind's notation; "" = no value
    std::string help;                 ///< meaning, one line
    std::vector<std::string> choices; ///< the words of a CHOICE
    std::string minText;              ///< lower limit, "" = none
    std::string maxText;              ///< upper limit, "" = none
    bool minExclusive{false};         ///< the lower limit itself is refused
    bool maxExclusive{false};         ///< the upper limit itself is refused

    Parameter& AtLeast(const std::string& limit);
    Parameter& Above(const std::string& limit);
    Parameter& AtMost(const std::string& limit);
    Parameter& Below(const std::string& limit);
    Parameter& Unit(const std::string& name);
    /** What an absent value stands for in `describe`, e.g. "from MTU". */
    Parameter& WhenAbsent(const std::string& meaning);

    std::string absentMeaning; ///< shown where an optional parameter has no value

    /** @return the limits in words, e.g. "from 0 to 1", "" without any. */
    std::string Range() const;

    /** @return the values allowed, in words: "a whole number, from 1 to 64". */
    std::string Allowed() const;

    /**
     * Read a value.
     * @param text what the user gave
     * @return the value
     * @throw RequestError with "'TEXT' is ...; allowed: ..." (the caller puts place and key before
     * it)
     */
    ParameterValue Parse(const std::string& text) const;
};

/** All parameters of a scenario, in the order in which they are documented. */
class ParameterSet
{
  public:
    /**
     * Declare a parameter. The reference is for refining it in the same statement.
     * @param defaultText default in the kind's notation; "" for a parameter without a value
     * @throw std::logic_error if the key is declared already
     */
    Parameter& Add(const std::string& key,
                   ParameterKind kind,
                   const std::string& defaultText,
                   const std::string& help);

    /** Declare a CHOICE. */
    Parameter& AddChoice(const std::string& key,
                         const std::vector<std::string>& choices,
                         const std::string& defaultText,
                         const std::string& help);

    /** @return the parameter, or nullptr. */
    const Parameter* Find(const std::string& key) const;

    /** @return its place in All(), or nothing. */
    std::optional<std::size_t> IndexOf(const std::string& key) const;

    /** @return all of them, in order of declaration. */
    const std::vector<Parameter>& All() const;

    /** @return ", did you mean loss.rate?" or "" : for a message about an unknown key. */
    std::string Suggestion(const std::string& key) const;

  private:
    std::vector<Parameter> m_parameters;
    std::map<std::string, std::size_t> m_index;
};

/**
 * The values of all parameters for one simulation: defaults, then what the user set.
 * Refers to its ParameterSet, which must outlive it. A getter of the wrong kind, or for a key that
 * does not exist or has no value, is a programming error (std::logic_error).
 */
class Values
{
  public:
    /** All defaults. */
    explicit Values(const ParameterSet& set);

    /**
     * Set one value; the last one wins. Empty text takes the value of an optional parameter away.
     * @param origin where it was written, for messages: "file.toml:7" or "--set loss.rate=2"
     * @throw RequestError naming origin, key, what was given and what is allowed
     */
    void Set(const std::string& key, const std::string& text, const std::string& origin);

    /** @return whether the parameter has a value (optional ones may have none). */
    bool Has(const std::string& key) const;
    /** @return whether the user has set it, even to the value of its default. */
    bool IsSet(const std::string& key) const;

    bool GetBool(const std::string& key) const;
    int64_t GetInt(const std::string& key) const;
    double GetReal(const std::string& key) const;      ///< REAL and RATIO
    int64_t GetTimeNs(const std::string& key) const;   ///< nanoseconds
    uint64_t GetRateBps(const std::string& key) const; ///< bit/s
    int64_t GetBytes(const std::string& key) const;    ///< bytes
    QueueLimit GetQueue(const std::string& key) const;
    /** @return the text of a TEXT, FILE_PATH or CHOICE; of other kinds their canonical text. "" if
     * there is no value. */
    std::string GetText(const std::string& key) const;

    /** @return where the value came from; "default" if the user did not set it. */
    std::string Origin(const std::string& key) const;

    /**
     * An error about a value that is valid alone but not together with others:
     * `throw values.Error("fec.repair", "more than 255 shards a block with sharding.shards =
     * 250");`
     */
    RequestError Error(const std::string& key, const std::string& problem) const;

    /** @return a JSON object of all parameters in order; numbers and booleans as such, time, rate,
     * bytes and queue as canonical text, null without a value. */
    std::string ToJson() const;

    /** @return the keys that the user has set, in order of declaration. */
    std::vector<std::string> SetKeys() const;

    const ParameterSet& Schema() const;

  private:
    struct Entry
    {
        std::optional<ParameterValue> value;
        std::string origin;
    };

    const Entry& Get(const std::string& key) const;
    const ParameterValue& Get(const std::string& key, ParameterKind kind) const;

    const ParameterSet* m_set;
    /** By ParameterSet::IndexOf; shared by copies until one changes: a sweep has many of them. */
    std::vector<std::shared_ptr<const Entry>> m_entries;
};

} // namespace shardsim

#endif // SHARDSIM_PARAMETER_H
