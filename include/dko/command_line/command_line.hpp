#pragma once
// The command line of one command: a table of its arguments and options, from which it is read, explained
// (--help), completed by the shell and described in a man page.

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dko/command_line/option.hpp"

namespace dko {

/// A value of a type of its own, and the word for it.
template <class T>
struct Choice {
  std::string name;
  T value;
};

/// The group that the help text has last: --help is in it.
inline constexpr auto last_group = "Messages and reports";

/// Variables that arguments and options are read into keep their values where these are not given: they are
/// the defaults. They must outlive the parsing. All calls are local, and do the same on every rank.
class CommandLine {
 public:
  /// `usage` is what follows "dko ", such as "train INPUT -o MODEL [options]".
  CommandLine(std::string usage, std::string what, std::string example);

  /// An argument without a name, by its place.
  void argument(std::string name, std::string& variable);
  void optional_argument(std::string name, std::string& variable);
  /// The last: one or more.
  void arguments(std::string name, std::vector<std::string>& variables);

  /// The options that follow belong to the group of this title, in the help text.
  void group(std::string title) { group_ = std::move(title); }

  Option& flag(std::string_view name, bool& variable, std::string help);
  Option& option(std::string_view name, std::string& variable, std::string argument, std::string help);
  Option& option(std::string_view name, std::int64_t& variable, std::string argument, std::string help);
  Option& option(std::string_view name, double& variable, std::string argument, std::string help);
  Option& option(std::string_view name, std::optional<std::int64_t>& variable, std::string argument,
                 std::string help);
  Option& option(std::string_view name, std::optional<double>& variable, std::string argument,
                 std::string help);
  /// Given once for each value.
  Option& option(std::string_view name, std::vector<std::string>& variables, std::string argument,
                 std::string help);
  /// All values at once.
  Option& list(std::string_view name, std::vector<std::string>& variables, std::string argument,
               std::string help);
  Option& list(std::string_view name, std::vector<std::int64_t>& variables, std::string argument,
               std::string help);
  /// One of some words. The variable holds the value of one of them, or, if optional, none.
  template <class T>
  Option& choice(std::string_view name, T& variable, const std::vector<Choice<T>>& choices,
                 const std::string& help);
  template <class T>
  Option& choice(std::string_view name, std::optional<T>& variable, const std::vector<Choice<T>>& choices,
                 const std::string& help);
  /// A value that `value_of(const std::string&)` makes of the word. @throws what that throws, when parsing
  template <class T, class ValueOf>
  Option& parsed(std::string_view name, T& variable, const std::string& argument, ValueOf value_of,
                 const std::string& help);

  /// Is called when all variables are set: for rules between options. `check(line)` throws
  /// UsageError.
  void check(std::function<void(const CommandLine& line)> check) { checks_.push_back(std::move(check)); }

  /// Reads the arguments into the variables. False if --help is asked for: nothing is read.
  /// @throws UsageError for anything that does not fit
  bool parse(const std::vector<std::string>& arguments);
  /// Whether parse() has met the option.
  bool given(std::string_view name) const;

  /// The text of --help.
  std::string help() const;

  struct Group {
    std::string title;
    std::vector<const Option*> options;
  };
  /// All options as the help text has them: the usual ones first, then group by group.
  std::vector<Group> groups() const;
  const std::string& usage() const { return usage_; }
  const std::string& what() const { return what_; }
  const std::string& example() const { return example_; }

 private:
  struct Argument {
    Option option;
    bool is_required;
  };

  Option& add(std::string_view name, Arity arity, std::string argument, std::string help,
              Option::Store store);
  const Option* find(std::string_view name) const;
  /// Stores the words that the command line has for each argument and option. @throws UsageError
  void take(const std::function<std::vector<std::string>(const Option&)>& words_given);
  std::string see_help() const;
  /// "; did you mean --steps?" if an option is nearly called like that.
  std::string suggestion(std::string_view wrong) const;
  void check_exclusions() const;
  /// @throws UsageError if a file that is written is named twice, however it is spelled
  void check_files() const;
  /// The place of the value among the choices. @throws UsageError
  static std::size_t chosen(const Option& option, const std::string& value);
  template <class T, class Variable>
  Option& add_choice(std::string_view name, Variable& variable, const std::vector<Choice<T>>& choices,
                     const std::string& help);

  std::string usage_;
  std::string what_;
  std::string example_;
  std::string group_;
  std::deque<Argument> arguments_;
  // With their groups. A deque, for callers keep references.
  std::deque<std::pair<std::string, Option>> options_;
  std::vector<std::function<void(const CommandLine&)>> checks_;
};

template <class T, class Variable>
Option& CommandLine::add_choice(std::string_view name, Variable& variable,
                                const std::vector<Choice<T>>& choices, const std::string& help) {
  std::vector<std::string> names;
  std::string argument;
  for (const Choice<T>& choice : choices) {
    names.push_back(choice.name);
    argument += (argument.empty() ? "" : "|") + choice.name;
  }
  return add(name, Arity::one, std::move(argument), help,
             [&variable, choices](const Option& option, const std::vector<std::string>& values) {
               variable = choices[chosen(option, values.front())].value;
             })
      .choices(std::move(names));
}

template <class T>
Option& CommandLine::choice(std::string_view name, T& variable, const std::vector<Choice<T>>& choices,
                            const std::string& help) {
  Option& option = add_choice<T>(name, variable, choices, help);
  for (const Choice<T>& choice : choices) {
    if (choice.value == variable) option.defaults_to(choice.name);
  }
  return option;
}

template <class T>
Option& CommandLine::choice(std::string_view name, std::optional<T>& variable,
                            const std::vector<Choice<T>>& choices, const std::string& help) {
  return add_choice<T>(name, variable, choices, help);
}

template <class T, class ValueOf>
Option& CommandLine::parsed(std::string_view name, T& variable, const std::string& argument, ValueOf value_of,
                            const std::string& help) {
  return add(name, Arity::one, argument, help,
             [&variable, value_of](const Option&, const std::vector<std::string>& values) {
               variable = value_of(values.front());
             });
}

}  // namespace dko
