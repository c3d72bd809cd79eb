// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_LSTM_FORECAST_H
#define OFFLOAD_LSTM_FORECAST_H

#include "offload-forecast.h"

#include "ns3/predict-lstm.h"
#include "ns3/random-variable-stream.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * One recurrent network for all functions, each with a memory of its own, trained in place. What it
 * says is a correction: of elements, bytes and requests from their smoothed means, in units of
 * these functions' usual traffic, and of the start. In each interval TrainFunctions functions in
 * turn give a gradient for one step of training.
 *
 * Besides what came last, it sees smoothed means (fast and slow), and what came a season before the
 * interval that is forecast; that and its cells are how it knows what recurs.
 */
class LstmForecast : public OffloadForecast
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    LstmForecast();

    void Begin(uint32_t functions, Time interval) override;
    void Take(uint32_t function, Time end, const OffloadTraffic& seen) override;
    OffloadTraffic Expect(uint32_t function, Time begin) override;
    uint32_t Train() override;
    int64_t AssignStreams(int64_t stream) override;

  private:
    static constexpr uint32_t INPUTS = 8;  ///< of the network
    static constexpr uint32_t OUTPUTS = 4; ///< of the network

    /// What is known of a function.
    struct Function
    {
        explicit Function(const PredictLstmSettings& settings, uint32_t season);

        PredictLstmMemory memory;                  ///< of its sequence
        std::array<float, OUTPUTS> output{};       ///< of the last step
        std::array<double, OUTPUTS> base{};        ///< that it corrects
        std::array<double, OUTPUTS> fast{};        ///< smoothed means
        std::array<double, OUTPUTS> unit{};        ///< usual traffic, of which outputs are shares
        double slow{0};                            ///< bytes, smoothed for longer
        std::array<double, OFFLOAD_TYPES> types{}; ///< elements of each, smoothed
        std::vector<float> past;                   ///< bytes of the last season
        uint32_t place{0};                         ///< in past
        bool hasStepped{false};                    ///< output means something
    };

    uint32_t m_hidden{0};                   ///< attribute
    uint32_t m_window{0};                   ///< attribute
    double m_rate{0};                       ///< attribute
    uint32_t m_season{0};                   ///< attribute
    uint32_t m_trainFunctions{0};           ///< attribute
    Ptr<UniformRandomVariable> m_random;    ///< of the seed of the initial weights
    std::unique_ptr<PredictLstm> m_network; ///< of all functions
    std::vector<Function> m_functions;      ///< what is known
    uint32_t m_turn{0};                     ///< function that is trained next
    uint32_t m_samples{0};                  ///< gradients since the last training
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_LSTM_FORECAST_H
