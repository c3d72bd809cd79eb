// SPDX-License-Identifier: GPL-2.0-only
#include "shard-arrival-predictor.h"

#include "ns3/random-variable-stream.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(ShardArrivalPredictor);
NS_OBJECT_ENSURE_REGISTERED(ModelArrivalPredictor);
NS_OBJECT_ENSURE_REGISTERED(EwmaArrivalPredictor);
NS_OBJECT_ENSURE_REGISTERED(HistogramArrivalPredictor);
NS_OBJECT_ENSURE_REGISTERED(QuantileArrivalPredictor);
NS_OBJECT_ENSURE_REGISTERED(RlsArrivalPredictor);
NS_OBJECT_ENSURE_REGISTERED(KalmanArrivalPredictor);
NS_OBJECT_ENSURE_REGISTERED(LstmArrivalPredictor);

TypeId
ShardArrivalPredictor::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::ShardArrivalPredictor").SetParent<Object>().SetGroupName("Sharding");
    return tid;
}

PredictCurve::Values
ShardArrivalPredictor::Curve(const PredictArrivalFeatures& features) const
{
    PredictCurve::Values curve;
    std::transform(PredictCurve::LEVEL.begin(),
                   PredictCurve::LEVEL.end(),
                   curve.begin(),
                   [&](double level) { return Quantile(features, level); });
    return curve;
}

int64_t
ShardArrivalPredictor::AssignStreams(int64_t)
{
    return 0;
}

TypeId
ModelArrivalPredictor::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::ModelArrivalPredictor")
                            .SetParent<ShardArrivalPredictor>()
                            .SetGroupName("Sharding");
    return tid;
}

ModelArrivalPredictor::ModelArrivalPredictor(PredictArrivalKind kind)
    : m_kind(kind),
      m_model(PredictArrival::Make(kind, 1))
{
}

int64_t
ModelArrivalPredictor::AssignStreams(int64_t stream)
{
    Ptr<UniformRandomVariable> seeds = CreateObject<UniformRandomVariable>();
    seeds->SetStream(stream);
    m_model = PredictArrival::Make(m_kind, seeds->GetInteger(1, 0x7fffffff));
    return 1;
}

void
ModelArrivalPredictor::Came(const PredictArrivalFeatures& features, double delay)
{
    m_model->Came(features, delay);
}

void
ModelArrivalPredictor::Lost(const PredictArrivalFeatures& features)
{
    m_model->Lost(features);
}

double
ModelArrivalPredictor::Quantile(const PredictArrivalFeatures& features, double probability) const
{
    return m_model->Quantile(features, probability);
}

PredictCurve::Values
ModelArrivalPredictor::Curve(const PredictArrivalFeatures& features) const
{
    return m_model->Curve(features);
}

double
ModelArrivalPredictor::LossOdds(const PredictArrivalFeatures& features, double waited) const
{
    return m_model->LossOdds(features, waited);
}

TypeId
EwmaArrivalPredictor::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::EwmaArrivalPredictor")
                            .SetParent<ModelArrivalPredictor>()
                            .SetGroupName("Sharding")
                            .AddConstructor<EwmaArrivalPredictor>();
    return tid;
}

EwmaArrivalPredictor::EwmaArrivalPredictor()
    : ModelArrivalPredictor(PREDICT_ARRIVAL_EWMA)
{
}

TypeId
HistogramArrivalPredictor::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::HistogramArrivalPredictor")
                            .SetParent<ModelArrivalPredictor>()
                            .SetGroupName("Sharding")
                            .AddConstructor<HistogramArrivalPredictor>();
    return tid;
}

HistogramArrivalPredictor::HistogramArrivalPredictor()
    : ModelArrivalPredictor(PREDICT_ARRIVAL_HISTOGRAM)
{
}

TypeId
QuantileArrivalPredictor::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::QuantileArrivalPredictor")
                            .SetParent<ModelArrivalPredictor>()
                            .SetGroupName("Sharding")
                            .AddConstructor<QuantileArrivalPredictor>();
    return tid;
}

QuantileArrivalPredictor::QuantileArrivalPredictor()
    : ModelArrivalPredictor(PREDICT_ARRIVAL_QUANTILE)
{
}

TypeId
RlsArrivalPredictor::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::RlsArrivalPredictor")
                            .SetParent<ModelArrivalPredictor>()
                            .SetGroupName("Sharding")
                            .AddConstructor<RlsArrivalPredictor>();
    return tid;
}

RlsArrivalPredictor::RlsArrivalPredictor()
    : ModelArrivalPredictor(PREDICT_ARRIVAL_RLS)
{
}

TypeId
KalmanArrivalPredictor::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::KalmanArrivalPredictor")
                            .SetParent<ModelArrivalPredictor>()
                            .SetGroupName("Sharding")
                            .AddConstructor<KalmanArrivalPredictor>();
    return tid;
}

KalmanArrivalPredictor::KalmanArrivalPredictor()
    : ModelArrivalPredictor(PREDICT_ARRIVAL_KALMAN)
{
}

TypeId
LstmArrivalPredictor::GetTypeId()
{
    static TypeId tid = TypeId("ns3::sharding::LstmArrivalPredictor")
                            .SetParent<ModelArrivalPredictor>()
                            .SetGroupName("Sharding")
                            .AddConstructor<LstmArrivalPredictor>();
    return tid;
}

LstmArrivalPredictor::LstmArrivalPredictor()
    : ModelArrivalPredictor(PREDICT_ARRIVAL_LSTM)
{
}

} // namespace sharding
} // namespace ns3
