#pragma once
// Warnings about genes whose absence the cells do not show.

#include <span>
#include <vector>

#include "dko/base/log.hpp"
#include "dko/base/names.hpp"
#include "dko/knockout/screen/screen_plan.hpp"
#include "dko/mapping/visibility.hpp"
#include "dko/training/split.hpp"

namespace dko {

/// Visibility of every gene in the cells that are not held out, for the model; warns how many genes are not
/// visible, and names the first of them with the reason. `data` holds expression, not shares. Local: rank 0.
std::vector<GeneVisibility> find_visibility(const ExpressionMatrix& data, const Split& split, Log& log);

/// Warns which of the genes that a plan knocks out, or switches on, are not visible; says nothing where it is
/// not known
/// (`visibility` empty). Local: rank 0.
void warn_of_invisible(const ScreenPlan& plan, const Names& genes, std::span<const GeneVisibility> visibility,
                       Log& log);

/// The same of these genes; warns also which of them a mapping knows by their level alone (GeneLevels), for
/// no cell shows their loss either. Local: rank 0.
void warn_of_invisible(std::span<const std::int32_t> lost, const Names& genes,
                       std::span<const GeneVisibility> visibility, Log& log);

/// The same of genes that are switched on. Local: rank 0.
void warn_of_invisible_added(std::span<const std::int32_t> added, const Names& genes,
                             std::span<const GeneVisibility> visibility, Log& log);

/// Whether a plan knocks out some genes only. Local.
bool is_restricted(const ScreenPlan& plan, std::int64_t genes);

}  // namespace dko
