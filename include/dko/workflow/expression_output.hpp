#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dko/base/csv_writer.hpp"
#include "dko/base/output_file.hpp"
#include "dko/base/provenance.hpp"
#include "dko/expression/h5ad.hpp"

namespace dko {

/// Whether a path asks for an AnnData file.
bool is_h5ad(const std::string& path);

/// An expression file to write, CSV or, by its ending, AnnData; claimed when made.
class ExpressionOutput {
 public:
  /// @throws as OutputFile
  ExpressionOutput(const std::string& path, bool overwrite);

  /// Writes cells × genes and gives the file its name. CSV is genes × cells, without names if so asked;
  /// `layers`, `columns` and `provenance` are for AnnData only. @throws IoError
  void write(const std::vector<std::vector<double>>& values, bool names, const Layers& layers,
             const CellColumns& columns, const Provenance& provenance);

 private:
  void write_csv(const std::vector<std::vector<double>>& values, bool names);

  std::optional<CsvWriter> csv_;
  std::optional<OutputFile> h5ad_;
};

}  // namespace dko
