// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_ELEMENT_H
#define OFFLOAD_ELEMENT_H

#include "ns3/queue-item.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/// What a traffic data element is to an offload engine.
enum OffloadType : uint8_t
{
    OFFLOAD_PACKET,     ///< an Ethernet or IP packet of which no more is known
    OFFLOAD_READ,       ///< a request to read: a PCIe memory read, or a packet with one
    OFFLOAD_WRITE,      ///< a request to write, with its data
    OFFLOAD_COMPLETION, ///< what a read brought
    OFFLOAD_TYPES,      ///< how many there are
};

/// A PCIe transaction-layer packet, as far as an offload engine looks at it.
struct OffloadTlp
{
    OffloadType type{OFFLOAD_READ}; ///< memory read, memory write or completion
    uint16_t requester{0};          ///< bus, device and function that asked
    uint16_t tag{0};                ///< by which the requester knows its completion
    uint32_t length{0};             ///< bytes that are read, written or completed
    uint64_t address{0};            ///< where; of a completion, the lowest byte
};

/**
 * @ingroup sharding
 * A PCIe transaction-layer packet in a queue disc, on its way between host and engine.
 */
class OffloadTlpItem : public QueueDiscItem
{
  public:
    /// In the place of an EtherType, where no EtherType can be.
    static constexpr uint16_t PROTOCOL = 1;

    /// @param packet header and payload as they cross the link  @param tlp the header's fields
    OffloadTlpItem(Ptr<Packet> packet, const OffloadTlp& tlp);

    /// @return the header's fields
    const OffloadTlp& GetTlp() const
    {
        return m_tlp;
    }

    void AddHeader() override;
    bool Mark() override;
    uint32_t Hash(uint32_t perturbation) const override;

  private:
    OffloadTlp m_tlp; ///< the header's fields
};

/**
 * @ingroup sharding
 * A traffic data element as it comes to an offload engine. A classifier fills in what it can read.
 */
struct OffloadElement
{
    const QueueDiscItem* item{nullptr}; ///< to look further into
    const OffloadTlp* tlp{nullptr};     ///< the header's fields; none of a packet
    OffloadType type{OFFLOAD_PACKET};   ///< what it is
    uint32_t size{0};                   ///< bytes that it takes
    uint64_t request{0};      ///< names the try of the I/O request that it is of; 0: not known
    uint64_t requestBytes{0}; ///< bytes of all elements of that request; 0: not known
    bool isAhead{false};      ///< nobody waits for it yet: it was asked for ahead
    uint32_t tries{0};        ///< of its request before this one, which were lost or late
};

/// @param item in a queue disc  @return the element, with what can be told without a classifier
OffloadElement ViewOffloadElement(const QueueDiscItem& item);

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_ELEMENT_H
