#include "dko/workflow/kept_collapse.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/mapping/collapsed_file.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/mapping/model_outline.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/workflow/collapse_members.hpp"

namespace dko {

KeptCollapse::KeptCollapse(const std::string& path, const std::string& model_path, bool replace, bool resume)
    : path_(path) {
  std::error_code unknown;
  if (std::filesystem::exists(path, unknown)) {
    if (checksum_of_collapsed_model(path) == read_model_provenance(model_path).model_checksum) return;
    if (!replace)
      throw InputError(
          fmt::format("{}: has A = W2·W1 of another model than {}: give another file, or {} to "
                      "replace it",
                      path, model_path, parameter("force")));
  }
  out_.emplace(path, replace, resume);
}

Model KeptCollapse::read_model_of(const std::string& model_path) const {
  Model model = is_there() ? read_model_without_weights(model_path) : read_model(model_path);
  if (model.kind() != MappingKind::dko)
    throw InputError(fmt::format("{}: is a sparse model, which has no A = W2·W1 to keep: leave out {}",
                                 model_path, parameter("keep-product")));
  if (out_) {
    const double bytes = collapsed_file_bytes(std::ssize(model.genes), std::ssize(model.members));
    require_file_size(out_->final_path(), bytes, "A = W2·W1");
    require_disk_space(out_->partial_path(), bytes, "A = W2·W1");
  }
  return model;
}

void KeptCollapse::write(std::span<const CollapsedMapping> members, const Provenance& provenance) {
  write_collapsed(*out_, members, provenance);
}

std::vector<CollapsedMapping> collapse_kept(AtRoot<KeptCollapse>& kept, AtRoot<std::vector<Member>> members,
                                            Job& job) {
  const auto path = job.ranks().broadcast(kept.transform(&KeptCollapse::path));
  const Stopwatch watch;
  if (job.ranks().broadcast(kept.transform(&KeptCollapse::is_there))) {
    // Rank 0 alone knows it, having read the model.
    const auto model_checksum = job.ranks().broadcast(
        kept.transform([&](const KeptCollapse&) { return job.provenance.model_checksum; }));
    std::vector<CollapsedMapping> collapsed =
        read_collapsed(job.nodes, path, model_checksum, std::move(members));
    job.log.info("{}: A = W2·W1 of the model, read in {}", path, human_seconds(watch.seconds()));
    return collapsed;
  }
  std::vector<CollapsedMapping> collapsed = collapse_members(std::move(members), job);
  const Stopwatch writing;
  on_root(job.ranks(), [&] { kept->write(collapsed, job.provenance); });
  job.log.info("{}: A = W2·W1 written in {}", path, human_seconds(writing.seconds()));
  return collapsed;
}

}  // namespace dko
