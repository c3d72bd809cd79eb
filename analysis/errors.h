// SPDX-License-Identifier: GPL-2.0-only
#ifndef SHARDSIM_ERRORS_H
#define SHARDSIM_ERRORS_H

#include <stdexcept>

namespace shardsim
{

/**
 * The user's request was wrong: unknown key, value out of range, file not readable.
 * what() is one line that names the place, the key, what was given and what is allowed.
 * The program prints it and exits with 2, having written nothing.
 */
class RequestError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/** A simulation ran, and a check on its outcome (conservation, payload bytes) failed: exit 1. */
class RunCheckError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/** Results could not be kept: disk full, folder read-only, file damaged. Exit 1. */
class StoreError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

} // namespace shardsim

#endif // SHARDSIM_ERRORS_H
