#include "ingest/clip_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <limits>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "ingest/files.h"

namespace hitscope::ingest {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), what + " " + path.string());
}

/// An open file; everything throws std::system_error with its name.
class File {
 public:
  File(const Folder& folder, const fs::path& name, int flags)
      : path_(folder.path() / name), fd_(folder.open(name, flags)) {
    if (fd_ < 0) fail("cannot open", path_);
  }
  File(Descriptor file, fs::path path) : path_(std::move(path)), fd_(file.release()) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void write(std::span<const std::byte> bytes) { write_all(fd_, bytes, path_); }

  /// `take` gets every block from the beginning, `most` bytes at the least where there are so many.
  template <typename Take>
  void read(const Take& take, std::size_t most = std::numeric_limits<std::size_t>::max()) {
    std::vector<std::byte> block(1U << 18U);
    for (std::size_t done = 0; done < most;) {
      const ssize_t n = ::read(fd_, block.data(), block.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("cannot read", path_);
      if (n == 0) return;
      take(std::span<const std::byte>(block).first(static_cast<std::size_t>(n)));
      done += static_cast<std::size_t>(n);
    }
  }

  void close() {
    if (::close(std::exchange(fd_, -1)) != 0) fail("cannot write", path_);
  }

 private:
  fs::path path_;
  int fd_;
};

constexpr int kMostStores = 8;  // stores of one process that may call put() at the same time

/// A clip on its way, in the folder where it will be: making files in one folder from two threads would make them wait
/// for each other.
std::string incoming_name(int store) {
  return ".incoming-" + std::to_string(store);
}

/// `folder`, made if it is not there.
const fs::path& made(const fs::path& folder) {
  fs::create_directories(folder);
  return folder;
}

}  // namespace

ClipStore::ClipStore(fs::path folder) : folder_(std::move(folder)), beneath_(made(folder_)) {
  beneath_.make_folder(kClipFolder);
  beneath_.make_folder(kPartFolder);
  static std::atomic<int> n_stores{0};
  incoming_ = incoming_name(n_stores++ % kMostStores);
}

Clip ClipStore::described(const std::string& sha256, std::size_t n_bytes, AudioType type) const {
  const std::string file = std::string(kClipFolder) + "/" + sha256.substr(0, 2) + "/" + sha256;
  return {file + std::string(extension_of(type)), n_bytes, sha256, std::string(media_type_of(type))};
}

fs::path ClipStore::place_for(const Clip& clip) {
  unsigned index = 0;
  std::from_chars(clip.sha256.data(), clip.sha256.data() + 2, index, 16);
  fs::path path = folder_ / clip.file;
  if (!has_folder_[index & 255U]) beneath_.make_folder(fs::path(clip.file).parent_path());
  has_folder_[index & 255U] = true;
  return path;
}

Clip ClipStore::put(std::span<const std::byte> bytes, AudioType type) {
  Clip clip = described(sha256_hex(bytes), bytes.size(), type);
  const fs::path path = place_for(clip);
  if (!problem(clip, true)) return clip;
  make_room(clip);
  const fs::path incoming = path.parent_path() / incoming_;
  File file(create_file(incoming), incoming);
  try {
    file.write(bytes);
    file.close();  // where some file systems say that there was no room
    if (::rename(incoming.c_str(), path.c_str()) != 0) fail("cannot rename to", path);
  } catch (...) {
    ::unlink(incoming.c_str());
    throw;
  }
  return clip;
}

fs::path ClipStore::part_name(const std::string& key) const {
  return fs::path(kPartFolder) / (safe_file_name(key) + ".part");
}

ClipStore::Part& ClipStore::known_part(const std::string& key) {
  const auto found = parts_.find(key);
  if (found != parts_.end()) return found->second;
  Part part;
  if (part_bytes(key) > 0) {
    File(beneath_, part_name(key), O_RDONLY).read([&](std::span<const std::byte> block) {
      part.hash.update(block);
      part.n_bytes += block.size();
    });
  }
  return parts_.emplace(key, std::move(part)).first->second;
}

void ClipStore::append(const std::string& key, std::size_t offset, std::span<const std::byte> bytes) {
  if (offset == 0) drop_part(key);
  Part& part = known_part(key);
  if (part.n_bytes != offset) throw std::logic_error("a part is continued from where it does not end");
  File file(beneath_, part_name(key), O_WRONLY | O_CREAT | O_APPEND);
  file.write(bytes);
  file.close();
  part.hash.update(bytes);
  part.n_bytes += bytes.size();
}

Clip ClipStore::finish(const std::string& key, std::size_t offset, std::span<const std::byte> last, AudioType type) {
  append(key, offset, last);
  Part& part = parts_.at(key);
  Clip clip = described(part.hash.hex(), part.n_bytes, type);
  const fs::path path = place_for(clip);
  if (!problem(clip, true)) {
    drop_part(key);
  } else if (make_room(clip); ::rename((folder_ / part_name(key)).c_str(), path.c_str()) != 0) {
    fail("cannot rename to", path);
  }
  parts_.erase(key);
  return clip;
}

void ClipStore::leave_part(const std::string& key) {
  parts_.erase(key);
}

