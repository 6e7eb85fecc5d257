#pragma once
// How far a job is whose output is not there yet.

#include <string>

namespace dko {

/// The files that a job goes on from, beside those that belong to its output by their names.
struct ProgressFiles {
  std::string out;         ///< the output's final name
  std::string checkpoint;  ///< of the training; empty: OUT.checkpoint
  std::string save_model;  ///< where the trained model stands; empty: OUT.model
};

/// One line: "done" if the output is there, "nothing yet" if there is nothing to go on from; otherwise what
/// its training and its screen have come to. It changes with every step and knockout that is saved, and with
/// nothing else. Of a file that cannot be read its size and time of change stand in. Files are read only,
/// without locks. Local.
std::string progress_line(const ProgressFiles& files);

}  // namespace dko
