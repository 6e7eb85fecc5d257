#include "dko/base/similar_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "dko/base/name_index.hpp"
#include "dko/base/numbers.hpp"
#include "dko/base/text.hpp"

namespace dko {

std::size_t edits_between(std::string_view from, std::string_view to) {
  auto row = numbers_below<std::size_t>(to.size() + 1);
  for (std::size_t at = 0; at < from.size(); ++at) {
    std::size_t diagonal = std::exchange(row[0], at + 1);
    for (std::size_t of = 0; of < to.size(); ++of) {
      const std::size_t changed = diagonal + (from[at] == to[of] ? 0 : 1);
      diagonal = row[of + 1];
      row[of + 1] = std::min({changed, diagonal + 1, row[of] + 1});
    }
  }
  return row.back();
}

std::string similar_names(std::string_view wrong, const Names& names) {
  constexpr std::size_t most = 3;
  constexpr std::size_t fewest_letters = 3;
  const std::string lower = lower_case(wrong);
  Names alike;
  Names near;
  for (const std::string& name : names) {
    const bool may_be_near = name.size() + 1 >= wrong.size() && name.size() <= wrong.size() + 1;
    if (!may_be_near || alike.size() == most) continue;
    if (name.size() == wrong.size() && lower_case(name) == lower)
      alike.push_back(name);
    else if (near.size() < most && wrong.size() >= fewest_letters && edits_between(wrong, name) == 1)
      near.push_back(name);
  }
  const Names& meant = alike.empty() ? near : alike;
  std::string list;
  for (std::size_t at = 0; at < meant.size(); ++at)
    list += (at == 0 ? "" : at + 1 == meant.size() ? " or " : ", ") + shown_name(meant[at]);
  return list.empty() ? list : fmt::format("did you mean {}?", list);
}

}  // namespace dko
