// SPDX-License-Identifier: GPL-2.0-only
#include "window-forms.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace shardsim
{

namespace
{

/// Shards missing, or repair shards at hand, of the last datagrams: place a is a datagram of age a.
using Counts = std::string;

/// What matters of the losses so far.
struct State
{
    Counts missing;   ///< data shards that are not known
    Counts equations; ///< repair shards that still say something

    bool operator<(const State& o) const
    {
        return missing != o.missing ? missing < o.missing : equations < o.equations;
    }
};

/// The chain, whose states are found as they are needed.
class Chain
{
  public:
    Chain(double p, unsigned k, unsigned r, unsigned window)
        : m_window(window),
          m_horizon(2 * window),
          m_length(4 * window),
          m_missing(Binomial(k, p)),
          m_equations(Binomial(r, 1 - p))
    {
    }

    /// @return share of datagrams lost in equilibrium
    double Loss()
    {
        std::vector<double> chances{1.0};
        Number(State{Counts(m_length, 0), Counts(m_length, 0)});
        double loss = 0;
        for (unsigned step = 0, steady = 0; steady < m_length; ++step)
        {
            std::vector<double> next(m_states.size(), 0.0);
            double lost = 0;
            for (std::size_t from = 0; from < chances.size(); ++from)
            {
                if (chances[from] < NEGLIGIBLE)
                {
                    continue;
                }
                const bool isLost = m_states[from].missing[m_horizon - 1] > 0;
                lost += isLost ? chances[from] : 0.0;
                for (const auto& [to, chance] : Moves(from))
                {
                    next.resize(m_states.size(), 0.0);
                    next[to] += chances[from] * chance;
                }
            }
            chances = std::move(next);
            steady = std::abs(lost - loss) < 1e-9 * lost + NEGLIGIBLE ? steady + 1 : 0;
            steady = step < 2 * m_length ? 0 : steady;
            loss = lost;
        }
        return loss;
    }

  private:
    static constexpr double NEGLIGIBLE = 1e-13;

    static std::vector<double> Binomial(unsigned n, double p)
    {
        std::vector<double> chances{1.0};
        for (unsigned i = 0; i < n; ++i)
        {
            chances.push_back(0.0);
            for (unsigned lost = i + 1; lost > 0; --lost)
            {
                chances[lost] = chances[lost] * (1 - p) + chances[lost - 1] * p;
            }
            chances[0] *= 1 - p;
        }
        return chances;
    }

    std::size_t Number(const State& state)
    {
        const auto [at, isNew] = m_numbers.emplace(state, m_states.size());
        if (isNew)
        {
            m_states.push_back(state);
            m_moves.emplace_back();
        }
        return at->second;
    }

    /// @return states that follow, and with which probability
    const std::vector<std::pair<std::size_t, double>>& Moves(std::size_t from)
    {
        if (m_moves[from].empty())
        {
            std::vector<std::pair<std::size_t, double>> moves;
            for (std::size_t missing = 0; missing < m_missing.size(); ++missing)
            {
                for (std::size_t equations = 0; equations < m_equations.size(); ++equations)
                {
                    State state = m_states[from];
                    Age(state);
                    state.missing[0] = static_cast<char>(missing);
                    state.equations[0] = static_cast<char>(equations);
                    Solve(state);
                    Forget(state);
                    moves.emplace_back(Number(state), m_missing[missing] * m_equations[equations]);
                }
            }
            m_moves[from] = std::move(moves);
        }
        return m_moves[from];
    }

    /// A datagram later. What is too old to be followed goes, with what covers it.
    void Age(State& state) const
    {
        if (state.missing.back() > 0)
        {
            for (std::size_t b = m_length - m_window; b < m_length; ++b)
            {
                state.equations[b] = 0;
            }
        }
        for (Counts* counts : {&state.missing, &state.equations})
        {
            counts->insert(counts->begin(), 0);
            counts->pop_back();
        }
    }

    /**
     * @return most missing shards that can be matched with an equation each. Equations of age b
     * cover ages b to b + window - 1. From the oldest on, each takes the equation that serves
     * younger ones least, which is the oldest.
     */
    unsigned Rank(const State& state) const
    {
        Counts left = state.equations;
        unsigned rank = 0;
        for (std::size_t a = m_length; a-- > 0;)
        {
            char open = state.missing[a];
            for (std::size_t b = a + 1; b-- > 0 && b + m_window > a && open > 0;)
            {
                const char used = std::min(open, left[b]);
                left[b] = static_cast<char>(left[b] - used);
                open = static_cast<char>(open - used);
                rank += static_cast<unsigned>(used);
            }
        }
        return rank;
    }

    /// Take out what can be computed: the shards that every greatest matching needs.
    void Solve(State& state) const
    {
        const unsigned all = Rank(state);
        const State before = state;
        for (std::size_t a = 0; a < m_length; ++a)
        {
            if (before.missing[a] > 0)
            {
                State without = before;
                --without.missing[a];
                // What holds for one shard of a datagram holds for all of them.
                state.missing[a] = Rank(without) < all ? char(0) : state.missing[a];
            }
        }
    }

    /// Take out what has no more influence: what no equation to come can reach, be it over others.
    void Forget(State& state) const
    {
        std::vector<bool> isReached(m_length, false);
        // The next equation covers it and the ages up to window - 2.
        for (std::size_t a = 0; a + 1 < m_window; ++a)
        {
            isReached[a] = state.missing[a] > 0;
        }
        for (bool isMore = true; isMore;)
        {
            isMore = false;
            for (std::size_t b = 0; b < m_length; ++b)
            {
                if (state.equations[b] == 0 || !Covers(state, isReached, b))
                {
                    continue;
                }
                for (std::size_t a = b; a < std::min<std::size_t>(m_length, b + m_window); ++a)
                {
                    isMore = isMore || (state.missing[a] > 0 && !isReached[a]);
                    isReached[a] = isReached[a] || state.missing[a] > 0;
                }
            }
        }
        for (std::size_t b = 0; b < m_length; ++b)
        {
            state.equations[b] = Covers(state, isReached, b) ? state.equations[b] : char(0);
        }
        for (std::size_t a = m_window - 1; a < m_length; ++a)
        {
            if (state.missing[a] > 0 && !isReached[a])
            {
                // Lost; it is still to be counted when its time comes.
                state.missing[a] = a < m_horizon ? char(1) : char(0);
            }
        }
    }

    bool Covers(const State& state, const std::vector<bool>& isReached, std::size_t b) const
    {
        for (std::size_t a = b; a < std::min<std::size_t>(m_length, b + m_window); ++a)
        {
            if (isReached[a] && state.missing[a] > 0)
            {
                return true;
            }
        }
        return false;
    }

    const std::size_t m_window;
    const std::size_t m_horizon; ///< age at which a datagram is given up
    const std::size_t m_length;  ///< ages that are followed
    const std::vector<double> m_missing;
    const std::vector<double> m_equations;
    std::map<State, std::size_t> m_numbers;
    std::vector<State> m_states;
    std::vector<std::vector<std::pair<std::size_t, double>>> m_moves;
};

} // namespace

double
SlidingWindowLoss(double p, unsigned k, unsigned r, unsigned window)
{
    if (!(p >= 0 && p <= 1) || k < 1 || k > 100 || r > 100 || window < 1 || window > 16)
    {
        throw std::invalid_argument(
            "a sliding window needs a loss in [0, 1], 1 to 100 data shards, "
            "up to 100 repair shards and 1 to 16 datagrams");
    }
    return Chain(p, k, r, window).Loss();
}

} // namespace shardsim
