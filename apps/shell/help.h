// --help: usage, what the verb does, its options by heading, examples; wrapped at the terminal's width.
// Thread safety: free functions without shared state.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace hitscope::apps::shell {

struct Option;

/// What a verb says of itself.
struct HelpPage {
  HelpPage();
  ~HelpPage();
  std::string usage;    ///< "hitscope train TABLE --out RUN [options]"
  std::string summary;  ///< a paragraph
  std::string footer;   ///< examples and exit codes; lines that begin with a blank are not wrapped
  /// Options by heading, both in the order in which they came; positional arguments first, with the heading "".
  std::vector<std::pair<std::string, std::vector<Option>>> groups;

  void add(const std::string& group, Option option);
};

/// Columns of the terminal on standard output, 60 to 100; 80 where it is none (or $COLUMNS).
int terminal_width();
std::string help_text(const HelpPage& page, int width);

}  // namespace hitscope::apps::shell
