// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_DECIMAL_H
#define SHARDSIM_DECIMAL_H

#include <cstdint>
#include <optional>
#include <string>

namespace shardsim
{

/**
 * Read a decimal number: sign, digits, point, exponent. Nothing else: no hex, NaN, infinity,
 * blanks or text after it, whatever the locale.
 * @return the number, or nothing if the text is none or does not fit a finite double
 */
std::optional<double> ParseDecimal(const std::string& text);

/** A decimal number times a scale, exactly. */
struct ScaledDecimal
{
    enum Status
    {
        OK,
        FRACTION, ///< the product is not a whole number
        OVERFLOW_ ///< the product does not fit (math.h has a macro OVERFLOW)
    };

    Status status{OK};
    int64_t value{0};
};

/**
 * Scale a number without rounding: 0.1 and 1000000 give 100000, where doubles would have to guess.
 * @param text a number that ParseDecimal accepts, not negative
 * @param scale at most 3.6e12
 */
ScaledDecimal ParseScaled(const std::string& text, uint64_t scale);

} // namespace shardsim

#endif // SHARDSIM_DECIMAL_H
