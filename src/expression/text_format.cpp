#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <span>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/matrix_builder.hpp"
#include "entry_check.hpp"
#include "format.hpp"
#include "memory_limit.hpp"

namespace dko {

namespace {

using Fields = std::span<const std::string_view>;

bool all_numbers(Fields fields) {
  for (const std::string_view field : fields) {
    if (!parse_number(field)) return false;
  }
  return true;
}

/// 0, 1, 2, … or 1, 2, 3, …: numbers that name cells rather than measure them.
bool counts_up(Fields fields) {
  if (fields.size() < 3) return false;
  const auto first = parse_integer(fields[0]);
  if (!first || (*first != 0 && *first != 1)) return false;
  for (std::size_t at = 1; at < fields.size(); ++at) {
    if (parse_integer(fields[at]) != *first + static_cast<std::int64_t>(at)) return false;
  }
  return true;
}

/// A word that titles a column of names and is itself none.
bool is_title(std::string_view field) {
  constexpr std::array titles{"",        "gene",      "genes",   "gene_id", "gene_name", "gene_symbol",
                              "index",   "id",        "name",    "symbol",  "cell",      "cells",
                              "cell_id", "cell_name", "barcode", "barcodes"};
  return std::find(titles.begin(), titles.end(), lower_case(field)) != titles.end();
}

/// Whether a header's first field, beside names, titles a column of names.
bool may_be_title(std::string_view field) {
  constexpr std::array parts{"gene",  "ensembl", "entrez", "symbol",  "feature",
                             "probe", "unnamed", "cell",   "barcode", "sample"};
  const std::string word = lower_case(field);
  return is_title(field) || std::any_of(parts.begin(), parts.end(), [&](const char* part) {
           return word.find(part) != std::string::npos;
         });
}

/// What the first row says of the file's layout.
struct Layout {
  bool header = false;
  bool row_names = false;
};

/// A header is a row whose fields after the first are not all numbers, or count up beside a first field that
/// is none, or whose first is the title of a column of names. Names of rows are there if the header says so,
/// by its title or by being one field short as R writes it, or if the rows start with no number.
Layout layout_of(Fields first, Fields second) {
  Layout layout;
  const bool lead_number = parse_number(first[0]).has_value();
  const bool titled = first.size() > 1 && is_title(first[0]);
  layout.header = !all_numbers(first.subspan(1)) || titled || (!lead_number && counts_up(first.subspan(1)));
  if (!layout.header) {
    layout.row_names = !lead_number;
  } else if (!second.empty()) {
    layout.row_names = !parse_number(second[0]) ||
                       (may_be_title(first[0]) && first.size() == second.size()) ||
                       first.size() + 1 == second.size();
  }
  return layout;
}

/// A text matrix while it is read. Rows are genes and columns cells, or the other way round.
class TextMatrix {
 public:
  TextMatrix(const std::filesystem::path& path, const ReadOptions& options, Log& log)
      : path_(path),
        reader_(path),
        log_(log),
        limit_(options.memory, path),
        orientation_(options.orientation),
        rows_are_genes_(options.orientation.value_or(Orientation::genes_by_cells) ==
                        Orientation::genes_by_cells) {}

  ExpressionMatrix read() {
    read_layout();
    do {
      take_row(without_end(reader_.fields()), reader_.place());
    } while (reader_.next());
    return finish();
  }

 private:
  const char* row_kind() const { return rows_are_genes_ ? "gene" : "cell"; }
  const char* column_kind() const { return rows_are_genes_ ? "cell" : "gene"; }

  /// Leaves the reader on the first row of values.
  void read_layout() {
    if (!reader_.next()) throw InputError(fmt::format("{}: is empty", path_.string()));
    const std::vector<std::string> first(reader_.fields().begin(), reader_.fields().end());
    const std::vector<std::string_view> first_fields(first.begin(), first.end());
    if (const Layout alone = layout_of(first_fields, {}); !alone.header) {
      if (first.size() == 1 || first_fields[0] == "#") require_no_comment(first_fields, {});
      require_no_header(first_fields);
      start(Layout{false, alone.row_names}, first.size(), {});
      return;
    }
    if (!reader_.next())
      throw InputError(fmt::format("{}: has a header and no {}s", path_.string(), row_kind()));
    require_no_comment(first_fields, reader_.fields());
    ends_with_delimiter_ = first.size() > 2 && first.back().empty() && reader_.fields().back().empty();
    const Fields header = without_end(first_fields);
    const Fields second = without_end(reader_.fields());
    start(layout_of(header, second), second.size(), {header.begin(), header.end()});
  }

  /// Comments before the table, with its own marks or those of GEO's series: not headers whose title begins
  /// so, which have as many fields as the rows, or one less, and rows of numbers below.
  void require_no_comment(Fields first, Fields second) const {
    if (first[0].empty() || std::string_view("#!%^").find(first[0][0]) == std::string_view::npos) return;
    const bool fits =
        first.size() > 1 && (first.size() == second.size() || first.size() + 1 == second.size());
    if (fits && all_numbers(second.subspan(1))) return;
    throw InputError(
        fmt::format("{}, line 1: begins with {} and is no header of what follows: remove comments before the "
                    "table, such as grep -v '^{}' {} > new.csv",
                    path_.string(), first[0][0], first[0][0], path_.string()));
  }

