#include "dko/expression/h5ad.hpp"
#include "dko/hdf5/anndata.hpp"

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
  hdf5::Dataset data = hdf5::create_csr(parent, name, starts, genes, matrix.genes());
  data.write(0, std::span<const float>(values));
  data.set_checksum(block_checksum(std::span<const float>(values)));
}

}  // namespace

void write_h5ad(const std::filesystem::path& path, const ExpressionMatrix& x, const Layers& layers,
                const CellColumns& columns, const Provenance& provenance) {
  hdf5::File file = hdf5::File::create(path);
  hdf5::write_header(file, expression_kind, provenance);
  hdf5::begin_anndata(file);
  write_csr(file, "X", x);
  hdf5::DataFrame obs(file, "obs", x.cell_names());
  for (const auto& [name, values] : columns) obs.add(name, values);
  hdf5::DataFrame(file, "var", x.gene_names());
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
