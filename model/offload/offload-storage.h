// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_STORAGE_H
#define OFFLOAD_STORAGE_H

#include "offload-workload-header.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/callback.h"
#include "ns3/data-rate.h"
#include "ns3/nstime.h"

#include <cstdint>
#include <deque>
#include <map>
#include <utility>

namespace ns3
{

class Socket;

namespace sharding
{

class OffloadPcieLink;

/**
 * @ingroup sharding
 * Storage server: answers reads with data and writes with what it has of them. Its device transfers
 * one request after the other at Rate; to each, Latency is added, in which it can do others. When
 * it is told that a client waits for a prefetch, it has it moved up on its way, or, where it was
 * lost, reads it anew.
 *
 * With an OffloadPcieLink, its network port is an engine on that link, and the server its host:
 * each message that comes is written into the host's memory, and each that goes is read from there.
 */
class OffloadStorage : public Application
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    OffloadStorage();
    ~OffloadStorage() override;

    /// A prefetch's fields: whether its data is on its way and will be as urgent as any now.
    using Urge = Callback<bool, const OffloadIoFields&>;

    /// @param urge asked when a client waits for a prefetch; without, it is on its way in any case
    void SetUrge(const Urge& urge)
    {
        m_urge = urge;
    }

    /// @param link between network port and memory, before it starts; without, messages are at
    ///        once where they go
    void SetPcie(Ptr<OffloadPcieLink> link);

    /// Counted since the start.
    struct Counters
    {
        uint64_t reads{0};        ///< read requests, further tries and prefetches too
        uint64_t prefetches{0};   ///< of these, those that the engine made
        uint64_t writes{0};       ///< writes that came whole
        uint64_t readBytes{0};    ///< given out
        uint64_t writtenBytes{0}; ///< taken in, each chunk once
        uint64_t malformed{0};    ///< packets that were no request
        uint64_t forgotten{0};    ///< writes of which a part was forgotten for want of room
        uint64_t crossed{0};      ///< bytes of messages that crossed the PCIe link
    };

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

  private:
    /// Function and number of a request.
    using Key = std::pair<uint16_t, uint64_t>;

    void DoDispose() override;
    void StartApplication() override;
    void StopApplication() override;
    void Receive(Ptr<Socket> socket);
    void Take(const OffloadIoFields& fields, const Address& from);
    void Read(OffloadIoFields fields, const Address& from);
    void Write(const OffloadIoFields& fields, const Address& from);
    Time Occupy(uint64_t bytes);
    void Answer(OffloadIoFields fields, Address to);
    void Send(const OffloadIoFields& fields, const Address& to);
    void Transmit(Ptr<Packet> packet, const Address& to);

    uint16_t m_port{0};       ///< attribute
    Time m_latency;           ///< attribute
    DataRate m_rate;          ///< attribute
    uint32_t m_remembered{0}; ///< attribute

    Urge m_urge;                       ///< or null
    Ptr<OffloadPcieLink> m_pcie;       ///< or null
    Ptr<Socket> m_socket;              ///< while it runs
    Time m_busyUntil;                  ///< the device
    std::map<Key, uint64_t> m_written; ///< chunks of writes
    std::deque<Key> m_order;           ///< of them, the oldest first
    Counters m_counters;               ///< since the start
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_STORAGE_H
