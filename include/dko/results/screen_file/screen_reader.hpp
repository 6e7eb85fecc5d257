#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "dko/base/names.hpp"
#include "dko/base/provenance.hpp"
#include "dko/expression/obs_columns.hpp"
#include "dko/hdf5/file.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/events/event_list.hpp"
#include "dko/knockout/events/targets.hpp"
#include "dko/knockout/score/measure.hpp"
#include "dko/knockout/screen/screen.hpp"
#include "dko/mapping/base_profile.hpp"
#include "dko/mapping/visibility.hpp"
#include "dko/results/screen_file/direction_file.hpp"

namespace dko {

/// A knockout, or what else genes undergo, in one cell, by gene and cell numbers.
struct Event {
  std::vector<std::int32_t> genes;
  std::int64_t cell = 0;
  std::vector<std::int32_t> added =
      {};  ///< of a list with genes that are switched on: 1 of these, 0 of others
};

/// A finished screen, open for reading. Scores are never loaded whole: see score_reader.hpp.
/// All calls are local and throw InputError for a file that is not as dko writes it.
class ScreenReader {
 public:
  /// @throws InputError too if the screen was never finished.
  explicit ScreenReader(const std::filesystem::path& path);
  /// The same on all ranks, with the events held once per node. Collective.
  /// @throws CollectiveFailure for what rank 0 finds wrong with the file
  ScreenReader(const std::filesystem::path& path, const NodeGroup& nodes);

  std::string path() const { return file_.path(); }
  const Provenance& provenance() const { return provenance_; }
  const Names& gene_names() const { return gene_names_; }
  const Names& cell_names() const { return cell_names_; }
  /// Accessions, or the names again.
  Names gene_ids() const;
  /// Visibility of each gene where the mapping was made; empty in files by an earlier version.
  std::vector<GeneVisibility> visibility() const;
  /// Q-value of each gene's network (mapping/q_values.hpp); empty if they were not computed.
  std::vector<double> gene_q_values() const;
  /// Number of expressed genes of each cell; nothing in files by an earlier version.
  std::optional<std::vector<std::int32_t>> expressed_counts() const;
  /// Titles of the columns of its cells, by name; none in files that keep none, and by an earlier version.
  Names obs_titles() const;
  /// One of them. @throws InputError also if it is not there
  ObsColumn obs_column(const std::string& title) const;
  /// Nothing if the model was trained before.
  std::optional<double> training_seconds() const;
  std::string finished() const { return file_.text_attribute("finished"); }
  /// Job of the scheduler, as in Provenance; the provenance's own began the file. Empty outside of one.
  std::string job_at_end() const;
  double screen_seconds() const { return file_.real_attribute("screen_seconds"); }
  /// By how many mappings it was made.
  std::int64_t members() const;
  /// What knockouts were scored on; fitted in files by 0.1, which do not say. @throws InputError for another
  /// name
  Base base() const;
  /// What shift and approach are along; nothing of a screen without them. @throws InputError
  std::optional<StoredDirection> direction() const;

  /// Whether its events switch genes on that the cells lack. A list may have such events otherwise.
  bool activates() const { return activates_; }
  bool list_adds_genes() const { return list_.has_added(); }
  /// F, the part of its presence that a lost gene kept; 0 of knockouts.
  double presence() const;
  /// The name of a gene of single and double events: +gene1 where genes are switched on.
  std::string label(std::int32_t gene) const;
  /// The same of a gene of an event: also -gene1 of one that is lost where others of the list are switched
  /// on.
  std::string label(const Event& event, std::size_t at) const;

  /// That pairs were scored with; empty in files that do not know of it.
  std::string instruction_set() const;

  /// What of the double knockouts was kept, as `--keep` says it, and by what they were selected; "full" of a
  /// file that does not say, and empty.
  std::string keep() const;
  std::string keep_by() const;
  /// Whether the list is of the pairs that were selected among all.
  bool list_is_selected() const { return !keep_by().empty(); }

