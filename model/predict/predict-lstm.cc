// SPDX-License-Identifier: GPL-2.0-only
#include "predict-lstm.h"

#include "predict-activation.h"
#include "predict-random.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

/// Numbers that Adam takes at a time; the weights are filled up to a multiple of it.
constexpr std::size_t CHUNK = 16;
/// Adam's decay of the first and second moment, and its guard against division by 0.
constexpr double MEAN_DECAY = 0.9;
constexpr double SQUARE_DECAY = 0.999;
constexpr double EPSILON = 1e-8;
/// Added and taken away again, so that decaying moments end at 0, not in slow subnormal numbers.
constexpr double FLUSH = 1e-20;

template <typename Scalar>
using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
template <typename Scalar>
using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
template <typename Scalar>
using In = Eigen::Map<const Vector<Scalar>>;
template <typename Scalar>
using Out = Eigen::Map<Vector<Scalar>>;

/// tanh of each number, or its sigmoid, which is one of the other: four at a time.
template <typename Scalar>
void
Squeeze(const Scalar* from, Scalar* to, std::size_t count, bool isSigmoid)
{
    using Four = Eigen::Array<Scalar, 4, 1>;
    const auto bound = static_cast<Scalar>(PREDICT_TANH_BOUND);
    const auto half = static_cast<Scalar>(0.5);
    const Scalar before = isSigmoid ? half : Scalar(1);
    const Scalar after = isSigmoid ? half : Scalar(0);
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4)
    {
        const Four x = (Eigen::Map<const Four>(from + i) * before).max(-bound).min(bound);
        Eigen::Map<Four>(to + i) = PredictTanhWithin(x) * before + after;
    }
    for (; i < count; ++i)
    {
        to[i] = PredictTanh(from[i] * before) * before + after;
    }
}

} // namespace

template <typename Scalar>
PredictLstmMemoryOf<Scalar>::PredictLstmMemoryOf(const PredictLstmSettings& settings)
    : m_hidden(settings.hidden + 1),
      m_cell(settings.hidden),
      m_inputs(settings.window * (settings.inputs + settings.hidden + 1)),
      m_gates(settings.window * 4 * settings.hidden),
      m_before(settings.window * settings.hidden),
      m_squeeze(settings.window * settings.hidden)
{
    Reset();
}

template <typename Scalar>
void
PredictLstmMemoryOf<Scalar>::Reset()
{
    std::fill(m_hidden.begin(), m_hidden.end(), Scalar(0));
    m_hidden.back() = 1;
    std::fill(m_cell.begin(), m_cell.end(), Scalar(0));
    m_next = 0;
    m_steps = 0;
}

template <typename Scalar>
PredictLstmOf<Scalar>::PredictLstmOf(const PredictLstmSettings& settings, uint64_t seed)
    : m_settings(settings),
      m_width(settings.inputs + settings.hidden + 1),
      m_outputWeights(std::size_t{4} * settings.hidden * m_width)
{
    const std::size_t hidden = settings.hidden;
    const std::size_t all = (Parameters() + CHUNK - 1) / CHUNK * CHUNK;
    m_weights.resize(all);
    m_gradient.resize(all);
    m_mean.resize(all);
    m_square.resize(all);
    m_slopes.resize(settings.window * 4 * hidden);
    m_scratch.resize(m_width + 7 * hidden + 1);

    PredictRandom random(seed);
    const auto draw = [&random](double most)
    { return static_cast<Scalar>((2 * random.Uniform() - 1) * most); };
    // Glorot's range for what goes in; small outputs, so that it begins near their biases, 0; and
    // forget gates that are open (R. Jozefowicz et al., ICML 2015).
    const double range = std::sqrt(6.0 / (settings.inputs + 2 * hidden));
    const std::size_t biases = std::size_t{4} * hidden * (m_width - 1);
    std::generate_n(m_weights.begin(), biases, [&] { return draw(range); });
    std::fill_n(m_weights.begin() + biases + hidden, hidden, Scalar(1));
    std::generate_n(m_weights.begin() + m_outputWeights,
                    settings.outputs * hidden,
                    [&] { return draw(0.1 / std::sqrt(hidden)); });
}

