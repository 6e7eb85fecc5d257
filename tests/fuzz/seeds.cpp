#include "seeds.hpp"

#include <fmt/format.h>

#include <functional>

#include "dko/expression/h5ad.hpp"
#include "dko/hdf5/anndata.hpp"
#include "dko/hdf5/compressed_copy.hpp"
#include "dko/mapping/model_file.hpp"
#include "dko/results/prediction_file.hpp"
#include "readers.hpp"
#include "support/screens.hpp"
#include "support/testing.hpp"

namespace dko::fuzz {

namespace {

namespace fs = std::filesystem;

/// What `write` puts into a file of its own.
std::string bytes_of(const std::function<void(const fs::path&)>& write) {
  const testing::TemporaryFolder folder;
  write(folder / "seed");
  return testing::read_file(folder / "seed");
}

std::string hdf5_file(const std::function<void(hdf5::File&)>& fill) {
  return bytes_of([&](const fs::path& path) {
    hdf5::File file = hdf5::File::create(path);
    fill(file);
    file.close();
  });
}

template <class T>
void write_all(hdf5::Location& group, const char* name, const std::vector<T>& values,
               const hdf5::Shape& shape) {
  group.write(name, std::span<const T>(values), shape);
}
template <class T>
void write_all(hdf5::Location& group, const char* name, const std::vector<T>& values) {
  write_all(group, name, values, {static_cast<std::int64_t>(values.size())});
}

const Names four_genes{"Actb", "Cd74", "Sparc", "ENSMUSG00000023992"};
const Names three_cells{"AAACCTGCAAGGACAC-1", "AAACCTGGTCATCGGC-1", "AAACGGGAGCAACGGT-1"};

void write_csr(hdf5::Location& parent, const char* name, const char* kind) {
  hdf5::Location group = parent.create_group(name);
  group.set_encoding("", kind, "0.1.0");
  group.set("shape", std::vector<std::int64_t>{3, 4});
  const bool by_cell = std::string_view(kind) == "csr_matrix";
  write_all<std::int32_t>(
      group, "indptr",
      by_cell ? std::vector<std::int32_t>{0, 2, 4, 6} : std::vector<std::int32_t>{0, 2, 4, 5, 6});
  write_all<std::int32_t>(
      group, "indices",
      by_cell ? std::vector<std::int32_t>{0, 1, 2, 1, 0, 3} : std::vector<std::int32_t>{0, 2, 0, 1, 1, 2});
  write_all<float>(group, "data", {1, 2, 3, 4, 5, 6});
}

void write_dense(hdf5::Location& parent, const char* name) {
  write_all<double>(parent, name, {1, 2, 0, 0, 0, 4, 3, 0, 5, 0, 0, 6}, {3, 4});
}

/// Columns of every kind that obs may have.
void write_obs(hdf5::File& file) {
  hdf5::DataFrame obs(file, "obs", three_cells);
  obs.add("depth", std::span<const double>(std::vector<double>{3, 7, 11}));
  hdf5::Location frame = file.group("obs");
  hdf5::Location types = frame.create_group("cell_type");
  types.set_encoding("", "categorical", "0.2.0");
  write_all<std::int32_t>(types, "codes", {0, 1, -1});
  types.write_strings("categories", {"microglia", "neuron"});
  hdf5::Location batch = frame.create_group("batch");
  batch.set_encoding("", "nullable-integer", "0.1.0");
  write_all<std::int64_t>(batch, "values", {1, 2, 3});
  write_all<std::int32_t>(batch, "mask", {0, 1, 0});
}

std::string anndata_file(const std::function<void(hdf5::File&)>& write_x) {
  return hdf5_file([&](hdf5::File& file) {
    hdf5::begin_anndata(file);
    write_obs(file);
    hdf5::DataFrame var(file, "var", four_genes);
    var.add("gene_ids", Names{"ENS1", "ENS2", "ENS3", "ENS4"});
    write_x(file);
    hdf5::Location layers = file.group("layers");
    write_csr(layers, "counts", "csc_matrix");
    hdf5::Location raw = file.create_group("raw");
    write_csr(raw, "X", "csr_matrix");
    hdf5::DataFrame(raw, "var", four_genes);
  });
}

Training training_of(const TrainingOptions& options) {
  Training training;
  training.profiles =
      std::make_unique<RelativeProfiles>(testing::random_matrix(12, 6, 0.7, 70).relative_profiles());
  training.options = std::make_unique<TrainingOptions>(options);
  training.split =
      std::make_unique<Split>(split_cells(*training.profiles, options.validation, 0, {}, options.seed));
  training.trainer = std::make_unique<Trainer>(*training.profiles, *training.split, *training.options,
                                               Communicator::one_rank());
  return training;
}

TrainedMapping small_mapping(std::uint64_t seed) {
  TrainedMapping member;
  member.mapping = testing::random_mapping({4, 3}, 1, seed);
  member.record.steps = 2;
  member.record.best_step = 1;
  member.record.training_losses = {0.5F, 0.4F};
  member.record.validation_losses = {0.3F, 0.25F};
  return member;
}

FittedMapping small_sparse_mapping() {
  SparseMappingParts parts;
  parts.starts = {0, 2, 2, 3, 4};
  parts.rows = {1, 3, 0, 2};
  parts.effects = {0.5, -0.25, 1, 0.125};
  parts.offset = {0.1, 0.2, 0.3, 0.4};
  parts.floor = {0.01, 0.01, 0.01, 0.01};
  parts.loadings = {1, 0, 0, 1, 1, 1, 0, 0};
  parts.responses = {0, 1, 1, 0, 0, 0, 1, 1};
  FittedMapping member{SparseMapping(std::move(parts)), {}};
  member.record.penalties = {0.1F, 0.2F, 0.1F, 0.2F};
  return member;
}

std::string model_file(std::vector<Member> members) {
  Model model;
  model.members = std::move(members);
  model.genes = four_genes;
  model.provenance = start_provenance("dko train x", 1);
  model.provenance.model_checksum = checksum_of(model);
  return bytes_of([&](const fs::path& path) {
    OutputFile output(path, true);
    write_model(output, model);
  });
}

}  // namespace

const ExpressionMatrix& small_matrix() {
  static const ExpressionMatrix matrix = testing::random_matrix(8, 10, 0.6, 31);
  return matrix;
}

Training training_of_seeds() {
  TrainingOptions options;
  options.steps = 4;
  options.batch = 3;
  options.hidden = 5;
  options.validate_every = 2;
  options.instructions = InstructionSet::portable;
  return training_of(options);
}

Files text_seeds() {
  return {"1,2,3\n4,0,6\n",
          "gene,c1,c2\nActb,1,2\nCd74,3.5,1e-3\n",
          "\xEF\xBB\xBF\"\"\t\"a\"\t\"b\"\r\n\"x\"\t0x1\t2\r\ny\t1e400\tinf\r\n",
          "a b c\n\"g 1\" 1 2 3\ng2 nan -1 +4\n",
          "gene;a;b;\nx;1;2;\ny;3;4;\n",
          std::string("1,2\n3\0,4\n", 9),
          "# made by a program\ngene,c1,c2\nActb,1,2\nCd74,3,4\n",
          "#gene\tc1\tc2\nActb\t1\t2\nCd74\t3\t4\n",
          " <html><body>",
          "PK\x03\x04 data.npy",
          std::string(
              "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x33\xd4\x31\xe2\x32\xd1\x31\xe3\x02\x00\x2f\x28\x5b"
              "\x8d\x08\x00\x00\x00",
              28)};
}

Files matrix_market_seeds() {
  const std::string names =
      "\x1e"
      "ENS1\tActb\tGene Expression\nENS2\tCd74\tGene Expression\nx\ty\tAntibody Capture\n"
      "\x1e"
      "AAAC-1\nAAAG-1\n";
  return {"%%MatrixMarket matrix coordinate integer general\n%\n3 2 3\n1 1 5\n2 1 1\n2 2 7\n" + names,
          "%%MatrixMarket matrix array real general\n2 2\n1\n0\n2.5\n1e400\n",
          "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 2\n1 1\n2 1\n",
          "%%MatrixMarket matrix coordinate real general\n1152921504606846976 2 3\n1 1 5\n" + names,
          "%%MatrixMarket matrix coordinate real general\n2147483647 2147483647 1\n1 1 5\n"};
}

/// Cells × genes, lists with headers, a column of line numbers, and a file that is no list.
Files parse_seeds() {
  const std::string matrix =
      "%%MatrixMarket matrix coordinate float general\n%\n3 2 3\n1 1 5\n2 1 1\n2 2 7\n\x1e";
  return {matrix + "gene_id,gene_name,genome\nENS1,Actb,hg38\nENS2,Cd74,hg38\n\x1e" +
              "bc_wells,sample\nc1,s\nc2,s\nc3,s\n",
          matrix + "\"\",\"x\"\n\"1\",\"Actb\"\n\"2\",\"Cd74\"\n\x1e,barcode\n0,c1\n1,c2\n2,c3\n",
          matrix + "ENS1,Actb,hg38\nENS2,Cd74,hg38\n\x1e\x1e" + "c1\nc2\nc3\n"};
}

/// Accessions, cells and symbols, or a table from the one to the other.
Files kallisto_seeds() {
  const std::string matrix =
      "%%MatrixMarket matrix coordinate real general\n3 2 3\n1 1 5\n2 1 1\n2 2 7\n\x1e";
  const std::string lists =
      "ENS1\nENS2\n\x1e"
      "c1\nc2\nc3\n\x1e";
  return {matrix + lists + "Actb\nCd74\n", matrix + lists + "ENS2\tCd74\nENS1\tActb\n",
          matrix + "ENS1\tActb\tGene Expression\nENS2\tGene Expression\t1\n\x1e"};
}

Files h5ad_seeds() {
  return {anndata_file([](hdf5::File& file) { write_csr(file, "X", "csr_matrix"); }),
          anndata_file([](hdf5::File& file) { write_csr(file, "X", "csc_matrix"); }),
          anndata_file([](hdf5::File& file) { file.write_scalar("X", ""); }),
          anndata_file([](hdf5::File& file) { write_dense(file, "X"); }), bytes_of([](const fs::path& path) {
            write_h5ad(path, small_matrix(), {}, {}, start_provenance("dko simulate", 1));
          })};
}

Files tenx_seeds() {
  const auto write_matrix = [](hdf5::Location& group) {
    write_all<std::int64_t>(group, "indptr", {0, 2, 4, 6});
    write_all<std::int64_t>(group, "indices", {0, 1, 2, 1, 0, 3});
    write_all<std::int32_t>(group, "data", {1, 2, 3, 4, 5, 6});
    write_all<std::int32_t>(group, "shape", {4, 3});
    group.write_strings("barcodes", three_cells);
  };
  return {hdf5_file([&](hdf5::File& file) {
            hdf5::Location matrix = file.create_group("matrix");
            write_matrix(matrix);
            hdf5::Location features = matrix.create_group("features");
            features.write_strings("name", four_genes);
            features.write_strings("id", {"ENS1", "ENS2", "ENS3", "ENS4"});
            features.write_strings("genome", {"mm10", "mm10", "mm10", "mm10"});
            features.write_strings("feature_type", {"Gene Expression", "Gene Expression", "Gene Expression",
                                                    "Antibody Capture"});
          }),
          hdf5_file([&](hdf5::File& file) {
            hdf5::Location genome = file.create_group("mm10");
            write_matrix(genome);
            genome.write_strings("gene_names", four_genes);
            genome.write_strings("genes", {"ENS1", "ENS2", "ENS3", "ENS4"});
          })};
}

Files model_seeds() {
  return {model_file({small_mapping(1)}), model_file({small_mapping(1), small_mapping(2)}),
          model_file({small_sparse_mapping()})};
}

Files screen_seeds() {
  const testing::SmallScreen one(testing::random_matrix(4, 6, 0.8, 31));
  const testing::SmallScreen several(testing::random_matrix(3, 5, 0.8, 31), 2);
  Files files{testing::read_file(one.path()), testing::read_file(several.path())};
  files.push_back(hdf5_file([&](hdf5::File& copy) {
    hdf5::copy_compressed(hdf5::File::open(one.path(), hdf5::Access::read), copy);
  }));
  return files;
}

Files checkpoint_seeds() {
  return {bytes_of([](const fs::path& path) {
    Training training = training_of_seeds();
    training.trainer->step();
    training.trainer->step();
    training.trainer->save(path, start_provenance("dko train x", 1));
  })};
}

Files prediction_seeds() {
  Prediction prediction;
  prediction.provenance = start_provenance("dko predict x", 1);
  prediction.genes = four_genes;
  prediction.cells = three_cells;
  prediction.truth.assign(12, 0.25F);
  prediction.predicted.assign(12, 0.25F);
  prediction.mapping.spearman_all = 0.5;
  return {bytes_of([&](const fs::path& path) {
    OutputFile output(path, true);
    write_prediction(output, prediction);
  })};
}

Files event_seeds() {
  const ExpressionMatrix& matrix = small_matrix();
  const auto genes = matrix.expressed(0);
  return {fmt::format("gene_id,cell_id\n{},0\n", genes[0]),
          fmt::format("gene1_name,gene2_name,cell_name\ngene{},gene{},cell0\n", genes[0], genes[1]),
          fmt::format("cell_index\tgene3_id\tgene2_id\tgene1_index\n0\t{}\t{}\t{}\n", genes[2], genes[1],
                      genes[0])};
}

Files truth_seeds() {
  const ExpressionMatrix& matrix = small_matrix();
  const auto genes = matrix.expressed(0);
  return {
      fmt::format("gene_id,cell_id,K_true_vs_original,K_true_vs_renormalised\n{},0,0.25,0.5\n", genes[0]),
      fmt::format("gene1_id,gene2_id,cell_id,K_true_vs_original,K_true_vs_renormalised,K_single1,K_single2,"
                  "K_single1_vs_renormalised,K_single2_vs_renormalised\n{},{},0,0.5,0.5,0.25,0.125,0,1e-9\n",
                  genes[0], genes[1])};
}

}  // namespace dko::fuzz
