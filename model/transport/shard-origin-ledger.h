// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_ORIGIN_LEDGER_H
#define SHARD_ORIGIN_LEDGER_H

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/shard.h"
#include "ns3/tag.h"

#include <cstdint>
#include <deque>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What a shard on an ns-3 packet is a piece of: a number that stands for a Datagram. It has no
 * bytes on the wire.
 */
class ShardOriginTag : public Tag
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// @param number of the datagram in the ledger; 0 for none
    explicit ShardOriginTag(uint64_t number = 0)
        : m_number(number)
    {
    }

    /// @return number of the datagram in the ledger
    uint64_t GetNumber() const
    {
        return m_number;
    }

    TypeId GetInstanceTypeId() const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(TagBuffer buffer) const override;
    void Deserialize(TagBuffer buffer) override;
    void Print(std::ostream& os) const override;

  private:
    uint64_t m_number; ///< in the ledger
};

/**
 * @ingroup sharding
 * The datagrams whose shards are on ns-3 packets, so that the far end of a stack transport finds
 * the Datagram that Shard::origin means (a tag can hold a number, but not a counted reference).
 * An entry is dropped when all packets that bore its number have arrived, or else when it is older
 * than the horizon; a shard that arrives later than that has no origin any more.
 */
class ShardOriginLedger : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * @param now when
     * @param datagram what to enter
     * @param window what goes with it where a shard covers more datagrams; else null
     * @return its number, which Find will understand until the horizon has passed
     */
    uint64_t Enter(Time now, Ptr<const Datagram> datagram, Ptr<const ShardWindow> window = nullptr);

    /**
     * @param number from Enter
     * @return the datagram, or null when there is none of that number any more
     */
    Ptr<const Datagram> Find(uint64_t number) const;

    /// @param number from Enter  @return what went with the datagram; null for nothing
    Ptr<const ShardWindow> FindWindow(uint64_t number) const;

    /// @param number from Enter, which one more packet now bears
    void Depart(uint64_t number);

    /**
     * A packet that bears a number has arrived.
     * @param number from Enter
     * @return the datagram, or null when there is none of that number any more
     */
    Ptr<const Datagram> Arrive(uint64_t number);

    /// @return datagrams held
    std::size_t GetSize() const
    {
        return m_entries.size();
    }

  private:
    struct Entry
    {
        Time entered;                  ///< when
        Ptr<const Datagram> content;   ///< what; null when no packet bears its number any more
        Ptr<const ShardWindow> window; ///< what goes with it
        uint32_t packets;              ///< that bear its number and have not arrived
    };

    Time m_horizon;              ///< how long an entry is kept
    uint64_t m_first{1};         ///< number of the oldest entry held
    std::deque<Entry> m_entries; ///< in the order of their numbers
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_ORIGIN_LEDGER_H
