// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_TUNNEL_SCHEDULE_H
#define SHARDSIM_TUNNEL_SCHEDULE_H

#include "parameter.h"

#include "ns3/random-variable-stream.h"

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

/** What the sending host sends and when, one datagram after the other. */
class TunnelSchedule
{
  public:
    /**
     * @param values the scenario's parameters
     * @param progress called with the share of datagrams given out, in steps of a hundredth; may be
     *        empty
     */
    TunnelSchedule(const Values& values, std::function<void(double)> progress);

    /// @return whether all were given out
    bool IsDone() const
    {
        return m_given == m_total;
    }

    /// @return datagrams given out
    uint64_t Given() const
    {
        return m_given;
    }

    /// @return the next one; there must be one
    TracedDatagram Next();

    /// @param number of a datagram  @return source port, by which flows are told apart
    uint16_t SourcePort(uint64_t number) const
    {
        return static_cast<uint16_t>(FIRST_PORT + number % m_flows % PORTS);
    }

    /// @param number of a datagram  @return which of the hosts behind the sender it comes from,
    /// where
    ///        one host has not ports enough for all flows
    uint32_t SourceHost(uint64_t number) const
    {
        return static_cast<uint32_t>(number % m_flows / PORTS);
    }

    /// @param number of a datagram  @return whether its flow is of lower effort
    bool IsBulk(uint64_t number) const
    {
        return number % m_flows >= m_flows - m_bulkFlows;
    }

    /// @param number of a datagram  @return its DSCP
    uint8_t Dscp(uint64_t number) const
    {
        return IsBulk(number) ? DSCP_CS1 : m_dscp;
    }

    /// UDP port of the receiver.
    static constexpr uint16_t PORT = 9;

  private:
    static constexpr uint32_t FIRST_PORT = 10000;
    static constexpr uint32_t PORTS = 50000;
    static constexpr uint8_t DSCP_CS1 = 8; ///< lower effort (RFC 3662)

    std::function<void(double)> m_progress;
    std::vector<TracedDatagram> m_trace;            ///< what to send, with a traffic file
    ns3::Ptr<ns3::ExponentialRandomVariable> m_gap; ///< null for constant intervals
    double m_meanGapNs{0};                          ///< mean interval
    uint32_t m_payload{0};                          ///< bytes of a datagram
    uint64_t m_total{0};                            ///< datagrams to send
    uint64_t m_given{0};                            ///< datagrams given out
    int64_t m_last{0};                              ///< time of the last one, ns
    uint64_t m_flows{1};                            ///< flows to go round
    uint64_t m_bulkFlows{0};                        ///< of these, the last, of lower effort
    uint8_t m_dscp{0};                              ///< of all others
};

/// Number of the datagram in front of its payload, big endian.
constexpr uint32_t TUNNEL_NUMBER_BYTES = 8;

/**
 * Bytes that are different at every place and in every datagram, so that a slice at a wrong offset
 * or of a wrong datagram cannot pass for the right one; the number comes first.
 * @param number of the datagram
 * @param out where to
 * @param size how many bytes, at least TUNNEL_NUMBER_BYTES
 */
void FillTunnelPayload(uint64_t number, uint8_t* out, std::size_t size);

} // namespace shardsim

#endif // SHARDSIM_TUNNEL_SCHEDULE_H
