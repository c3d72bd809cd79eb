// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_HOSTS_H
#define SHARDSIM_TUNNEL_HOSTS_H

#include "tunnel-ledger.h"
#include "tunnel-schedule.h"

#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/socket.h"
#include "ns3/udp-l4-protocol.h"

#include <cstdint>
#include <vector>

namespace shardsim
{

/** What was sent, by number: the two hosts' common notebook. */
class TunnelNotebook
{
  public:
    /// @param ledger takes note of every datagram
    explicit TunnelNotebook(TunnelLedger& ledger);

    /**
     * @param now when
     * @param payload bytes
     * @param isBulk it is of lower effort
     * @return number of the datagram now sent
     */
    uint64_t Sent(ns3::Time now, uint32_t payload, bool isBulk);

    /**
     * @param number of a datagram that arrived
     * @throw RunCheckError when it was never sent
     */
    void Delivered(ns3::Time now, uint64_t number, uint32_t payload);

    /// A copy arrived that was made on the way, to another port.
    void Replica()
    {
        ++m_ledger.replicas;
    }

    /// A datagram arrived with bytes that were not sent.
    void Corrupt()
    {
        ++m_ledger.corrupt;
    }

  private:
    struct Entry
    {
        int64_t sentNs;   ///< when
        uint32_t payload; ///< bytes
        bool arrived;     ///< delivered already
        bool isBulk;      ///< of lower effort
    };

    TunnelLedger& m_ledger;
    std::vector<Entry> m_entries; ///< by number
};

/**
 * Sends numbered UDP datagrams from a host, without a socket for each flow: the flows differ in
 * their source port.
 */
class TunnelSource
{
  public:
    /**
     * @param schedule what to send and when
     * @param notebook takes note of every datagram
     * @param node the sending host
     * @param from its address
     * @param to address of the receiving host
     * @param realPayload fill datagrams with bytes that tell faults
     */
    TunnelSource(const TunnelSchedule& schedule,
                 TunnelNotebook& notebook,
                 ns3::Ptr<ns3::Node> node,
                 ns3::Ipv4Address from,
                 ns3::Ipv4Address to,
                 bool realPayload);

    /// Begin to send at the current time.
    void Start();

    /// @return whether everything was sent
    bool IsDone() const
    {
        return m_isDone;
    }

  private:
    void Send();
    void ScheduleNext();

    TunnelSchedule m_schedule;
    TunnelNotebook& m_notebook;
    ns3::Ptr<ns3::UdpL4Protocol> m_udp;
    ns3::Ipv4Address m_from;
    ns3::Ipv4Address m_to;
    bool m_realPayload;
    bool m_isDone{false};          ///< the last one was sent
    ns3::Time m_start;             ///< when sending began
    TracedDatagram m_next;         ///< the one to be sent next
    std::vector<uint8_t> m_buffer; ///< scratch for payload
};

/** Receives what TunnelSource sends. */
class TunnelSink
{
  public:
    /**
     * @param notebook takes note of every datagram
     * @param node the receiving host
     * @param port where it listens
     * @param isReplica what comes there are copies
     * @param realPayload compare every byte with what TunnelSource sends
     */
    TunnelSink(TunnelNotebook& notebook,
               ns3::Ptr<ns3::Node> node,
               uint16_t port,
               bool isReplica,
               bool realPayload);

  private:
    void Receive(ns3::Ptr<ns3::Socket> socket);

    TunnelNotebook& m_notebook;
    ns3::Ptr<ns3::Socket> m_socket;
    bool m_isReplica;
    bool m_realPayload;
    std::vector<uint8_t> m_came;     ///< scratch: what arrived
    std::vector<uint8_t> m_expected; ///< scratch: what was sent
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_HOSTS_H
