// SPDX-License-Identifier: GPL-2.0-only
#include "shard-error-models.h"

#include "ns3/abort.h"
#include "ns3/double.h"

#include <string>

namespace ns3
{
namespace sharding
{

NS_OBJECT_ENSURE_REGISTERED(GilbertElliottErrorModel);

TypeId
GilbertElliottErrorModel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::sharding::GilbertElliottErrorModel")
            .SetParent<ErrorModel>()
            .SetGroupName("Sharding")
            .AddConstructor<GilbertElliottErrorModel>()
            .AddAttribute("MeanLoss",
                          "Mean share of packets lost, 0 to 1 (below 1 unless MeanBurst is 0).",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&GilbertElliottErrorModel::SetMeanLoss,
                                             &GilbertElliottErrorModel::GetMeanLoss),
                          MakeDoubleChecker<double>(0.0, 1.0))
            .AddAttribute("MeanBurst",
                          "Mean number of consecutive packets lost: 0 for independent losses, "
                          "else at least 1 and at least MeanLoss / (1 - MeanLoss).",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&GilbertElliottErrorModel::SetMeanBurst,
                                             &GilbertElliottErrorModel::GetMeanBurst),
                          MakeDoubleChecker<double>(0.0));
    return tid;
}

GilbertElliottErrorModel::GilbertElliottErrorModel()
    : m_uniform(CreateObject<UniformRandomVariable>())
{
}

void
GilbertElliottErrorModel::SetProcess(const GilbertElliott& process)
{
    m_process = process;
    m_loss = process.MeanLoss();
    m_burst = process.MeanBurst();
    m_stale = false;
}

const GilbertElliott&
GilbertElliottErrorModel::GetProcess()
{
    if (m_stale)
    {
        // Not in the setters: while both attributes change, one of them may pass a bad pair.
        std::string why;
        const auto process = m_burst == 0.0 ? GilbertElliott::Independent(m_loss, &why)
                                            : GilbertElliott::FromMeans(m_loss, m_burst, &why);
        NS_ABORT_MSG_UNLESS(process, "GilbertElliottErrorModel: " << why);
        m_process = *process;
        m_stale = false;
    }
    return m_process;
}

int64_t
GilbertElliottErrorModel::AssignStreams(int64_t stream)
{
    m_uniform->SetStream(stream);
    return 1;
}

bool
GilbertElliottErrorModel::DoCorrupt(Ptr<Packet> /* packet */)
{
    return IsEnabled() && Lose();
}

bool
GilbertElliottErrorModel::Lose()
{
    const bool second = GetProcess().NeedsSecondDraw();
    const double u = m_uniform->GetValue();
    return second ? m_process.Next(u, m_uniform->GetValue()) : m_process.Next(u);
}

void
GilbertElliottErrorModel::DoReset()
{
    m_process.Reset();
}

void
GilbertElliottErrorModel::SetMeanLoss(double loss)
{
    m_loss = loss;
    m_stale = true;
}

double
GilbertElliottErrorModel::GetMeanLoss() const
{
    return m_loss;
}

void
GilbertElliottErrorModel::SetMeanBurst(double burst)
{
    m_burst = burst;
    m_stale = true;
}

double
GilbertElliottErrorModel::GetMeanBurst() const
{
    return m_burst;
}

} // namespace sharding
} // namespace ns3
