#pragma once

#include <optional>
#include <string>

#include "dko/base/log.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

/// What knockouts by this model are scored on: what was asked for, or the default of its mapping. A model
/// made by 0.1 cannot be shrunk, for it does not hold the variances: without a choice it is fitted, with a
/// warning. `file` is for messages. Local: rank 0. @throws InputError if shrunk was asked for and cannot be
Base choose_base(std::optional<Base> asked_for, const Model& model, const std::string& file, Log& log);

}  // namespace dko
