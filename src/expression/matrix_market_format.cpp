#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/matrix_builder.hpp"
#include "entry_check.hpp"
#include "features.hpp"
#include "format.hpp"
#include "matrix_market_files.hpp"
#include "memory_limit.hpp"
#include "name_lists.hpp"

namespace dko {

namespace {

/// What the first line says.
struct Header {
  bool coordinate = true;
  bool pattern = false;
  bool symmetric = false;
};

/// The words of a line between blanks, the first six at most: no line that matters has more.
struct Words {
  explicit Words(std::string_view line) {
    constexpr std::string_view blank = " \t\r";
    for (std::size_t at = 0; count < all.size();) {
      const std::size_t start = line.find_first_not_of(blank, at);
      if (start == std::string_view::npos) break;
      const std::size_t end = std::min(line.find_first_of(blank, start), line.size());
      all[count++] = line.substr(start, end - start);
      at = end;
    }
  }
  std::string_view operator[](std::size_t at) const { return all[at]; }

  std::array<std::string_view, 6> all;
  std::size_t count = 0;
};

bool is_one_of(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Types of values that writers in the field put in the banner; the standard has real, integer, pattern.
constexpr std::array<std::string_view, 7> reals{"real",    "float",   "double", "float32",
                                                "float64", "numeric", "single"};
constexpr std::array<std::string_view, 9> integers{
    "integer", "int", "int32", "int64", "unsigned-integer", "unsigned", "uint32", "uint64", "long"};

/// In any case, with one or two per cent signs, as some writers have it.
bool is_banner(std::string_view line) {
  if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  const std::string start = lower_case(line.substr(0, 15));
  return start.starts_with("%%matrixmarket") || start.starts_with("%matrixmarket");
}

/// A MatrixMarket file while it is read.
class MatrixMarketFile {
 public:
  MatrixMarketFile(const std::filesystem::path& path, const ReadOptions& options, Log& log)
      : path_(path),
        options_(options),
        log_(log),
        limit_(options.memory, path),
        files_(find_matrix_market_files(path)),
        reader_(files_.matrix, Fields::whole) {}

  ExpressionMatrix read() {
    read_header();
    read_names();
    require_plausible_sizes();
    require_lists();
    decide_orientation();
    name_what_has_no_name();
    const FeatureChoice choice = choose_genes(features_, options_.genome, path_, log_);
    places_ = choice.places;
    if (header_.coordinate)
      read_coordinates();
    else
      read_array();
    return with_unique_names(std::move(builder_).finish(choice.names, cells_), choice.ids, path_, log_);
  }

 private:
  [[noreturn]] void refuse(std::string_view what) const {
    throw InputError(fmt::format("{}: {}", reader_.place(), what));
  }

  void read_header() {
    if (!reader_.next()) throw InputError(fmt::format("{}: is empty", files_.matrix.string()));
    const std::string first = lower_case(reader_.fields()[0]);
    const Words words(first);
    if (words.count < 5 || words[1] != "matrix") refuse("is not a MatrixMarket banner for a matrix");
    header_.coordinate = words[2] == "coordinate";
    header_.pattern = words[3] == "pattern";
    header_.symmetric = words[4] == "symmetric";
    if (!header_.coordinate && words[2] != "array") refuse("is neither in coordinate nor in array format");
    if (!header_.pattern && !is_one_of(reals, words[3]) && !is_one_of(integers, words[3]))
      refuse(fmt::format("has values of type {}, which cannot be expression", words[3]));
    if (!is_one_of(std::array<std::string_view, 4>{"real", "integer", "pattern", "double"}, words[3]))
      log_.detail("{}: values of type {} are read as {}", files_.matrix.string(), words[3],
                  is_one_of(reals, words[3]) ? "real" : "integer");
    if (words[4] != "general" && !header_.symmetric)
      refuse(fmt::format("is a {} matrix, which cannot be expression", words[4]));
    if (header_.pattern) {
      log_.warn("{}: holds a pattern without values: every expressed gene is taken as 1",
                files_.matrix.string());
    }
    read_size();
  }

  bool is_comment(std::string_view line) const {
    if (line.starts_with('#')) refuse("is a comment with #; those of MatrixMarket begin with %: remove it");
    return line.starts_with('%');
  }

  void read_size() {
    do {
      if (!reader_.next()) throw InputError(fmt::format("{}: has no line of sizes", files_.matrix.string()));
    } while (is_comment(reader_.fields()[0]));
    const Words words(reader_.fields()[0]);
    std::vector<std::int64_t> sizes;
    for (std::size_t at = 0; at < words.count; ++at) sizes.push_back(parse_integer(words[at]).value_or(-1));
    const std::size_t expected = header_.coordinate ? 3 : 2;
    const bool sound = sizes.size() == expected && *std::min_element(sizes.begin(), sizes.end()) >= 0 &&
                       sizes[0] <= std::numeric_limits<std::int32_t>::max() &&
                       sizes[1] <= std::numeric_limits<std::int32_t>::max();
    if (!sound)
      refuse(fmt::format("'{}' does not give the numbers of rows, columns and entries", reader_.fields()[0]));
    rows_ = sizes[0];
    columns_ = sizes[1];
    entries_ = header_.coordinate ? sizes[2] : rows_ * columns_;
    if (header_.symmetric && rows_ != columns_) refuse("is symmetric but not square");
  }

  void read_names() {
    NamesOfMatrix names = read_lists(files_, rows_, columns_, options_.memory, log_);
    features_ = std::move(names.features);
    cells_ = std::move(names.cells);
  }

  bool fits(std::int64_t genes, std::int64_t cells) const {
    return (!files_.genes || std::ssize(features_.names) == genes) &&
           (!files_.cells || std::ssize(cells_) == cells);
  }

  /// By what is asked for, else by the lengths of the lists where these fit one way only. A matrix without
  /// any list has genes as rows.
  void decide_orientation() {
    const bool as_genes = fits(rows_, columns_);
    const bool as_cells = fits(columns_, rows_);
    rows_are_genes_ =
        options_.orientation ? *options_.orientation == Orientation::genes_by_cells : as_genes || !as_cells;
    if (!(rows_are_genes_ ? as_genes : as_cells)) refuse_lengths();
    if (options_.orientation) return;
    if (as_genes && as_cells && (files_.genes || files_.cells || rows_ == columns_)) {
      throw InputError(
          fmt::format("{}: is {} × {}, and nothing tells whether its rows are genes or cells: give {} or {}",
                      files_.matrix.string(), rows_, columns_, parameter("orientation", "genes-x-cells"),
                      parameter("orientation", "cells-x-genes")));
    }
    if (!rows_are_genes_)
      log_.info("{}: its rows are cells, by the lengths of its lists", files_.matrix.string());
  }

  [[noreturn]] void refuse_lengths() const {
    const auto words = [](const auto& list, std::int64_t length, const char* what) {
      return list ? fmt::format(" {} of {}", list->filename().string(), counted(length, what))
                  : std::string();
    };
    throw InputError(fmt::format("{}: is {} × {}, which does not match its lists:{}{}",
                                 files_.matrix.string(), rows_, columns_,
                                 words(files_.genes, std::ssize(features_.names), "gene"),
                                 words(files_.cells, std::ssize(cells_), "cell")));
  }

  /// Without lists the sizes are all there is to tell how many names are needed: they are not believed
  /// blindly.
  void require_plausible_sizes() const {
    constexpr std::int64_t anyone_has = 10'000'000;
    const std::int64_t most = std::max(anyone_has, entries_);
    for (const bool genes : {true, false}) {
      const std::int64_t count = genes == rows_are_genes_ ? rows_ : columns_;
      if ((genes ? files_.genes : files_.cells) || count <= most) continue;
      throw InputError(
          fmt::format("{}: says that it has {} and no more than {}; there is no list of their names "
                      "beside it, and the file is corrupt",
                      files_.matrix.string(), counted(count, genes ? "gene" : "cell"),
                      entries_ == 1 ? "1 entry" : with_thousands(entries_) + " entries"));
    }
    limit_.require(bytes_of(std::string()) * static_cast<double>(rows_ + columns_));
  }

  /// Numbers take the place of names only in a matrix that stands alone, or where the user says what is a
  /// row.
  void require_lists() const {
    if (options_.orientation || (files_.genes && files_.cells)) return;
    const std::string missing = files_.genes   ? "list of its cells"
                                : files_.cells ? "list of its genes"
                                               : "lists of its genes and cells";
    const std::vector<std::string> possible = possible_lists(files_, rows_, columns_);
    if (!files_.genes && !files_.cells && !files_.needs_lists && possible.empty()) return;
    throw InputError(fmt::format(
        "{}: has no {} beside it under a usual name (such as features.tsv or genes.tsv, and barcodes.tsv){}; "
        "rename them, or give {} or {} to number what has no names",
        files_.matrix.string(), missing,
        possible.empty() ? std::string() : fmt::format("; {} may be it", fmt::join(possible, ", ")),
        parameter("orientation", "genes-x-cells"), parameter("orientation", "cells-x-genes")));
  }

  void name_what_has_no_name() {
    if (!files_.genes) features_.names = numbered_names("gene", rows_are_genes_ ? rows_ : columns_);
    if (!files_.cells) cells_ = numbered_names("cell", rows_are_genes_ ? columns_ : rows_);
    if (files_.genes && files_.cells) return;
    log_.warn("{}: has no {} beside it; they are numbered, and its rows are taken as {}", path_.string(),
              files_.genes   ? "list of cells"
              : files_.cells ? "list of genes"
                             : "lists of genes and cells",
              rows_are_genes_ ? "genes" : "cells");
  }

  void add(std::int64_t row, std::int64_t column, float value) {
    const std::int64_t gene = rows_are_genes_ ? row : column;
    const std::int64_t place = places_.empty() ? gene : places_[static_cast<std::size_t>(gene)];
    if (place < 0) return;
    builder_.add(rows_are_genes_ ? column : row, place, value);
    limit_.require(builder_.bytes());
  }

  float value_of(std::string_view word, std::int64_t row, std::int64_t column) const {
    const std::optional<double> number = parse_number(word);
    const std::int64_t gene = rows_are_genes_ ? row : column;
    const std::int64_t cell = rows_are_genes_ ? column : row;
    const auto refuse_value = [&](std::string_view why) {
      refuse(fmt::format("cell {}, gene {}: the value {} {}", cells_[static_cast<std::size_t>(cell)],
                         features_.names[static_cast<std::size_t>(gene)], word, why));
    };
    if (!number) refuse_value("is not a number");
    const auto value = static_cast<float>(*number);
    if (const std::string_view fault = fault_of(value); !fault.empty()) refuse_value(fault);
    return value;
  }

  /// A number from 1 to `most`, made to count from 0.
  std::int64_t index_of(std::string_view word, std::int64_t most, std::string_view what) const {
    const std::optional<std::int64_t> number = parse_integer(word);
    if (!number || *number < 1 || *number > most)
      refuse(fmt::format("there is no {} {} of {}", what, word, most));
    return *number - 1;
  }

  void read_coordinates() {
    const std::size_t width = header_.pattern ? 2 : 3;
    std::int64_t read = 0;
    while (reader_.next()) {
      if (is_comment(reader_.fields()[0])) continue;
      if (read == entries_)
        refuse(fmt::format("more than the {} entries that the file says it has", entries_));
      const Words words(reader_.fields()[0]);
      if (words.count != width) refuse(fmt::format("has {} fields, expected {}", words.count, width));
      const std::int64_t row = index_of(words[0], rows_, "row");
      const std::int64_t column = index_of(words[1], columns_, "column");
      const float value = header_.pattern ? 1.0F : value_of(words[2], row, column);
      add(row, column, value);
      if (header_.symmetric && row != column) add(column, row, value);
      ++read;
    }
    require_all(read);
  }

  /// Values alone, column by column.
  void read_array() {
    if (header_.symmetric || header_.pattern) refuse("is an array that is symmetric or a pattern");
    std::int64_t read = 0;
    while (reader_.next()) {
      const std::string_view text = trimmed(reader_.fields()[0]);
      if (is_comment(text)) continue;
      if (read == entries_)
        refuse(fmt::format("more than the {} values that the file says it has", entries_));
      const std::int64_t row = read % rows_;
      const std::int64_t column = read / rows_;
      add(row, column, value_of(text, row, column));
      ++read;
    }
    require_all(read);
  }

  void require_all(std::int64_t read) const {
    if (read == entries_) return;
    throw InputError(fmt::format("{}: ends after {} of {} entries: the file is truncated",
                                 files_.matrix.string(), with_thousands(read), with_thousands(entries_)));
  }

  const std::filesystem::path& path_;
  const ReadOptions& options_;
  Log& log_;
  MemoryLimit limit_;
  MatrixMarketFiles files_;
  DelimitedReader reader_;
  Header header_;
  std::int64_t rows_ = 0;
  std::int64_t columns_ = 0;
  std::int64_t entries_ = 0;
  bool rows_are_genes_ = true;
  Features features_;
  Names cells_;
  std::vector<std::int32_t> places_;  // of each gene of the file; empty: all as they are
  MatrixBuilder builder_;
};

}  // namespace

bool accepts_matrix_market(const Source& source) {
  return source.is_folder ? has_matrix_market(source.path) : is_banner(source.start);
}

ExpressionMatrix read_matrix_market(const std::filesystem::path& path, const ReadOptions& options, Log& log) {
  return MatrixMarketFile(path, options, log).read();
}

}  // namespace dko
