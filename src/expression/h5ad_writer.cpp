#include "dko/expression/h5ad.hpp"
#include "dko/hdf5/file.hpp"

namespace dko {

namespace {

void write_csr(hdf5::Location& parent, const std::string& name, const ExpressionMatrix& matrix) {
  std::vector<std::int64_t> starts{0};
  std::vector<std::int32_t> genes;
  std::vector<float> values;
  for (std::int64_t cell = 0; cell < matrix.cells(); ++cell) {
    const auto of_cell = matrix.expressed(cell);
    const auto levels = matrix.values(cell);
    genes.insert(genes.end(), of_cell.begin(), of_cell.end());
    values.insert(values.end(), levels.begin(), levels.end());
    starts.push_back(std::ssize(genes));
  }
  hdf5::Location group = parent.create_group(name);
  group.set_encoding("", "csr_matrix", "0.1.0");
  group.set("shape", std::vector<std::int64_t>{matrix.cells(), matrix.genes()});
  group.write<float>("data", values);
  group.write<std::int32_t>("indices", genes);
  group.write<std::int64_t>("indptr", starts);
}

/// A data frame of nothing but its index.
void write_names(hdf5::Location& parent, const std::string& name, const Names& names) {
  hdf5::Location frame = parent.create_group(name);
  frame.set_encoding("", "dataframe", "0.2.0");
  frame.set("_index", std::string("_index"));
  frame.set("column-order", Names());
  frame.write_strings("_index", names);
}

}  // namespace

void write_h5ad(const std::filesystem::path& path, const ExpressionMatrix& x, const Layers& layers,
                const Provenance& provenance) {
  hdf5::File file = hdf5::File::create(path);
  hdf5::write_header(file, expression_kind, provenance);
  file.set_encoding("", "anndata", "0.1.0");
  write_csr(file, "X", x);
  write_names(file, "obs", x.cell_names());
  write_names(file, "var", x.gene_names());
  for (const char* name : {"layers", "obsm", "varm", "obsp", "varp", "uns"})
    file.create_group(name).set_encoding("", "dict", "0.1.0");
  hdf5::Location group = file.group("layers");
  for (const auto& [name, matrix] : layers) write_csr(group, name, matrix);
  file.close();
}

double h5ad_bytes(const ExpressionMatrix& x, const Layers& layers) {
  constexpr double fixed = 1 << 20;
  const auto bytes = [](const ExpressionMatrix& matrix) {
    return 8.0 * static_cast<double>(matrix.nonzeros() + matrix.cells());
  };
  double total = fixed + bytes(x) + 32.0 * static_cast<double>(x.cells() + x.genes());
  for (const auto& [name, matrix] : layers) total += bytes(matrix);
  return total;
}

}  // namespace dko
