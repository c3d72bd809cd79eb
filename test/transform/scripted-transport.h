// SPDX-License-Identifier: GPL-2.0-only
#ifndef SCRIPTED_TRANSPORT_H
#define SCRIPTED_TRANSPORT_H

#include "ns3/shard-transport.h"
#include <ns3/simulator.h>

#include <cstdint>
#include <vector>

namespace transformtest
{

/// A transport that leads nowhere: what is sent on it is kept, what comes is what the test says.
class ScriptedTransport : public ns3::sharding::ShardTransport
{
  public:
    /// A control message that was sent.
    struct Sent
    {
        int64_t us;                           ///< when
        uint16_t path;                        ///< on which path
        uint32_t peer;                        ///< to whom
        ns3::sharding::ShardControlType type; ///< what
        std::vector<uint8_t> body;            ///< what it says
    };

    uint32_t GetPathCount() const override
    {
        return paths;
    }

    ns3::sharding::ShardPathInfo GetPath(uint32_t) const override
    {
        return {};
    }

    uint32_t GetOverhead() const override
    {
        return 48;
    }

    void Accept(ns3::Time, ns3::sharding::Shard&&) override
    {
    }

    std::vector<uint32_t> GetPeers() const override
    {
        return {9, 10};
    }

    /// @param type of a message that comes now, genuine  @param body what it says
    /// @param place of who sends it in GetPeers()
    void Deliver(ns3::sharding::ShardControlType type,
                 const std::vector<uint8_t>& body,
                 uint32_t place = 0)
    {
        const std::vector<uint8_t> message =
            ns3::sharding::ShardControl::Frame(ns3::sharding::ShardTagKey{}, type, ++m_next, body);
        TakeControl(ns3::Simulator::Now(),
                    0,
                    GetPeers().at(place),
                    message.data(),
                    static_cast<uint32_t>(message.size()),
                    place);
    }

    /// @param type of messages  @return those that were sent
    std::vector<Sent> Of(ns3::sharding::ShardControlType type) const
    {
        std::vector<Sent> those;
        for (const Sent& one : sent)
        {
            if (one.type == type)
            {
                those.push_back(one);
            }
        }
        return those;
    }

    uint32_t paths{1};      ///< to nowhere
    std::vector<Sent> sent; ///< in order

  protected:
    void DoSendControl(ns3::Time now,
                       uint16_t path,
                       uint32_t peer,
                       const std::vector<uint8_t>& message) override
    {
        // What is around the body has eight bytes on either side.
        sent.push_back(Sent{now.GetMicroSeconds(),
                            path,
                            peer,
                            static_cast<ns3::sharding::ShardControlType>(message.at(1)),
                            {message.begin() + 8, message.end() - 8}});
    }

  private:
    uint32_t m_next{0};
};

} // namespace transformtest

#endif // SCRIPTED_TRANSPORT_H
