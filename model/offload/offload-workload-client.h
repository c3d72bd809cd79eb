// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_WORKLOAD_CLIENT_H
#define OFFLOAD_WORKLOAD_CLIENT_H

#include "offload-workload-header.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/shard-smoothed-mean.h"
#include "ns3/traced-callback.h"

#include <map>

namespace ns3
{

class Socket;

namespace sharding
{

/// What became of an I/O request.
struct OffloadIoOutcome
{
    uint16_t function{0}; ///< that it was of
    uint64_t request{0};  ///< its number
    bool isWrite{false};  ///< of it
    bool isDone{false};   ///< else it was given up
    uint32_t bytes{0};    ///< of it
    uint32_t tries{0};    ///< that it took
    Time issued;          ///< when it began
    Time ended;           ///< now
};

/**
 * @ingroup sharding
 * Client of one I/O function: reads and writes blocks of a storage server with UDP messages, and
 * asks again for what did not come. A try waits while chunks come; each further one waits twice as
 * long, so that a full queue is not met with more of the same.
 *
 * A first try waits for Timeout; with Adaptive it waits longer where answers take longer: for the
 * smoothed time from a try to its first chunk and four mean deviations (RFC 6298). Chunks name the
 * try that they answer, so that late answers to an early try count too.
 */
class OffloadClient : public Application
{
  public:
    /// Signature of the trace source End.
    typedef void (*EndTracedCallback)(const OffloadIoOutcome& outcome);

    /// @return the TypeId
    static TypeId GetTypeId();
    OffloadClient();
    ~OffloadClient() override;

    /// @param remote where the server, or the engine before it, is
    void SetRemote(const Address& remote);

    /**
     * Begins a request; the application has to be started.
     * @param isWrite else it reads
     * @param offset first byte
     * @param bytes of it, 1 to MaxBytes()
     * @return its number
     */
    uint64_t Issue(bool isWrite, uint64_t offset, uint32_t bytes);

    /// @return most bytes of a request
    uint32_t MaxBytes() const
    {
        return m_chunk * OFFLOAD_IO_CHUNKS;
    }

    /// Counted since the start.
    struct Counters
    {
        uint64_t issued{0};     ///< requests
        uint64_t done{0};       ///< requests answered whole
        uint64_t failed{0};     ///< requests given up
        uint64_t retries{0};    ///< tries after the first
        uint64_t duplicates{0}; ///< chunks, and answers to requests that had ended
        uint64_t malformed{0};  ///< packets that were no message
        uint64_t sentBytes{0};  ///< of UDP payload
    };

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /// @return requests that have not ended
    std::size_t Open() const
    {
        return m_open.size();
    }

  private:
    /// A request that has not ended.
    struct Pending
    {
        OffloadIoFields fields; ///< as it is sent
        uint64_t held{0};       ///< chunks that came, or that the server has
        Time issued;            ///< when it began
        Time sent;              ///< when this try did
        Time patience;          ///< of this try
        uint16_t timed{0};      ///< last try whose answer was timed
        EventId timer;          ///< ends the try
    };

    void DoDispose() override;
    void StartApplication() override;
    void StopApplication() override;
    void Try(Pending& pending);
    void Expire(uint64_t request);
    void Receive(Ptr<Socket> socket);
    void Take(const OffloadIoFields& fields);
    void Learn(Pending& pending, uint16_t answered);
    Time Patience() const;
    void End(uint64_t request, bool isDone);

    uint16_t m_function{0};  ///< attribute
    uint16_t m_port{0};      ///< attribute
    uint32_t m_chunk{0};     ///< attribute
    uint32_t m_maxTries{0};  ///< attribute
    Time m_timeout;          ///< attribute
    bool m_isAdaptive{true}; ///< attribute

    Address m_remote;                                   ///< of the server
    Ptr<Socket> m_socket;                               ///< while it runs
    std::map<uint64_t, Pending> m_open;                 ///< by number
    uint64_t m_next{1};                                 ///< number of a request
    ShardSmoothedMean m_answer;                         ///< from try to answer, ns
    Counters m_counters;                                ///< since the start
    TracedCallback<const OffloadIoOutcome&> m_endTrace; ///< a request ended
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_WORKLOAD_CLIENT_H
