// SPDX-License-Identifier: GPL-2.0-only
#include "shard-arrivals.h"

namespace ns3
{
namespace sharding
{

ShardArrivals::ShardArrivals(const Shape& shape, Ptr<UniformRandomVariable> uniform)
    : m_shape(shape),
      m_uniform(uniform)
{
}

double
ShardArrivals::Exponential(double mean)
{
    return -mean * std::log1p(-m_uniform->GetValue());
}

/// Move m_next on over on and off periods, until so much on time has passed.
void
ShardArrivals::PassOnTime(double on)
{
    while (on > m_onLeft)
    {
        on -= m_onLeft;
        m_next += m_onLeft + Exponential(m_shape.meanOff);
        m_onLeft = Exponential(m_shape.meanOn);
    }
    m_next += on;
    m_onLeft -= on;
}

int64_t
ShardArrivals::Next()
{
    const bool isStepped = m_next >= m_shape.stepFrom && m_next < m_shape.stepUntil;
    const double gap = isStepped ? m_shape.stepGap : m_shape.gap;
    const double period = m_shape.meanOn + m_shape.meanOff;
    switch (m_shape.kind)
    {
    case POISSON:
        m_next += Exponential(gap);
        break;
    case CBR:
        m_next += m_begun ? gap : gap * m_uniform->GetValue();
        break;
    case ONOFF:
        if (m_begun)
        {
            PassOnTime(gap * m_shape.meanOn / period);
            break;
        }
        if (m_uniform->GetValue() * period >= m_shape.meanOn)
        {
            m_next = Exponential(m_shape.meanOff);
        }
        m_onLeft = Exponential(m_shape.meanOn);
        PassOnTime(gap * m_shape.meanOn / period * m_uniform->GetValue());
        break;
    }
    m_begun = true;
    return ShardNanoseconds(m_next);
}

} // namespace sharding
} // namespace ns3
