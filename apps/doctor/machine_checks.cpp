#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>
#include <thread>

#include "apps/doctor/checks.h"
#include "apps/shell/environment.h"
#include "apps/shell/sandbox.h"
#include "dsp/machine.h"

namespace hitscope::apps::doctor {
namespace {

namespace fs = std::filesystem;

constexpr double kGigabyte = 1e9;

Check core_check() {
  const int usable = dsp::usable_cores();
  const auto all = static_cast<int>(std::thread::hardware_concurrency());
  if (usable >= all) return {State::kOk, "cores", fmt::format("{}", usable)};
  return {State::kNote, "cores",
          fmt::format("{} of {}: CPU affinity or the quota of a control group allows no more", usable, all)};
}

Check memory_check() {
  const double usable = static_cast<double>(dsp::usable_memory()) / kGigabyte;
  const double all =
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / kGigabyte;
  const bool is_limited = usable < 0.99 * all;
  const std::string found = fmt::format("{:.1f} GB", usable) +
                            (is_limited ? fmt::format(" of {:.1f}, by a control group or ulimit -v", all) : "");
  constexpr double kLittle = 2.0;
  if (usable < kLittle) return {State::kNote, "memory", found, "networks may need 2 GB: use a small --batch-size"};
  return {is_limited ? State::kNote : State::kOk, "memory", found};
}

Check bfloat16_check() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bf16") != 0) return {State::kOk, "bfloat16", "networks train in bfloat16"};
  if (__builtin_cpu_supports("avx2") == 0)
    return {State::kNote, "bfloat16", "this processor has neither it nor AVX2: everything is several times slower"};
#endif
  return {State::kNote, "bfloat16",
          "this processor does not multiply in it (AVX-512 BF16): networks train in float32, about 1.5 times slower"};
}

Check landlock_check() {
  const int version = shell::landlock_version();
  if (version > 0) {
    return {State::kOk, "Landlock",
            fmt::format("version {}: each verb is restricted to the files it is given", version)};
  }
  return {State::kNote, "Landlock", "not there: the kernel does not restrict a verb that a hostile file took over",
          "Linux 5.19 or later, with landlock in its list of security modules (lsm=)"};
}

Check proxy_check() {
  const auto name = shell::proxy_variable(shell::process_environment());
  if (!name) return {State::kOk, "proxy", "none"};
  return {State::kNote, "proxy", *name + " is set",
          "fetch needs --no-proxy to connect directly, or --allow-private-addresses to trust the proxy"};
}

Check open_files_check() {
  rlimit limit{};
  constexpr rlim_t kWanted = 1024;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max == RLIM_INFINITY)
    return {State::kOk, "open files", "any number"};
  if (limit.rlim_max >= kWanted) return {State::kOk, "open files", fmt::format("{}", limit.rlim_max)};
  return {State::kSlow, "open files", fmt::format("at most {}: fetch makes fewer transfers at once", limit.rlim_max),
          "raise the hard limit: nofile in /etc/security/limits.conf, or LimitNOFILE= of the service"};
}

Check clock_check() {
  const std::time_t now = std::time(nullptr);
  constexpr std::time_t kEarliest = 1'767'225'600;  // 2026-01-01: before this version
  const std::string time = fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(now));
  if (now < kEarliest) {
    return {State::kFails, "clock", time + " cannot be right: signed links and certificates are checked against it",
            "sudo timedatectl set-ntp true"};
  }
  timex state{};
  const int told = ::adjtimex(&state);
  if (told >= 0 && told != TIME_ERROR && (state.status & STA_UNSYNC) == 0) return {State::kOk, "clock", time};
  return {State::kNote, "clock", time + "; not synchronised, as far as the kernel knows",
          "compare it with another clock; timedatectl set-ntp true keeps it right"};
}

/// "60,000" of 60, "2,222,000" of 2222.
std::string thousands_text(double thousands) {
  const auto n = static_cast<long>(thousands);
  return n < 1000 ? fmt::format("{},000", n) : fmt::format("{},{:03},000", n / 1000, n % 1000);
}

bool is_network_disk(const fs::path& folder) {
  struct statfs info {};
  constexpr long kNfs = 0x6969;
  constexpr long kSmb = 0x517B;
  constexpr long kSmb2 = 0xFE534D42;
  constexpr long kCifs = 0xFF534D42;
  if (::statfs(folder.c_str(), &info) != 0) return false;
  const long type = static_cast<long>(info.f_type) & 0xFFFFFFFF;
  return type == kNfs || type == kSmb || type == kSmb2 || type == kCifs;
}

}  // namespace

std::vector<Check> machine_checks() {
  return {core_check(),  memory_check(),     bfloat16_check(), landlock_check(),
          proxy_check(), open_files_check(), clock_check()};
}

Check disk_check(const fs::path& folder) {
  std::error_code error;
  fs::path there = folder.empty() ? "." : folder;  // or what is there of it: fetch and render make the rest
  while (!fs::exists(there, error) && there.has_relative_path()) {
    there = there.has_parent_path() ? there.parent_path() : ".";
  }
  struct statvfs info {};
  const bool is_folder = fs::is_directory(there, error);
  if (!is_folder || ::statvfs(there.c_str(), &info) != 0) {
    return {State::kFails, "disk", there.string() + ": " + std::strerror(is_folder ? errno : ENOTDIR),
            "give a folder that can be read, or one that can be made"};
  }
  const double free = static_cast<double>(info.f_bavail) * static_cast<double>(info.f_frsize);
  constexpr double kThousandClips = 0.9e9;  // 30 s of MP3 at 128 kb/s, and a spectrogram [128, 1292] in float16
  const double thousands = std::floor(free / kThousandClips);
  const std::string found =
      fmt::format("{:.1f} GB free in {}, room for {} clips of 30 s and their spectrograms", free / kGigabyte,
                  there.string(), thousands < 1 ? "fewer than 1,000" : "about " + thousands_text(thousands));
  if (::access(there.c_str(), W_OK) != 0) {
    return {State::kFails, "disk", found + "; it cannot be written to", "choose a folder that you may write to"};
  }
  if (free < kGigabyte) return {State::kFails, "disk", found, "make room, or choose another disk"};
  constexpr fsblkcnt_t kFewFiles = 1000;
  if (info.f_files > 0 && info.f_favail < kFewFiles) {  // some file systems do not count files
    return {State::kFails, "disk",
            fmt::format("room for {} more files only (inodes) in {}", info.f_favail, there.string()),
            "remove files, or choose another disk"};
  }
  if (is_network_disk(there)) {
    return {State::kNote, "disk", found + "; on a network file system",
            "fetch to a local disk: the journal makes many small writes"};
  }
  return {State::kOk, "disk", found};
}

}  // namespace hitscope::apps::doctor
