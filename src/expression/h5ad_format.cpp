#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "compressed_matrix.hpp"
#include "data_frame.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/hdf5/file.hpp"
#include "format.hpp"
#include "unusual_genes.hpp"

namespace dko {

namespace {

/// Titles under which files keep gene symbols, or accessions, beside the other in the index.
constexpr std::array symbol_titles{"gene_symbols",    "gene_symbol",  "gene_name",  "gene_names",
                                   "gene_short_name", "feature_name", "symbol",     "symbols",
                                   "Symbol",          "SYMBOL",       "GeneSymbol", "hgnc_symbol",
                                   "mgi_symbol",      "Gene",         "gene"};
constexpr std::array id_titles{"gene_ids",   "gene_id", "ensembl_id", "ensembl_ids",     "ensembl",
                               "feature_id", "ENSEMBL", "Accession",  "ensembl_gene_id", "accession"};

/// "ENSMUSG00000023992", "FBgn0003996", "WBGene00000001", or bare digits as Entrez has them.
bool is_accession(const std::string& name) {
  const auto digits = [](std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char letter) {
      return std::isdigit(letter) || letter == '.';
    });
  };
  if (digits(name)) return true;
  for (const std::string_view stem : {"ENS", "FBgn", "WBGene"}) {
    if (name.starts_with(stem) &&
        digits(std::string_view(name).substr(name.find_last_not_of("0123456789.") + 1)))
      return true;
  }
  return false;
}

bool are_accessions(const Names& names) {
  const auto count = std::count_if(names.begin(), names.end(), is_accession);
  return !names.empty() && 2 * count > std::ssize(names);
}

struct GeneNames {
  Names names;
  Names ids;  // empty: none beside the names
};

template <std::size_t Count>
std::optional<std::string> first_there(const DataFrame& frame, const std::array<const char*, Count>& titles) {
  for (const char* title : titles) {
    if (frame.has(title)) return title;
  }
  return std::nullopt;
}

/// Symbols as names where the file has both.
GeneNames gene_names_of(const DataFrame& var) {
  GeneNames genes{var.index(), {}};
  if (!are_accessions(genes.names)) {
    if (const auto title = first_there(var, id_titles)) genes.ids = var.column(*title).texts;
  } else if (const auto symbols = first_there(var, symbol_titles)) {
    genes.ids = std::move(genes.names);
    genes.names = var.column(*symbols).texts;
  }
  if (genes.ids.empty()) return genes;
  if (genes.ids.size() != genes.names.size())
    throw InputError(fmt::format("{}: its columns have {} and {} entries: the file is corrupt", var.place(),
                                 genes.names.size(), genes.ids.size()));
  for (std::size_t at = 0; at < genes.names.size(); ++at) {
    if (genes.names[at].empty()) genes.names[at] = genes.ids[at];
    if (genes.ids[at].empty()) genes.ids[at] = genes.names[at];
  }
  return genes;
}

std::string quoted_list(const Names& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list.empty() ? "none" : list;
}

/// An AnnData file while its matrix is read.
class AnnDataFile {
 public:
  AnnDataFile(const std::filesystem::path& path, const ReadOptions& options, Log& log)
      : path_(path), options_(options), log_(log), file_(hdf5::File::open(path, hdf5::Access::read)) {
    if (options.raw && !options.layer.empty())
      throw UsageError(fmt::format("{} and {} are mutually exclusive: raw has no layers", parameter("raw"),
                                   parameter("layer")));
  }

  ExpressionMatrix read() {
    const auto [parent, name] = matrix_place();
    const hdf5::Location& in = parent ? *parent : file_;
    if (in.has_dataset(name) && in.dataset(name).shape().empty())
      throw InputError(fmt::format("{}: holds no matrix, as anndata writes None{}", in.dataset(name).place(),
                                   other_values()));
    const GeneNames genes = gene_names_of(genes_frame());
    const Names cells = DataFrame(file_, file_, "obs").index();
    const EntryCheck check{cells, genes.names, in.place() + (in.place().ends_with('/') ? "" : "/") + name,
                           other_values()};
    MatrixBuilder builder;
    if (in.has_group(name))
      read_sparse(in.group(name), check, builder);
    else
      read_dense(in.dataset(name), check, limit(), builder);
    if (const DataFrame var = genes_frame(); var.has("feature_types"))
      warn_of_feature_types(var.column("feature_types").texts, path_, log_);
    ExpressionMatrix matrix = std::move(builder).finish(genes.names, cells);
    warn_of_logarithms(matrix);
    return with_unique_names(std::move(matrix), genes.ids, path_, log_);
  }

 private:
  struct Place {
    std::optional<hdf5::Location> parent;  // none: the file itself
    std::string name;
  };

  MemoryLimit limit() const { return {options_.memory, path_}; }

