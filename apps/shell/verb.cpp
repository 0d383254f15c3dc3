#include "apps/shell/verb.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "apps/shell/command.h"
#include "ingest/input_error.h"

namespace hitscope::apps::shell {
namespace {

std::atomic<bool> stopped{false};

void on_signal(int) {
  stopped = true;
}

int complain(const CLI::App& app, const std::exception& e, ExitCode code) {
  std::cout.flush();
  const std::string words = e.what();  // LibTorch's go on with a stack trace
  std::cerr << app.get_name() << ": " << with_flags(words.substr(0, words.find('\n'))) << '\n';
  return static_cast<int>(code);
}

}  // namespace

void install_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // a second Ctrl-C ends the process at once
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

const std::atomic<bool>& stop_flag() {
  return stopped;
}

int run_verb(CLI::App& app, int argc, char** argv, const std::function<ExitCode()>& verb) {
  static_assert(std::atomic<bool>::is_always_lock_free, "the signal handler needs it");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help
    std::cerr << app.get_name() << ": " << e.what() << " (see " << app.get_name() << " --help)\n";
    return static_cast<int>(ExitCode::kUsage);
  } catch (const std::invalid_argument& e) {  // of an option that takes one of a set of names
    return complain(app, e, ExitCode::kUsage);
  }
  install_signals();
  try {
    const ExitCode code = verb();
    if (!std::cout.flush()) throw std::runtime_error("standard output cannot be written to");
    return static_cast<int>(code);
  } catch (const UsageError& e) {
    return complain(app, e, ExitCode::kUsage);
  } catch (const ingest::InputError& e) {
    return complain(app, e, ExitCode::kUsage);
  } catch (const std::invalid_argument& e) {
    return complain(app, e, ExitCode::kUsage);
  } catch (const std::exception& e) {
    return complain(app, e, ExitCode::kStopped);
  }
}

std::string exit_codes() {
  return "Exit codes:\n"
         "  0  all rows fine\n"
         "  1  some rows failed\n"
         "  2  wrong usage or unusable input\n"
         "  3  stopped before the end\n";
}

std::string help_footer(const std::string& examples) {
  return "Examples:\n" + examples +
         "\nExit codes: 0 all rows fine, 1 some rows failed, 2 wrong usage or unusable input, 3 stopped before the "
         "end.\n";
}

}  // namespace hitscope::apps::shell
