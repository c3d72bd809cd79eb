// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_PCIE_LINK_H
#define OFFLOAD_PCIE_LINK_H

#include "offload-element.h"

#include "ns3/callback.h"
#include "ns3/data-rate.h"
#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/queue-disc.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <deque>
#include <map>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A PCI Express link between an offload engine and its host, at the level of transaction-layer
 * packets. The engine reads and writes the host's memory; what crosses the link are packets with as
 * many bytes as header, framing and payload have, of at most MaxPayload, one after the other at
 * Rate in each direction.
 *
 * - A write is made of posted memory writes. Each needs a credit for its header and one for every
 * 16 bytes of its data, which the host gives back when it has taken the packet, HostLatency after
 * it came.
 * - A read is made of memory reads of at most MaxRead. Each needs one of the Tags until all its
 *   completions have come. The host answers after HostLatency with completions.
 *
 * So a read of long data gets at most Tags x MaxRead / round trip, and both at most the rate times
 * payload / (payload + overhead). Bytes beside the payload are those of R. Neugebauer et al.,
 * "Understanding PCIe performance for end host networking" (SIGCOMM 2018): framing, sequence
 * number, CRC and header, 24 of a request with 64-bit address and 20 of a completion.
 * Acknowledgements and credit updates of the data link layer take none of the rate. The link loses
 * nothing.
 *
 * What waits for the line in the direction of the engine is in a queue disc, where one is set
 * (`SetDisc()`: an OffloadQueueDisc, say), and else in order.
 */
class OffloadPcieLink : public Object
{
  public:
    /// Bytes of a request, and of a completion, beside its payload.
    static constexpr uint32_t REQUEST_OVERHEAD = 24;
    static constexpr uint32_t COMPLETION_OVERHEAD = 20;
    /// Bytes of data of a flow-control credit.
    static constexpr uint32_t CREDIT_BYTES = 16;

    /// A read or write is done.
    using Done = Callback<void>;
    /// Whether towards the engine; the packet's fields; bytes that it took of the line.
    typedef void (*TlpCallback)(bool, const OffloadTlp&, uint32_t);

    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * The engine reads memory of the host.
     * @param requester of the engine that does so
     * @param address of the first byte
     * @param bytes at least 1
     * @param done called when the last of them has come
     */
    void Read(uint16_t requester, uint64_t address, uint32_t bytes, Done done);

    /**
     * The engine writes into memory of the host.
     * @param requester of the engine that does so
     * @param address of the first byte
     * @param bytes at least 1
     * @param done called when the host has taken the last of them
     */
    void Write(uint16_t requester, uint64_t address, uint32_t bytes, Done done);

    /// @param disc that holds what waits for the line to the engine; initialised by its owner
    void SetDisc(Ptr<QueueDisc> disc);

    /// Counted since the start.
    struct Counters
    {
        uint64_t reads{0};       ///< memory reads sent
        uint64_t writes{0};      ///< memory writes sent
        uint64_t completions{0}; ///< sent
        uint64_t payload{0};     ///< bytes of data of writes and completions that came
        uint64_t lineBytes{0};   ///< that were sent, overhead included, in both directions
        uint64_t dropped{0};     ///< completions that the disc did not take
    };

    /// @return what was counted
    const Counters& GetCounters() const
    {
        return m_counters;
    }

    /// @return whether nothing is under way, all tags are free and all credits are back
    bool IsIdle() const;

  protected:
    void DoDispose() override;

  private:
    /// A read or write that is not done.
    struct Operation
    {
        uint64_t left{0}; ///< bytes that have not come
        Done done;        ///< to be called
    };

    /// A packet that waits for credits, a tag or the line.
    struct Waiting
    {
        OffloadTlp tlp;        ///< its fields
        uint64_t operation{0}; ///< that it is of
    };

    /// A memory read without all of its completions.
    struct Outstanding
    {
        uint32_t left{0};      ///< bytes
        uint64_t operation{0}; ///< that it is of
    };

    void Split(OffloadType type, uint16_t requester, uint64_t address, uint32_t bytes, Done done);
    void SendToHost();
    void SendToEngine();
    void FreeHostLine();
    void FreeEngineLine();
    void ReachHost(const Waiting& packet);
    void ReachEngine(const OffloadTlp& tlp);
    void Serve(const OffloadTlp& tlp);
    void Took(const Waiting& packet);
    void Progress(uint64_t operation, uint32_t bytes);
    Time Occupy(const OffloadTlp& tlp, bool isToEngine);
    static uint32_t LineBytes(const OffloadTlp& tlp);
    static uint32_t DataCredits(const OffloadTlp& tlp);

    DataRate m_rate;           ///< attribute
    Time m_delay;              ///< attribute
    Time m_hostLatency;        ///< attribute
    uint32_t m_maxPayload{0};  ///< attribute
    uint32_t m_maxRead{0};     ///< attribute
    uint32_t m_tags{0};        ///< attribute
    uint32_t m_headCredits{0}; ///< attribute
    uint32_t m_dataCredits{0}; ///< attribute

    Ptr<QueueDisc> m_disc;                         ///< towards the engine, or none
    std::deque<Waiting> m_toHost;                  ///< requests, in order
    std::deque<OffloadTlp> m_toEngine;             ///< completions, in order, without a disc
    std::map<uint64_t, Operation> m_operations;    ///< by number
    std::map<uint16_t, Outstanding> m_outstanding; ///< reads, by tag
    std::deque<uint16_t> m_freeTags;               ///< the one free for longest first
    uint64_t m_next{1};                            ///< number of an operation
    uint32_t m_headsUsed{0};                       ///< credits of posted headers
    uint32_t m_dataUsed{0};                        ///< credits of posted data
    uint32_t m_flying{0};                          ///< packets between the ends, and in the host
    bool m_isHostLineBusy{false};                  ///< towards the host
    bool m_isEngineLineBusy{false};                ///< towards the engine
    bool m_hasTags{false};                         ///< m_freeTags was filled
    Counters m_counters;                           ///< since the start
    TracedCallback<bool, const OffloadTlp&, uint32_t> m_tlpTrace; ///< trace source
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_PCIE_LINK_H
