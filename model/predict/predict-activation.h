// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ACTIVATION_H
#define PREDICT_ACTIVATION_H

namespace ns3
{
namespace sharding
{

/// Beyond this, PredictTanh() is 1 to all digits of a float.
constexpr double PREDICT_TANH_BOUND = 6.298;

/**
 * @ingroup sharding
 * Hyperbolic tangent by the eighth convergent of Lambert's continued fraction
 * x / (1 + x^2 / (3 + x^2 / (5 + ...))), as one quotient of polynomials: 13 operations and a
 * division, no table, no branch, so that it goes four at a time.
 * @tparam Value a number, or an array of numbers with the same operators
 * @param x of a size up to PREDICT_TANH_BOUND
 * @return tanh(x), with an error below 7e-6 (and float's rounding)
 */
template <typename Value>
inline Value
PredictTanhWithin(const Value& x)
{
    const Value y = x * x;
    const Value over =
        (((y + Value(990.F)) * y + Value(135135.F)) * y + Value(4729725.F)) * y + Value(34459425.F);
    const Value under =
        (((Value(45.F) * y + Value(13860.F)) * y + Value(945945.F)) * y + Value(16216200.F)) * y +
        Value(34459425.F);
    return x * over / under;
}

/**
 * @ingroup sharding
 * @tparam Scalar float or double
 * @param x any number
 * @return tanh(x), with an error below 7e-6; in [-1, 1] but for rounding
 */
template <typename Scalar>
inline Scalar
PredictTanh(Scalar x)
{
    const auto bound = static_cast<Scalar>(PREDICT_TANH_BOUND);
    return PredictTanhWithin(x > bound ? bound : (x < -bound ? -bound : x));
}

/**
 * @ingroup sharding
 * @tparam Scalar float or double
 * @param x any number
 * @return 1 / (1 + exp(-x)), with an error below 4e-6
 */
template <typename Scalar>
inline Scalar
PredictSigmoid(Scalar x)
{
    return Scalar(0.5) + Scalar(0.5) * PredictTanh(Scalar(0.5) * x);
}

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ACTIVATION_H
