// SPDX-License-Identifier: GPL-2.0-only
#include "codec-fixture.h"

#include <gtest/gtest.h>
#include <isa-l/erasure_code.h>

using namespace codectest;

namespace
{

TEST(IsaL, VectorInstructionsGiveWhatPlainOnesGive)
{
    Dice dice(9);
    const uint32_t rounds = Rounds(500, 20000);
    for (uint32_t round = 0; round < rounds; ++round)
    {
        const int k = int(dice.Roll(1, 30));
        const int r = int(dice.Roll(1, 12));
        const int length = int(dice.Roll(1, round % 2 == 0 ? 100 : 1500));
        std::vector<uint8_t> matrix((k + r) * k);
        gf_gen_cauchy1_matrix(matrix.data(), k + r, k);
        std::vector<uint8_t> tables(32 * k * r);
        ec_init_tables(k, r, matrix.data() + k * k, tables.data());
        std::vector<std::vector<uint8_t>> data;
        std::vector<std::vector<uint8_t>> fast(r, std::vector<uint8_t>(length));
        std::vector<std::vector<uint8_t>> plain = fast;
        std::vector<uint8_t*> in;
        std::vector<uint8_t*> a;
        std::vector<uint8_t*> b;
        for (int j = 0; j < k; ++j)
        {
            data.push_back(dice.Bytes(length));
        }
        for (auto& d : data)
        {
            in.push_back(d.data());
        }
        for (int i = 0; i < r; ++i)
        {
            a.push_back(fast[i].data());
            b.push_back(plain[i].data());
        }
        ec_encode_data(length, k, r, tables.data(), in.data(), a.data());
        ec_encode_data_base(length, k, r, tables.data(), in.data(), b.data());
        ASSERT_EQ(fast, plain) << k << "+" << r << " x " << length;
    }
}

} // namespace
