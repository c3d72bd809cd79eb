// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARD_COMPAT_H
#define SHARD_COMPAT_H

/**
 * @file
 * @ingroup sharding
 * Every difference between the versions of ns-3 that the module supports (3.37 to 3.48) that has
 * to be seen by the preprocessor. A version is told by a header that came with it, because the
 * header with ns-3's version number is not generated in every build.
 */

#include "ns3/enum.h"
#include "ns3/ptr.h"

#include <string>

// Application::AssignStreams is virtual since 3.42; before, there is nothing to override.
#if __has_include("ns3/application-helper.h")
#define SHARDING_ASSIGN_STREAMS_OVERRIDE override
#else
#define SHARDING_ASSIGN_STREAMS_OVERRIDE
#endif

// Accessors and values of enum attributes are templates of the enum's type since 3.41.
#if __has_include("ns3/uniform-random-bit-generator.h")
#define SHARDING_ENUM_ATTRIBUTES_ARE_TYPED 1
#else
#define SHARDING_ENUM_ATTRIBUTES_ARE_TYPED 0
#endif

namespace ns3
{
namespace sharding
{

#if SHARDING_ENUM_ATTRIBUTES_ARE_TYPED

/// Value of an attribute of enum type E.
template <typename E>
using ShardEnumValue = EnumValue<E>;

/**
 * @tparam E the enum's type, unscoped
 * @param members what MakeEnumAccessor takes: a pointer to a member, or to a setter and a getter
 * @return the accessor of an attribute of enum type E
 */
template <typename E, typename... Ms>
Ptr<const AttributeAccessor>
ShardMakeEnumAccessor(Ms... members)
{
    return MakeEnumAccessor<E>(members...);
}

/**
 * @tparam E the enum's type, unscoped
 * @param value the first allowed value
 * @param name of the first allowed value
 * @param others further values, each followed by its name
 * @return the checker of an attribute of enum type E
 */
template <typename E, typename... Ts>
Ptr<const AttributeChecker>
ShardMakeEnumChecker(E value, std::string name, Ts... others)
{
    return MakeEnumChecker(value, name, others...);
}

#else

template <typename E>
using ShardEnumValue = EnumValue;

template <typename E, typename... Ms>
Ptr<const AttributeAccessor>
ShardMakeEnumAccessor(Ms... members)
{
    return MakeEnumAccessor(members...);
}

template <typename E, typename... Ts>
Ptr<const AttributeChecker>
ShardMakeEnumChecker(E value, std::string name, Ts... others)
{
    return MakeEnumChecker(static_cast<int>(value), name, others...);
}

#endif

} // namespace sharding
} // namespace ns3

#endif // SHARD_COMPAT_H
