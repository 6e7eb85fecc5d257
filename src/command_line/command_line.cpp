#include "dko/command_line/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>
#include <filesystem>
#include <map>
#include <sstream>
#include <system_error>
#include <utility>

#include "dko/base/error.hpp"
#include "dko/base/output_path.hpp"
#include "dko/base/similar_names.hpp"
#include "dko/base/text.hpp"

namespace dko {

namespace po = boost::program_options;

namespace {

using Words = std::vector<std::string>;

constexpr unsigned columns = 100;  // of the help text

[[noreturn]] void refuse(const Option& option, const std::string& value, const char* kind) {
  throw UsageError(fmt::format("the argument ('{}') for option '{}' is invalid: it must be {}", value,
                               option.title(), kind));
}

std::int64_t integer_of(const Option& option, const std::string& value) {
  const auto number = parse_integer(value);
  if (!number) refuse(option, value, "a whole number");
  option.require_in_range(static_cast<double>(*number));
  return *number;
}

double number_of(const Option& option, const std::string& value) {
  const auto number = parse_number(value);
  if (!number) refuse(option, value, "a number");
  option.require_in_range(*number);
  return *number;
}

/// How Boost is to read the option. It takes ownership of what is returned.
const po::value_semantic* semantic_of(const Option& option) {
  if (option.arity() == Arity::none) return po::bool_switch();
  if (option.arity() == Arity::one) {
    auto* value = po::value<std::string>()->value_name(option.argument());
    if (!option.default_text().empty()) value->default_value("", option.default_text());
    return option.is_required() ? value->required() : value;
  }
  auto* values = po::value<Words>()->value_name(option.argument())->composing();
  if (option.arity() == Arity::several) values->multitoken();
  return option.is_required() ? values->required() : values;
}

void add_to(po::options_description& description, const Option& option) {
  const std::string name = option.name() + (option.letter().empty() ? "" : "," + option.letter());
  description.add_options()(name.c_str(), semantic_of(option), option.help().c_str());
}

Words words_of(const Option& option, const po::variables_map& values) {
  const auto& value = values[option.name().empty() ? option.title() : option.name()];
  if (value.empty() || value.defaulted()) return {};
  if (option.arity() == Arity::none) return {"yes"};
  if (option.arity() == Arity::one) return {value.as<std::string>()};
  return value.as<Words>();
}

Option by_place(std::string name, Arity arity, Option::Store store) {
  Option option(name, arity, name, "", std::move(store));
  option.reads();
  return option;
}

}  // namespace

CommandLine::CommandLine(std::string usage, std::string what, std::string example)
    : usage_(std::move(usage)), what_(std::move(what)), example_(std::move(example)) {
  group(last_group);
  add("help,h", Arity::none, "", "print this text", [](const Option&, const Words&) {});
}

void CommandLine::argument(std::string name, std::string& variable) {
  optional_argument(std::move(name), variable);
  arguments_.back().is_required = true;
}

void CommandLine::optional_argument(std::string name, std::string& variable) {
  arguments_.push_back({by_place(std::move(name), Arity::one,
                                 [&](const Option&, const Words& words) { variable = words.front(); }),
                        false});
}

void CommandLine::arguments(std::string name, std::vector<std::string>& variables) {
  arguments_.push_back({by_place(std::move(name), Arity::repeated,
                                 [&](const Option&, const Words& words) { variables = words; }),
                        true});
}

Option& CommandLine::add(std::string_view name, Arity arity, std::string argument, std::string help,
                         Option::Store store) {
  options_.emplace_back(group_, Option(name, arity, std::move(argument), std::move(help), std::move(store)));
  return options_.back().second;
}

Option& CommandLine::flag(std::string_view name, bool& variable, std::string help) {
  return add(name, Arity::none, "", std::move(help), [&](const Option&, const Words&) { variable = true; });
}

Option& CommandLine::option(std::string_view name, std::string& variable, std::string argument,
                            std::string help) {
  return add(name, Arity::one, std::move(argument), std::move(help),
             [&](const Option&, const Words& words) { variable = words.front(); })
      .defaults_to(variable);
}

Option& CommandLine::option(std::string_view name, std::int64_t& variable, std::string argument,
                            std::string help) {
  return add(name, Arity::one, std::move(argument), std::move(help),
             [&](const Option& option, const Words& words) { variable = integer_of(option, words.front()); })
      .defaults_to(fmt::to_string(variable));
}

Option& CommandLine::option(std::string_view name, double& variable, std::string argument, std::string help) {
  return add(name, Arity::one, std::move(argument), std::move(help),
             [&](const Option& option, const Words& words) { variable = number_of(option, words.front()); })
      .defaults_to(fmt::to_string(variable));
}

Option& CommandLine::option(std::string_view name, std::optional<std::int64_t>& variable,
                            std::string argument, std::string help) {
  return add(name, Arity::one, std::move(argument), std::move(help),
             [&](const Option& option, const Words& words) { variable = integer_of(option, words.front()); });
}

Option& CommandLine::option(std::string_view name, std::optional<double>& variable, std::string argument,
                            std::string help) {
  return add(name, Arity::one, std::move(argument), std::move(help),
             [&](const Option& option, const Words& words) { variable = number_of(option, words.front()); });
}

Option& CommandLine::option(std::string_view name, std::vector<std::string>& variables, std::string argument,
                            std::string help) {
  return add(name, Arity::repeated, std::move(argument), std::move(help),
             [&](const Option&, const Words& words) { variables = words; });
}

Option& CommandLine::list(std::string_view name, std::vector<std::string>& variables, std::string argument,
                          std::string help) {
  return add(name, Arity::several, std::move(argument), std::move(help),
             [&](const Option&, const Words& words) { variables = words; });
}

Option& CommandLine::list(std::string_view name, std::vector<std::int64_t>& variables, std::string argument,
                          std::string help) {
  return add(name, Arity::several, std::move(argument), std::move(help),
             [&](const Option& option, const Words& words) {
               variables.clear();
               for (const std::string& word : words) variables.push_back(integer_of(option, word));
             });
}

std::size_t CommandLine::chosen(const Option& option, const std::string& value) {
  const Words& choices = option.choices();
  const auto found = std::find(choices.begin(), choices.end(), value);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  std::string all;
  for (const std::string& choice : choices)
    all += (all.empty() ? "" : &choice == &choices.back() ? " or " : ", ") + choice;
  throw UsageError(fmt::format("{} must be {}, not '{}'", option.title(), all, value));
}

bool CommandLine::parse(const std::vector<std::string>& arguments) {
  po::options_description all;
  po::positional_options_description places;
  for (const auto& [group, option] : options_) add_to(all, option);
  for (const auto& [option, is_required] : arguments_) {
    add_to(all, option);
    places.add(option.name().c_str(), option.arity() == Arity::one ? 1 : -1);
  }
  po::variables_map values;
  try {
    using po::command_line_style::allow_guessing;
    using po::command_line_style::unix_style;
    const auto style = unix_style & ~allow_guessing;
    po::store(po::command_line_parser(arguments).options(all).positional(places).style(style).run(), values);
    if (values["help"].as<bool>()) return false;
    po::notify(values);
  } catch (const po::unknown_option& error) {
    throw UsageError(error.what() + suggestion(error.get_option_name()) + see_help());
  } catch (const po::invalid_command_line_syntax& error) {
    if (error.kind() == po::invalid_syntax::empty_adjacent_parameter)
      throw UsageError(fmt::format("{} needs a value: it is empty", error.get_option_name()));
    throw UsageError(error.what() + see_help());
  } catch (const po::error& error) {
    throw UsageError(error.what() + see_help());
  }
  take([&](const Option& option) { return words_of(option, values); });
  check_exclusions();
  check_files();
  for (const auto& check : checks_) check(*this);
  return true;
}

void CommandLine::take(const std::function<Words(const Option&)>& words_given) {
  for (auto& [option, is_required] : arguments_) {
    const Words words = words_given(option);
    if (words.empty() && is_required) throw UsageError(option.name() + " is missing" + see_help());
    if (std::ranges::find(words, "") != words.end()) throw UsageError(option.name() + " is empty");
    if (!words.empty()) option.take(words);
  }
  for (auto& [group, option] : options_) {
    if (const Words words = words_given(option); !words.empty()) option.take(words);
  }
}

std::string CommandLine::suggestion(std::string_view wrong) const {
  wrong.remove_prefix(std::min(wrong.find_first_not_of('-'), wrong.size()));
  constexpr std::size_t most_edits = 2;
  const Option* nearest = nullptr;
  std::size_t least = most_edits + 1;
  for (const auto& [group, option] : options_) {
    const std::size_t edits = edits_between(wrong, option.name());
    if (edits >= least || edits >= option.name().size()) continue;
    least = edits;
    nearest = &option;
  }
  return nearest == nullptr ? "" : fmt::format("; did you mean {}?", nearest->title());
}

std::string CommandLine::see_help() const {
  return fmt::format("; see dko {} --help", usage_.substr(0, usage_.find(' ')));
}

const Option* CommandLine::find(std::string_view name) const {
  const auto found =
      std::ranges::find_if(options_, [&](const auto& entry) { return entry.second.name() == name; });
  return found == options_.end() ? nullptr : &found->second;
}

bool CommandLine::given(std::string_view name) const {
  const Option* option = find(name);
  return option != nullptr && option->is_given();
}

void CommandLine::check_exclusions() const {
  for (const auto& [group, option] : options_) {
    if (!option.is_given()) continue;
    for (const std::string& other : option.excluded()) {
      if (given(other))
        throw UsageError(fmt::format("{} and --{} are mutually exclusive", option.title(), other));
    }
  }
}

void CommandLine::check_files() const {
  struct Named {
    std::string title;
    FileUse use;
  };
  std::map<std::string, Named> seen;
  const auto add = [&seen](const std::string& title, const Option& option) {
    for (const std::string& file : option.files()) {
      std::error_code unknown;
      if (option.file_use() == FileUse::read && !std::filesystem::exists(file, unknown)) continue;
      const auto [other, is_new] = seen.emplace(identity_of(file), Named{title, option.file_use()});
      if (is_new || (other->second.use == FileUse::read && option.file_use() == FileUse::read)) continue;
      throw UsageError(fmt::format("{} and {} are the same file, {}", other->second.title, title, file));
    }
  };
  for (const auto& [option, is_required] : arguments_) add(option.name(), option);
  for (const auto& [group, option] : options_) add(option.title(), option);
}

std::vector<CommandLine::Group> CommandLine::groups() const {
  std::vector<Group> groups{{"Options used most", {}}};
  for (const auto& [title, option] : options_) {
    const auto has_title = [&, &name = title](const Group& group) { return group.title == name; };
    auto group = option.is_usual() ? groups.begin() : std::ranges::find_if(groups, has_title);
    if (group == groups.end()) group = groups.insert(groups.end(), {title, {}});
    group->options.push_back(&option);
  }
  std::erase_if(groups, [](const Group& group) { return group.options.empty(); });
  std::ranges::stable_partition(groups, [](const Group& group) { return group.title != last_group; });
  return groups;
}

std::string CommandLine::help() const {
  std::ostringstream text;
  text << "Usage: dko " << usage_ << "\n\n" << what_ << "\n\nExample:\n  " << example_ << "\n";
  for (const Group& group : groups()) {
    po::options_description description(group.title, columns);
    for (const Option* option : group.options) add_to(description, *option);
    text << '\n' << description;
  }
  return text.str();
}

}  // namespace dko
