// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_ERROR_MODELS_H
#define SHARD_ERROR_MODELS_H

#include "shard-loss-process.h"

#include "ns3/error-model.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"

#include <cstdint>
#include <optional>
#include <string>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Independent or bursty packet loss for any ns-3 device or channel that takes an ErrorModel.
 *
 * Set the attributes MeanLoss and MeanBurst, or, for the full Gilbert-Elliott chain,
 * SetProcess(). One uniform draw a packet; two where a state of the chain loses with a probability
 * other than 0 and 1. The draw is made at any loss rate, 0 too, so that runs at different rates
 * stay on the same draws. While disabled it makes none and its state stands still, like ns-3's own
 * models.
 */
class GilbertElliottErrorModel : public ErrorModel
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    GilbertElliottErrorModel();

    /**
     * @param process the chain to lose packets by; replaces what the attributes say
     */
    void SetProcess(const GilbertElliott& process);

    /// @return the chain, with its current state; aborts where the attributes contradict each other
    const GilbertElliott& GetProcess();

    /**
     * @param at when the packet is on the link, ticks
     * @return whether it is lost; draws even while disabled
     */
    bool Lose(int64_t at);

    /**
     * @param stream first stream index to use
     * @return number of streams used (1)
     */
    int64_t AssignStreams(int64_t stream);

  private:
    bool DoCorrupt(Ptr<Packet> packet) override;
    void DoReset() override;

    std::optional<GilbertElliott> Make(double loss, std::string* why) const;

    /// @param loss attribute MeanLoss
    void SetMeanLoss(double loss);
    /// @return attribute MeanLoss
    double GetMeanLoss() const;
    /// @param burst attribute MeanBurst
    void SetMeanBurst(double burst);
    /// @return attribute MeanBurst
    double GetMeanBurst() const;

    double m_loss{0.0};                   ///< mean loss rate
    double m_burst{0.0};                  ///< mean burst, packets; 0 for independent loss
    Time m_stepFrom;                      ///< attribute
    Time m_stepUntil;                     ///< attribute
    double m_stepLoss{0.0};               ///< attribute
    bool m_stale{true};                   ///< the chain does not reflect the attributes yet
    GilbertElliott m_process;             ///< the chain
    GilbertElliott m_stepped;             ///< the one in its place from StepFrom to StepUntil
    Ptr<UniformRandomVariable> m_uniform; ///< its draws
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_ERROR_MODELS_H
