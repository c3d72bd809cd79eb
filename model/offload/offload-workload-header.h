// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_WORKLOAD_HEADER_H
#define OFFLOAD_WORKLOAD_HEADER_H

#include "ns3/header.h"
#include "ns3/packet.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace sharding
{

/// What a message of the I/O protocol is.
enum OffloadIoKind : uint8_t
{
    OFFLOAD_IO_READ,  ///< request to read, client to server
    OFFLOAD_IO_DATA,  ///< a chunk that was read, server to client
    OFFLOAD_IO_WRITE, ///< a chunk to be written, client to server
    OFFLOAD_IO_ACK,   ///< which chunks of a write the server has, server to client
};

/// Most chunks of a request: a mask has a bit for each.
constexpr uint32_t OFFLOAD_IO_CHUNKS = 64;

/// What all messages of a request say of it.
struct OffloadIoFields
{
    OffloadIoKind kind{OFFLOAD_IO_READ}; ///< of message
    bool isLast{false};     ///< of a write: the last chunk of this try, which asks for an answer
    bool isPrefetch{false}; ///< the engine asked for it, not a client
    bool isUrgent{false};   ///< of a prefetch: a client waits for it now
    uint16_t function{0};   ///< I/O function that it is of
    uint16_t tryNumber{0};  ///< 1 for the first
    uint32_t chunkBytes{0}; ///< of all chunks but the last
    uint32_t bytes{0};      ///< that are read or written
    uint64_t request{0};    ///< number of it, among those of the function
    uint64_t offset{0};     ///< first byte of the storage
    uint64_t mask{0}; ///< chunks: of a read wanted, of an acknowledgement held, of data its own

    /// @return chunks of the request
    uint32_t Chunks() const
    {
        return (bytes - 1) / chunkBytes + 1;
    }

    /// @return a mask with all chunks of the request
    uint64_t All() const
    {
        return Chunks() == OFFLOAD_IO_CHUNKS ? ~uint64_t{0} : (uint64_t{1} << Chunks()) - 1;
    }

    /// @return of a message with one chunk, which it is
    uint32_t Chunk() const
    {
        uint32_t chunk = 0;
        for (uint64_t rest = mask; (rest >>= 1) != 0;)
        {
            ++chunk;
        }
        return chunk;
    }

    /// @param chunk from 0  @return bytes of it
    uint32_t BytesOf(uint32_t chunk) const
    {
        return chunk + 1 < Chunks() ? chunkBytes : bytes - chunk * chunkBytes;
    }
};

/**
 * @ingroup sharding
 * Header of the I/O protocol between clients, engine and storage server, 40 bytes, big endian:
 * kind, flags, function, try, zero, chunk bytes, bytes, request, offset, mask.
 */
class OffloadIoHeader : public Header
{
  public:
    /// Bytes of the header.
    static constexpr uint32_t SIZE = 40;

    OffloadIoHeader() = default;

    /// @param fields to write
    explicit OffloadIoHeader(const OffloadIoFields& fields)
        : m_fields(fields)
    {
    }

    /// @return the TypeId
    static TypeId GetTypeId();
    TypeId GetInstanceTypeId() const override;
    void Print(std::ostream& os) const override;
    uint32_t GetSerializedSize() const override;
    void Serialize(Buffer::Iterator start) const override;
    uint32_t Deserialize(Buffer::Iterator start) override;

    /**
     * Makes a message, with as many bytes of payload as it says.
     * @param fields of it
     * @return the packet
     */
    static Ptr<Packet> Make(const OffloadIoFields& fields);

    /**
     * @param packet that came
     * @return what it says; nothing where it is no well-formed message
     */
    static std::optional<OffloadIoFields> Read(Ptr<const Packet> packet);

  private:
    OffloadIoFields m_fields; ///< what it says
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_WORKLOAD_HEADER_H
