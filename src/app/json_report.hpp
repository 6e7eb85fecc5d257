#pragma once
// The report that --json asks for.

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "dko/base/output_file.hpp"
#include "dko/base/provenance.hpp"
#include "options/common_options.hpp"

namespace dko::app {

/// The machine-readable summary of --json: claimed before the work, written after it. Does nothing without
/// --json.
class JsonReport {
 public:
  JsonReport(const CommonOptions& options);
  void write(const nlohmann::ordered_json& content);

 private:
  std::optional<OutputFile> file_;
};

nlohmann::ordered_json to_json(const Provenance& provenance);

}  // namespace dko::app
