// A verb's command line as data: what `hitscope VERB --describe` prints, of which manual pages and completions are made
// (apps/package/make_docs.py), and the text of --version.
// Thread safety: free functions without shared state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/shell/command.h"
#include "apps/shell/help.h"
#include "dsp/library_versions.h"

namespace hitscope::apps::shell {

/// What is printed for a command line with --help, --version or --describe, whatever else it holds; nullopt without.
std::optional<std::string> information(const std::vector<std::string>& words, HelpPage page,
                                       const std::vector<LibraryList>& libraries);

/// The page and the libraries as JSON. Each option has `flags` (empty for a positional argument), `usage`
/// ("--sample-rate,
/// --sr HZ"), `words` (its line of --help), `value` (empty for a switch), `choices`, `is_list` and `takes_paths`.
std::string description_json(const HelpPage& page, const std::vector<dsp::LibraryVersion>& libraries);

}  // namespace hitscope::apps::shell
