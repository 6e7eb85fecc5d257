#include "dko/command_line/manual.hpp"

#include <fmt/format.h>

#include <map>

namespace dko {

namespace {

/// As roff prints it, character by character.
std::string escaped(std::string_view text) {
  std::string roff;
  bool starts_line = true;
  for (const char letter : text) {
    if (starts_line && (letter == '.' || letter == '\'')) roff += "\\&";
    if (letter == '\\')
      roff += "\\e";
    else if (letter == '-')
      roff += "\\-";
    else
      roff += letter;
    starts_line = letter == '\n';
  }
  return roff;
}

std::string bold(std::string_view text) {
  return fmt::format("\\fB{}\\fR", escaped(text));
}

std::string title_line(std::string_view page, std::string_view version) {
  return fmt::format(".TH {} 1 \"\" \"dko {}\" \"User Commands\"\n", page, version);
}

/// "-o, --out FILE".
std::string heading(const Option& option) {
  std::string text;
  if (!option.letter().empty()) text = bold("-" + option.letter());
  if (!option.name().empty()) text += (text.empty() ? "" : ", ") + bold("--" + option.name());
  if (!option.argument().empty()) text += fmt::format(" \\fI{}\\fR", escaped(option.argument()));
  return text;
}

std::string described(const Option& option) {
  std::string text = escaped(option.help());
  if (option.is_required()) text += " (required)";
  if (!option.default_text().empty()) text += fmt::format(" (default: {})", escaped(option.default_text()));
  return text;
}

std::string exit_status() {
  return ".SH EXIT STATUS\n0 done, 2 usage, 3 unusable input, 4 input/output failure, 5 stopped by a signal "
         "or\n"
         "\\-\\-time\\-limit with all saved, 1 anything else.\n";
}

}  // namespace

std::string page_name(std::string_view command) {
  std::string name = fmt::format("dko-{}", command);
  for (char& letter : name) {
    if (letter == ' ') letter = '-';
  }
  return name;
}

std::string man_page(const ManualEntry& entry, std::string_view version) {
  const std::string page = page_name(entry.name);
  const CommandLine& line = entry.line;
  std::string text = title_line(page, version);
  text += fmt::format(".SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{}\n.SH DESCRIPTION\n{}\n.SH OPTIONS\n", page,
                      escaped(entry.summary), bold("dko " + line.usage()), escaped(line.what()));
  for (const CommandLine::Group& group : line.groups()) {
    text += fmt::format(".SS {}\n", group.title);
    for (const Option* option : group.options)
      text += fmt::format(".TP\n{}\n{}\n", heading(*option), described(*option));
  }
  text += fmt::format(".SH EXAMPLE\n.nf\n{}\n.fi\n", escaped(line.example()));
  return text + exit_status() + ".SH SEE ALSO\n\\fBdko\\fR(1)\n";
}

std::string man_page(std::span<const ManualEntry> entries, std::string_view what, std::string_view version) {
  std::string text = title_line("dko", version);
  text += fmt::format(
      ".SH NAME\ndko \\- data\\-driven knockout screens\n.SH SYNOPSIS\n\\fBdko\\fR \\fICOMMAND\\fR "
      "[options]\n"
      ".SH DESCRIPTION\n{}\n.SH COMMANDS\n",
      escaped(what));
  std::string pages;
  for (const ManualEntry& entry : entries) {
    text += fmt::format(".TP\n{}\n{}\n", bold("dko " + entry.name), escaped(entry.summary));
    pages += fmt::format("{}\\fB{}\\fR(1)", pages.empty() ? "" : ",\n", page_name(entry.name));
  }
  return text + exit_status() + ".SH SEE ALSO\n" + pages + "\n";
}

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// "--out" and "-o".
std::vector<std::string> spellings(const Option& option) {
  std::vector<std::string> words;
  if (!option.name().empty()) words.push_back("--" + option.name());
  if (!option.letter().empty()) words.push_back("-" + option.letter());
  return words;
}

/// Words that may stand after others: those after "" are the commands.
std::map<std::string, std::vector<std::string>> words_after(std::span<const ManualEntry> entries) {
  std::map<std::string, std::vector<std::string>> after;
  for (const ManualEntry& entry : entries) {
    const std::size_t blank = entry.name.find(' ');
    const std::string first = entry.name.substr(0, blank);
    auto& commands = after[""];
    if (commands.empty() || commands.back() != first) commands.push_back(first);
    if (blank != std::string::npos) after[first].push_back(entry.name.substr(blank + 1));
  }
  after[""].insert(after[""].end(), {"--help", "--version"});
  return after;
}

/// Branches of a case: what is offered after an option with a value, and which options there are.
struct Branches {
  std::string values;
  std::string options;
};

Branches branches_of(std::span<const ManualEntry> entries) {
  Branches branches;
  for (const ManualEntry& entry : entries) {
    std::vector<std::string> all;
    for (const CommandLine::Group& group : entry.line.groups()) {
      for (const Option* option : group.options) {
        for (const std::string& word : spellings(*option)) {
          all.push_back(word);
          if (option->choices().empty()) continue;
          branches.values +=
              fmt::format("    '{} {}') words='{}' ;;\n", entry.name, word, joined(option->choices()));
        }
      }
    }
    branches.options += fmt::format("    '{}') words='{}' ;;\n", entry.name, joined(all));
  }
  return branches;
}

}  // namespace

std::string bash_completion(std::span<const ManualEntry> entries) {
  std::string parts;  // of commands with a second word
  const auto after = words_after(entries);
  for (const auto& [first, words] : after) {
    if (!first.empty())
      parts +=
          fmt::format("    {}) [ $COMP_CWORD = 2 ] && words='{}' || command+=\" ${{COMP_WORDS[2]-}}\" ;;\n",
                      first, joined(words));
  }
  const Branches branches = branches_of(entries);
  return fmt::format(
      R"(# Completion of dko's commands, options and values in bash. Made by dko --completion bash.
_dko() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command=${{COMP_WORDS[1]}} words=
  COMPREPLY=()
  # --option=value is three words here.
  if [ "$word" = = ]; then word=; elif [ "$before" = = ]; then before=${{COMP_WORDS[COMP_CWORD - 2]}}; fi
  [ "$COMP_CWORD" != 1 ] || words='{}'
  case $command in
{}  esac
  [ -n "$words" ] || case "$command $before" in
{}  esac
  [ -n "$words" ] || [[ $word != -* ]] || case $command in
{}  esac
  [ -z "$words" ] || COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _dko dko
)",
      joined(after.at("")), parts, branches.values, branches.options);
}

}  // namespace dko
