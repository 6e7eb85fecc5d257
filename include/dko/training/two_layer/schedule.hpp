#pragma once

#include <cstdint>
#include <string_view>

namespace dko {

/// How the learning rate goes over a training of T steps:
///
///     constant:  rate_t = lr
///     cosine:    rate_t = lr · ½ (1 + cos(π t/T)),  t from 0 (Loshchilov & Hutter 2017, without restarts)
///
/// T is the number of steps asked for, whether or not patience ends the training before.
enum class Schedule { constant, cosine };

/// The rate of step `step`, from 0, of `steps`.
double scheduled_rate(Schedule schedule, double learning_rate, std::int64_t step, std::int64_t steps);

/// What users and files call it.
std::string_view name_of(Schedule schedule);

}  // namespace dko
