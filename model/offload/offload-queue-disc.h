// SPDX-License-Identifier: GPL-2.0-only
#ifndef OFFLOAD_QUEUE_DISC_H
#define OFFLOAD_QUEUE_DISC_H

#include "offload-allocation.h"
#include "offload-buffer.h"
#include "offload-classifier.h"
#include "offload-forecaster.h"
#include "offload-priority.h"
#include "offload-shaper.h"
#include "offload-verdicts.h"

#include "ns3/data-rate.h"
#include "ns3/event-id.h"
#include "ns3/queue-disc.h"
#include "ns3/traced-callback.h"

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <vector>

namespace ns3
{
namespace sharding
{

class OffloadStore;

/**
 * @ingroup sharding
 * An offload engine as a queue discipline: one circular buffer for each I/O function, whose logs
 * are all that its forecasts learn from; forecasts say how memory is divided, who is served first,
 * and how traffic is shaped. A root queue disc without classes and packet filters, installed like
 * ns-3's own:
 *
 *     TrafficControlHelper tc;
 *     tc.SetRootQueueDisc("ns3::sharding::OffloadQueueDisc", "MaxSize", StringValue("1MB"));
 *     tc.Install(device);
 *
 * or driven by its owner with Enqueue() and Dequeue() after Initialize(), with any QueueDiscItem:
 * an OffloadTlpItem on a PCIe link, for one.
 *
 * Served first is the lowest level, in it who came first, over all functions. But who has waited
 * for StarvationBound is never overtaken by who came later; so nobody waits longer than the bound
 * and the time that the line takes for all memory.
 *
 * An element that finds no room takes the place of the newest held ones that are deferred (of the
 * function that is furthest beyond its plan), or, if its function is within its plan, of any beyond
 * theirs; otherwise it is dropped. Of a request of which an element was dropped, later elements are
 * dropped too, if WholeRequests: they would take room and time for nothing.
 *
 * Drops are in QueueDisc's own statistics and traces, with their reasons. It does not mark ECN. The
 * device below holds packets too, in front of which no priority helps: give it a short queue.
 */
class OffloadQueueDisc : public QueueDisc
{
  public:
    /// Function, priority level, bytes.
    typedef void (*LevelCallback)(uint32_t, uint8_t, uint32_t);
    /// Function, bytes planned for it before and from now on.
    typedef void (*PlanCallback)(uint32_t, uint64_t, uint64_t);
    /// Function, how long its element has waited.
    typedef void (*StarvedCallback)(uint32_t, Time);

    /// @return the TypeId
    static TypeId GetTypeId();

    OffloadQueueDisc();
    ~OffloadQueueDisc() override;

    // Reasons of drops
    static constexpr const char* EMPTY_DROP = "Element of no bytes";
    static constexpr const char* OVERSIZE_DROP = "Element larger than MaxElement";
    static constexpr const char* FUNCTION_DROP = "Element of no function";
    static constexpr const char* ORDER_DROP = "Element stamped with a time to come";
    static constexpr const char* SLOT_DROP = "No slot in the function's ring";
    static constexpr const char* LIMIT_DROP = "Function at its limit";
    static constexpr const char* FULL_DROP = "Memory full";
    static constexpr const char* REQUEST_DROP = "Request of which an element was dropped";
    static constexpr const char* ROOM_DROP = "Made room for another one";

    /// @return functions
    uint32_t GetFunctions() const
    {
        return m_functions;
    }

    /// @param function one of them  @return its buffer
    const OffloadBuffer<std::list<Ptr<QueueDiscItem>>::const_iterator>& GetBuffer(
        uint32_t function) const
    {
        return m_buffers[function];
    }

    /// @return memory, what is held of it, and for whom it is planned
    const OffloadSpace& GetSpace() const
    {
        return m_space;
    }

    /// @return the predictive engine
    Ptr<OffloadForecaster> GetForecaster() const
    {
        return m_forecaster;
    }

    /// @return the policy of priorities
    Ptr<OffloadPriority> GetPriority() const
    {
        return m_priority;
    }

    /// @return how often bytes of the plan moved from one function to another
    uint64_t GetMoves() const
    {
        return m_moves;
    }

    /// @return how often who had waited for StarvationBound was overtaken: 0
    uint64_t GetStarved() const
    {
        return m_starved;
    }

