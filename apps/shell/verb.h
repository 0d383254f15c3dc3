// What every verb shares: exit codes, wrong usage, and a stop flag that Ctrl-C sets.
// Thread safety: any thread may read stop_flag(); call install_signals() from one thread.
#pragma once

#include <atomic>
#include <stdexcept>
#include <string>

namespace hitscope::apps::shell {

/// The exit codes, which every --help documents.
enum class ExitCode { kAllFine = 0, kSomeFailed = 1, kUsage = 2, kStopped = 3 };

/// Thrown for an input or a combination of options that the verb cannot run with: prints one line, exit code kUsage.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Set by SIGINT, SIGTERM and SIGHUP after install_signals(): verbs then finish what is in progress and say how to
/// resume.
const std::atomic<bool>& stop_flag();

/// Makes SIGINT, SIGTERM and SIGHUP (unless nohup has it ignored) set stop_flag(); a second signal ends the process at
/// once. Command::run calls it.
void install_signals();

/// The paragraph on exit codes, for the end of a --help.
std::string exit_codes();

}  // namespace hitscope::apps::shell
