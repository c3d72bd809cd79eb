// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_LSTM_H
#define PREDICT_LSTM_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Of a PredictLstm.
struct PredictLstmSettings
{
    uint32_t inputs{1};  ///< numbers a step
    uint32_t hidden{16}; ///< cells
    uint32_t outputs{1}; ///< numbers a step
    uint32_t window{4};  ///< steps that a gradient goes back through
    double rate{2e-3};   ///< of Adam
    double clip{1};      ///< largest norm of a gradient
};

template <typename Scalar>
class PredictLstmOf;

/**
 * @ingroup sharding
 * What a PredictLstm remembers of one sequence: its cells, and its last steps for training. Many
 * sequences can share one network.
 * @tparam Scalar float or double
 */
template <typename Scalar>
class PredictLstmMemoryOf
{
  public:
    /// @param settings of the network
    explicit PredictLstmMemoryOf(const PredictLstmSettings& settings);

    /// Forgets the sequence.
    void Reset();

  private:
    friend class PredictLstmOf<Scalar>;

    std::vector<Scalar> m_hidden;  ///< output of the cells, and a 1 for the bias
    std::vector<Scalar> m_cell;    ///< the cells
    std::vector<Scalar> m_inputs;  ///< of each step of the window: inputs, hidden before, 1
    std::vector<Scalar> m_gates;   ///< of each: input, forget, output gate, candidate
    std::vector<Scalar> m_before;  ///< of each: the cells before it
    std::vector<Scalar> m_squeeze; ///< of each: tanh of the cells after it
    uint32_t m_next{0};            ///< place of the next step in the window
    uint32_t m_steps{0};           ///< held, up to the window
};

/**
 * @ingroup sharding
 * A recurrent network of one layer of long short-term memory (S. Hochreiter, J. Schmidhuber, Neural
 * Computation 9, 1997, with the forget gate of F. Gers et al., 2000) and a linear output, trained
 * in place, step by step: back-propagation through the last `window` steps from the loss at the
 * newest (R. Williams, J. Peng, Neural Computation 2, 1990: BPTT(h), with what the cells were when
 * they took the steps), gradients clipped by their norm, Adam (D. Kingma, J. Ba, ICLR 2015).
 *
 * The loss is the caller's: he gives its gradient by the outputs. No call but the constructor
 * allocates. Nothing in it is random but the initial weights, drawn from the seed, and nothing is
 * done in another order by another run, so that the same steps give the same bits on one machine.
 * Inputs and gradients must be finite and should be of the order of 1; Train() refuses a gradient
 * that is not finite.
 *
 * float is the one to use: half the memory traffic of double and twice the numbers a vector
 * operation; double is there to hold gradients against finite differences.
 * @tparam Scalar float or double
 */
template <typename Scalar>
class PredictLstmOf
{
  public:
    /// What it remembers of a sequence.
    using Memory = PredictLstmMemoryOf<Scalar>;

    /// @param settings sizes of at least 1  @param seed of the initial weights
    PredictLstmOf(const PredictLstmSettings& settings, uint64_t seed);

    /// @return the settings
    const PredictLstmSettings& Settings() const
    {
        return m_settings;
    }

    /**
     * What Step() would say; nothing changes.
     * @param memory of the sequence
     * @param input of the next step
     * @param output is set
     */
    void Predict(const Memory& memory, const Scalar* input, Scalar* output) const;

    /**
     * Takes a step.
     * @param memory of the sequence, which moves on
     * @param input of the step
     * @param output is set
     */
    void Step(Memory& memory, const Scalar* input, Scalar* output) const;

    /**
     * Adds to the gradient what the last step of a sequence, and the window before it, give.
     * @param memory of the sequence
     * @param slope gradient of the loss by the outputs of its last Step()
     */
    void Backward(const Memory& memory, const Scalar* slope);

    /// Moves the weights by one step of Adam against the gradient, which begins at 0 again.
    /// @return whether the gradient was finite; else the weights stay as they are
    bool Update();

    /// Backward() and Update(). @param memory  @param slope as there  @return as there
    bool Train(const Memory& memory, const Scalar* slope)
    {
        Backward(memory, slope);
        return Update();
    }

    /// @return the weights: gates by (inputs, hidden, 1), outputs by (hidden, 1), column by column
    std::vector<Scalar>& Weights()
    {
        return m_weights;
    }

    /// @return the gradient that Backward() added up, in the order of Weights()
    const std::vector<Scalar>& Gradient() const
    {
        return m_gradient;
    }

    /// @return how many of Weights() count: the rest fills up to a vector
    std::size_t Parameters() const
    {
        return m_outputWeights + m_settings.outputs * (m_settings.hidden + 1);
    }

    /// @return place in Weights() where those of the outputs begin; those of the biases of the
    ///         outputs are the last `outputs` of Parameters()
    std::size_t OutputWeights() const
    {
        return m_outputWeights;
    }

  private:
    void Forward(const Scalar* in,
                 const Scalar* before,
                 Scalar* gates,
                 Scalar* cell,
                 Scalar* squeeze,
                 Scalar* hidden) const;
    void Output(const Scalar* hidden, Scalar* output) const;

    PredictLstmSettings m_settings;        ///< sizes and rates
    uint32_t m_width;                      ///< inputs, hidden, 1
    std::size_t m_outputWeights;           ///< place
    std::vector<Scalar> m_weights;         ///< all
    std::vector<Scalar> m_gradient;        ///< added up
    std::vector<Scalar> m_mean;            ///< Adam's first moment
    std::vector<Scalar> m_square;          ///< Adam's second moment
    std::vector<Scalar> m_slopes;          ///< by the gates, of each step of the window
    mutable std::vector<Scalar> m_scratch; ///< of a prediction or of a way back
    double m_meanLeft{1};                  ///< bias of the first moment
    double m_squareLeft{1};                ///< bias of the second moment
};

extern template class PredictLstmMemoryOf<float>;
extern template class PredictLstmMemoryOf<double>;
extern template class PredictLstmOf<float>;
extern template class PredictLstmOf<double>;

/// @ingroup sharding
/// The network to use.
using PredictLstm = PredictLstmOf<float>;
/// @ingroup sharding
/// What it remembers of a sequence.
using PredictLstmMemory = PredictLstmMemoryOf<float>;

} // namespace sharding
} // namespace ns3

#endif // PREDICT_LSTM_H
