// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_CONTENT_MECHANISMS_H
#define SHARDSIM_CONTENT_MECHANISMS_H

#include "scenario.h"

#include "ns3/content-client.h"

namespace shardsim
{

/** @return a rule of adaptation, for one client. */
ns3::Ptr<ns3::sharding::ContentAbr> MakeContentAbr(const Values& values);

/** @return what to do about what does not come, for one client. */
ns3::Ptr<ns3::sharding::ContentMissing> MakeContentMissing(const Values& values);

/** @return a client with its rule and its policy, and without guide and fetcher. */
ns3::Ptr<ns3::sharding::ContentClient> MakeContentClient(const Values& values);

} // namespace shardsim

#endif // SHARDSIM_CONTENT_MECHANISMS_H
