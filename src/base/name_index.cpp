#include "dko/base/name_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/first_texts.hpp"
#include "dko/base/similar_names.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "#7" → "7"; nothing without the mark.
std::optional<std::string_view> marked_number(std::string_view text) {
  if (!text.starts_with('#') || !is_digits(text.substr(1))) return std::nullopt;
  return text.substr(1);
}

/// "7" but not "07": only what a number would be written as.
bool is_plain_number(std::string_view text) {
  return is_digits(text) && (text.size() == 1 || text[0] != '0');
}

}  // namespace

void LeftOut::add(const Names& names, const std::string& reason) {
  for (const std::string& name : names) reason_of_.emplace(name, reasons_.size());
  reasons_.push_back(reason);
}

std::optional<std::string> LeftOut::reason(std::string_view name) const {
  const auto found = reason_of_.find(name);
  return found == reason_of_.end() ? std::nullopt : std::optional(reasons_[found->second]);
}

bool looks_like_number(std::string_view text) {
  const std::string_view word = trimmed(text);
  const std::size_t start = word.find_first_not_of("+-.");
  if (start == std::string_view::npos || word[start] < '0' || word[start] > '9') return false;
  return parse_number(word).has_value();
}

bool any_looks_like_number(const Names& names) {
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return looks_like_number(name); });
}

std::string shown_name(std::string_view name) {
  const bool is_plain = !name.empty() && name.find_first_of(" \t,;:()\"'") == std::string_view::npos;
  return is_plain ? std::string(name) : fmt::format("'{}'", name);
}

std::string some_names(const Names& names, std::size_t most) {
  Names shown(names.size());
  std::transform(names.begin(), names.end(), shown.begin(), shown_name);
  return first_texts(shown, most);
}

NameIndex::Positions::Positions(const Names& names) {
  first.reserve(names.size());
  for (std::size_t at = 0; at < names.size(); ++at) {
    const auto position = static_cast<std::int32_t>(at);
    const auto [before, is_new] = first.emplace(names[at], position);
    if (is_new) continue;
    std::vector<std::int32_t>& all = of_repeated[names[at]];
    if (all.empty()) all.push_back(before->second);
    all.push_back(position);
  }
}

std::vector<std::int32_t> NameIndex::Positions::of(std::string_view name) const {
  if (const auto several = of_repeated.find(name); several != of_repeated.end()) return several->second;
  const auto found = first.find(name);
  return found == first.end() ? std::vector<std::int32_t>() : std::vector{found->second};
}

NameIndex::NameIndex(std::string_view kind, const Names& names, const OtherNames& others)
    : kind_(kind), names_(&names), left_out_(others.left_out) {
  const bool renamed = others.as_written != nullptr && !others.as_written->empty();
  written_ = Positions(renamed ? *others.as_written : names);
  if (renamed) unique_ = Positions(names);
  like_numbers_ = (left_out_ != nullptr && left_out_->like_numbers) ||
                  any_looks_like_number(renamed ? *others.as_written : names);
  if (others.accessions == nullptr || *others.accessions == names) return;
  accessions_ = Positions(*others.accessions);
  like_numbers_ = like_numbers_ || any_looks_like_number(*others.accessions);
}

Meaning NameIndex::by_name(std::string_view text) const {
  for (const auto& [positions, reading] : {std::pair{&written_, Reading::name},
                                           {&accessions_, Reading::accession},
                                           {&unique_, Reading::made_unique}}) {
    std::vector<std::int32_t> found = positions->of(text);
    if (!found.empty()) return {reading, std::move(found)};
  }
  return {};
}

Meaning NameIndex::by_number(std::string_view text) const {
  const auto number = parse_integer(marked_number(text).value_or(text));
  if (!number || *number < 0 || *number >= std::ssize(*names_)) return {};
  return {Reading::number, {static_cast<std::int32_t>(*number)}};
}

Meaning NameIndex::meaning(std::string_view text) const {
  Meaning meaning = by_name(text);
  if (meaning.reading != Reading::none) return meaning;
  if (left_out_ != nullptr && left_out_->reason(text)) return {};
  if (marked_number(text) || (is_plain_number(text) && !like_numbers_)) return by_number(text);
  return {};
}

bool NameIndex::is_ambiguous(std::string_view text) const {
  const Meaning name = by_name(text);
  const Meaning number = by_number(text);
  return name.reading != Reading::none && number.reading != Reading::none &&
         name.positions != number.positions;
}

std::string NameIndex::why_unknown(std::string_view text) const {
  if (left_out_ != nullptr) {
    if (auto reason = left_out_->reason(text)) return *reason;
  }
  if (marked_number(text) || (is_digits(text) && !like_numbers_)) {
    return fmt::format("{} {} does not exist: the data has {}, numbered from 0", kind_, text,
                       counted(std::ssize(*names_), kind_));
  }
  if (!is_digits(text)) return similar_names(text, *names_);
  return fmt::format("names of {0}s look like numbers here: write #{1} for {0} number {1}", kind_, text);
}

std::string NameIndex::candidates(const Meaning& meaning) const {
  constexpr std::size_t most = 10;
  std::string list;
  for (std::size_t at = 0; at < std::min(most, meaning.positions.size()); ++at) {
    const std::int32_t position = meaning.positions[at];
    list += fmt::format("{}{} (number {})", at == 0 ? "" : ", ", shown_name(name(position)), position);
  }
  if (meaning.positions.size() > most) list += fmt::format(" and {} more", meaning.positions.size() - most);
  return list;
}

std::string NameIndex::note(std::string_view text, const Meaning& meaning) const {
  if (meaning.reading == Reading::none) return {};
  if (meaning.positions.size() > 1)
    return fmt::format("{} names {} {}s: {}", shown_name(text), meaning.positions.size(), kind_,
                       candidates(meaning));
  const std::int32_t position = meaning.positions.front();
  switch (meaning.reading) {
    case Reading::number:
      return fmt::format("{} taken as {} number {}: {}", shown_name(text), kind_, position,
                         shown_name(name(position)));
    case Reading::made_unique:
      return fmt::format("{} taken as {} number {}, whose name is repeated", shown_name(text), kind_,
                         position);
    default:
      return {};
  }
}

std::int32_t NameIndex::single(std::string_view text, std::string_view option,
                               std::vector<std::string>& notes) const {
  Meaning found = meaning(text);
  if (found.reading == Reading::none) found = meaning(trimmed(text));
  if (found.positions.size() > 1) {
    throw InputError(fmt::format("{}: {}; choose one by its number, such as #{}", option, note(text, found),
                                 found.positions.front()));
  }
  if (found.positions.empty()) {
    const std::string why = why_unknown(trimmed(text));
    throw InputError(
        fmt::format("{}: no {} named {}{}{}", option, kind_, shown_name(text), why.empty() ? "" : ": ", why));
  }
  if (std::string said = note(text, found); !said.empty()) notes.push_back(std::move(said));
  return found.positions.front();
}

}  // namespace dko
