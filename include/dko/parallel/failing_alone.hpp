#pragma once

#include <string>

#include "dko/base/error.hpp"

namespace dko {

/// For a rank that fails on its own, while others may wait for it: says what went wrong and ends all
/// processes of the job with this exit code. Of ranks that fail at about the same time, for a disk is full,
/// the lowest speaks and the others keep quiet. Local, after MPI was started.
[[noreturn]] void end_job(const std::string& message, ExitCode code);

/// The words of end_job alone: returns when this rank has spoken, or a lower one has. Local; calls no MPI.
void report_as_lowest(const std::string& message, ExitCode code, int rank);

}  // namespace dko
