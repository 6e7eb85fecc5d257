#include "dko/base/parameter.hpp"

namespace dko {

namespace {

std::string_view prefix;

}  // namespace

std::string parameter(std::string_view name) {
  return std::string(prefix).append(name);
}

std::string parameter(std::string_view name, std::string_view value) {
  return parameter(name).append(" ").append(value);
}

void name_parameters_as_options() {
  prefix = "--";
}

}  // namespace dko
