// SPDX-License-Identifier: GPL-2.0-only
#ifndef CONTENT_HOLDER_H
#define CONTENT_HOLDER_H

#include "content-server.h"

#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>

namespace ns3
{
namespace sharding
{

/// What a holder has answered.
struct ContentHolderCounters
{
    uint64_t requests{0};   ///< for shards
    uint64_t absent{0};     ///< of these, that it did not have
    uint64_t mediaBytes{0}; ///< of shards that it began to send
};

/**
 * @ingroup sharding
 * Has shards, and sends them to whoever asks.
 */
class ContentHolder : public ContentServer
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// What is kept of a shard.
    struct Shard
    {
        uint32_t segment{0};  ///< number
        uint8_t rendition{0}; ///< number
        uint32_t bytes{0};    ///< of media
    };

    /// @param key of a shard  @param shard that it has from now on
    void Put(const ContentKey& key, const Shard& shard);

    /// @param stream number  @param segment of it; shards of those before are let go
    void ForgetBefore(uint32_t stream, uint32_t segment);

    /// @param key of a shard  @return whether it has it
    bool Has(const ContentKey& key) const
    {
        return m_shards.count(key.Number()) > 0;
    }

    /// @return shards that it has
    uint32_t CountShards() const
    {
        return static_cast<uint32_t>(m_shards.size());
    }

    /// @return bytes of media of these
    uint64_t StoredBytes() const
    {
        return m_storedBytes;
    }

    /// @return what it has answered
    const ContentHolderCounters& GetHolderCounters() const
    {
        return m_holderCounters;
    }

  protected:
    void ConnectionMessage(ContentConnection& connection, const ContentMessage& message) override;
    void Cease() override;

    /// @return what was asked for since the last call, by stream and rendition
    std::map<std::pair<uint32_t, uint8_t>, uint32_t> TakeAsked();

  private:
    std::unordered_map<uint64_t, Shard> m_shards;             ///< by key
    std::map<std::pair<uint32_t, uint8_t>, uint32_t> m_asked; ///< since TakeAsked()
    uint64_t m_storedBytes{0};                                ///< of m_shards
    ContentHolderCounters m_holderCounters;                   ///< what it answered
};

} // namespace sharding
} // namespace ns3

#endif // CONTENT_HOLDER_H
