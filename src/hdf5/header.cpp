#include "dko/hdf5/header.hpp"

#include <fmt/format.h>

#include "dko/base/error.hpp"

namespace dko::hdf5 {

void write_header(File& file, const FileKind& kind, const Provenance& provenance) {
  file.set("format", std::string(kind.format));
  file.set("version", kind.version);
  file.set("dko_version", provenance.version);
  file.set("command", provenance.command);
  file.set("host", provenance.host);
  file.set("started", provenance.started);
  file.set("job", provenance.job);
  file.set("ranks", provenance.ranks);
  file.set("seed", provenance.seed);
  file.set("input", provenance.input);
  file.set("input_checksum", provenance.input_checksum);
  file.set("selection", provenance.selection);
  if (!provenance.covariates.empty()) {
    file.set("covariates", provenance.covariates);
    file.set("covariates_checksum", provenance.covariates_checksum);
  }
  if (!provenance.prior.empty()) file.set("prior", provenance.prior);
  file.set("model_checksum", provenance.model_checksum);
}

Provenance read_header(const File& file, const FileKind& kind) {
  if (format_of(file) != kind.format) {
    const std::string format = format_of(file);
    throw InputError(fmt::format("{} is not a {} file{}", file.path(), kind.format,
                                 format.empty() ? std::string() : fmt::format(", but a {} file", format)));
  }
  if (const auto version = file.integer_attribute("version"); version != kind.version) {
    throw InputError(fmt::format("{}: is a {} file of version {}; this dko reads version {}", file.path(),
                                 kind.format, version, kind.version));
  }
  Provenance provenance;
  provenance.version = file.text_attribute("dko_version");
  provenance.command = file.text_attribute("command");
  provenance.host = file.text_attribute("host");
  provenance.started = file.text_attribute("started");
  if (file.has_attribute("job")) provenance.job = file.text_attribute("job");  // not in files by dko 0.1
  provenance.ranks = file.integer_attribute("ranks");
  provenance.seed = file.unsigned_attribute("seed");
  provenance.input = file.text_attribute("input");
  provenance.input_checksum = file.text_attribute("input_checksum");
  if (file.has_attribute("selection")) provenance.selection = file.text_attribute("selection");
  if (file.has_attribute("covariates")) {
    provenance.covariates = file.text_attribute("covariates");
    provenance.covariates_checksum = file.text_attribute("covariates_checksum");
  }
  if (file.has_attribute("prior")) provenance.prior = file.text_attribute("prior");
  provenance.model_checksum = file.text_attribute("model_checksum");
  return provenance;
}

void write_origin(Location& mapping, const Provenance& provenance) {
  mapping.write_scalar("dko_version", provenance.version);
  mapping.write_scalar("host", provenance.host);
  mapping.write_scalar("started", provenance.started);
  mapping.write_scalar("job", provenance.job);
  mapping.write_scalar("ranks", provenance.ranks);
  mapping.write_scalar("input", provenance.input);
  mapping.write_scalar("input_checksum", provenance.input_checksum);
  mapping.write_scalar("selection", provenance.selection);
  mapping.write_scalar("model_checksum", provenance.model_checksum);
}

std::string format_of(const File& file) {
  return file.has_attribute("format") ? file.text_attribute("format") : std::string();
}

}  // namespace dko::hdf5
