#include "dko/workflow/saved_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <system_error>
#include <vector>

#include "dko/base/output_path.hpp"
#include "dko/results/screen_file/completion_count.hpp"
#include "dko/system/child_process.hpp"
#include "dko/training/sparse/fit_checkpoint_file.hpp"
#include "dko/training/two_layer/checkpoint.hpp"

namespace dko {

namespace {

namespace fs = std::filesystem;

/// Whether there is something in it: an output file is claimed by an empty one.
bool has_content(const fs::path& file) {
  std::error_code error;
  const auto bytes = fs::file_size(file, error);
  return !error && bytes > 0;
}

/// The file, and those whose names go on with `.` after its own: FILE.state-…, FILE.member1, ….
std::vector<fs::path> with_others(const fs::path& file, const std::string& mark) {
  std::vector<fs::path> files;
  if (has_content(file)) files.push_back(file);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const std::string start = file.filename().string() + mark;
  std::vector<fs::path> others;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const fs::path ending = entry.path().extension();
    if (name.starts_with(start) && ending != ".partial" && ending != ".older" && ending != ".lock" &&
        has_content(entry.path()))
      others.push_back(entry.path());
  }
  std::sort(others.begin(), others.end());
  files.insert(files.end(), others.begin(), others.end());
  return files;
}

/// What can be said of files that cannot be read.
std::string sizes_of(const std::vector<fs::path>& files) {
  std::string words;
  for (const fs::path& file : files) {
    std::error_code gone;
    const auto bytes = fs::file_size(file, gone);
    const auto time = std::chrono::file_clock::to_sys(fs::last_write_time(file, gone));
    const auto changed = time.time_since_epoch().count();  // nanoseconds
    words += fmt::format("{}{} of {} bytes, changed at {}", words.empty() ? "" : ", ",
                         file.filename().string(), bytes, changed);
  }
  return words;
}

/// What `read` finds in them, in a process of its own: HDF5 may crash on files that are torn.
std::string read_or_sizes(const std::vector<fs::path>& files, const std::function<std::string()>& read) {
  constexpr int seconds = 60;
  const ChildResult end = run_in_child(seconds, [&](const auto& say) {
    try {
      say(read());
    } catch (const std::exception&) {  // then nothing is said
    }
  });
  return end.signal != 0 || end.said.empty() ? sizes_of(files) : end.said;
}

std::string words_of_checkpoint(const fs::path& file, const std::string& member) {
  return read_or_sizes({file}, [&] {
    const hdf5::File checkpoint = hdf5::File::open(file, hdf5::Access::watch);
    if (hdf5::format_of(checkpoint) == fit_checkpoint_kind.format) {
      hdf5::read_header(checkpoint, fit_checkpoint_kind);
      const FitProgress fit = fit_progress(checkpoint);
      return fmt::format("{}made {} of {} fits", member, fit.fits, fit.of);
    }
    hdf5::read_header(checkpoint, checkpoint_kind);
    const hdf5::Location training = checkpoint.group("training");
    return fmt::format("{}trained for {} of {} steps", member, training.integer_attribute("steps"),
                       training.integer_attribute("steps_asked"));
  });
}

std::string words_of_screen(const fs::path& partial) {
  return read_or_sizes(with_others(partial, ".state-"), [&] {
    const CompletionCount screen = count_scored(partial);
    return fmt::format("scored {} of {} knockouts", screen.scored, screen.of);
  });
}

}  // namespace

std::string progress_line(const ProgressFiles& files) {
  const std::string out = followed(files.out).string();
  std::error_code unknown;
  if (fs::exists(out, unknown)) return "done";
  std::string line;
  const auto add = [&line](const std::string& words) { line += (line.empty() ? "" : "; ") + words; };
  const fs::path first = files.checkpoint.empty() ? out + ".checkpoint" : files.checkpoint;
  for (const fs::path& file : with_others(first, ".member")) {
    const std::string member = file == first ? "" : file.extension().string().substr(1) + " ";
    add(words_of_checkpoint(file, member));
  }
  if (has_content(files.save_model.empty() ? out + ".model" : files.save_model)) add("has the model");
  if (const fs::path partial = out + ".partial"; has_content(partial)) add(words_of_screen(partial));
  return line.empty() ? "nothing yet" : line;
}

}  // namespace dko
