#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "dko/base/delimited.hpp"
#include "dko/base/error.hpp"
#include "dko/base/text.hpp"
#include "dko/expression/matrix_builder.hpp"
#include "format.hpp"

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

std::string lower_case(std::string_view text) {
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char letter) { return std::tolower(letter); });
  return word;
}

/// A word that titles a column of gene names and is itself no gene.
bool is_title(std::string_view field) {
  constexpr std::array titles{"",      "gene", "genes", "gene_id", "gene_name", "gene_symbol",
                              "index", "id",   "name",  "symbol"};
  return std::find(titles.begin(), titles.end(), lower_case(field)) != titles.end();
}

/// Whether a header's first field, beside names of cells, titles a column of gene names.
bool may_be_title(std::string_view field) {
  constexpr std::array parts{"gene", "ensembl", "entrez", "symbol", "feature", "probe", "unnamed"};
  const std::string word = lower_case(field);
  return is_title(field) || std::any_of(parts.begin(), parts.end(), [&](const char* part) {
           return word.find(part) != std::string::npos;
         });
}

/// What the first row says of the file's layout.
struct Layout {
  bool header = false;
  bool gene_names = false;
};

/// A header is a row whose fields after the first are not all numbers, or count up beside a first field that
/// is none, or whose first is the title of a column of gene names. Gene names are there if the header says
/// so, by its title or by being one field short as R writes it, or if the rows start with no number.
Layout layout_of(Fields first, Fields second) {
  Layout layout;
  const bool lead_number = parse_number(first[0]).has_value();
  const bool titled = first.size() > 1 && is_title(first[0]);
  layout.header = !all_numbers(first.subspan(1)) || titled || (!lead_number && counts_up(first.subspan(1)));
  if (!layout.header) {
    layout.gene_names = !lead_number;
  } else if (!second.empty()) {
    layout.gene_names = !parse_number(second[0]) ||
                        (may_be_title(first[0]) && first.size() == second.size()) ||
                        first.size() + 1 == second.size();
  }
  return layout;
}

/// A text matrix while it is read.
class TextMatrix {
 public:
  TextMatrix(const std::filesystem::path& path, Log& log) : path_(path), reader_(path), log_(log) {}

  ExpressionMatrix read() {
    read_layout();
    do {
      take_gene(reader_.fields(), reader_.place());
    } while (reader_.next());
    return finish();
  }

 private:
  /// Leaves the reader on the first row of values.
  void read_layout() {
    if (!reader_.next()) throw InputError(fmt::format("{}: is empty", path_.string()));
    const std::vector<std::string> first(reader_.fields().begin(), reader_.fields().end());
    const std::vector<std::string_view> first_fields(first.begin(), first.end());
    if (const Layout alone = layout_of(first_fields, {}); !alone.header) {
      require_no_header(first_fields);
      start(Layout{false, alone.gene_names}, first.size(), {});
      return;
    }
    if (!reader_.next()) throw InputError(fmt::format("{}: has a header and no genes", path_.string()));
    start(layout_of(first_fields, reader_.fields()), reader_.fields().size(), first);
  }

  /// Numbers that count up may be a header without a title, as pandas writes it.
  void require_no_header(Fields first) {
    constexpr std::size_t no_accident = 10;
    if (!counts_up(first)) return;
    const std::string what = fmt::format("{}, line 1: the first row counts {}, {}, {}, ...", path_.string(),
                                         first[0], first[1], first[2]);
    if (first.size() >= no_accident) throw InputError(what + " like a header: remove it, or name the cells");
    log_.warn("{} and is taken as a gene; if it is a header, remove it", what);
  }

  void start(Layout layout, std::size_t width, const std::vector<std::string>& header) {
    named_ = layout.gene_names;
    width_ = width;
    const std::size_t cells = width - (named_ ? 1 : 0);
    if (cells == 0) throw InputError(fmt::format("{}: has gene names and no cells", reader_.place()));
    if (layout.header)
      take_header(header, cells);
    else
      cell_names_ = numbered_names("cell", static_cast<std::int64_t>(cells));
    builder_.emplace(static_cast<std::int64_t>(cells));
  }

  /// The header names the gene column too, or leaves it out as R does.
  void take_header(const std::vector<std::string>& header, std::size_t cells) {
    if (header.size() != cells && header.size() != width_) {
      throw InputError(fmt::format("{}, line 1: the header has {} fields, the rows have {}", path_.string(),
                                   header.size(), width_));
    }
    cell_names_.assign(header.end() - static_cast<std::ptrdiff_t>(cells), header.end());
    if (const auto renamed = make_unique(cell_names_); renamed > 0) {
      log_.warn("{}: {} repeated; made unique by a number", path_.string(), counted(renamed, "cell name"));
    }
  }

  void take_gene(Fields fields, const std::string& place) {
    if (fields.size() != width_) {
      throw InputError(
          fmt::format("{}: has {} fields, the rows before have {}", place, fields.size(), width_));
    }
    if (named_) gene_names_.emplace_back(fields[0]);
    builder_->begin_gene();
    const Fields numbers = fields.subspan(named_ ? 1 : 0);
    for (std::size_t cell = 0; cell < numbers.size(); ++cell) {
      const float value = take_value(numbers[cell], cell, place);
      if (value > 0) builder_->add(static_cast<std::int32_t>(cell), value);
    }
  }

  float take_value(std::string_view text, std::size_t cell, const std::string& place) {
    const auto refuse = [&](std::string_view why) {
      return InputError(
          fmt::format("{}, cell {} (column {}): {}", place, cell_names_[cell], cell + (named_ ? 2 : 1), why));
    };
    const std::optional<double> value = parse_number(text);
    if (!value) {
      throw refuse(text.empty() ? std::string("a value is missing")
                                : fmt::format("'{}' is not a number", text));
    }
    if (std::isnan(*value)) throw refuse("the value is NaN");
    if (*value < 0) {
      throw refuse(fmt::format(
          "the value {} is negative; give counts or normalised expression, not scaled data", text));
    }
    if (*value > static_cast<double>(std::numeric_limits<float>::max())) {
      throw refuse(fmt::format("the value {} is infinite or too large", text));
    }
    const auto stored = static_cast<float>(*value);
    if (*value > 0 && stored <= 0) ++vanished_;
    return stored;
  }

  ExpressionMatrix finish() {
    if (!named_) gene_names_ = numbered_names("gene", builder_->genes());
    if (const auto renamed = make_unique(gene_names_); renamed > 0) {
      log_.warn("{}: {} repeated; made unique by a number", path_.string(), counted(renamed, "gene name"));
    }
    if (vanished_ > 0) {
      log_.warn("{}: {} below 1e-45 taken as zero", path_.string(), counted(vanished_, "value"));
    }
    return std::move(*builder_).finish(std::move(gene_names_), std::move(cell_names_));
  }

  std::filesystem::path path_;
  DelimitedReader reader_;
  Log& log_;
  bool named_ = false;
  std::size_t width_ = 0;
  Names gene_names_;
  Names cell_names_;
  std::optional<MatrixBuilder> builder_;
  std::int64_t vanished_ = 0;
};

}  // namespace

bool accepts_text(std::string_view start) {
  return start.starts_with("\x1f\x8b") || start.find('\0') == std::string_view::npos;
}

ExpressionMatrix read_text(const std::filesystem::path& path, Log& log) {
  return TextMatrix(path, log).read();
}

}  // namespace dko
