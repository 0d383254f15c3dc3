#include "apps/doctor/doctor_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <nlohmann/json.hpp>

#include "apps/doctor/checks.h"
#include "apps/shell/help.h"

namespace hitscope::apps::doctor {
namespace {

constexpr std::array kStates{"ok", "note", "slow", "fails"};

const char* name_of(State state) {
  return kStates.at(static_cast<std::size_t>(state));
}

void print_json(const Check& check) {
  const nlohmann::ordered_json line{
      {"check", check.name}, {"state", name_of(check.state)}, {"found", check.found}, {"advice", check.advice}};
  std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void print_line(const Check& check, int width) {
  constexpr int kIndent = 24;
  const std::string begin = fmt::format("{:<9}{:<15}", name_of(check.state), check.name);
  std::cout << begin << shell::wrapped(check.found, width, kIndent, kIndent);
  if (check.advice.empty()) return;
  std::cout << std::string(kIndent, ' ') << "-> " << shell::wrapped(check.advice, width, kIndent + 3, kIndent + 3);
}

}  // namespace

shell::ExitCode run_doctor(const DoctorRunConfig& config) {
  std::vector<Check> checks = program_checks();
  for (Check& check : machine_checks()) checks.push_back(std::move(check));
  checks.push_back(disk_check(config.folder));
  const int width = shell::terminal_width();
  for (const Check& check : checks) config.json ? print_json(check) : print_line(check, width);
  const auto n_bad =
      std::count_if(checks.begin(), checks.end(), [](const Check& c) { return c.state >= State::kSlow; });
  if (!config.json) {
    std::cout << (n_bad == 0 ? "\nNothing needs attention.\n"
                             : fmt::format("\n{} of {} checks {} attention.\n", n_bad, checks.size(),
                                           n_bad == 1 ? "needs" : "need"));
  }
  return n_bad == 0 ? shell::ExitCode::kAllFine : shell::ExitCode::kSomeFailed;
}

}  // namespace hitscope::apps::doctor
