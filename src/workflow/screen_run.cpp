#include "dko/workflow/screen_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"
#include "dko/base/parameter.hpp"
#include "dko/base/stopwatch.hpp"
#include "dko/base/text.hpp"
#include "dko/knockout/events/event_index.hpp"
#include "dko/knockout/screen/pair_sums_screen.hpp"
#include "dko/knockout/screen/pending_events.hpp"
#include "dko/parallel/collective.hpp"
#include "dko/parallel/saving_vote.hpp"
#include "dko/results/screen_file/kept_pairs_file.hpp"
#include "dko/results/screen_file/rank_snapshots.hpp"
#include "dko/results/screen_file/resume_point.hpp"
#include "dko/results/screen_file/screen_size.hpp"
#include "dko/results/screen_file/screen_writer.hpp"
#include "dko/workflow/progress_display.hpp"
#include "dko/workflow/rank_seconds.hpp"
#include "save_clock.hpp"
#include "summary_sink.hpp"

namespace dko {

namespace {

/// Seconds that this rank has spent so far, apart from what is done with the file before and after.
struct SecondsSpent {
  double opening = 0;
  double share = 0;  ///< with loading and writing in it
  double loading = 0;
  double writing = 0;
  double waiting = 0;
};

/// A screen under way.
class ScreenRun {
 public:
  ScreenRun(const ScreenPlan& plan, const RelativeProfiles& matrix, std::span<const CollapsedMapping> members,
            AtRoot<OutputFile>& output, const AtRoot<ScreenNotes>& notes, const StopRequest& stop, Job& job)
      : plan_(plan),
        matrix_(matrix),
        members_(members),
        output_(output),
        notes_(notes),
        stop_(stop),
        job_(job),
        index_(matrix, plan.targets) {
    counts_.base = plan.base;
    counts_.events = count_events(matrix, plan);
  }

  /// Collective.
  ScreenCounts run() {
    begin();
    try {
      score_and_store();
      complete();
    } catch (const IoError& failure) {
      throw IoError(with_hope(failure));
    } catch (const CollectiveFailure& failure) {
      if (failure.code() != ExitCode::io) throw;
      throw CollectiveFailure(failure.code(), with_hope(failure));
    }
    conclude();
    return counts_;
  }

 private:
  std::string with_hope(const Error& failure) const {
    return fmt::format("{}; what was scored before is kept in {}, and {} goes on with it", failure.what(),
                       path_, parameter("resume"));
  }

  void score_and_store() {
    if (left_.is_complete)
      counts_.resumed = counts_.events.total();
    else if (plan_.keeping.form == PairKeeping::Form::selected)
      store_selected();
    else if (plan_.stores_summary())
      store_summary();
    else
      store_all();
  }

  const Communicator& ranks() const { return job_.ranks(); }
  RankSnapshots states() const { return {path_, left_.job}; }
  /// Path of the file that selected pairs are written to, beside the unfinished one.
  std::filesystem::path whole_path() const { return whole_file(path_); }

  /// Makes the file, or finds out what is left to do in the one that is there.
  void begin() {
    path_ = ranks().broadcast(
        output_.transform([](const OutputFile& file) { return file.partial_path().string(); }));
    on_root(ranks(), [&] {
      if (output_->is_resumed()) return;
      RankSnapshots::remove_all(path_);
      std::filesystem::remove(whole_path());
      const PendingEvents work = whole_work(plan_, matrix_, ranks().size());
      output_->begin([&](const std::filesystem::path& path) {
        create_screen_file(path, matrix_, plan_, job_.provenance,
                           {notes_->model, notes_->training_seconds, &work, {}, {}});
      });
      output_->keep();
    });
    if (plan_.stores_summary()) genes_ = pair_genes(plan_, matrix_, ranks());
    left_ = read_left(path_, plan_, matrix_, genes_ ? genes_->count() : 0, job_.provenance, ranks());
    if (left_.damaged > 0)
      job_.log.warn("{}: {} failed the checksum and will be scored again", path_,
                    counted(left_.damaged, "block"));
  }

  /// How many knockouts are there before anything is done. Only for what is said and noted.
  void count_resumed(std::int64_t of_pairs) {
    const auto done = [&](ScoreArray array, std::int64_t all) { return all - left_.work[array].events(); };
    counts_.resumed = done(ScoreArray::singles, counts_.events.singles) +
                      done(ScoreArray::list, counts_.events.listed) + of_pairs;
    if (!output_.is_here() || !output_->is_resumed()) return;
    job_.log.info("{}: resuming: {} of {} are scored already", path_, with_thousands(counts_.resumed),
                  counted(counts_.events.total(), "knockout"));
  }

