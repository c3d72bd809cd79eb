// SPDX-License-Identifier: GPL-2.0-only
#include "shard-error-models.h"

#include "ns3/abort.h"
#include "ns3/double.h"
#include "ns3/simulator.h"

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
                          MakeDoubleChecker<double>(0.0))
            .AddAttribute("StepFrom",
                          "From then on StepLoss is the mean share of packets lost.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&GilbertElliottErrorModel::m_stepFrom),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("StepUntil",
                          "Until then; not later than StepFrom: never.",
                          TimeValue(Time(0)),
                          MakeTimeAccessor(&GilbertElliottErrorModel::m_stepUntil),
                          MakeTimeChecker(Time(0)))
            .AddAttribute("StepLoss",
                          "Mean share of packets lost from StepFrom to StepUntil.",
                          DoubleValue(0.0),
                          MakeDoubleAccessor(&GilbertElliottErrorModel::m_stepLoss),
                          MakeDoubleChecker<double>(0.0, 1.0));
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
    m_stepped = process;
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
        const auto process = Make(m_loss, &why);
        const auto stepped = Make(m_stepLoss, &why);
        NS_ABORT_MSG_UNLESS(process && stepped, "GilbertElliottErrorModel: " << why);
        m_process = *process;
        m_stepped = *stepped;
        m_stale = false;
    }
    return m_process;
}

std::optional<GilbertElliott>
GilbertElliottErrorModel::Make(double loss, std::string* why) const
{
    return m_burst == 0.0 ? GilbertElliott::Independent(loss, why)
                          : GilbertElliott::FromMeans(loss, m_burst, why);
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
    return IsEnabled() && Lose(Simulator::Now().GetTimeStep());
}

bool
GilbertElliottErrorModel::Lose(int64_t at)
{
    GetProcess();
    const bool isStepped = at >= m_stepFrom.GetTimeStep() && at < m_stepUntil.GetTimeStep();
    GilbertElliott& process = isStepped ? m_stepped : m_process;
    const bool second = process.NeedsSecondDraw();
    const double u = m_uniform->GetValue();
    return second ? process.Next(u, m_uniform->GetValue()) : process.Next(u);
}

void
GilbertElliottErrorModel::DoReset()
{
    m_process.Reset();
    m_stepped.Reset();
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
