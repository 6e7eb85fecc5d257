#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dko/hdf5/location.hpp"

namespace dko {

/// Whether the data determine a trained mapping, as far as validation cells tell.
enum class Determination {
  determined,  ///< it predicts most of what a regression does
  partly,      ///< it predicts better than mean shares, but misses much of what a regression finds
  not_at_all,  ///< it predicts no better than mean shares, but a regression does
  by_nothing   ///< nothing that was tried predicts better than mean shares
};

/// How the original's mapping predicts validation cells beside what needs no network: mean errors of shares,
/// each in parts of the mean share of its gene. How they are found: workflow/training_advice.hpp.
struct TrainingAdvice {
  Determination determination = Determination::determined;
  bool sparse_is_better = false;  ///< than the mapping, by more than twice the standard error
  std::int64_t cells = 0;
  std::int64_t genes = 0;
  double mapping = 0;
  double mean_share = 0;  ///< or the mean of share × n, where that is nearer
  double ridge = 0;
  double sparse = 0;  ///< a quick fit
};

/// The advice in one plain line: the figures, what they mean, and what to use instead.
std::string advice_text(const TrainingAdvice& advice);

/// "determined", "partly", "not at all" or "by nothing", as in files.
const char* name_of(Determination determination);

/// Writes advice/ with attributes determined (by name_of), text, sparse_is_better (0 or 1), cells, genes,
/// mapping, mean_share, ridge and sparse; nothing if there is none. Local. @throws IoError
void write_advice(hdf5::Location& file, const std::optional<TrainingAdvice>& advice);

/// None from a file that has none. Local. @throws InputError for values that are impossible
std::optional<TrainingAdvice> read_advice(const hdf5::Location& file);

}  // namespace dko
