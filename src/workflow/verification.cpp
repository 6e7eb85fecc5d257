#include "dko/workflow/verification.hpp"

#include <fmt/format.h>

#include <csignal>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "dko/base/error.hpp"
#include "dko/hdf5/header.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/results/prediction_file.hpp"
#include "dko/results/screen_file/screen_checksums.hpp"
#include "dko/system/child_process.hpp"
#include "dko/training/sparse/fit_checkpoint_file.hpp"
#include "dko/training/two_layer/checkpoint.hpp"

namespace dko {

namespace {

/// What of a file of this format is checked block by block.
std::vector<hdf5::BlockSums> sums_of(const hdf5::File& file, const std::string& format) {
  if (format == "dko screen") return screen_sums(file);
  if (format == checkpoint_kind.format) return checkpoint_sums(file);
  if (format == fit_checkpoint_kind.format) return fit_checkpoint_sums(file);
  return {};
}

using Json = nlohmann::ordered_json;

/// All that reads the file before it is known to be sound.
hdf5::Verification read_through(const std::string& path, const hdf5::PieceCallback& on_piece) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::watch);
  const std::string format = hdf5::format_of(file);
  if (!format.starts_with("dko "))
    throw InputError(fmt::format("{}: is an HDF5 file, but not one that dko makes", path));
  hdf5::Verification found = hdf5::verify_arrays(file, sums_of(file, format), on_piece);
  require_intact(path, found);
  return found;
}

/// One line of JSON for each array, before it is read, and one for how it ended.
void read_through_and_tell(const std::string& path, const std::function<void(const std::string&)>& say) {
  const auto tell = [&](const Json& line) {
    say(line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n');
  };
  try {
    std::string last;
    const hdf5::Verification found = read_through(path, [&](const std::string& at) {
      if (at == last) return say("");
      tell({{"at", at}});
      last = at;
    });
    tell({{"found", {found.arrays, found.bytes, found.without, found.unwritten}}});
  } catch (const std::exception& failure) {
    tell({{"failure", failure.what()}, {"code", static_cast<int>(exit_code_of(failure))}});
  }
}

/// What another process said of the file that it read through.
hdf5::Verification heard_of(const std::string& path, const ChildResult& end) {
  std::string at = "the file";
  std::istringstream lines(end.said);
  for (std::string text; std::getline(lines, text);) {
    const Json line = Json::parse(text);
    if (line.contains("at")) at = line["at"];
    if (line.contains("failure"))
      throw Error(static_cast<ExitCode>(line["code"].get<int>()), line["failure"].get<std::string>());
    if (!line.contains("found")) continue;
    hdf5::Verification found;
    line["found"][0].get_to(found.arrays);
    line["found"][1].get_to(found.bytes);
    line["found"][2].get_to(found.without);
    line["found"][3].get_to(found.unwritten);
    return found;
  }
  throw InputError(fmt::format("{}: is corrupt: the HDF5 library {} where it reads {}", path,
                               end.signal == SIGPROF ? "hangs" : "crashes", at));
}

void require_same(const std::string& path, const std::string& attribute, const std::string& stated,
                  const std::string& found, const std::string& other, const std::string& advice = {}) {
  if (stated == found) return;
  throw InputError(fmt::format("{}: is not of {}: its attribute {} is {}, and {} has {}{}", path, other,
                               attribute, stated.empty() ? "empty" : stated, other,
                               found.empty() ? "none" : found, advice));
}

/// Whether the file is of the model and input that are given.
void require_origin(const hdf5::File& file, const FileOrigin& origin, Job& job) {
  std::optional<Model> model;
  if (!origin.model.empty()) {
    model = read_model(origin.model);
    require_same(file.path(), "model_checksum", file.text_attribute("model_checksum"), checksum_of(*model),
                 origin.model);
  }
  if (origin.input.path.empty()) return;
  if (model)
    load_input(origin.input, *model, origin.model, job);
  else
    load_input(origin.input, job);
  require_same(file.path(), "input_checksum", file.text_attribute("input_checksum"),
               job.provenance.input_checksum, origin.input.path,
               model ? "" : "; where the genes were chosen by a model give it, too");
  if (model && file.has_attribute("covariates_checksum"))
    require_same(file.path(), "covariates_checksum", file.text_attribute("covariates_checksum"),
                 job.provenance.covariates_checksum, origin.input.path);
}

}  // namespace

hdf5::Verification verify_file(const std::string& path, const FileOrigin& origin, Job& job) {
  constexpr int seconds = 5;  // for a few MiB
  const auto found =
      heard_of(path, run_in_child(seconds, [&](const auto& say) { read_through_and_tell(path, say); }));
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  // What is checked on reading: checksums of parameters, and whether arrays fit together.
  const std::string format = hdf5::format_of(file);
  if (format == "dko model") read_model(path);
  if (format == "dko prediction") read_prediction(path);
  require_origin(file, origin, job);
  return found;
}

}  // namespace dko
