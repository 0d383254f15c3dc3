#include "apps/shell/verb.h"

#include <csignal>

namespace hitscope::apps::shell {
namespace {

std::atomic<bool> stopped{false};

void on_signal(int) {
  stopped = true;
}

}  // namespace

const std::atomic<bool>& stop_flag() {
  return stopped;
}

void install_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // a second Ctrl-C ends the process at once
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction before {};
  sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);  // nohup keeps it ignored
  std::signal(SIGPIPE, SIG_IGN);
}

std::string exit_codes() {
  return "Exit codes:\n"
         "  0  all rows fine\n"
         "  1  some rows failed\n"
         "  2  wrong usage or unusable input\n"
         "  3  stopped before the end\n";
}

}  // namespace hitscope::apps::shell
