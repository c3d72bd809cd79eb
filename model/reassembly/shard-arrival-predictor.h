// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_ARRIVAL_PREDICTOR_H
#define SHARD_ARRIVAL_PREDICTOR_H

#include "ns3/object.h"
#include "ns3/predict-arrival.h"
#include "ns3/predict-curve.h"

#include <cstdint>
#include <memory>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Plug-point: when does a missing shard come, and does it at all? What the functions are asked is
 * said with PredictArrival; delays are seconds from the first arrival of the shard's block. A
 * predictor reads no clock. Subclass it in your own file to try one of your own.
 */
class ShardArrivalPredictor : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /// A shard came. @param features what was known of it  @param delay s
    virtual void Came(const PredictArrivalFeatures& features, double delay) = 0;

    /// A shard never came. @param features what was known of it
    virtual void Lost(const PredictArrivalFeatures& features) = 0;

    /// @param features what is known  @param probability in (0, 1)
    /// @return delay that is not exceeded with this probability, s
    virtual double Quantile(const PredictArrivalFeatures& features, double probability) const = 0;

    /**
     * @param features what is known
     * @return Quantile() at the levels of PredictCurve; to be overridden where that is quicker than
     *         one by one
     */
    virtual PredictCurve::Values Curve(const PredictArrivalFeatures& features) const;

    /// @param features what is known  @param waited s
    /// @return probability that the shard never comes
    virtual double LossOdds(const PredictArrivalFeatures& features, double waited) const = 0;

    /**
     * @param stream of random numbers for initial values, before the predictor is used
     * @return streams that it takes
     */
    virtual int64_t AssignStreams(int64_t stream);
};

/**
 * @ingroup sharding
 * One of the module's own (PredictArrival).
 */
class ModelArrivalPredictor : public ShardArrivalPredictor
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    void Came(const PredictArrivalFeatures& features, double delay) override;
    void Lost(const PredictArrivalFeatures& features) override;
    double Quantile(const PredictArrivalFeatures& features, double probability) const override;
    PredictCurve::Values Curve(const PredictArrivalFeatures& features) const override;
    double LossOdds(const PredictArrivalFeatures& features, double waited) const override;
    int64_t AssignStreams(int64_t stream) override;

  protected:
    /// @param kind which
    explicit ModelArrivalPredictor(PredictArrivalKind kind);

  private:
    PredictArrivalKind m_kind;
    std::unique_ptr<PredictArrival> m_model;
};

/// @ingroup sharding
/// Mean and mean deviation, exponentially weighted.
class EwmaArrivalPredictor : public ModelArrivalPredictor
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    EwmaArrivalPredictor();
};

/// @ingroup sharding
/// Quantiles of a histogram that forgets.
class HistogramArrivalPredictor : public ModelArrivalPredictor
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    HistogramArrivalPredictor();
};

/// @ingroup sharding
/// Online quantile regression.
class QuantileArrivalPredictor : public ModelArrivalPredictor
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    QuantileArrivalPredictor();
};

/// @ingroup sharding
/// Recursive least squares.
class RlsArrivalPredictor : public ModelArrivalPredictor
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    RlsArrivalPredictor();
};

/// @ingroup sharding
/// A Kalman filter of the mean.
class KalmanArrivalPredictor : public ModelArrivalPredictor
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    KalmanArrivalPredictor();
};

/// @ingroup sharding
/// A recurrent network trained in place.
class LstmArrivalPredictor : public ModelArrivalPredictor
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();
    LstmArrivalPredictor();
};

} // namespace sharding
} // namespace ns3

#endif // SHARD_ARRIVAL_PREDICTOR_H
