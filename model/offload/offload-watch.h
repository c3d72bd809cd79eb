// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_WATCH_H
#define OFFLOAD_WATCH_H

#include "offload-watch-sum.h"

#include "ns3/nstime.h"
#include "ns3/object.h"
#include "ns3/predict-anomaly.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace ns3
{
namespace sharding
{

/// Traffic of a function is not as it was expected.
struct OffloadAlert
{
    uint32_t function{0}; ///< which
    Time at;              ///< end of the interval
    double score{0};      ///< 0 to 1, see PredictAnomalyScore()
    double expected{0};   ///< bytes in the interval
    double seen{0};       ///< bytes in the interval
};

/**
 * @ingroup sharding
 * Watches the errors of forecasts, of each function for itself, and raises an alert when a score
 * reaches Threshold. After an alert it is silent on that function for Silence. Judged are the error
 * of each interval, by Kind, and that of the last Span intervals together (OffloadWatchSum); the
 * score is the higher one.
 */
class OffloadWatch : public Object
{
  public:
    /// Signature of the trace source Alert.
    typedef void (*AlertTracedCallback)(const OffloadAlert& alert);

    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * An interval is over.
     * @param now its end
     * @param function of which
     * @param expected bytes  @param seen bytes
     * @return its score, from 0 to 1
     */
    double Add(Time now, uint32_t function, double expected, double seen);

    /// @return alerts so far
    uint64_t GetAlerts() const
    {
        return m_alerts;
    }

  private:
    /// One of them.
    struct Function
    {
        std::unique_ptr<PredictAnomaly> judge; ///< of its errors
        std::unique_ptr<OffloadWatchSum> sum;  ///< of a span of them, with Span
        Time silentUntil;                      ///< after an alert
        uint32_t intervals{0};                 ///< so far, up to m_warmUp
    };

    PredictAnomalyKind m_kind{PREDICT_ANOMALY_EWMA}; ///< attribute
    double m_threshold{0};                           ///< attribute
    Time m_silence;                                  ///< attribute
    uint32_t m_warmUp{0};                            ///< attribute
    uint32_t m_span{0};                              ///< attribute

    std::vector<Function> m_functions;                ///< by number
    uint64_t m_alerts{0};                             ///< raised
    TracedCallback<const OffloadAlert&> m_alertTrace; ///< trace source
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_WATCH_H
