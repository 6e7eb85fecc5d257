#include "dko/evaluation/perturbation_kind.hpp"

namespace dko {

const PerturbationWords& words_of(const PerturbationKind& kind) {
  static constexpr PerturbationWords knockout{"knockout", "losses", "its loss", "lost", "express", "lack"};
  static constexpr PerturbationWords knockdown{"knockdown",    "knockdowns", "its knockdown",
                                               "knocked down", "express",    "lack"};
  static constexpr PerturbationWords activation{"activation",  "activations", "switching it on",
                                                "switched on", "lack",        "express"};
  if (kind.activates) return activation;
  return kind.presence > 0 ? knockdown : knockout;
}

}  // namespace dko