  Place matrix_place() const {
    if (options_.raw) return raw_place();
    if (options_.layer.empty()) {
      if (file_.has("X")) return {std::nullopt, "X"};
      throw InputError(fmt::format("{}: has no X{}", path_.string(), other_values()));
    }
    std::optional<hdf5::Location> layers;
    if (file_.has_group("layers")) layers.emplace(file_.group("layers"));
    if (layers && layers->has(options_.layer)) return {std::move(layers), options_.layer};
    throw InputError(fmt::format("{}: has no layer {}; its layers: {}", path_.string(), options_.layer,
                                 quoted_list(layers ? layers->children() : Names())));
  }

  Place raw_place() const {
    if (file_.has_group("raw")) return {file_.group("raw"), "X"};
    if (file_.has("raw.X")) return {std::nullopt, "raw.X"};
    throw InputError(fmt::format("{}: has no raw", path_.string()));
  }

  DataFrame genes_frame() const {
    if (!options_.raw) return {file_, file_, "var"};
    if (file_.has("raw.var")) return {file_, file_, "raw.var"};
    return {file_, file_.group("raw"), "var"};
  }

  /// Where else in the file there may be counts, for messages.
  std::string other_values() const {
    Names options;
    if (file_.has_group("layers")) {
      for (const std::string& layer : file_.group("layers").children())
        options.push_back(parameter("layer", layer));
    }
    if (file_.has("raw") || file_.has("raw.X")) options.push_back(parameter("raw"));
    std::erase(options, options_.raw ? parameter("raw") : parameter("layer", options_.layer));
    return options.empty() ? "" : fmt::format("; this file also has {}", quoted_list(options));
  }

  void read_sparse(const hdf5::Location& group, const EntryCheck& check, MatrixBuilder& builder) const {
    const auto cells = std::ssize(check.cells);
    const auto genes = std::ssize(check.genes);
    for (const char* attribute : {"shape", "h5sparse_shape"}) {
      if (!group.has_attribute(attribute)) continue;
      if (group.integers_attribute(attribute) != std::vector<std::int64_t>{cells, genes})
        throw InputError(
            fmt::format("{}: its shape is not that of obs and var, {} × {}", group.place(), cells, genes));
    }
    read_compressed({group, by_cell(group, cells, genes)}, check, limit(), builder);
  }

  bool by_cell(const hdf5::Location& group, std::int64_t cells, std::int64_t genes) const {
    for (const char* attribute : {"encoding-type", "h5sparse_format"}) {
      if (!group.has_attribute(attribute)) continue;
      const std::string kind = group.text_attribute(attribute);
      if (kind.starts_with("csr")) return true;
      if (kind.starts_with("csc")) return false;
      throw InputError(
          fmt::format("{}: has the encoding {}, which dko cannot read as a matrix", group.place(), kind));
    }
    if (cells == genes)
      throw InputError(fmt::format(
          "{}: has no encoding-type, and as many cells as genes: nothing tells CSR from CSC", group.place()));
    return group.dataset("indptr").size() == cells + 1;
  }

  /// Looks at X, or at raw, which is often a copy of it. Counts may have been put back, or kept.
  void warn_of_logarithms(const ExpressionMatrix& matrix) const {
    if (!options_.layer.empty() || !file_.has_group("uns") || !file_.group("uns").has("log1p")) return;
    if (holds_counts(matrix)) return;
    log_.warn(
        "{}: {} holds logarithms (uns/log1p), but relative expression needs values that are not "
        "transformed{}",
        path_.string(), options_.raw ? "raw/X" : "X", other_values());
  }

  const std::filesystem::path& path_;
  const ReadOptions& options_;
  Log& log_;
  hdf5::File file_;
};

}  // namespace

bool accepts_h5ad(const Source& source) {
  if (!source.is_hdf5) return false;
  const hdf5::File file = hdf5::File::open(source.path, hdf5::Access::read);
  return file.has("obs") && file.has("var") &&
         !file.has("mod");  // MuData: a table of each for all modalities
}

ExpressionMatrix read_h5ad(const std::filesystem::path& path, const ReadOptions& options, Log& log) {
  return AnnDataFile(path, options, log).read();
}

Names h5ad_cell_column_titles(const std::filesystem::path& path) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  return DataFrame(file, file, "obs").columns();
}

bool is_numeric_h5ad_cell_column(const std::filesystem::path& path, const std::string& name) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  return DataFrame(file, file, "obs").is_numeric(name);
}

CellColumn read_h5ad_cell_column(const std::filesystem::path& path, const std::string& name) {
  const hdf5::File file = hdf5::File::open(path, hdf5::Access::read);
  const DataFrame obs(file, file, "obs");
  if (!obs.has(name)) {
    throw InputError(fmt::format("{}:/obs: has no column {}; its columns: {}", path.string(), name,
                                 quoted_list(obs.columns())));
  }
  return obs.column(name);
}

}  // namespace dko
