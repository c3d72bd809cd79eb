// SPDX-License-Identifier: GPL-2.0-only
#ifndef SLOW_FIELD_H
#define SLOW_FIELD_H

#include <cstdint>

namespace codectest
{

/**
 * GF(256) with polynomial x^8 + x^4 + x^3 + x^2 + 1 (0x11d), by logarithms to base x: the textbook
 * way, written to share nothing with what it checks.
 */
class SlowField
{
  public:
    static uint8_t Multiply(uint8_t a, uint8_t b)
    {
        const SlowField& f = Tables();
        return a == 0 || b == 0 ? 0 : f.m_power[(f.m_log[a] + f.m_log[b]) % 255];
    }

    /// @param a not 0
    static uint8_t Inverse(uint8_t a)
    {
        const SlowField& f = Tables();
        return f.m_power[(255 - f.m_log[a]) % 255];
    }

  private:
    SlowField()
    {
        uint32_t x = 1;
        for (uint32_t i = 0; i < 255; ++i)
        {
            m_power[i] = uint8_t(x);
            m_log[x] = i;
            x <<= 1;
            if ((x & 0x100) != 0)
            {
                x ^= 0x11d;
            }
        }
    }

    static const SlowField& Tables()
    {
        static const SlowField tables;
        return tables;
    }

    uint8_t m_power[255]{};
    uint32_t m_log[256]{};
};

} // namespace codectest

#endif // SLOW_FIELD_H
