// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_LOSS_PROCESS_H
#define SHARD_LOSS_PROCESS_H

#include <array>
#include <optional>
#include <string>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Packet loss by the Gilbert-Elliott chain (E. N. Gilbert, "Capacity of a burst-noise channel",
 * BSTJ 1960; E. O. Elliott, "Estimates of error rates for codes on burst-noise channels", BSTJ
 * 1963), in the parameters of G. Hasslinger and O. Hohlfeld, "The Gilbert-Elliott model for packet
 * loss in real time services on the Internet", MMB 2008: two states, good and bad, the state
 * advances once a packet, and each state loses a packet with its own probability.
 *
 * The chain begins in its stationary distribution, so the first packet is like any other. It
 * knows no random generator: the caller hands in uniform draws, always the same number a packet,
 * so that two runs that send the same packets see the same losses. A packet finds the state bad
 * where its draw lies below the probability of that, so chains with neighbouring parameters, fed
 * with the same draws, lose mostly the same packets.
 */
class GilbertElliott
{
  public:
    /// The chain's parameters, all probabilities.
    struct Parameters
    {
        double p{0.0};        ///< good to bad, per packet
        double r{1.0};        ///< bad to good, per packet
        double lossGood{0.0}; ///< loss of a packet in the good state (1 - k in Gilbert's notation)
        double lossBad{1.0};  ///< loss of a packet in the bad state (1 - h)
    };

    /// A chain that loses nothing.
    GilbertElliott() = default;

    /**
     * @param parameters each within [0, 1]. With p = r = 0 the chain stays good for ever.
     * @param why set to one line where the parameters are refused; may be null
     * @return the chain, or nothing
     */
    static std::optional<GilbertElliott> FromParameters(const Parameters& parameters,
                                                        std::string* why = nullptr);

    /**
     * The classic Gilbert chain (nothing lost in good, everything in bad):
     * r = 1 / burst, p = r * rate / (1 - rate).
     *
     * A burst of 1 / (1 - rate) is independent loss; a longer one clusters losses, a shorter one
     * spreads them (a burst of 1 never loses two packets in a row).
     *
     * @param rate mean share of packets lost, within [0, 1)
     * @param burst mean number of consecutive packets lost, at least 1, and at least
     *        rate / (1 - rate), without which p would exceed 1
     * @param why set to one line where the values are refused; may be null
     * @return the chain, or nothing
     */
    static std::optional<GilbertElliott> FromMeans(double rate,
                                                   double burst,
                                                   std::string* why = nullptr);

    /**
     * Independent (iid) loss, as the special case of a chain that forgets: p = rate,
     * r = 1 - rate. A packet is lost exactly where its draw is below the rate, so a higher rate
     * loses a superset of what a lower one loses on the same draws.
     *
     * @param rate probability of loss, within [0, 1]
     * @param why set to one line where the rate is refused; may be null
     * @return the chain, or nothing
     */
    static std::optional<GilbertElliott> Independent(double rate, std::string* why = nullptr);

    /**
     * Advance the chain by one packet.
     * @param u uniform draw within [0, 1) that moves the state (the first one places it)
     * @param v a second, independent uniform draw that decides the loss within the state; matters
     *        only where NeedsSecondDraw()
     * @return whether the packet is lost
     */
    bool Next(double u, double v = 0.0)
    {
        m_state = u < m_badNext[m_state] ? BAD : GOOD;
        return v < (m_state == BAD ? m_parameters.lossBad : m_parameters.lossGood);
    }

    /// @return whether a state loses with a probability other than 0 or 1
    bool NeedsSecondDraw() const;

    /// Forget the state: the next packet finds the chain in its stationary distribution again.
    void Reset()
    {
        m_state = STATIONARY;
    }

    /// @return the parameters
    const Parameters& GetParameters() const
    {
        return m_parameters;
    }

    /// @return stationary probability of the bad state
    double BadRatio() const
    {
        return m_badNext[STATIONARY];
    }

    /// @return mean share of packets lost
    double MeanLoss() const;

    /**
     * @return mean number of packets in a run of consecutive losses: P(loss) / P(loss, then
     *         none); 0 where nothing is ever lost, infinite where a run never ends
     */
    double MeanBurst() const;

  private:
    /// State of the chain before the packet.
    enum State
    {
        GOOD,
        BAD,
        STATIONARY
    };

    Parameters m_parameters;                          ///< as given, or derived from means
    std::array<double, 3> m_badNext{{0.0, 0.0, 0.0}}; ///< P(bad next), by state
    State m_state{STATIONARY};                        ///< where the chain is
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_LOSS_PROCESS_H
