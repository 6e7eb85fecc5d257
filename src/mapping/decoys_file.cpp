#include "dko/mapping/decoys_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <variant>

#include "dko/base/error.hpp"
#include "dko/mapping/decoy_size.hpp"
#include "dko/mapping/model.hpp"

namespace dko {

namespace {

constexpr auto name = "decoys";
constexpr double largest_effect = 1e60;

std::string draw_name(std::size_t draw) {
  return fmt::format("draw{}", draw);
}

bool is_sound(const DecoyEffects& decoys, std::int64_t genes) {
  if (std::ssize(decoys.starts) != genes + 1 || decoys.starts.front() != 0 ||
      decoys.starts.back() != std::ssize(decoys.rows) || decoys.effects.size() != decoys.rows.size() ||
      !std::is_sorted(decoys.starts.begin(), decoys.starts.end()))
    return false;
  for (std::size_t column = 0; column + 1 < decoys.starts.size(); ++column) {
    const auto first = decoys.rows.begin() + decoys.starts[column];
    const auto last = decoys.rows.begin() + decoys.starts[column + 1];
    if (std::adjacent_find(first, last, std::greater_equal<>()) != last) return false;
    if (first != last && (*first < 0 || *(last - 1) >= genes)) return false;
  }
  return std::all_of(decoys.effects.begin(), decoys.effects.end(),
                     [](double effect) { return std::abs(effect) <= largest_effect; });
}

}  // namespace

void write_decoys(hdf5::Location& mapping, const std::vector<DecoyEffects>& decoys, std::int64_t genes) {
  if (decoys.empty()) return;
  hdf5::Location group = mapping.create_group(name);
  for (std::size_t draw = 0; draw < decoys.size(); ++draw) {
    hdf5::Location matrix = group.create_group(draw_name(draw));
    matrix.write<double>("data", decoys[draw].effects);
    matrix.write<std::int32_t>("indices", decoys[draw].rows);
    matrix.write<std::int64_t>("indptr", decoys[draw].starts);
    matrix.set_encoding("", "csc_matrix", "0.1.0");
    matrix.set("shape", std::vector<std::int64_t>{genes, genes});
  }
}

std::vector<DecoyEffects> read_decoys(const hdf5::Location& mapping, std::int64_t genes) {
  std::vector<DecoyEffects> decoys;
  if (!mapping.has(name)) return decoys;
  const hdf5::Location group = mapping.group(name);
  for (std::size_t draw = 0; draw < static_cast<std::size_t>(decoy_draws); ++draw) {
    if (!group.has(draw_name(draw)))
      throw InputError(fmt::format("{}: has no {}, one of its {} draws: the file is corrupt", group.place(),
                                   draw_name(draw), decoy_draws));
    const hdf5::Location matrix = group.group(draw_name(draw));
    for (const char* array : {"indptr", "indices", "data"}) matrix.dataset(array).require_intact();
    decoys.push_back({matrix.read<std::int64_t>("indptr"), matrix.read<std::int32_t>("indices"),
                      matrix.read<double>("data")});
    if (!is_sound(decoys.back(), genes))
      throw InputError(fmt::format("{}: is no sparse matrix of {} genes", matrix.place(), genes));
  }
  return decoys;
}

void drop_decoys(Model& model) {
  for (Member& member : model.members) {
    if (auto* fitted = std::get_if<FittedMapping>(&member)) fitted->q_values.decoys = {};
  }
}

}  // namespace dko
