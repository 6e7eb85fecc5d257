#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace dko {

/// How a result came about; written into every file the program makes.
struct Provenance {
  std::string version;  ///< of dko, with the commit where known
  std::string command;  ///< the command line
  std::string host;     ///< of rank 0
  std::string started;  ///< UTC, ISO 8601
  std::string job;      ///< of the scheduler (scheduler_job); empty without one
  std::int64_t ranks = 1;
  std::uint64_t seed = 0;
  std::string input;            ///< path of the expression data as given
  std::string input_checksum;   ///< of the expression matrix as read: the same through every file format
  std::string selection;        ///< which of its cells and genes, in words; empty: all
  std::string covariates = {};  ///< columns of the cells that the mapping takes; empty: none
  std::string covariates_checksum = {};  ///< of their values in these cells; empty: none
  std::string prior = {};      ///< checksum of what was known of regulations, and how it counts; empty: none
  std::string model_checksum;  ///< of the mapping's parameters and gene names; empty before there is one
};

/// The job of the scheduler that this process is part of, from its environment: of SLURM such as
/// "SLURM 1234 (cluster c, nodes node[1-2], 4 tasks, restarted 2 times)", "SLURM 1230_4 (…)" in an array;
/// empty outside of one. Nothing in it is a control character, and it is no longer than longest_job bytes.
/// Local.
std::string scheduler_job();
constexpr std::size_t longest_job = 640;

/// Version, host, start time and job filled in; the rest is the caller's.
Provenance start_provenance(std::string command, std::int64_t ranks);

}  // namespace dko
