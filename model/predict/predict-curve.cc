// SPDX-License-Identifier: GPL-2.0-only
#include "predict-curve.h"

#include <algorithm>
#include <cmath>

namespace ns3
{
namespace sharding
{

namespace
{

constexpr double LEAST = 1e-12;
constexpr std::size_t TOP = PredictCurve::LEVELS - 1;
/// Levels from which the tails' slopes are taken: 0.1 and 0.9.
constexpr std::size_t LOW_TAIL = 2;
constexpr std::size_t HIGH_TAIL = 8;

/// The Laplace distribution's quantile.
double
Stretch(double probability)
{
    return probability < 0.5 ? std::log(2 * probability) : -std::log(2 * (1 - probability));
}

/// What Stretch() makes of 1 minus the result.
double
Above(double stretched)
{
    return stretched < 0 ? 1 - 0.5 * std::exp(stretched) : 0.5 * std::exp(-stretched);
}

PredictCurve::Values
Stretched()
{
    PredictCurve::Values values;
    std::transform(PredictCurve::LEVEL.begin(), PredictCurve::LEVEL.end(), values.begin(), Stretch);
    return values;
}

const PredictCurve::Values STRETCHED = Stretched();

/// A straight piece of the line: two levels, and the one that it is drawn from.
struct Piece
{
    std::size_t left;
    std::size_t right;
    std::size_t from;
    double width; ///< of the two, stretched
};

/// @param above how many levels are below it
Piece
PieceBelow(std::size_t above)
{
    Piece piece{above - 1, above, above - 1, 0};
    if (above == 0)
    {
        piece = {0, LOW_TAIL, 0, 0};
    }
    else if (above == PredictCurve::LEVELS)
    {
        piece = {HIGH_TAIL, TOP, TOP, 0};
    }
    piece.width = STRETCHED[piece.right] - STRETCHED[piece.left];
    return piece;
}

const std::array<Piece, PredictCurve::LEVELS + 1> PIECES = []
{
    std::array<Piece, PredictCurve::LEVELS + 1> pieces;
    for (std::size_t above = 0; above < pieces.size(); ++above)
    {
        pieces[above] = PieceBelow(above);
    }
    return pieces;
}();

} // namespace

const PredictCurve::Values&
PredictCurve::Laplace()
{
    return STRETCHED;
}

PredictCurve::Place::Place(double probability)
    : given(probability)
{
    const double p = probability > LEAST ? std::min(probability, 1 - LEAST) : LEAST;
    std::size_t above = 0;
    while (above < LEVELS && LEVEL[above] < p)
    {
        ++above;
    }
    const Piece& piece = PIECES[above];
    left = piece.left;
    right = piece.right;
    width = piece.width;
    const bool isLevel = above < LEVELS && LEVEL[above] == p;
    from = isLevel ? above : piece.from;
    ahead = isLevel ? 0 : Stretch(p) - STRETCHED[from];
}

double
PredictCurve::Survival(const Values& values, double value)
{
    const std::size_t above =
        std::upper_bound(values.begin(), values.end(), value) - values.begin();
    if (above == LEVELS && value == values[TOP])
    {
        return 1 - LEVEL[TOP];
    }
    const Piece& piece = PIECES[above];
    const double rise = values[piece.right] - values[piece.left];
    if (!(rise > 0)) // a tail without width
    {
        return above == 0 ? 1 : 0;
    }
    return Above(STRETCHED[piece.from] + (value - values[piece.from]) * piece.width / rise);
}

} // namespace sharding
} // namespace ns3
