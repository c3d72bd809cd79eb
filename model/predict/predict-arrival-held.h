// SPDX-License-Identifier: GPL-2.0-only
#ifndef PREDICT_ARRIVAL_HELD_H
#define PREDICT_ARRIVAL_HELD_H

#include "predict-arrival.h"
#include "predict-conformal.h"
#include "predict-curve.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace ns3
{
namespace sharding
{

/// @param features anything  @return whether all are in their ranges
inline bool
IsSane(const PredictArrivalFeatures& features)
{
    const auto within = [](double value, double least, double most)
    {
        return value >= least && value <= most; // false for what is no number
    };
    return within(features.ahead, -65536, 65536) &&
           within(features.spacing, 0, PredictArrival::MAX_DELAY) &&
           within(features.rtt, 0, PredictArrival::MAX_DELAY) && within(features.loss, 0, 1) &&
           within(features.probe, 0, PredictArrival::MAX_DELAY);
}

/// @param features anything  @return them cut to their ranges; what is no number is 0
PredictArrivalFeatures Sane(const PredictArrivalFeatures& features);

/**
 * @ingroup sharding
 * The share of shards that are lost, with forgetting: some 500 shards. It begins as the loss among
 * the features, which weighs as much as 16 shards, and with half a loss in one shard, so that it is
 * neither 0 nor 1.
 */
class PredictLossShare
{
  public:
    /// @param isLost the next shard was
    void Learn(bool isLost)
    {
        m_all = m_all * FORGET + 1;
        m_lost = m_lost * FORGET + (isLost ? 1 : 0);
    }

    /// @param known share, from elsewhere  @return the share
    double Share(double known) const
    {
        return (m_lost + PRIOR * known + 0.5) / (m_all + PRIOR + 1);
    }

  private:
    static constexpr double FORGET = 0.998;
    static constexpr double PRIOR = 16;

    double m_lost{0}; ///< weight of those lost
    double m_all{0};  ///< weight of all
};

/**
 * @ingroup sharding
 * What all predictors of arrivals have in common: features in their ranges, something learnt for
 * each path, the conformal correction, and the odds of loss.
 * @tparam Model what is learnt of a path:
 *         `Model(const PredictArrivalSettings&, Model::Shared&)`, where Shared, made from settings
 *         and seed, is what the paths have together;
 *         `void Learn(const PredictArrivalFeatures&, double delay)`; and, not before Learn(),
 *         either `IS_SHAPED = false` and `double Say(const PredictArrivalFeatures&,
 *         PredictCurve::Values&) const`, which sets quantiles in any order and returns their scale;
 *         or `IS_SHAPED = true`, `static const PredictCurve::Values& Shape()`, quantiles for mean 0
 *         and scale 1, and `double Say(const PredictArrivalFeatures&, double& mean) const`, which
 *         sets the mean and returns the scale. A scale is more than 0
 */
template <typename Model>
class PredictArrivalHeld : public PredictArrival
{
  public:
    /// @param settings of all of it  @param seed of initial weights
    PredictArrivalHeld(const PredictArrivalSettings& settings, uint64_t seed)
        : m_settings(settings),
          m_shared(settings, seed)
    {
    }

    void Came(const PredictArrivalFeatures& features, double delay) override
    {
        if (!(delay >= 0 && delay <= MAX_DELAY))
        {
            ++m_refused;
            return;
        }
        if (!IsSane(features))
        {
            ++m_refused;
            Came(Sane(features), delay);
            return;
        }
        Path& path = GetPath(features.path);
        if (path.isKnown)
        {
            Hold(path, features, delay);
        }
        path.model.Learn(features, delay);
        path.isKnown = true;
        path.loss.Learn(false);
    }

    void Lost(const PredictArrivalFeatures& features) override
    {
        m_refused += IsSane(features) ? 0 : 1;
        GetPath(features.path).loss.Learn(true);
    }

    double Quantile(const PredictArrivalFeatures& features, double probability) const override
    {
        const Path* path = Known(features.path);
        if (!path)
        {
            return 0;
        }
        PredictCurve::Values curve;
        double mean;
        double scale;
        const auto& shape = Say(*path, features, curve, mean, scale);
        if (m_asked.given != probability) // who asks, asks for the same again and again
        {
            m_asked = PredictCurve::Place(probability);
        }
        return std::max(0.0, mean + scale * PredictCurve::Quantile(shape, m_asked));
    }

    PredictCurve::Values Curve(const PredictArrivalFeatures& features) const override
    {
        PredictCurve::Values curve{};
        if (const Path* path = Known(features.path))
        {
            double mean;
            double scale;
            const PredictCurve::Values shape = Say(*path, features, curve, mean, scale);
            for (std::size_t i = 0; i < PredictCurve::LEVELS; ++i)
            {
                curve[i] = std::max(0.0, mean + scale * shape[i]);
            }
        }
        return curve;
    }

    double Survival(const PredictArrivalFeatures& features, double waited) const override
    {
        const Path* path = Known(features.path);
        if (!path)
        {
            return 1;
        }
        PredictCurve::Values curve;
        double mean;
        double scale;
        const auto& shape = Say(*path, features, curve, mean, scale);
        const double since = waited > 0 ? waited : 0; // and 0 for what is no number
        return PredictCurve::Survival(shape, (since - mean) / scale);
    }

    double LossOdds(const PredictArrivalFeatures& features, double waited) const override
    {
        const double known = IsSane(features) ? features.loss : Sane(features).loss;
        const Path* path = m_paths[features.path % MAX_PATHS].get();
        const double lost = (path ? path->loss : PredictLossShare()).Share(known);
        return lost / (lost + (1 - lost) * Survival(features, waited));
    }

    uint64_t Refused() const override
    {
        return m_refused;
    }

  private:
    /// What is learnt of one.
    struct Path
    {
        Path(const PredictArrivalSettings& settings, typename Model::Shared& shared)
            : model(settings, shared),
              conformal(settings.correction, Begin())
        {
        }

        static PredictCurve::Values Begin()
        {
            if constexpr (Model::IS_SHAPED)
            {
                return Model::Shape();
            }
            else
            {
                return {};
            }
        }

        Model model;                ///< says when
        PredictConformal conformal; ///< holds it to that
        PredictLossShare loss;      ///< says whether
        bool isKnown{false};        ///< something came
    };

    /// @param number of a path  @return its place, made where there is none
    Path& GetPath(uint16_t number)
    {
        auto& path = m_paths[number % MAX_PATHS];
        if (!path)
        {
            path = std::make_unique<Path>(m_settings, m_shared);
        }
        return *path;
    }

    /// @param number of a path  @return its place; null where nothing came over it
    const Path* Known(uint16_t number) const
    {
        const Path* path = m_paths[number % MAX_PATHS].get();
        return path && path->isKnown ? path : nullptr;
    }

    /**
     * What is said of a shard, corrected: quantiles are mean + scale * those returned.
     * @param path its
     * @param features as handed in
     * @param curve room for quantiles
     * @param mean is set
     * @param scale is set
     * @return quantiles in order
     */
    static const PredictCurve::Values& Say(const Path& path,
                                           const PredictArrivalFeatures& features,
                                           PredictCurve::Values& curve,
                                           double& mean,
                                           double& scale)
    {
        if (!IsSane(features))
        {
            return Say(path, Sane(features), curve, mean, scale);
        }
        if constexpr (Model::IS_SHAPED)
        {
            scale = path.model.Say(features, mean);
            return path.conformal.Offsets();
        }
        else
        {
            path.conformal.Correct(curve, path.model.Say(features, curve));
            PredictCurve::Rearrange(curve);
            mean = 0;
            scale = 1;
            return curve;
        }
    }

    /// Corrects what was said of a shard. @param path its  @param features sane  @param delay its
    static void Hold(Path& path, const PredictArrivalFeatures& features, double delay)
    {
        if constexpr (Model::IS_SHAPED)
        {
            double mean;
            const double scale = path.model.Say(features, mean);
            path.conformal.LearnShape((delay - mean) / scale);
        }
        else
        {
            PredictCurve::Values curve;
            path.conformal.Correct(curve, path.model.Say(features, curve));
            path.conformal.Learn(curve, delay);
        }
    }

    PredictArrivalSettings m_settings;                    ///< of all of it
    typename Model::Shared m_shared;                      ///< what the paths have together
    std::array<std::unique_ptr<Path>, MAX_PATHS> m_paths; ///< made when first seen
    mutable PredictCurve::Place m_asked{0.5};             ///< last one asked for
    uint64_t m_refused{0};                                ///< calls
};

/// @ingroup sharding
/// For models whose paths have nothing together.
struct PredictNothingShared
{
    PredictNothingShared(const PredictArrivalSettings&, uint64_t)
    {
    }
};

} // namespace sharding
} // namespace ns3

#endif // PREDICT_ARRIVAL_HELD_H
