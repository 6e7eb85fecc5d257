#pragma once
// A = W2·W1 that is kept in a file from one screen by a model to the next.

#include <optional>
#include <string>
#include <vector>

#include "dko/base/output_file.hpp"
#include "dko/mapping/model.hpp"
#include "dko/workflow/job.hpp"

namespace dko {

/// What rank 0 finds at the path it is kept under: A of the model, or nothing, where it is to be written.
class KeptCollapse {
 public:
  /// Claims the file unless it is there for this model; with `resume` also what a killed job left of it.
  /// Local.
  /// @throws InputError if it is no such file, whatever `replace` is; or if it is another model's and
  /// `replace` is false. A damaged one is found when it is read, and is never replaced. As OutputFile
  KeptCollapse(const std::string& path, const std::string& model_path, bool replace, bool resume);

  /// Whether it is there: then the weights of the model are not needed.
  bool is_there() const { return !out_.has_value(); }
  const std::string& path() const { return path_; }

  /// The model, without weights where they are not needed. Local. @throws as read_model(); InputError for a
  /// sparse model, which has no such product; IoError if the disk or the limit on files has no room for A
  Model read_model_of(const std::string& model_path) const;

  /// Local.
  void write(std::span<const CollapsedMapping> members, const Provenance& provenance);

 private:
  std::string path_;
  std::optional<OutputFile> out_;
};

/// A of the members of the model, once per node: read if it is there, else computed for all genes and
/// written; says so in the log. Collective.
std::vector<CollapsedMapping> collapse_kept(AtRoot<KeptCollapse>& kept, AtRoot<std::vector<Member>> members,
                                            Job& job);

}  // namespace dko
