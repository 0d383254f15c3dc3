// What every verb shares: exit codes, wrong usage, and a stop flag that Ctrl-C sets.
// Thread safety: stop_flag() may be read from any thread.
#pragma once

#include <atomic>
#include <stdexcept>
#include <string>

namespace hitscope::apps::shell {

/// Documented in every --help.
enum class ExitCode { kAllFine = 0, kSomeFailed = 1, kUsage = 2, kStopped = 3 };

/// An input or a combination of options that the verb cannot start with: one line for people, exit code kUsage.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Set by SIGINT and SIGTERM once install_signals() was called: finish what is in flight and say how to resume.
const std::atomic<bool>& stop_flag();

/// Has SIGINT and SIGTERM set stop_flag(); a second one ends the process at once. Command::run calls it.
void install_signals();

/// The paragraph on exit codes, for the end of a --help.
std::string exit_codes();

}  // namespace hitscope::apps::shell
