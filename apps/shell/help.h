// The text of --help: usage, what the verb does, its options by heading and examples, wrapped at the terminal's width.
// Thread safety: free functions without shared state.
#pragma once

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
};

/// Columns of the terminal on standard output, limited to 60..100; 80 (or $COLUMNS) if standard output is not a
/// terminal.
int terminal_width();
/// The page as text, wrapped at `width` columns.
std::string help_text(const HelpPage& page, int width);

}  // namespace hitscope::apps::shell
