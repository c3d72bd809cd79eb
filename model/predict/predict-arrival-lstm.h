// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ARRIVAL_LSTM_H
#define PREDICT_ARRIVAL_LSTM_H

#include "predict-arrival-inputs.h"
#include "predict-lstm.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * A PredictLstm that says how far each quantile is from that of a Laplace distribution about the
 * smoothed mean, in mean deviations, and is trained with each delay by the pinball loss. One step
 * of the sequence is one shard that came; paths have one network, and each a memory of its own.
 */
class PredictArrivalLstm
{
  public:
    /// Whether it says mean and scale only.
    static constexpr bool IS_SHAPED = false;

    /// The network.
    struct Shared
    {
        /// @param settings lstmHidden, lstmWindow, lstmRate  @param seed of the initial weights
        Shared(const PredictArrivalSettings& settings, uint64_t seed);

        PredictLstm network; ///< of all paths
    };

    /// @param settings not used  @param shared outlives it
    PredictArrivalLstm(const PredictArrivalSettings& settings, Shared& shared);

    /// @param features known  @param curve is set  @return mean deviation, s
    double Say(const PredictArrivalFeatures& features, PredictCurve::Values& curve) const;

    /// @param features known  @param delay s
    void Learn(const PredictArrivalFeatures& features, double delay);

  private:
    PredictLstm& m_network;        ///< of all paths
    PredictLstmMemory m_memory;    ///< of this one
    PredictArrivalInputs m_inputs; ///< what it sees
    bool m_some{false};            ///< a delay came
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ARRIVAL_LSTM_H
