#include "json_report.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"

namespace dko::app {

JsonReport::JsonReport(const CommonOptions& options) {
  if (!options.json.empty()) file_.emplace(options.json, options.force, options.resume);
}

void JsonReport::write(const nlohmann::ordered_json& content) {
  if (!file_) return;
  errno = 0;
  std::ofstream out(file_->partial_path());
  out << content.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
  out.close();
  if (!out)
    throw IoError(
        fmt::format("{}: writing failed: {}", file_->final_path().string(), why_writing_failed(errno)));
  file_->commit();
}

nlohmann::ordered_json to_json(const Provenance& provenance) {
  nlohmann::ordered_json json{{"dko_version", provenance.version},
                              {"command", provenance.command},
                              {"host", provenance.host},
                              {"started", provenance.started},
                              {"job", provenance.job},
                              {"ranks", provenance.ranks},
                              {"seed", provenance.seed},
                              {"input", provenance.input},
                              {"selection", provenance.selection},
                              {"input_checksum", provenance.input_checksum}};
  if (!provenance.covariates.empty()) {
    json["covariates"] = provenance.covariates;
    json["covariates_checksum"] = provenance.covariates_checksum;
  }
  if (!provenance.prior.empty()) json["prior"] = provenance.prior;
  json["model_checksum"] = provenance.model_checksum;
  return json;
}

}  // namespace dko::app
