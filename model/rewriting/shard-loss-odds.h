// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_LOSS_ODDS_H
#define SHARD_LOSS_ODDS_H

#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * How many of the first m shards of a block are lost, where each path is a Gilbert channel (losses
 * are a two-state Markov chain: E. N. Gilbert, BSTJ 39, 1960, with h = 0), paths are independent,
 * shards go round them, and successors on a path are `spacing` packets apart there, because blocks
 * are interleaved. The chain is in its steady state at the first shard.
 */
class ShardLossOdds
{
  public:
    /**
     * @param loss mean loss of a packet, in [0, 1)
     * @param burst mean packets lost in a row; raised where loss does not let it be so small
     * @param spacing packets from one shard of the block to the next on a path, at least 1
     * @param paths that shards go round, at least 1
     */
    ShardLossOdds(double loss, double burst, uint32_t spacing, uint32_t paths);

    /**
     * @param lost how many at most
     * @param of so many shards, those sent first
     * @return its probability
     */
    double AtMost(uint32_t lost, uint32_t of);

    /// @param count of shards in a row on one path  @return probability that none of them is lost
    double NoneOf(uint32_t count) const;

  private:
    /// Probabilities of 0, 1, 2 ... losses.
    using Counts = std::vector<double>;

    const Counts& OnPath(uint32_t shards);
    Counts Of(uint32_t shards);

    double m_loss;              ///< mean
    double m_goodToBad;         ///< from one shard to the next on the path
    double m_badToGood;         ///< likewise
    double m_goodToBadNext;     ///< from one packet to the next
    uint32_t m_paths;           ///< independent
    std::vector<Counts> m_good; ///< of so many shards, joint with the last one not lost
    std::vector<Counts> m_bad;  ///< of so many shards, joint with the last one lost
    std::vector<Counts> m_path; ///< of so many shards on one path
    std::vector<Counts> m_sums; ///< at most so many of so many on all; empty where not needed yet
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_LOSS_ODDS_H
