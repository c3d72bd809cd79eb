// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_WORKER_MESSAGE_H
#define SHARDSIM_WORKER_MESSAGE_H

#include "scenario.h"

#include <optional>
#include <string>

namespace shardsim
{

/**
 * A result as bytes for a pipe between two processes of the same program: native byte order, and
 * doubles bit by bit. An end mark tells a whole message from one that was cut off.
 */
std::string EncodeResult(const RunResult& result);

/** @return the result, or nothing if the bytes are no whole message. */
std::optional<RunResult> DecodeResult(const std::string& bytes);

} // namespace shardsim

#endif // SHARDSIM_WORKER_MESSAGE_H
