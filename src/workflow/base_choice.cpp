#include "dko/workflow/base_choice.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"

namespace dko {

Base choose_base(std::optional<Base> asked_for, const Model& model, const std::string& file, Log& log) {
  const Base base = asked_for.value_or(default_base(model.kind()));
  if (base != Base::shrunk || model.has_share_variances()) return base;
  const std::string cause =
      fmt::format("{}: was made by a version of dko that did not store how far shares vary, which {} needs",
                  file, parameter("base", name_of(Base::shrunk)));
  if (asked_for)
    throw InputError(fmt::format("{}: make the model again, or give {} or {}", cause,
                                 parameter("base", name_of(Base::fitted)), name_of(Base::observed)));
  log.warn("{}: scoring with {}, as that version did", cause, parameter("base", name_of(Base::fitted)));
  return Base::fitted;
}

}  // namespace dko
