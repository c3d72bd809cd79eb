// SPDX-License-Identifier: GPL-2.0-only
#include "predict-arrival.h"

#include "predict-arrival-ewma.h"
#include "predict-arrival-held.h"
#include "predict-arrival-histogram.h"
#include "predict-arrival-kalman.h"
#include "predict-arrival-lstm.h"
#include "predict-arrival-quantile.h"
#include "predict-arrival-rls.h"

#include <algorithm>

namespace ns3
{
namespace sharding
{

PredictArrivalFeatures
Sane(const PredictArrivalFeatures& features)
{
    const auto cut = [](double value, double least, double most)
    { return value != value ? 0 : std::clamp(value, least, most); };
    PredictArrivalFeatures sane;
    sane.path = features.path;
    sane.ahead = cut(features.ahead, -65536, 65536);
    sane.spacing = cut(features.spacing, 0, PredictArrival::MAX_DELAY);
    sane.rtt = cut(features.rtt, 0, PredictArrival::MAX_DELAY);
    sane.loss = cut(features.loss, 0, 1);
    sane.probe = cut(features.probe, 0, PredictArrival::MAX_DELAY);
    return sane;
}

std::unique_ptr<PredictArrival>
PredictArrival::Make(PredictArrivalKind kind, uint64_t seed)
{
    return Make(kind, seed, PredictArrivalSettings());
}

std::unique_ptr<PredictArrival>
PredictArrival::Make(PredictArrivalKind kind, uint64_t seed, const PredictArrivalSettings& settings)
{
    switch (kind)
    {
    case PREDICT_ARRIVAL_EWMA:
        return std::make_unique<PredictArrivalHeld<PredictArrivalEwma>>(settings, seed);
    case PREDICT_ARRIVAL_HISTOGRAM:
        return std::make_unique<PredictArrivalHeld<PredictArrivalHistogram>>(settings, seed);
    case PREDICT_ARRIVAL_QUANTILE:
        return std::make_unique<PredictArrivalHeld<PredictArrivalQuantile>>(settings, seed);
    case PREDICT_ARRIVAL_RLS:
        return std::make_unique<PredictArrivalHeld<PredictArrivalRls>>(settings, seed);
    case PREDICT_ARRIVAL_KALMAN:
        return std::make_unique<PredictArrivalHeld<PredictArrivalKalman>>(settings, seed);
    case PREDICT_ARRIVAL_LSTM:
        break;
    }
    return std::make_unique<PredictArrivalHeld<PredictArrivalLstm>>(settings, seed);
}

} // namespace sharding
} // namespace ns3
