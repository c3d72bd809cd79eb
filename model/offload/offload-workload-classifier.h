// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_WORKLOAD_CLASSIFIER_H
#define OFFLOAD_WORKLOAD_CLASSIFIER_H

#include "offload-classifier.h"
#include "offload-workload-header.h"

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Reads the header of the I/O protocol in an IP packet: function, type, and which try of which
 * request it is of. Packets without one are of no function.
 */
class OffloadIoClassifier : public OffloadClassifier
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Classify(OffloadElement& element, uint32_t functions) override;

    /// @param fields of a message  @return name of the try of the request that it is of, so that a
    ///        further one is judged anew
    static uint64_t Name(const OffloadIoFields& fields);
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_WORKLOAD_CLASSIFIER_H
