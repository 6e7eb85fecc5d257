#include "dko/mapping/covariates_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "dko/base/error.hpp"

namespace dko {

namespace {

constexpr auto group_name = "covariates";
// Values that any cell may have are finite after scaling, and so are the outputs.
constexpr double least_sd = 1e-60;
constexpr double largest_value = 1e60;

/// The covariates as arrays.
struct Arrays {
  Names titles;
  std::vector<double> means;
  std::vector<double> sds;
  Names categories;
  std::vector<std::int64_t> starts;
};

bool are_distinct(const Names& names) {
  return std::set<std::string>(names.begin(), names.end()).size() == names.size();
}

bool is_possible(const Covariate& covariate) {
  if (covariate.is_categorical())
    return covariate.categories.size() > 1 && are_distinct(covariate.categories);
  return std::abs(covariate.mean) <= largest_value && covariate.sd >= least_sd &&
         covariate.sd <= largest_value;
}

void require_sound(const hdf5::Location& group, const Arrays& arrays) {
  const std::size_t count = arrays.titles.size();
  const bool fits = count > 0 && arrays.means.size() == count && arrays.sds.size() == count &&
                    arrays.starts.size() == count + 1 && arrays.starts.front() == 0 &&
                    std::is_sorted(arrays.starts.begin(), arrays.starts.end()) &&
                    arrays.starts.back() == std::ssize(arrays.categories) && are_distinct(arrays.titles);
  if (!fits) throw InputError(fmt::format("{}: its arrays are inconsistent", group.place()));
}

}  // namespace

void write_covariates(hdf5::Location& file, const Covariates& covariates) {
  if (covariates.empty()) return;
  Arrays arrays;
  arrays.starts.push_back(0);
  for (const Covariate& covariate : covariates) {
    arrays.titles.push_back(covariate.title);
    arrays.means.push_back(covariate.mean);
    arrays.sds.push_back(covariate.sd);
    arrays.categories.insert(arrays.categories.end(), covariate.categories.begin(),
                             covariate.categories.end());
    arrays.starts.push_back(std::ssize(arrays.categories));
  }
  hdf5::Location group = file.create_group(group_name);
  group.write_strings("title", arrays.titles);
  group.write<double>("mean", arrays.means);
  group.write<double>("sd", arrays.sds);
  group.write_strings("categories", arrays.categories);
  group.write<std::int64_t>("starts", arrays.starts);
}

Covariates read_covariates(const hdf5::Location& file) {
  if (!file.has(group_name)) return {};
  const hdf5::Location group = file.group(group_name);
  const Arrays arrays{group.read_strings("title"), group.read<double>("mean"), group.read<double>("sd"),
                      group.read_strings("categories"), group.read<std::int64_t>("starts")};
  require_sound(group, arrays);
  Covariates covariates;
  for (std::size_t at = 0; at < arrays.titles.size(); ++at) {
    covariates.push_back(
        {arrays.titles[at],
         {arrays.categories.begin() + arrays.starts[at], arrays.categories.begin() + arrays.starts[at + 1]},
         arrays.means[at],
         arrays.sds[at]});
    if (!is_possible(covariates.back()))
      throw InputError(
          fmt::format("{}: covariate {} is impossible: its categories, or its mean and standard "
                      "deviation",
                      group.place(), at));
  }
  return covariates;
}

}  // namespace dko
