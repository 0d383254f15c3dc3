// What every verb's main shares: exit codes, one place that catches, and a stop flag that Ctrl-C sets.
// Thread safety: stop_flag() may be read from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace CLI {
class App;
}

namespace hitscope::apps::shell {

/// Documented in every --help.
enum class ExitCode { kAllFine = 0, kSomeFailed = 1, kUsage = 2, kStopped = 3 };

/// An input or a combination of options that the verb cannot start with: one line for people, exit code kUsage.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Set by SIGINT and SIGTERM once run_verb has begun: finish what is in flight and say how to resume.
const std::atomic<bool>& stop_flag();

/// Has SIGINT and SIGTERM set stop_flag(); a second one ends the process at once. Command::run calls it.
void install_signals();

/// Parses the command line with `app` and runs `verb`. Prints one line on standard error for whatever is thrown:
/// std::invalid_argument and UsageError end as kUsage, anything else as kStopped.
int run_verb(CLI::App& app, int argc, char** argv, const std::function<ExitCode()>& verb);

/// The paragraph on exit codes, for the end of a --help.
std::string exit_codes();

/// The paragraph on exit codes and the examples, for the end of a --help.
std::string help_footer(const std::string& examples);

}  // namespace hitscope::apps::shell