  ProgressCallback progress(const char* what, std::int64_t knockouts) const {
    return show_progress(job_.log, {what, "knockouts", knockouts});
  }

  [[noreturn]] void stop() { stop_.stop(ranks(), fmt::format("{}: what was scored is kept", path_)); }

  /// Scores what is left of all but a summary's pairs, this rank its part of it, into the file and, of the
  /// pairs, into a selection, which is saved now and then; then of a summary what can be scored already; ends
  /// the job if that is asked for. Collective.
  void score(PairSelection* selection = nullptr, PairSumsScreen* summary = nullptr) {
    SaveClock clock;
    const auto save = [&] {
      const Stopwatch saving;
      clock.save([&] { states().save(selection->view(), plan_.doubles, ranks()); });
      spent_.writing += saving.seconds();
    };
    const auto is_due = [&] { return selection != nullptr && clock.is_due(); };
    SavingVote vote(
        ranks(), [&] { return stop_.is_made(); }, is_due, save);
    ScreenWriter writer(path_, ranks(), plan_);
    const auto pause = [&] { return vote.ask(); };
    ShardOptions options;
    const std::int64_t of_summary = summary != nullptr ? counts_.events.pairs : 0;
    options.progress = progress("screening", counts_.events.total() - counts_.resumed - of_summary);
    options.selection = selection;
    options.work = &left_.work;
    options.pause = pause;
    options.loading_seconds = &spent_.loading;
    spent_.opening = watch_.seconds();
    const bool stops = time_share(vote, [&] {
      const bool ends =
          screen_shard(plan_, matrix_, members_, ranks().rank(), ranks().size(), writer, options);
      if (ends && summary != nullptr) summary->score_ahead(left_.work, pause);
    });
    spent_.writing += writer.writing_seconds();
    if (stops && selection != nullptr) save();
    writer.close();
    if (stops) stop();
  }

  /// Does this rank's share, which costs as much as any other, and waits for the others. Returns whether all
  /// are to stop. Collective.
  template <class Vote, class Work>
  bool time_share(Vote& vote, Work work) {
    const Stopwatch working;
    work();
    spent_.share += working.seconds();
    const Stopwatch waiting;
    const double written = spent_.writing;
    const bool stops = vote.finish();
    const double saving = spent_.writing - written;  // together, while others are still at work
    spent_.share += saving;
    spent_.waiting += waiting.seconds() - saving;
    return stops;
  }

  /// Every score into its array. Collective.
  void store_all() {
    count_resumed(counts_.events.pairs - left_.work.pairs.events());
    score();
  }

  /// Stores the pairs that the plan selects. They are written to a file at the end, which replaces the other.
  /// Collective.
  void store_selected() {
    PairSelection selection(plan_.keeping, plan_.doubles);
    std::vector<EventRange> done;
    for (SelectionState& state : states().take_selections(done, ranks())) selection.restore(std::move(state));
    left_.work.pairs.ranges = all_but(std::move(done), counts_.events.pairs);
    count_resumed(counts_.events.pairs - left_.work.pairs.events());

    score(&selection);
    selection.finish(index_.starts(), ranks());
    put_together(selection);
  }

  /// A file with the singles and the selected pairs, in the place of the one without. Until the screen is
  /// done, what would be needed to make it again stays where it is, and is known to be of this job.
  /// Collective.
  void put_together(const PairSelection& selection) {
    counts_.kept = count_kept(selection, ranks());
    job_.log.info("{} of {} double knockouts are kept", with_thousands(*counts_.kept),
                  with_thousands(counts_.events.pairs));
    const std::string whole = whole_path().string();
    const PendingEvents blocks = whole_work(plan_, matrix_, ranks().size());
    const double singles_bytes = bytes_beside(matrix_, plan_);
    on_root(ranks(), [&] {
      std::filesystem::remove(whole);  // what a killed job was writing
      require_disk_space(whole, singles_bytes + kept_pairs_bytes(*counts_.kept, plan_.doubles),
                         "the single knockouts and the pairs that are kept");
      const ScreenOrigin begun = read_origin(path_);
      create_screen_file(whole, matrix_, plan_, begun.provenance,
                         {notes_->model, begun.training_seconds, &blocks, counts_.kept, left_.job});
    });
    {
      ScreenWriter writer(whole, ranks(), plan_);
      if (plan_.singles.any()) copy_singles(path_, writer, plan_, blocks.singles, ranks());
      writer.close();
    }
    write_kept_pairs(whole, plan_, index_, selection, ranks());
    on_root(ranks(), [&] {
      output_->begin([&](const std::filesystem::path& path) { std::filesystem::rename(whole, path); });
    });
  }

