// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_TRAFFIC_H
#define SHARDSIM_TUNNEL_TRAFFIC_H

#include "parameter.h"

#include "ns3/event-id.h"
#include "ns3/ipv4-address.h"
#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"
#include "ns3/socket.h"
#include "ns3/udp-l4-protocol.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace shardsim
{

/** When a datagram is sent and how large it is. */
struct TracedDatagram
{
    int64_t atNs{0};     ///< since the start
    uint32_t payload{0}; ///< bytes of UDP payload
};

/**
 * Read a traffic file: on each line seconds since the start (not decreasing) and bytes of payload
 * (8 to 65000); lines that are empty or begin with # are passed over.
 * @throw RequestError with file, line and what is allowed
 */
std::vector<TracedDatagram> ReadTrafficFile(const std::string& file);

/**
 * What the datagrams of a run became, by number. It is the experimenter's notebook, not part of
 * what is simulated.
 */
class TunnelLedger
{
  public:
    /// @param reserve datagrams to expect
    explicit TunnelLedger(std::size_t reserve);

    /// @return number of the datagram now sent
    uint64_t Sent(ns3::Time now, uint32_t payload);

    /**
     * @param number of a datagram that arrived
     * @throw RunCheckError when it was never sent or arrived before
     */
    void Delivered(ns3::Time now, uint64_t number, uint32_t payload);

    uint64_t sent{0};               ///< datagrams
    uint64_t delivered{0};          ///< datagrams
    uint64_t deliveredBytes{0};     ///< of payload
    uint64_t corrupt{0};            ///< datagrams that arrived with bytes that were not sent
    int64_t firstSentNs{-1};        ///< time of the first send, -1 for none
    int64_t lastDeliveredNs{0};     ///< time of the last delivery
    std::vector<int64_t> latencies; ///< of delivered datagrams, ns, in order of delivery

  private:
    struct Entry
    {
        int64_t sentNs;   ///< when
        uint32_t payload; ///< bytes
        bool arrived;     ///< delivered already
    };

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
     * @param values the scenario's parameters
     * @param ledger takes note of every datagram
     * @param node the sending host
     * @param from its address
     * @param to address of the receiving host
     */
    TunnelSource(const Values& values,
                 TunnelLedger& ledger,
                 ns3::Ptr<ns3::Node> node,
                 ns3::Ipv4Address from,
                 ns3::Ipv4Address to);

    /// Begin to send at the current time.
    void Start();

    /// @return whether everything was sent
    bool IsDone() const
    {
        return m_sent == m_total;
    }

    /// Called with the share of datagrams sent, in steps of a hundredth; may be empty.
    std::function<void(double)> progress;

    /// UDP port of the receiver.
    static constexpr uint16_t PORT = 9;

  private:
    void Send();
    ns3::Time NextGap();

    TunnelLedger& m_ledger;
    ns3::Ptr<ns3::UdpL4Protocol> m_udp;
    ns3::Ipv4Address m_from;
    ns3::Ipv4Address m_to;
    std::vector<TracedDatagram> m_trace;            ///< what to send, with a traffic file
    ns3::Ptr<ns3::ExponentialRandomVariable> m_gap; ///< null for constant intervals
    double m_meanGapNs{0};                          ///< mean interval
    uint32_t m_payload{0};                          ///< bytes of a datagram
    uint64_t m_total{0};                            ///< datagrams to send
    uint64_t m_sent{0};                             ///< datagrams sent
    uint32_t m_flows{1};                            ///< flows to go round
    uint8_t m_tos{0};                               ///< IP type of service
    bool m_realPayload{false};                      ///< fill datagrams with bytes that tell faults
    std::vector<uint8_t> m_buffer;                  ///< scratch for them
    int64_t m_startNs{0};                           ///< when sending began
};

/** Receives what TunnelSource sends. */
class TunnelSink
{
  public:
    /**
     * @param ledger takes note of every datagram
     * @param node the receiving host
     * @param realPayload compare every byte with what TunnelSource sends
     */
    TunnelSink(TunnelLedger& ledger, ns3::Ptr<ns3::Node> node, bool realPayload);

  private:
    void Receive(ns3::Ptr<ns3::Socket> socket);

    TunnelLedger& m_ledger;
    ns3::Ptr<ns3::Socket> m_socket;
    bool m_realPayload;
    std::vector<uint8_t> m_came;     ///< scratch: what arrived
    std::vector<uint8_t> m_expected; ///< scratch: what was sent
};

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_TRAFFIC_H
