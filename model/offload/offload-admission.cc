// SPDX-License-Identifier: GPL-2.0-only
#include "offload-admission.h"

namespace ns3
{
namespace sharding
{

namespace
{

/// @return bytes of the chunks that the mask names
uint64_t
BytesOfMask(const OffloadIoFields& fields)
{
    uint64_t bytes = 0;
    for (uint32_t chunk = 0; chunk < fields.Chunks(); ++chunk)
    {
        bytes += (fields.mask >> chunk & 1) != 0 ? fields.BytesOf(chunk) : 0;
    }
    return bytes;
}

} // namespace

OffloadAdmission::OffloadAdmission(uint64_t window, uint32_t most, Time patience)
    : m_window(window),
      m_most(most),
      m_patience(patience)
{
}

bool
OffloadAdmission::Fits(const OffloadIoFields& fields) const
{
    return m_asked.empty() || m_bytes + BytesOfMask(fields) <= m_window;
}

void
OffloadAdmission::Pass(const OffloadIoFields& fields, Time now)
{
    m_asked[{fields.function, fields.request}] = {fields, now};
    m_bytes += BytesOfMask(fields);
}

void
OffloadAdmission::GiveUp(Time now)
{
    for (auto asked = m_asked.begin(); asked != m_asked.end();)
    {
        if (now - asked->second.at > m_patience * 10)
        {
            m_bytes -= BytesOfMask(asked->second.fields);
            ++m_counters.lost;
            asked = m_asked.erase(asked);
        }
        else
        {
            ++asked;
        }
    }
}

std::vector<OffloadIoFields>
OffloadAdmission::Release(Time now)
{
    std::vector<OffloadIoFields> passed;
    while (!m_held.empty() && Fits(m_held.front()))
    {
        const OffloadIoFields next = m_held.front();
        m_held.pop_front();
        m_waiting.erase({next.function, next.request});
        Pass(next, now);
        passed.push_back(next);
    }
    return passed;
}

std::vector<OffloadIoFields>
OffloadAdmission::Come(const OffloadIoFields& fields, Time now)
{
    GiveUp(now);
    std::vector<OffloadIoFields> passed = Release(now);
    const Key key{fields.function, fields.request};
    const auto asked = m_asked.find(key);
    if (asked != m_asked.end())
    {
        if (now - asked->second.at >= m_patience)
        {
            asked->second.at = now;
            passed.push_back(fields);
        }
        else
        {
            ++m_counters.absorbed;
        }
    }
    else if (m_waiting.count(key) != 0)
    {
        ++m_counters.absorbed;
    }
    // Who comes does not overtake who waits.
    else if (m_held.empty() && Fits(fields))
    {
        Pass(fields, now);
        passed.push_back(fields);
    }
    else if (m_held.size() >= m_most)
    {
        ++m_counters.beyond;
        passed.push_back(fields);
    }
    else
    {
        ++m_counters.held;
        m_held.push_back(fields);
        m_waiting.insert(key);
    }
    return passed;
}

std::vector<OffloadIoFields>
OffloadAdmission::Came(const OffloadIoFields& fields, Time now)
{
    const auto asked = m_asked.find({fields.function, fields.request});
    if (asked != m_asked.end())
    {
        OffloadIoFields& missing = asked->second.fields;
        const uint64_t before = BytesOfMask(missing);
        missing.mask &= ~fields.mask;
        m_bytes -= before - BytesOfMask(missing);
        if (missing.mask == 0)
        {
            m_asked.erase(asked);
        }
    }
    return Release(now);
}

} // namespace sharding
} // namespace ns3
