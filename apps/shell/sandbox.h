// Restricts the process, by Landlock, to the files that its command line names: a second line of defence behind the
// readers of tables, audio files and folders, all of which may be hostile.
//
// What is allowed: reading the inputs, the libraries and what resolving names and checking certificates needs; writing
// the outputs. No program is started. From kernel 6.7 on no TCP connection is made either, unless the verb needs the
// network. What remains open: UDP, the user's sockets with names in the file system and, before version 3, truncating
// files. Without Landlock 2 (before Linux 5.19, or switched off) nothing is restricted: version 1 knows no renaming
// from one folder to another.
// Thread safety: call these functions while there are no other threads that open files: threads that exist already keep
// what they may do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hitscope::apps::shell {

/// What a process may reach from now on.
struct Access {
  std::vector<std::filesystem::path> reads{};
  /// folders, also read; of a file, and of a folder that does not exist yet, the first folder above it
  std::vector<std::filesystem::path> writes{};
  bool reads_anything = false;  ///< for inputs that name further files
  bool network = false;
};

/// Restricts this process. Called again it can only take away. Returns what was done, in a sentence.
std::string confine(const Access& access);

/// The version of Landlock that the kernel has; 0 without it, or with version 1.
int landlock_version();

}  // namespace hitscope::apps::shell
