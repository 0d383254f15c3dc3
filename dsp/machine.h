// What this process may use of the machine: what its CPU affinity and the limits of its control groups allow, not what
// the machine has.
// Thread safety: free functions; the first call of each reads the system, the others its result.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace hitscope::dsp {

/// Cores that this process may run on at once, 1 or more. A quota counts as the next whole number: 1.5 are 2. The
/// first call should come before a sandbox closes /proc and /sys.
int usable_cores();

/// Bytes of memory: the machine's, or the limit of the process's control groups where that is lower.
std::uint64_t usable_memory();

/// The quota of the control groups that `membership` (the text of /proc/self/cgroup) names beneath `root`
/// (/sys/fs/cgroup), the least of each group and those above it, in cores; 0 without one. Both versions of control
/// groups are read.
double cgroup_cores(const std::string& membership, const std::filesystem::path& root);

/// Their limit of memory in bytes, likewise; 0 without one.
double cgroup_memory(const std::string& membership, const std::filesystem::path& root);

}  // namespace hitscope::dsp
