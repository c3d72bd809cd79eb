// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_RELEASE_POLICY_H
#define SHARD_RELEASE_POLICY_H

#include "shard-release.h"

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/shard-code.h"
#include "ns3/shard-set.h"

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * What is expected of the shards of a block that have not come. Times are counted from the first
 * arrival of the block.
 */
class ShardArrivalForecast
{
  public:
    virtual ~ShardArrivalForecast() = default;

    /// @return whether enough has been seen to say anything; if not, the rest means nothing
    virtual bool IsReady() const = 0;

    /**
     * @param index of a shard that has not come
     * @param probability in (0, 1)
     * @return time until which it comes with this probability, if it comes at all
     */
    virtual Time Quantile(uint32_t index, double probability) const = 0;

    /**
     * @param index of a shard that has not come
     * @param waited so long
     * @return probability that it never comes
     */
    virtual double LossOdds(uint32_t index, Time waited) const = 0;

    /**
     * The inverse of LossOdds(): after Bayes, where a share p is lost, odds of 1 - e are reached
     * when the share e p / ((1 - e) (1 - p)) of those that come is still to come.
     * @param index of a shard that has not come
     * @param odds in (0, 1)
     * @return after how long it has been lost with this probability; Time::Max() for never
     */
    virtual Time LostAfter(uint32_t index, double odds) const;
};

/**
 * @ingroup sharding
 * What is known of a block that is not complete.
 */
struct ShardReleaseState
{
    ShardBlockId id;                 ///< which
    uint32_t size{0};                ///< bytes of the datagram
    uint8_t k{0};                    ///< data shards
    uint8_t n{0};                    ///< all shards
    ShardCode code{SHARD_CODE_NONE}; ///< erasure code
    ShardSet missing;                ///< shards that have not come, data and repair
    uint32_t lack{0};                ///< how many more are needed, at least
    uint32_t prefix{0};              ///< bytes at the front that are there without a hole
    uint32_t handedOn{0};            ///< of these, handed on before
    uint32_t there{0};               ///< bytes of data shards that are there
    Time opened;                     ///< when its first shard came
    Time deadline;                   ///< when it is given up whatever the policy says
    bool isTurn{true};               ///< nothing before it holds it back (reassembly in order)
    uint32_t behind{0};              ///< complete datagrams that wait for it (reassembly in order)
    bool acceptsPartial{false};      ///< the receiver takes datagrams with holes
    bool mayRequest{false};          ///< shards can be asked for
    ShardSet asked;                  ///< of the missing ones, those that were, by the policy
    Time answerDue; ///< zero, or until when shards that were asked for are waited for; then they
                    ///< are asked for again, if they may
    const ShardArrivalForecast* forecast{nullptr}; ///< of the missing ones; never null
};

/// What is to be done with a block that is not complete.
enum ShardReleaseAction : uint8_t
{
    SHARD_WAIT = 0,        ///< nothing
    SHARD_REQUEST,         ///< ask the sender for what lacks, now
    SHARD_HAND_ON,         ///< hand on what is there without a hole from the front, and go on
    SHARD_RELEASE_PARTIAL, ///< hand on what is there, and be done with it
    SHARD_GIVE_UP,         ///< be done with it
    SHARD_RELEASE_ACTIONS, ///< how many there are
};

/// What a policy says.
struct ShardReleaseAnswer
{
    ShardReleaseAction action{SHARD_WAIT}; ///< to be taken now
    Time again{Time::Max()};               ///< ask again then
    bool atArrivals{true};                 ///< ask again when a shard comes before then, too
    bool leavesRequests{true}; ///< the requester may ask by its own rule, after a silence
    ShardSet wanted;           ///< what to ask for; none: what decoding lacks
};

/**
 * @ingroup sharding
 * Plug-point: is it worth while to wait for the rest of a block? Asked when a shard of the block
 * has come, at the time that it named itself, when it becomes the block's turn, and when one more
 * datagram waits behind it. A complete datagram is released without asking; erasure decoding is
 * done as soon as enough shards are there. What an action is not possible for (no receiver for
 * holes, not its turn, no requests) is not done.
 *
 * A policy holds no host and reads no clock; it is handed all it needs. Subclass it in your own
 * file to try a rule of your own.
 */
class ShardReleasePolicy : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * @param now when
     * @param state of a block that is not complete
     * @return what to do
     */
    virtual ShardReleaseAnswer Decide(Time now, const ShardReleaseState& state) = 0;

    /// @return whether it ever says anything but to wait; if not, it need not be asked
    virtual bool IsActive() const
    {
        return true;
    }
};

/**
 * @ingroup sharding
 * Waits until all is there or can be decoded, or the timeout.
 */
class CompleteRelease : public ShardReleasePolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardReleaseAnswer Decide(Time now, const ShardReleaseState& state) override;

    bool IsActive() const override
    {
        return false;
    }
};

/**
 * @ingroup sharding
 * Hands on what is there without a hole from the front as it grows, to receivers that take that.
 */
class PartialRelease : public ShardReleasePolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardReleaseAnswer Decide(Time now, const ShardReleaseState& state) override;
};

/**
 * @ingroup sharding
 * Stops waiting as soon as that is a mistake with no more than the probability e = 1 - confidence.
 *
 * Each way to stop waiting (asking, releasing with holes, giving up) makes the expected latency
 * less the sooner it is taken, and is a mistake if the block would have been completed after all.
 * The probability of that, given that nothing has come, falls with the time waited. So the least
 * expected latency at a given probability of mistake is had by stopping at the first moment at
 * which it is no more than e. A block that lacks L of the M missing shards cannot be completed
 * once M - L + 1 of them are lost; by the union bound that is sure enough when M - L + 1 of them
 * are each lost with probability 1 - e / (M - L + 1) (docs/early-reassembly.md).
 *
 * A request is tried first, where one is possible: its mistake costs some bytes, not a datagram.
 * So what bounds it is not the odds of a mistake but their share of all that is sent: a shard is
 * asked for when no more than the waste w of those that come are still to come. Then w is what
 * requests add to the load at most, beyond what was lost, whatever the loss. A block is given up
 * only when that lets others go, which wait for it; else waiting costs nothing.
 */
class PredictiveRelease : public ShardReleasePolicy
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    ShardReleaseAnswer Decide(Time now, const ShardReleaseState& state) override;

  private:
    Time HopelessAt(const ShardReleaseState& state, uint32_t spare);
    Time GiveUpAt(const ShardReleaseState& state);
    ShardReleaseAnswer Request(Time now, const ShardReleaseState& state);

    double m_confidence{0};     ///< attribute
    double m_requestWaste{0};   ///< attribute
    std::vector<Time> m_lost;   ///< scratch: when each missing shard is lost, sure enough
    std::vector<Time> m_sorted; ///< scratch: the same, partly in order
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_RELEASE_POLICY_H