    /**
     * What was asked for ahead, or is deferred, is waited for now: its elements that are held, and
     * those that come, are as urgent as any.
     * @param function of the request
     * @param request its name, as the classifier says it; not 0
     * @return whether none of its elements was dropped, as far as is known; else it stays as it is
     */
    bool Urge(uint32_t function, uint64_t request);

    /// @return whether all that came has gone, was dropped or is held, and the bytes held are those
    ///         of the buffers and within the memory
    bool IsConserved();

    /// @param stream first one to use  @return streams used
    int64_t AssignStreams(int64_t stream);

  protected:
    void DoDispose() override;

  private:
    /// Where the internal queue holds an item.
    using Position = std::list<Ptr<QueueDiscItem>>::const_iterator;

    /// Nobody waits.
    static constexpr uint64_t NOBODY = UINT64_MAX;

    /// Which held element.
    struct Place
    {
        uint32_t function; ///< its buffer
        uint32_t slot;     ///< in the buffer
    };

    bool DoEnqueue(Ptr<QueueDiscItem> item) override;
    Ptr<QueueDiscItem> DoDequeue() override;
    bool CheckConfig() override;
    void InitializeParams() override;

    const char* Refusal(const OffloadElement& element, uint32_t function, Time now) const;
    OffloadVerdicts::Verdict Judge(const OffloadElement& element, uint32_t function, Time now);
    const char* MakeRoom(uint32_t function, uint32_t size, uint8_t level);
    bool Evict(uint32_t function, uint8_t from);
    std::optional<uint32_t> WhomToEvict(uint32_t function, uint8_t from) const;
    std::optional<Place> Choose(Time now);
    bool IsPassable(uint32_t function, Time now);
    Ptr<QueueDiscItem> Take(Place place);
    void ScheduleRun(Time now);
    void SetFront(uint32_t function, uint8_t level);
    void Begin(Time now);
    void Tick();
    void Await(Time ready);
    void Apply();
    void UseForecast(Time now);

    uint32_t m_functions{0};             ///< attribute
    uint32_t m_ringSlots{0};             ///< attribute
    uint32_t m_maxElement{0};            ///< attribute
    DataRate m_lineRate;                 ///< attribute
    Time m_starvationBound;              ///< attribute
    bool m_wholeRequests{true};          ///< attribute
    double m_shaping{0};                 ///< attribute
    DataRate m_shapingFloor;             ///< attribute
    Ptr<OffloadClassifier> m_classifier; ///< attribute
    Ptr<OffloadAllocation> m_allocation; ///< attribute
    Ptr<OffloadPriority> m_priority;     ///< attribute
    Ptr<OffloadForecaster> m_forecaster; ///< attribute

    Ptr<OffloadStore> m_store;                      ///< holds items, in the order of their coming
    std::vector<OffloadBuffer<Position>> m_buffers; ///< of each function
    OffloadSpace m_space;                           ///< memory
    OffloadVerdicts m_verdicts;                     ///< of requests seen last
    OffloadShaper m_shaper;                         ///< of each function
    uint64_t m_sequence{0};                         ///< of elements
    std::array<uint64_t, OFFLOAD_LEVELS> m_waits{}; ///< functions with elements at a level, as bits
    std::array<uint64_t, OFFLOAD_LEVELS> m_levelBytes{};        ///< held at a level
    std::array<std::vector<uint64_t>, OFFLOAD_LEVELS> m_fronts; ///< sequence of each oldest element
    double m_lineBytes{0};              ///< that the line carries in an interval
    double m_growth{0};                 ///< expected traffic less that
    std::vector<OffloadTraffic> m_seen; ///< in the interval that is over
    std::vector<uint64_t> m_planBefore; ///< for the trace
    Time m_intervalBegin;               ///< of the one under way
    uint32_t m_idle{0};                 ///< intervals in a row in which nothing came
    uint64_t m_moves{0};                ///< of the plan
    uint64_t m_starved{0};              ///< overtaken
    EventId m_tick;                     ///< end of the interval
    EventId m_apply;                    ///< a forecast can be used
    EventId m_run;                      ///< a shaped function may send

    TracedCallback<uint32_t, uint8_t, uint32_t> m_traceLevel; ///< trace source
    TracedCallback<uint32_t, uint64_t, uint64_t> m_tracePlan; ///< trace source
    TracedCallback<uint32_t, Time> m_traceStarved;            ///< trace source
};

} // namespace sharding
} // namespace ns3

#endif // OFFLOAD_QUEUE_DISC_H