  /// What of a summary is left to add up. Collective.
  PairSumsWork sums_left() {
    const std::int64_t genes = genes_->count();
    PairSumsWork work;
    std::vector<EventRange> taken;
    work.begun = states().take_sums(summed_measures(plan_), genes, left_.firsts, taken, ranks());
    for (const EventRange& range : all_but(left_.firsts, genes)) taken.push_back(range);
    work.firsts = all_but(std::move(taken), genes);
    return work;
  }

  /// Scores of single knockouts that interactions are found by, once all are in the file.
  struct StoredSingles {
    PerScore<NodeArray<float>> shared;
    ScoreViews views;
  };
  /// Collective.
  StoredSingles stored_singles() {
    ranks().barrier();
    StoredSingles singles;
    for (const Score score : every_score) {
      if (!plan_.singles.has(score) || !plan_.doubles.has(score)) continue;
      singles.shared[score] =
          share(job_.nodes, on_root(ranks(), [&] { return NodeArray(read_singles(path_, score)); }));
      singles.views[score] = singles.shared[score].view();
    }
    return singles;
  }

  /// Stores the pairs aggregated over cells. Collective.
  void store_summary() {
    count_resumed(0);
    double waiting = 0;
    PairSumsWork work = sums_left();
    const std::int64_t pairs = cost_of(work, *genes_);
    PairSumsScreen screen(plan_, matrix_, members_, *genes_, std::move(work), ranks(),
                          {progress("adding up pairs", pairs), &spent_.loading, &waiting});
    score(nullptr, &screen);
    const StoredSingles singles = stored_singles();
    StopVote vote = stop_.vote(ranks());
    SaveClock clock;
    bool is_resumed = output_.is_here() && output_->is_resumed();
    ranks().broadcast(is_resumed);
    SummarySink sink(path_, plan_, states(), is_resumed, clock, ranks());
    const auto pause = [&] {
      if (vote.asks_to_stop()) return Pause::stop;
      return clock.is_due() ? Pause::save : Pause::go_on;
    };
    waiting = 0;
    const bool stops = time_share(vote, [&] { screen.run(singles.views, sink, pause); });
    spent_.share -= waiting;
    spent_.waiting += waiting;
    spent_.writing += sink.writing_seconds();
    sink.close();
    if (stops) stop();
  }

  /// Marks the file as complete, while it has its name of an unfinished one. Collective.
  void complete() {
    ranks().barrier();
    counts_.seconds = watch_.seconds();
    sum_up_seconds();
    on_root(ranks(), [&] {
      if (!left_.is_complete)
        complete_screen_file(path_,
                             {counts_.seconds, output_->is_resumed(), ranks().size(), job_.provenance.job});
    });
  }

  /// Gives it its name, and says what was done. Collective.
  void conclude() {
    on_root(ranks(), [&] {
      output_->commit();
      RankSnapshots::remove_all(path_);
      job_.log.info("{}: {} scored in {}", output_->final_path().string(),
                    counted(counts_.events.total() - counts_.resumed, "knockout"),
                    human_seconds(counts_.seconds));
      log_balance(counts_.of_ranks, job_.log);
    });
  }

  /// Collective.
  void sum_up_seconds() {
    const auto over_ranks = [&](double seconds) { return summarize_seconds(seconds, ranks()); };
    const double closing = counts_.seconds - spent_.opening - spent_.share - spent_.waiting;
    counts_.of_ranks = over_ranks(spent_.share);
    counts_.parts = {.opening = over_ranks(spent_.opening),
                     .loading = over_ranks(spent_.loading),
                     .scoring = over_ranks(spent_.share - spent_.loading - spent_.writing),
                     .writing = over_ranks(spent_.writing),
                     .waiting = over_ranks(spent_.waiting),
                     .closing = over_ranks(closing)};
  }

  const ScreenPlan& plan_;
  const RelativeProfiles& matrix_;
  std::span<const CollapsedMapping> members_;
  AtRoot<OutputFile>& output_;
  const AtRoot<ScreenNotes>& notes_;
  const StopRequest& stop_;
  Job& job_;
  PairIndex index_;
  std::optional<PairGenes> genes_;  ///< of a summary
  Stopwatch watch_;
  std::string path_;  ///< of the file while it is not finished
  ResumePoint left_;
  ScreenCounts counts_;
  SecondsSpent spent_;
};

}  // namespace

ScreenCounts run_screen(const ScreenPlan& plan, const RelativeProfiles& profiles,
                        std::span<const CollapsedMapping> members, AtRoot<OutputFile>& output,
                        const AtRoot<ScreenNotes>& notes, const StopRequest& stop, Job& job) {
  return ScreenRun(plan, profiles, members, output, notes, stop, job).run();
}

}  // namespace dko
