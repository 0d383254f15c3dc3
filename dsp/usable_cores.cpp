#include "dsp/usable_cores.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <thread>

namespace hitscope::dsp {
namespace {

namespace fs = std::filesystem;

int affinity_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));  // over 1,024 cores
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// quota / period of two numbers; nullopt for "max", -1 or what cannot be read.
std::optional<double> share_of(const std::string& text) {
  std::istringstream words(text);
  double quota = 0.0;
  double period = 0.0;
  if (!(words >> quota >> period) || quota <= 0.0 || period <= 0.0) return std::nullopt;
  return quota / period;
}

/// The quota of one group.
std::optional<double> quota_in(const fs::path& group, bool is_second_version) {
  if (is_second_version) return share_of(text_of(group / "cpu.max"));
  return share_of(text_of(group / "cpu.cfs_quota_us") + " " + text_of(group / "cpu.cfs_period_us"));
}

}  // namespace

double cgroup_cores(const std::string& membership, const fs::path& root) {
  double least = 0.0;
  std::istringstream lines(membership);
  for (std::string line; std::getline(lines, line);) {  // "0::/a/b", or of the first version "4:cpu,cpuacct:/a/b"
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool is_second_version = controllers.empty();
    if (!is_second_version && ("," + controllers + ",").find(",cpu,") == std::string::npos) continue;
    const fs::path top = is_second_version ? root : root / controllers;
    fs::path group = fs::path(line.substr(second + 1)).relative_path().lexically_normal();
    while (true) {
      if (const auto quota = quota_in(top / group, is_second_version)) {
        least = least > 0.0 ? std::min(least, *quota) : *quota;
      }
      if (group.empty() || group == ".") break;
      group = group.parent_path();
    }
  }
  return least;
}

int usable_cores() {
  static const int cores = [] {
    const double quota = cgroup_cores(text_of("/proc/self/cgroup"), "/sys/fs/cgroup");
    const int of_affinity = affinity_cores();
    return quota > 0.0 ? std::clamp(static_cast<int>(std::ceil(quota)), 1, of_affinity) : of_affinity;
  }();
  return cores;
}

}  // namespace hitscope::dsp
