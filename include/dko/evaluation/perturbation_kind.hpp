#pragma once
// What a real perturbation does to its gene, and what that is called.

#include <string_view>

namespace dko {

/// What happens to the perturbed gene, and is predicted. A knockout, the default, takes it out of the cells
/// that express it; a knockdown (CRISPRi) leaves a part of it there; an activation (CRISPRa) switches it on
/// in the cells that lack it.
struct PerturbationKind {
  bool activates = false;
  double presence = 0;  ///< F of a knockdown, as CellKernel has it; 0 of an activation

  bool is_knockout() const { return !activates && presence == 0; }
};

struct PerturbationWords {
  std::string_view event;     ///< "knockout"
  std::string_view losses;    ///< "losses"
  std::string_view its_loss;  ///< "its loss"
  std::string_view lost;      ///< "lost"
  std::string_view express;   ///< "express", what the cells do in which it is predicted
  std::string_view lack;      ///< "lack", what the cells do that are like it anyway
};

const PerturbationWords& words_of(const PerturbationKind& kind);

}  // namespace dko
