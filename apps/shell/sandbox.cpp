#include "apps/shell/sandbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include "ingest/folder.h"

namespace hitscope::apps::shell {
namespace {

namespace fs = std::filesystem;
using ingest::Descriptor;
using Rights = std::uint64_t;

// Rights that are newer than the headers of Debian 12.
constexpr Rights kTruncate = Rights{1} << 14U;
constexpr Rights kAllNetwork = Rights{3};  // TCP: bind, connect

constexpr Rights kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr Rights kRead = kReadFile | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr Rights kWriteFile = kReadFile | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;
constexpr Rights kWrite = kRead | kWriteFile | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                          LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER;
constexpr Rights kHandled = kWrite | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                            LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                            LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

/// landlock_ruleset_attr as newer kernels have it; older ones are given its first member.
struct RulesetAttributes {
  Rights files = 0;
  Rights network = 0;
  Rights scoped = 3;  ///< abstract Unix sockets and signals end at this process
};

std::size_t size_for(int version) {
  if (version < 4) return sizeof(Rights);
  return version < 6 ? 2 * sizeof(Rights) : sizeof(RulesetAttributes);
}

constexpr std::array kLibraries{"/usr",         "/lib",          "/lib32",           "/lib64",         "/sys",
                                "/proc/self",   "/proc/sys",     "/proc/cpuinfo",    "/proc/meminfo",  "/proc/stat",
                                "/proc/driver", "/proc/devices", "/etc/ld.so.cache", "/etc/localtime", "/etc/OpenCL"};
constexpr std::array kNetworkFiles{"/etc/ssl",        "/etc/ca-certificates", "/etc/pki",      "/etc/gnutls",
                                   "/etc/hosts",      "/etc/host.conf",       "/etc/gai.conf", "/etc/nsswitch.conf",
                                   "/etc/services",   "/etc/protocols",       "/etc/passwd",   "/etc/resolv.conf",
                                   "/run/resolvconf", "/run/systemd/resolve"};
constexpr std::array kNetworkVariables{"SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "OPENSSL_CONF"};
constexpr std::array kDevices{"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/dxg"};

/// Folders of the libraries that are loaded: they may lie elsewhere than in /usr, and load others beside them.
std::set<fs::path> library_folders() {
  std::set<fs::path> folders;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t at = line.find('/');
    if (at != std::string::npos && line.find(".so") != std::string::npos)
      folders.insert(fs::path(line.substr(at)).parent_path());
  }
  return folders;
}

/// The devices of NVIDIA's driver, as they were at the first call: later the folder cannot be listed.
const std::vector<fs::path>& gpu_devices() {
  static const std::vector<fs::path> devices = [] {
    std::vector<fs::path> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/dev", error)) {
      if (entry.path().filename().string().starts_with("nvidia")) found.push_back(entry.path());
    }
    return found;
  }();
  return devices;
}

/// The folders that a variable such as LD_LIBRARY_PATH lists.
std::vector<fs::path> listed_in(const char* variable) {
  std::vector<fs::path> folders;
  const char* value = std::getenv(variable);
  std::istringstream list(value == nullptr ? "" : value);
  for (std::string folder; std::getline(list, folder, ':');) {
    if (!folder.empty()) folders.emplace_back(folder);
  }
  return folders;
}

class Ruleset {
 public:
  Ruleset(int version, const Access& access)
      : handled_((access.reads_anything ? kHandled & ~kRead : kHandled) & known(version)) {
    const RulesetAttributes attributes{handled_, access.network ? 0 : kAllNetwork};
    fd_ = Descriptor(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size_for(version), 0)));
  }

  /// Allows `rights` on `path` and what lies beneath. What cannot be opened needs no rule: it cannot be read either.
  void allow(const fs::path& path, Rights rights) const {
    const Descriptor target(ingest::open_file(path, O_PATH));
    struct stat info {};
    if (target.get() < 0 || ::fstat(target.get(), &info) != 0) return;
    if (!S_ISDIR(info.st_mode)) rights &= kWriteFile;  // other rights are refused for a file
    const landlock_path_beneath_attr rule{rights & handled_, target.get()};
    if (rule.allowed_access != 0) ::syscall(SYS_landlock_add_rule, fd_.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  }

  bool enforce() const {
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::syscall(SYS_landlock_restrict_self, fd_.get(), 0) == 0;
  }

 private:
  static Rights known(int version) { return version < 3 ? ~kTruncate : ~Rights{0}; }

  Rights handled_;
  Descriptor fd_{-1};
};

/// `path` where it is a folder, else the first folder above it.
fs::path folder_of(const fs::path& path) {
  std::error_code error;
  fs::path folder = fs::absolute(path, error);
  while (!fs::is_directory(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  return folder;
}

void allow_system(const Ruleset& rules, bool network) {
  for (const char* path : kLibraries) rules.allow(path, kRead);
  for (const fs::path& folder : library_folders()) rules.allow(folder, kRead);
  for (const fs::path& folder : listed_in("LD_LIBRARY_PATH")) rules.allow(folder, kRead);
  for (const char* path : kDevices) rules.allow(path, kWriteFile);
  for (const fs::path& path : gpu_devices()) rules.allow(path, kWrite);
  if (!gpu_devices().empty()) {  // where CUDA keeps what it has compiled
    for (const fs::path& folder : listed_in("CUDA_CACHE_PATH")) rules.allow(folder, kWrite);
    for (const fs::path& home : listed_in("HOME")) rules.allow(home / ".nv", kWrite);
  }
  if (!network) return;
  for (const char* path : kNetworkFiles) rules.allow(path, kRead);
  rules.allow("/dev/shm", kWrite);  // NCCL
  // A file that is replaced while the process runs is another file: its folder must be readable.
  std::error_code error;
  rules.allow(fs::canonical("/etc/resolv.conf", error).parent_path(), kRead);
  for (const char* name : kNetworkVariables) {
    if (const char* path = std::getenv(name)) rules.allow(path, kRead);
  }
}

}  // namespace

int landlock_version() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 2 ? 0 : static_cast<int>(version);
}

std::string confine(const Access& access) {
  const int version = landlock_version();
  if (version == 0)
    return "not restricted: there is no Landlock here (it needs Linux 5.19 or later, and not to be switched off)";
  const Ruleset rules(version, access);
  allow_system(rules, access.network);
  for (const fs::path& path : access.reads) rules.allow(path, kRead);
  std::string written;
  for (const fs::path& path : access.writes) {
    rules.allow(folder_of(path), kWrite);
    written += (written.empty() ? "" : ", ") + path.string();
  }
  if (!rules.enforce()) return fmt::format("not restricted: Landlock says {}", std::strerror(errno));
  return fmt::format("restricted by Landlock (version {}): writes {}; reads {}{}", version,
                     written.empty() ? "nothing" : "only " + written,
                     access.reads_anything ? "any file" : "only its inputs and libraries",
                     version < 3                     ? "; files can still be truncated"
                     : version < 4 || access.network ? ""
                                                     : "; no TCP connections");
}

}  // namespace hitscope::apps::shell