  /// Numbers that count up may be a header without a title, as pandas writes it.
  void require_no_header(Fields first) {
    constexpr std::size_t no_accident = 10;
    if (!counts_up(first)) return;
    const std::string what = fmt::format("{}, line 1: the first row counts {}, {}, {}, ...", path_.string(),
                                         first[0], first[1], first[2]);
    if (first.size() >= no_accident) throw InputError(what + " like a header: remove it, or name the cells");
    log_.warn("{} and is taken as a {}; if it is a header, remove it", what, row_kind());
  }

  /// Some programs end every line with a delimiter: a last column of nothing, not even a name.
  Fields without_end(Fields fields) const {
    return ends_with_delimiter_ && !fields.empty() && fields.back().empty() ? fields.first(fields.size() - 1)
                                                                            : fields;
  }

  void start(Layout layout, std::size_t width, const std::vector<std::string>& header) {
    named_ = layout.row_names;
    width_ = width;
    const std::size_t columns = width - (named_ ? 1 : 0);
    if (columns == 0) {
      throw InputError(fmt::format(
          "{}: has {} names and no {}s; a table of one {} needs a header with two fields, such as "
          "gene,cell1",
          reader_.place(), row_kind(), column_kind(), column_kind()));
    }
    if (layout.header)
      take_header(header, columns);
    else
      column_names_ = numbered_names(column_kind(), static_cast<std::int64_t>(columns));
  }

  /// The header names the column of names too, or leaves it out as R does.
  void take_header(const std::vector<std::string>& header, std::size_t columns) {
    if (header.size() != columns && header.size() != width_) {
      throw InputError(fmt::format("{}, line 1: the header has {} fields, the rows have {}", path_.string(),
                                   header.size(), width_));
    }
    column_names_.assign(header.end() - static_cast<std::ptrdiff_t>(columns), header.end());
  }

  void take_row(Fields fields, const std::string& place) {
    if (fields.size() != width_) {
      throw InputError(
          fmt::format("{}: has {} fields, the rows before have {}", place, fields.size(), width_));
    }
    if (named_) row_names_.emplace_back(fields[0]);
    const Fields numbers = fields.subspan(named_ ? 1 : 0);
    for (std::size_t at = 0; at < numbers.size(); ++at) {
      const float value = take_value(numbers[at], at, place);
      const auto column = static_cast<std::int64_t>(at);
      builder_.add(rows_are_genes_ ? column : rows_, rows_are_genes_ ? rows_ : column, value);
    }
    ++rows_;
    names_bytes_ += named_ ? bytes_of(row_names_.back()) : bytes_of(std::string());
    limit_.require(builder_.bytes() + names_bytes_);
  }

  float take_value(std::string_view text, std::size_t column, const std::string& place) {
    const auto refuse = [&](std::string_view why) {
      return InputError(fmt::format("{}, {} {} (column {}): {}", place, column_kind(), column_names_[column],
                                    column + (named_ ? 2 : 1), why));
    };
    const std::optional<double> value = parse_number(text);
    if (!value) {
      throw refuse(text.empty() ? std::string("a value is missing")
                                : fmt::format("'{}' is not a number", text));
    }
    const auto stored = static_cast<float>(*value);
    if (const std::string_view fault = fault_of(stored); !fault.empty())
      throw refuse(fmt::format("the value {} {}", text, fault));
    if (*value > 0 && stored <= 0) ++vanished_;
    return stored;
  }

  /// Barcodes name cells: where they stand on the other side, the table is the other way round.
  void require_orientation() const {
    if (orientation_ || !rows_are_genes_) return;
    if (!look_like_barcodes(row_names_) || look_like_barcodes(column_names_)) return;
    throw InputError(fmt::format(
        "{}: its rows are named like cells ({}) and its columns are not ({}); if it is cells × genes, give "
        "{}, else genes-x-cells",
        path_.string(), row_names_.front(), column_names_.front(),
        parameter("orientation", "cells-x-genes")));
  }

  ExpressionMatrix finish() {
    if (!named_) row_names_ = numbered_names(row_kind(), rows_);
    require_orientation();
    if (vanished_ > 0) {
      log_.warn("{}: {} below 1e-45 taken as zero", path_.string(), counted(vanished_, "value"));
    }
    if (!rows_are_genes_)
      log_.warn("{}: taken as cells × genes, as {} says", path_.string(), parameter("orientation"));
    Names& genes = rows_are_genes_ ? row_names_ : column_names_;
    Names& cells = rows_are_genes_ ? column_names_ : row_names_;
    return with_unique_names(std::move(builder_).finish(std::move(genes), std::move(cells)), {}, path_, log_);
  }

  std::filesystem::path path_;
  DelimitedReader reader_;
  Log& log_;
  MemoryLimit limit_;
  std::optional<Orientation> orientation_;
  bool rows_are_genes_;
  bool named_ = false;
  bool ends_with_delimiter_ = false;
  std::size_t width_ = 0;
  std::int64_t rows_ = 0;
  Names row_names_;
  Names column_names_;
  double names_bytes_ = 0;  // of rows
  MatrixBuilder builder_;
  std::int64_t vanished_ = 0;
};

}  // namespace

bool accepts_text(const Source& source) {
  return !source.start.empty() && source.start.find('\0') == std::string::npos &&
         !source.start.starts_with("\x1f\x8b") && !source.start.starts_with("RDX") &&
         !source.start.starts_with("PK");
}

ExpressionMatrix read_text(const std::filesystem::path& path, const ReadOptions& options, Log& log) {
  return TextMatrix(path, options, log).read();
}

}  // namespace dko
