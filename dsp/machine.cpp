#include "dsp/machine.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
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

/// A limit of one group: its folder, and whether it is one of the second version.
using LimitIn = std::function<std::optional<double>(const fs::path& group, bool is_second_version)>;

std::optional<double> cores_in(const fs::path& group, bool is_second_version) {
  if (is_second_version) return share_of(text_of(group / "cpu.max"));
  return share_of(text_of(group / "cpu.cfs_quota_us") + " " + text_of(group / "cpu.cfs_period_us"));
}

std::optional<double> memory_in(const fs::path& group, bool is_second_version) {
  std::istringstream text(text_of(group / (is_second_version ? "memory.max" : "memory.limit_in_bytes")));
  double bytes = 0.0;
  constexpr double kNoLimit = 0x1p60;  // the first version writes nearly 2^63 where there is none
  if (!(text >> bytes) || bytes <= 0.0 || bytes > kNoLimit) return std::nullopt;
  return bytes;
}

double least_limit(const std::string& membership, const fs::path& root, const std::string& controller,
                   const LimitIn& limit_in) {
  double least = 0.0;
  std::istringstream lines(membership);
  for (std::string line; std::getline(lines, line);) {  // "0::/a/b", or of the first version "4:cpu,cpuacct:/a/b"
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool is_second_version = controllers.empty();
    const bool is_wanted = ("," + controllers + ",").find("," + controller + ",") != std::string::npos;
    if (!is_second_version && !is_wanted) continue;
    const fs::path top = is_second_version ? root : root / controllers;
    fs::path group = fs::path(line.substr(second + 1)).relative_path().lexically_normal();
    while (true) {
      if (const auto limit = limit_in(top / group, is_second_version)) {
        least = least > 0.0 ? std::min(least, *limit) : *limit;
      }
      if (group.empty() || group == ".") break;
      group = group.parent_path();
    }
  }
  return least;
}

}  // namespace

double cgroup_cores(const std::string& membership, const fs::path& root) {
  return least_limit(membership, root, "cpu", cores_in);
}

double cgroup_memory(const std::string& membership, const fs::path& root) {
  return least_limit(membership, root, "memory", memory_in);
}

std::uint64_t usable_memory() {
  static const std::uint64_t bytes = [] {
    const double limit = cgroup_memory(text_of("/proc/self/cgroup"), "/sys/fs/cgroup");
    double all = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
    rlimit mapped{};  // ulimit -v
    if (::getrlimit(RLIMIT_AS, &mapped) == 0 && mapped.rlim_cur != RLIM_INFINITY) {
      all = std::min(all, static_cast<double>(mapped.rlim_cur));
    }
    return static_cast<std::uint64_t>(limit > 0.0 ? std::min(limit, all) : all);
  }();
  return bytes;
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
