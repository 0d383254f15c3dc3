// The text of --help: usage, what the verb does, its options by heading and examples, wrapped at the terminal's width.
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hitscope::apps::shell {

struct Option;

/// The contents of a verb's --help.
struct HelpPage {
  HelpPage();
  ~HelpPage();
  std::string usage;    ///< the first line: "hitscope train TABLE --out RUN [options]"
  std::string summary;  ///< a paragraph on what the verb does
  std::string footer;   ///< examples and exit codes; lines that begin with a space are not wrapped
  /// Options by heading, both in the order in which they were added. Positional arguments have an empty heading.
  std::vector<std::pair<std::string, std::vector<Option>>> groups;

  void add(const std::string& group, Option option);
  /// Adds the options that every verb has.
  void add_common();
};

/// An option's flags and value, "--sample-rate, --sr HZ", or a positional argument's name.
std::string usage_of(const Option& option);
/// What --help says of an option, with its default.
std::string words_of(const Option& option);

/// Columns of the terminal on standard output; nullopt if it is none, or does not say.
std::optional<int> terminal_columns();
/// The same for text, limited to 60..100; 80 (or $COLUMNS) if standard output is not a
/// terminal.
int terminal_width();
/// `text` in lines of at most `width` columns, each after `indent` blanks; `used` columns of the first are taken.
std::string wrapped(const std::string& text, int width, int indent, int used);
/// The page as text, wrapped at `width` columns.
std::string help_text(const HelpPage& page, int width);

}  // namespace hitscope::apps::shell
