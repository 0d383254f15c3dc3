// What `hitscope doctor` looks at: each check finds one thing on this machine and says what to do about it.
// Thread safety: free functions that read the system.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hitscope::apps::doctor {

enum class State {
  kOk,
  kNote,   ///< works; worth knowing
  kSlow,   ///< works, at a cost that can be avoided
  kFails,  ///< something will fail
};

struct Check {
  State state = State::kOk;
  std::string name;
  std::string found;     ///< a phrase
  std::string advice{};  ///< what to do; empty: nothing
};

/// The programs of the verbs, and the libraries that they load.
std::vector<Check> program_checks();

/// Processor, memory, kernel, network settings and clock.
std::vector<Check> machine_checks();

/// The disk that `folder` is on, or will be on once it is made.
Check disk_check(const std::filesystem::path& folder);

}  // namespace hitscope::apps::doctor
