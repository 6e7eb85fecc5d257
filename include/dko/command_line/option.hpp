#pragma once
// One option of a command line: its name, what it takes, its help text and where its value goes.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dko {

/// How many values an option takes.
enum class Arity {
  none,      ///< a switch
  one,       ///< one, and the option is given once
  repeated,  ///< one each time it is given
  several    ///< one or more each time it is given
};

/// What a command does with the file that a value names.
enum class FileUse { none, read, written };

class Option {
 public:
  /// Stores the values, of which none is empty. @throws UsageError for those that do not fit
  using Store = std::function<void(const Option& option, const std::vector<std::string>& values)>;

  /// `name` is "steps", with a letter "out,o", or a letter alone ",n"; `argument` is what the help text calls
  /// the value.
  Option(std::string_view name, Arity arity, std::string argument, std::string help, Store store);

  /// Is listed first in the help text, before the groups.
  Option& usual();
  Option& required();
  /// The value, a number, must be at least `least` and at most `most`.
  Option& range(double least, double most);
  /// All values there are.
  Option& choices(std::vector<std::string> choices);
  /// What the help text states where the option is not given.
  Option& defaults_to(std::string text);
  /// Cannot be given with that option.
  Option& excludes(std::string name);
  /// The value names a file that is read, if there is one of that name.
  Option& reads();
  /// The value names a file that is written: no other option may name the same one.
  /// `none`: a word that names no file.
  Option& writes(std::string none = {});

  const std::string& name() const { return name_; }      ///< empty if it has a letter alone
  const std::string& letter() const { return letter_; }  ///< empty if it has none
  Arity arity() const { return arity_; }
  const std::string& argument() const { return argument_; }
  const std::string& help() const { return help_; }
  const std::string& default_text() const { return default_; }
  const std::vector<std::string>& choices() const { return choices_; }
  const std::vector<std::string>& excluded() const { return excluded_; }
  bool is_usual() const { return is_usual_; }
  bool is_required() const { return is_required_; }
  bool is_given() const { return is_given_; }
  FileUse file_use() const { return file_use_; }
  /// Values that were given, of an option that names files.
  const std::vector<std::string>& files() const { return files_; }

  /// "--steps", "-n": how messages name it.
  std::string title() const;
  /// @throws UsageError unless the value is in the range
  void require_in_range(double value) const;
  /// What the command line gives. @throws UsageError, also if a value is empty
  void take(const std::vector<std::string>& values);

 private:
  std::string name_;
  std::string letter_;
  Arity arity_;
  std::string argument_;
  std::string help_;
  Store store_;
  std::string default_;
  std::vector<std::string> choices_;
  std::vector<std::string> excluded_;
  std::optional<double> least_;
  double most_ = 0;
  bool is_usual_ = false;
  bool is_required_ = false;
  bool is_given_ = false;
  FileUse file_use_ = FileUse::none;
  std::vector<std::string> files_;
  std::string no_file_;
};

}  // namespace dko