template <typename Scalar>
void
PredictLstmOf<Scalar>::Forward(const Scalar* in,
                               const Scalar* before,
                               Scalar* gates,
                               Scalar* cell,
                               Scalar* squeeze,
                               Scalar* hidden) const
{
    const std::size_t cells = m_settings.hidden;
    const Eigen::Map<const Matrix<Scalar>> weights(m_weights.data(), 4 * cells, m_width);
    Out<Scalar>(gates, 4 * cells).noalias() = weights * In<Scalar>(in, m_width);
    Squeeze(gates, gates, 3 * cells, true);
    Squeeze(gates + 3 * cells, gates + 3 * cells, cells, false);
    const In<Scalar> gate(gates, 4 * cells);
    Out<Scalar>(cell, cells).array() =
        gate.segment(cells, cells).array() * In<Scalar>(before, cells).array() +
        gate.head(cells).array() * gate.tail(cells).array();
    Squeeze(static_cast<const Scalar*>(cell), squeeze, cells, false);
    Out<Scalar>(hidden, cells).array() =
        gate.segment(2 * cells, cells).array() * In<Scalar>(squeeze, cells).array();
}

template <typename Scalar>
void
PredictLstmOf<Scalar>::Output(const Scalar* hidden, Scalar* output) const
{
    const Eigen::Map<const Matrix<Scalar>> weights(m_weights.data() + m_outputWeights,
                                                   m_settings.outputs,
                                                   m_settings.hidden + 1);
    Out<Scalar>(output, m_settings.outputs).noalias() =
        weights * In<Scalar>(hidden, m_settings.hidden + 1);
}

template <typename Scalar>
void
PredictLstmOf<Scalar>::Predict(const Memory& memory, const Scalar* input, Scalar* output) const
{
    const std::size_t cells = m_settings.hidden;
    Scalar* in = m_scratch.data();
    Scalar* gates = in + m_width;
    Scalar* cell = gates + 4 * cells;
    Scalar* squeeze = cell + cells;
    Scalar* hidden = squeeze + cells;
    std::copy_n(input, m_settings.inputs, in);
    std::copy_n(memory.m_hidden.data(), cells + 1, in + m_settings.inputs);
    Forward(in, memory.m_cell.data(), gates, cell, squeeze, hidden);
    hidden[cells] = 1;
    Output(hidden, output);
}

template <typename Scalar>
void
PredictLstmOf<Scalar>::Step(Memory& memory, const Scalar* input, Scalar* output) const
{
    const std::size_t cells = m_settings.hidden;
    Scalar* in = &memory.m_inputs[memory.m_next * m_width];
    Scalar* before = &memory.m_before[memory.m_next * cells];
    std::copy_n(input, m_settings.inputs, in);
    std::copy_n(memory.m_hidden.data(), cells + 1, in + m_settings.inputs);
    std::copy_n(memory.m_cell.data(), cells, before);
    Forward(in,
            before,
            &memory.m_gates[memory.m_next * 4 * cells],
            memory.m_cell.data(),
            &memory.m_squeeze[memory.m_next * cells],
            memory.m_hidden.data());
    memory.m_next = memory.m_next + 1 < m_settings.window ? memory.m_next + 1 : 0;
    memory.m_steps += memory.m_steps < m_settings.window;
    Output(memory.m_hidden.data(), output);
}