void ClipStore::drop_part(const std::string& key) {
  parts_.erase(key);
  ::unlink((folder_ / part_name(key)).c_str());
}

std::size_t ClipStore::part_bytes(const std::string& key) const {
  const Descriptor part(beneath_.open(part_name(key), O_RDONLY | O_NONBLOCK));
  struct stat info {};
  const bool is_there = part.get() >= 0 && ::fstat(part.get(), &info) == 0 && S_ISREG(info.st_mode);
  return is_there ? static_cast<std::size_t>(info.st_size) : 0;
}

std::string ClipStore::part_head(const std::string& key, std::size_t n) const {
  std::string head;
  if (part_bytes(key) == 0) return head;
  File(beneath_, part_name(key), O_RDONLY)
      .read(
          [&](std::span<const std::byte> block) {
            if (head.size() < n)
              head.append(reinterpret_cast<const char*>(block.data()), std::min(block.size(), n - head.size()));
          },
          n);
  return head;
}

void ClipStore::keep_parts(const std::vector<std::string>& keys) {
  std::set<fs::path> kept;
  for (const std::string& key : keys) kept.insert(folder_ / part_name(key));
  std::vector<fs::path> others;
  for (const auto& entry : fs::directory_iterator(folder_ / kPartFolder)) {
    if (!kept.contains(entry.path())) others.push_back(entry.path());
  }
  std::error_code ignored;  // a folder that somebody has put there is in nobody's way
  for (const fs::path& path : others) fs::remove(path, ignored);
  for (const auto& entry : fs::directory_iterator(folder_ / kClipFolder)) {
    const Descriptor clips(beneath_.open(fs::path(kClipFolder) / entry.path().filename(), O_PATH | O_DIRECTORY));
    if (clips.get() < 0) continue;  // a file, or a link, which is not followed
    for (int i = 0; i < kMostStores; ++i) ::unlinkat(clips.get(), incoming_name(i).c_str(), 0);
  }
}

std::optional<std::string> ClipStore::adopt(const ClipStore& other, const Clip& clip) {
  if (!is_clip_name(clip.file, clip.sha256)) return "has a name that no store gives";
  const fs::path path = place_for(clip);
  if (!problem(clip, true)) return std::nullopt;
  if (auto problem = other.problem(clip, true)) return problem;
  make_room(clip);
  const fs::path incoming = fs::path(clip.file).parent_path() / incoming_;
  ::unlink((folder_ / incoming).c_str());
  std::error_code error;
  fs::create_hard_link(other.folder_ / clip.file, folder_ / incoming, error);
  if (error) {
    File copy(create_file(folder_ / incoming), folder_ / incoming);
    File(other.beneath_, clip.file, O_RDONLY).read([&](std::span<const std::byte> block) { copy.write(block); });
    copy.close();
  }
  if (::rename((folder_ / incoming).c_str(), path.c_str()) != 0) fail("cannot rename to", path);
  return std::nullopt;
}

std::optional<std::string> ClipStore::problem(const Clip& clip, bool read_all) const {
  if (!is_clip_name(clip.file, clip.sha256)) return "has a name that no store gives";
  Descriptor file(beneath_.open(clip.file, O_RDONLY | O_NONBLOCK));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return "is missing";
    if (errno == ELOOP || errno == EXDEV) return "is a link";
    if (errno == ENXIO) return "is not a file";
    fail("cannot look at", folder_ / clip.file);
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) fail("cannot look at", folder_ / clip.file);
  if (!S_ISREG(info.st_mode)) return "is not a file";
  if (static_cast<std::size_t>(info.st_size) != clip.n_bytes) {
    return "has " + std::to_string(info.st_size) + " bytes instead of " + std::to_string(clip.n_bytes);
  }
  if (!read_all) return std::nullopt;
  Sha256 hash;
  File(std::move(file), folder_ / clip.file).read([&](std::span<const std::byte> block) { hash.update(block); });
  const std::string sha256 = hash.hex();
  if (sha256 == clip.sha256) return std::nullopt;
  return "has changed; its SHA-256 is " + sha256;
}

void ClipStore::set_aside(const Clip& clip) {
  if (!is_clip_name(clip.file, clip.sha256)) return;
  const Descriptor parent(beneath_.open(fs::path(clip.file).parent_path(), O_PATH | O_DIRECTORY));
  const std::string name = fs::path(clip.file).filename();
  struct stat info {};
  if (parent.get() < 0 || ::fstatat(parent.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return;
  beneath_.make_folder(kDamagedFolder);
  const Descriptor damaged(beneath_.open(kDamagedFolder, O_PATH | O_DIRECTORY));
  std::string aside = name;
  for (int i = 1; ::renameat2(parent.get(), name.c_str(), damaged.get(), aside.c_str(), RENAME_NOREPLACE) != 0; ++i) {
    if (errno != EEXIST) fail("cannot rename to", folder_ / kDamagedFolder / aside);
    aside = name + "." + std::to_string(i);
  }
}

/// Before a clip is written: what lies under its name is not one, and is kept.
void ClipStore::make_room(const Clip& clip) {
  if (fs::exists(fs::symlink_status(folder_ / clip.file))) set_aside(clip);
}

}  // namespace hitscope::ingest