  /// Whether it holds what all pairs of genes come to over cells, and where: see summarize_pairs.
  bool has_summary() const;
  hdf5::Location summary() const;

  bool has(ScoreArray array) const;
  /// Whether a measure of that array can be read: an interaction needs pairs, and the same score of the
  /// single knockouts of both genes; a share those of all genes, by a version that stores it.
  bool has(ScoreArray array, Measure measure) const;
  /// All of them, in the order of measure_names.
  std::vector<Measure> measures(ScoreArray array) const;
  /// The first of them that is a score proper: the impact, or what is stored without it (network, shift,
  /// approach). The array must be there. Local. @throws std::out_of_range if it has no measure
  Measure leading_measure(ScoreArray array) const;
  /// Number of events in an array that the file has.
  std::int64_t events(ScoreArray array) const;
  /// Number of genes knocked out at once: 1, 2, or the list's.
  std::int64_t order(ScoreArray array) const;

  /// Which knockout event `number` of an array is.
  Event event(ScoreArray array, std::int64_t number) const;
  /// Its cell alone.
  std::int64_t cell_of(ScoreArray array, std::int64_t number) const;
  /// Where the events of a cell are; all of a list, which is in no order.
  EventRange events_of_cell(ScoreArray array, std::int64_t cell) const;

  /// Calls `visit(event)` for every event of an array, in order. Nothing is allocated per event.
  template <class Visit>
  void for_each_event(ScoreArray array, Visit visit) const;

  /// The number of that event among the singles or the pairs; nothing if the screen does not have it.
  std::optional<std::int64_t> number_of_single(std::int64_t cell, std::int32_t gene) const;
  std::optional<std::int64_t> number_of_pair(std::int64_t cell, std::int32_t gene1, std::int32_t gene2) const;

  /// The knocked-out genes of singles and pairs.
  const KnockoutTargets& targets() const { return targets_; }
  /// C+1 entries: number of pairs before each cell.
  std::span<const std::int64_t> pair_starts() const { return pair_starts_; }
  hdf5::Dataset scores(ScoreArray array, Score score) const;

 private:
  /// Knows the names, and nothing of the events.
  explicit ScreenReader(hdf5::File file);
  static hdf5::File open_on_all(const std::filesystem::path& path, const Communicator& ranks);
  void read_events();
  void read_singles();
  void read_pairs();
  void read_list();
  void require_scores(ScoreArray array, const hdf5::Location& group) const;
  bool has_stored(ScoreArray array, Score score) const;

  hdf5::File file_;
  Provenance provenance_;
  Names gene_names_;
  Names cell_names_;
  KnockoutTargets targets_;                // of singles and pairs
  std::vector<std::int64_t> pair_starts_;  // pairs before each cell
  EventList list_;
  bool activates_ = false;
  bool singles_of_list_ = false;  // whether the singles hold all genes of the list in its cells
};

template <class Visit>
void ScreenReader::for_each_event(ScoreArray array, Visit visit) const {
  Event event;
  event.genes.resize(static_cast<std::size_t>(order(array)));
  if (array == ScoreArray::list) {
    for (std::int64_t number = 0; number < list_.size(); ++number) {
      event.cell = list_.cell(number);
      const auto genes = list_.genes(number);
      event.genes.assign(genes.begin(), genes.end());
      const auto added = list_.added(number);
      event.added.assign(added.begin(), added.end());
      visit(event);
    }
    return;
  }
  for (event.cell = 0; event.cell < targets_.cells(); ++event.cell) {
    const auto genes = targets_.of(event.cell);
    const auto cell = static_cast<std::size_t>(event.cell);
    if (array == ScoreArray::pairs && pair_starts_[cell] == pair_starts_[cell + 1]) continue;
    for (std::size_t a = 0; a < genes.size(); ++a) {
      event.genes[0] = genes[a];
      if (array == ScoreArray::singles) visit(event);
      if (array != ScoreArray::pairs) continue;
      for (std::size_t b = a + 1; b < genes.size(); ++b) {
        event.genes[1] = genes[b];
        visit(event);
      }
    }
  }
}

}  // namespace dko