template <typename Scalar>
void
PredictLstmOf<Scalar>::Backward(const Memory& memory, const Scalar* slope)
{
    using Eigen::Map;
    if (memory.m_steps == 0)
    {
        return;
    }
    const std::size_t cells = m_settings.hidden;
    const In<Scalar> slopes(slope, m_settings.outputs);
    const In<Scalar> hidden(memory.m_hidden.data(), cells + 1);
    const Map<const Matrix<Scalar>> outputs(m_weights.data() + m_outputWeights,
                                            m_settings.outputs,
                                            cells + 1);
    Map<Matrix<Scalar>>(m_gradient.data() + m_outputWeights, m_settings.outputs, cells + 1)
        .noalias() += slopes * hidden.transpose();

    const Map<const Matrix<Scalar>> recurrent(m_weights.data() + 4 * cells * m_settings.inputs,
                                              4 * cells,
                                              cells);
    Out<Scalar> byHidden(m_scratch.data(), cells);
    auto byCell = Out<Scalar>(m_scratch.data() + cells, cells).array();
    byHidden.noalias() = outputs.leftCols(cells).transpose() * slopes;
    byCell.setZero();
    uint32_t place = memory.m_next;
    for (uint32_t step = 0; step < memory.m_steps; ++step)
    {
        place = place > 0 ? place - 1 : m_settings.window - 1;
        const auto gates = In<Scalar>(&memory.m_gates[place * 4 * cells], 4 * cells).array();
        const auto taken = gates.head(cells);
        const auto kept = gates.segment(cells, cells);
        const auto shown = gates.segment(2 * cells, cells);
        const auto candidate = gates.tail(cells);
        const auto squeeze = In<Scalar>(&memory.m_squeeze[place * cells], cells).array();
        const auto before = In<Scalar>(&memory.m_before[place * cells], cells).array();
        auto by = Out<Scalar>(&m_slopes[place * 4 * cells], 4 * cells).array();
        byCell += byHidden.array() * shown * (1 - squeeze.square());
        by.head(cells) = byCell * candidate * taken * (1 - taken);
        by.segment(cells, cells) = byCell * before * kept * (1 - kept);
        by.segment(2 * cells, cells) = byHidden.array() * squeeze * shown * (1 - shown);
        by.tail(cells) = byCell * taken * (1 - candidate.square());
        if (step + 1 < memory.m_steps)
        {
            byHidden.noalias() = recurrent.transpose() * by.matrix();
            byCell *= kept;
        }
    }
    // Steps fill the window from its beginning, so the first m_steps places are those that count.
    const Map<const Matrix<Scalar>> by(m_slopes.data(), 4 * cells, memory.m_steps);
    const Map<const Matrix<Scalar>> in(memory.m_inputs.data(), m_width, memory.m_steps);
    Map<Matrix<Scalar>> gradient(m_gradient.data(), 4 * cells, m_width);
    gradient += by.lazyProduct(in.transpose());
}

template <typename Scalar>
bool
PredictLstmOf<Scalar>::Update()
{
    using Chunk = Eigen::Array<Scalar, CHUNK, 1>;
    const std::size_t all = m_weights.size();
    Chunk squares = Chunk::Zero();
    for (std::size_t i = 0; i < all; i += CHUNK)
    {
        squares += Eigen::Map<const Chunk>(&m_gradient[i]).square();
    }
    const Scalar norm = std::sqrt(squares.sum());
    const bool isFinite = std::isfinite(norm);
    if (isFinite)
    {
        const auto clip = static_cast<Scalar>(m_settings.clip);
        const Scalar shrink = norm > clip ? clip / norm : Scalar(1);
        m_meanLeft *= MEAN_DECAY;
        m_squareLeft *= SQUARE_DECAY;
        const auto rate =
            static_cast<Scalar>(m_settings.rate * std::sqrt(1 - m_squareLeft) / (1 - m_meanLeft));
        const auto meanGain = static_cast<Scalar>(1 - MEAN_DECAY);
        const auto squareGain = static_cast<Scalar>(1 - SQUARE_DECAY);
        const auto epsilon = static_cast<Scalar>(EPSILON);
        const auto flush = static_cast<Scalar>(FLUSH);
        for (std::size_t i = 0; i < all; i += CHUNK)
        {
            const Chunk gradient = Eigen::Map<const Chunk>(&m_gradient[i]) * shrink;
            Eigen::Map<Chunk> mean(&m_mean[i]);
            Eigen::Map<Chunk> square(&m_square[i]);
            Eigen::Map<Chunk> weights(&m_weights[i]);
            const Chunk newMean = (mean + (gradient - mean) * meanGain + flush) - flush;
            const Chunk newSquare =
                (square + (gradient.square() - square) * squareGain + flush) - flush;
            mean = newMean;
            square = newSquare;
            weights -= newMean * rate / (newSquare.sqrt() + epsilon);
        }
    }
    std::fill(m_gradient.begin(), m_gradient.end(), Scalar(0));
    return isFinite;
}

template class PredictLstmMemoryOf<float>;
template class PredictLstmMemoryOf<double>;
template class PredictLstmOf<float>;
template class PredictLstmOf<double>;

} // namespace sharding
} // namespace ns3
