#include "apps/spectrograms/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "apps/shell/printable.h"
#include "apps/shell/verb.h"
#include "ingest/folder.h"

namespace hitscope::apps::spectrograms {
namespace {

struct Mapping {
  const std::byte* first;
  const std::byte* last;
  std::string lost;  ///< what is said when it is gone, made beforehand: a signal handler may not allocate
};

std::vector<Mapping>& mappings() {
  static std::vector<Mapping> all;
  return all;
}

void on_bus_error(int signal, siginfo_t* info, void*) {
  const auto* address = static_cast<const std::byte*>(info->si_addr);
  for (const Mapping& mapping : mappings()) {
    if (address < mapping.first || address >= mapping.last) continue;
    [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, mapping.lost.data(), mapping.lost.size());
    ::_exit(static_cast<int>(shell::ExitCode::kStopped));
  }
  std::signal(signal, SIG_DFL);  // not ours: the instruction runs again, and ends the process
}

void heed_bus_errors() {
  static const bool is_heeded = [] {
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    return sigaction(SIGBUS, &action, nullptr) == 0;
  }();
  (void)is_heeded;
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  const ingest::Descriptor file = ingest::Folder(path.parent_path()).open_regular(path.filename());
  struct stat info {};
  ::fstat(file.get(), &info);
  const auto n_bytes = static_cast<std::size_t>(info.st_size);
  void* map = n_bytes == 0 ? MAP_FAILED : ::mmap(nullptr, n_bytes, PROT_READ, MAP_SHARED, file.get(), 0);
  if (map == MAP_FAILED) throw shell::UsageError(path.string() + ": cannot be mapped into memory");
  bytes_ = {static_cast<const std::byte*>(map), n_bytes};
  heed_bus_errors();
  mappings().push_back({bytes_.data(), bytes_.data() + n_bytes,
                        "hitscope: " + shell::one_line(path.string()) +
                            ": became shorter, or its disk was lost, while it was read; when it is whole again, the "
                            "same command continues\n"});
}

MappedFile::~MappedFile() {
  std::erase_if(mappings(), [&](const Mapping& mapping) { return mapping.first == bytes_.data(); });
  ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace hitscope::apps::spectrograms
