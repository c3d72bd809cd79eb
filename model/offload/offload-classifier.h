// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_CLASSIFIER_H
#define OFFLOAD_CLASSIFIER_H

#include "offload-element.h"

#include "ns3/object.h"

#include <cstdint>

namespace ns3
{
namespace sharding
{

/**
 * @ingroup sharding
 * Plug-point: of which I/O function is this element? Subclass it in your own file for a rule of
 * your own; one that reads the headers of an I/O protocol also says type and request of an element,
 * so that requests are delayed or dropped whole rather than in part.
 */
class OffloadClassifier : public Object
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    /**
     * @param element to be classified; what the rule reads of it is filled in
     * @param functions that there are
     * @return its function, from 0; an element with no function below `functions` is dropped
     */
    virtual uint32_t Classify(OffloadElement& element, uint32_t functions) = 0;
};

/// @ingroup sharding
/// A function is what the flow's hash says; of a PCIe packet that is its requester.
class FlowHashClassifier : public OffloadClassifier
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Classify(OffloadElement& element, uint32_t functions) override;

  private:
    uint32_t m_perturbation{0}; ///< attribute
};

/// @ingroup sharding
/// A function is the DSCP of an IP packet, modulo the functions; 0 without one.
class DscpClassifier : public OffloadClassifier
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Classify(OffloadElement& element, uint32_t functions) override;
};

/**
 * @ingroup sharding
 * A function is a UDP or TCP port: destination or else source, less FirstPort. Other packets, later
 * fragments too, are of the function Other.
 */
class PortClassifier : public OffloadClassifier
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Classify(OffloadElement& element, uint32_t functions) override;

  private:
    uint16_t m_first{0}; ///< attribute
    uint32_t m_other{0}; ///< attribute
};

/// @ingroup sharding
/// A function is a PCIe requester, modulo the functions; other elements are of function 0.
class RequesterClassifier : public OffloadClassifier
{
  public:
    /// @return the TypeId
    static TypeId GetTypeId();

    uint32_t Classify(OffloadElement& element, uint32_t functions) override;
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_CLASSIFIER_H
