// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_WORKLOAD_PROXY_H
#define OFFLOAD_WORKLOAD_PROXY_H

#include "offload-admission.h"
#include "offload-prefetch-buffer.h"
#include "offload-prefetcher.h"
#include "offload-workload-header.h"

#include "ns3/address.h"
#include "ns3/application.h"
#include "ns3/callback.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

namespace ns3
{

class Socket;

namespace sharding
{

/**
 * @ingroup sharding
 * The datapath of an offload engine between clients and a storage server: hands requests on to the
 * server and answers to the client of their function, message by message. With a prefetcher it asks
 * the server for what it expects to be read, into a buffer of each function, and serves from there
 * what is. What is tried again goes to the server in any case. Each function has a port of its own
 * towards the server, so that queues on the way can tell functions apart.
 *
 * With a PrefetchWindow no more than that is on its way at a time, and the next one is asked for
 * when one has come: reading ahead goes as fast as the way to the server lets it, and what it has
 * of that way's queues is bounded. Where what was asked for ahead is served last on that way, a
 * read that has to wait for it says so to the server: PrefetchUrge.
 *
 * With a ReadWindow, reads of clients are held back as OffloadAdmission says.
 */
class OffloadProxy : public Application
{
  public:
    /// Function, now: reads forecast for the next interval, below 0 for none.
    using Expected = Callback<double, uint32_t>;

    /// @return the TypeId
    static TypeId GetTypeId();
    OffloadProxy();
    ~OffloadProxy() override;

    /// @param server where requests are handed on to
    void SetServer(const Address& server);

    /**
     * Before it starts. Without, nothing is fetched ahead.
     * @param prefetchers of each function
     */
    void SetPrefetchers(const std::vector<Ptr<OffloadPrefetcher>>& prefetchers);

    /// @param expected forecast that prefetchers are told of
    void SetExpected(const Expected& expected);

    /// Discards all that was fetched ahead and not read.
    void Flush();

    /// Counted since the start.
    struct Counters
    {
        uint64_t requests{0};   ///< messages of clients
        uint64_t reads{0};      ///< reads, each one once
        uint64_t answers{0};    ///< messages of the server, for clients
        uint64_t prefetched{0}; ///< messages of the server, for prefetch buffers
        uint64_t urged{0};      ///< reads that waited for a prefetch, and of which it was told
        uint64_t strange{0};    ///< answers for a function that never asked
        uint64_t malformed{0};  ///< packets that were no message
    };

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /// @return what was counted of prefetches, over all functions
    OffloadPrefetchBuffer::Counters GetPrefetchCounters() const;

    /// @return reads held back, or null without a ReadWindow
    const OffloadAdmission* GetAdmission() const
    {
        return m_admission.get();
    }

    /// @return ranges in prefetch buffers
    uint64_t Held() const;

  private:
    /// One I/O function.
    struct Function
    {
        Address client;                                ///< invalid until it has asked
        Ptr<OffloadPrefetcher> prefetcher;             ///< or none
        std::unique_ptr<OffloadPrefetchBuffer> buffer; ///< with a prefetcher
        uint64_t next{1};                              ///< number of a request of its own
        Ptr<Socket> server;                            ///< towards it, while it runs
        std::deque<OffloadRange> wanted;               ///< to be asked for ahead
        uint32_t chunkBytes{0};                        ///< of its client
    };

    void DoDispose() override;
    void StartApplication() override;
    void StopApplication() override;
    void ReceiveRequest(Ptr<Socket> socket);
    void ReceiveAnswer(Ptr<Socket> socket);
    void Read(Function& function, const OffloadIoFields& fields);
    void Prefetch(Function& function, const OffloadIoFields& fields);
    void AskAhead(uint16_t number);
    void KeepTotal();
    OffloadIoFields MakeAhead(uint16_t number, const OffloadRange& range, uint64_t request);
    void Urge(Function& function, const OffloadIoFields& fields);
    void Admit(const OffloadIoFields& fields);
    void Ask(uint16_t number, const OffloadIoFields& fields);
    void Serve(const Function& function, const OffloadIoFields& fields);
    Function& Of(uint16_t number);

    uint16_t m_port{0};       ///< attribute
    uint32_t m_depth{0};      ///< attribute
    uint64_t m_memory{0};     ///< attribute
    uint64_t m_total{0};      ///< attribute
    Time m_lifetime;          ///< attribute
    uint64_t m_window{0};     ///< attribute
    bool m_urges{false};      ///< attribute
    uint64_t m_readWindow{0}; ///< attribute
    uint32_t m_readsHeld{0};  ///< attribute
    Time m_readPatience;      ///< attribute

    Address m_server;                              ///< of storage
    Expected m_expected;                           ///< or null
    Ptr<Socket> m_clientSide;                      ///< while it runs
    std::vector<Function> m_functions;             ///< by number
    std::unique_ptr<OffloadAdmission> m_admission; ///< with a window, while it runs
    Counters m_counters;                           ///< since the start
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_WORKLOAD_PROXY_H
