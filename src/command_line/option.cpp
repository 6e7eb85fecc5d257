#include "dko/command_line/option.hpp"

#include <fmt/format.h>

#include <utility>

#include "dko/base/error.hpp"

namespace dko {

Option::Option(std::string_view name, Arity arity, std::string argument, std::string help, Store store)
    : name_(name.substr(0, name.find(','))),
      letter_(name.find(',') == name.npos ? "" : name.substr(name.find(',') + 1)),
      arity_(arity),
      argument_(std::move(argument)),
      help_(std::move(help)),
      store_(std::move(store)) {}

Option& Option::usual() {
  is_usual_ = true;
  return *this;
}

Option& Option::required() {
  is_required_ = true;
  default_.clear();
  return *this;
}

Option& Option::range(double least, double most) {
  least_ = least;
  most_ = most;
  return *this;
}

Option& Option::choices(std::vector<std::string> choices) {
  choices_ = std::move(choices);
  return *this;
}

Option& Option::defaults_to(std::string text) {
  default_ = std::move(text);
  return *this;
}

Option& Option::excludes(std::string name) {
  excluded_.push_back(std::move(name));
  return *this;
}

Option& Option::reads() {
  file_use_ = FileUse::read;
  return *this;
}

Option& Option::writes(std::string none) {
  file_use_ = FileUse::written;
  no_file_ = std::move(none);
  return *this;
}

std::string Option::title() const {
  return name_.empty() ? "-" + letter_ : "--" + name_;
}

void Option::require_in_range(double value) const {
  if (!least_ || (value >= *least_ && value <= most_)) return;
  throw UsageError(fmt::format("{} must be between {} and {}, not {}", title(), *least_, most_, value));
}

void Option::take(const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    if (value.empty()) throw UsageError(fmt::format("{} needs a value: it is empty", title()));
  }
  is_given_ = true;
  if (file_use_ != FileUse::none) files_ = values;
  if (!no_file_.empty()) std::erase(files_, no_file_);
  store_(*this, values);
}

}  // namespace dko
