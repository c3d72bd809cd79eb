// SPDX-License-Identifier: GPL-2.0-only
#ifndef TEST_ANOMALY_SERIES_H
#define TEST_ANOMALY_SERIES_H

#include "anomaly-crowds.h"
#include "anomaly-days.h"
#include "anomaly-harmless.h"
#include "anomaly-machines.h"
#include "anomaly-slow.h"

/**
 * Made-up series with anomalies put in at known places: on these, and on no others, the detector's
 * setting was chosen (docs/detect.md).
 * @return all kinds
 */
inline std::vector<AnomalyKind>
AnomalyKinds()
{
    std::vector<AnomalyKind> all;
    for (auto family : {AnomalyDays, AnomalyMachines, AnomalyCrowds, AnomalySlow, AnomalyHarmless})
    {
        for (AnomalyKind& kind : family())
        {
            all.push_back(std::move(kind));
        }
    }
    return all;
}

#endif // TEST_ANOMALY_SERIES_H
