// SPDX-License-Identifier: GPL-2.0-only
//
// A selection policy of your own in one file: stay where the last request went while nobody waits
// there, else take the shorter of two. Nothing of the module changes: a subclass with a TypeId is
// all, and whoever selects finds it by its name. Endpoints are servers on ns-3's events, no
// network.

#include "ns3/core-module.h"
#include "ns3/endpoint-select-load.h"
#include "ns3/endpoint-server.h"

#include <iomanip>
#include <iostream>

using namespace ns3;
using namespace ns3::sharding;

/// Stays while it can, which keeps caches warm.
class StayingSelect : public PowerOfChoicesSelect
{
  public:
    static TypeId GetTypeId()
    {
        static TypeId tid = TypeId("example::StayingSelect")
                                .SetParent<PowerOfChoicesSelect>()
                                .AddConstructor<StayingSelect>();
        return tid;
    }

    uint32_t Choose(Time now,
                    const EndpointRequest& request,
                    const std::vector<uint32_t>& loads) override
    {
        if (m_last >= loads.size() || loads[m_last] > 0)
        {
            m_last = PowerOfChoicesSelect::Choose(now, request, loads);
        }
        return m_last;
    }

  private:
    uint32_t m_last{0}; ///< where the last request went
};

NS_OBJECT_ENSURE_REGISTERED(StayingSelect);

namespace
{

/// Endpoints, and who sends to them.
class Pool
{
  public:
    Pool(const std::string& policy, uint32_t endpoints, double load)
        : m_loads(endpoints, 0)
    {
        m_select = ObjectFactory(policy).Create<EndpointSelect>();
        m_select->AssignStreams(3);
        std::vector<EndpointInfo> infos;
        for (uint32_t id = 0; id < endpoints; ++id)
        {
            m_servers.push_back(MakeEndpointServer(ENDPOINT_FIFO));
            infos.push_back({id, 1});
        }
        m_select->SetEndpoints(infos);
        m_due.resize(endpoints);
        m_gap = CreateObject<ExponentialRandomVariable>();
        m_gap->SetAttribute("Mean", DoubleValue(0.01 / (load * endpoints)));
        m_gap->SetStream(1);
        m_work = CreateObject<ExponentialRandomVariable>();
        m_work->SetAttribute("Mean", DoubleValue(0.01));
        m_work->SetStream(2);
        Simulator::Schedule(Seconds(m_gap->GetValue()), &Pool::Send, this);
    }

    void Print(const std::string& policy) const
    {
        std::cout << std::left << std::setw(40) << policy << std::right << std::setw(11)
                  << m_sum.GetSeconds() * 1000 / m_count << " ms" << std::setw(7)
                  << 100.0 * m_stayed / m_sent.size() << " %\n";
    }

  private:
    void Send()
    {
        const Time now = Simulator::Now();
        const uint32_t place = m_select->Choose(now, {0}, m_loads);
        m_stayed += place == m_before;
        m_before = place;
        m_servers[place]->Arrive(now, m_sent.size(), Seconds(m_work->GetValue()));
        m_sent.push_back(now);
        ++m_loads[place];
        Plan(place);
        Simulator::Schedule(Seconds(m_gap->GetValue()), &Pool::Send, this);
    }

    void Plan(uint32_t place)
    {
        m_due[place].Cancel();
        if (m_servers[place]->InSystem() > 0)
        {
            m_due[place] = Simulator::Schedule(m_servers[place]->NextDeparture() - Simulator::Now(),
                                               &Pool::Answer,
                                               this,
                                               place);
        }
    }

    void Answer(uint32_t place)
    {
        const Time took = Simulator::Now() - m_sent[m_servers[place]->Depart()];
        m_sum += took;
        ++m_count;
        --m_loads[place];
        m_select->Answered(Simulator::Now(), place, took);
        Plan(place);
    }

    Ptr<EndpointSelect> m_select;
    std::vector<std::unique_ptr<EndpointServer>> m_servers;
    std::vector<uint32_t> m_loads; ///< requests at each
    std::vector<EventId> m_due;    ///< next answer of each
    std::vector<Time> m_sent;      ///< by number of request
    Ptr<ExponentialRandomVariable> m_gap, m_work;
    Time m_sum; ///< of times in system
    uint64_t m_count{0}, m_stayed{0};
    uint32_t m_before{0}; ///< where the last request went
};

} // namespace

int
main(int argc, char* argv[])
{
    CommandLine(__FILE__).Parse(argc, argv);
    std::cout << "20 endpoints, 10 ms a request, load 0.5, 60 s\n"
              << "policy                                 time in system   stayed\n"
              << std::fixed << std::setprecision(2);
    for (const char* policy : {"ns3::sharding::RandomSelect",
                               "ns3::sharding::PowerOfChoicesSelect",
                               "example::StayingSelect"})
    {
        Pool pool(policy, 20, 0.5);
        Simulator::Stop(Seconds(60));
        Simulator::Run();
        Simulator::Destroy();
        pool.Print(policy);
    }
    return 0;
}
