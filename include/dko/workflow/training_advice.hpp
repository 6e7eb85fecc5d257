#pragma once
// Whether the data determine the original's mapping: said when it was trained.

#include <optional>

#include "dko/mapping/training_advice.hpp"
#include "dko/training/ensemble.hpp"

namespace dko {

/// Compares the first member of the original's mapping, which rank 0 has, on the validation cells of `split`
/// with the mean share (or share × n, whichever is nearer), with ridge regressions (metrics/ridge.hpp; the
/// best of λ = 10, 31.6 and 100 on these cells, as the weights of the mapping were chosen by them, too) and
/// with a quick fit of the sparse mapping (quick_sparse_outputs).
///
/// So that it costs a few per cent of a training of 5,000 steps, it looks at a sample that depends on the
/// data and the seed alone: 200 random validation cells to predict, 300 random training cells for all but the
/// mapping to learn from, or all where there are fewer; and 16 genes, evenly spread by abundance over those
/// that 10 of these training cells express. The error of a cell is the mean over the sampled genes i that it
/// expresses of |predicted − true share| / mean share of i: every gene counts alike, as its knockout does,
/// where in a Bray-Curtis distance the abundant ones decide.
///
/// A method beats another if the mean over cells of the difference of their errors is more than twice its
/// standard error. With gain = error of the mean share − own error: by_nothing if neither the mapping nor the
/// better regression beats the mean share; not_at_all if the mapping does not; partly if the better
/// regression beats it and its gain is below four fifths of that one's; else determined.
///
/// Nothing with fewer than 10 validation cells, or for another kind of mapping. `profiles`, `split` and
/// `options` are the same on every rank; the result is on rank 0, the same for any number of ranks but for
/// rounding. Collective.
AtRoot<std::optional<TrainingAdvice>> advise(const AtRoot<std::vector<Member>>& members,
                                             const RelativeProfiles& profiles, const Split& split,
                                             const ModelOptions& options, const Communicator& ranks);

}  // namespace dko
