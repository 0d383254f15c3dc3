#include "ingest/clip_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <set>
#include <stdexcept>
#include <system_error>

#include "ingest/files.h"

namespace hitscope::ingest {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIncoming = ".incoming";

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), what + " " + path.string());
}

void write_all(int descriptor, std::span<const std::byte> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("cannot write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

/// Reads `descriptor` from its beginning; `take` gets every block. False where reading fails.
template <typename Take>
bool read_from_start(int descriptor, const Take& take) {
  std::vector<std::byte> block(1U << 18U);
  off_t offset = 0;
  while (true) {
    const ssize_t n = ::pread(descriptor, block.data(), block.size(), offset);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    if (n == 0) return true;
    take(std::span<const std::byte>(block).first(static_cast<std::size_t>(n)));
    offset += n;
  }
}

}  // namespace

ClipStore::ClipStore(fs::path folder) : folder_(std::move(folder)) {
  fs::create_directories(folder_ / kClipFolder);
  fs::create_directories(folder_ / kPartFolder);
  fs::remove(folder_ / kPartFolder / kIncoming);
}

Clip ClipStore::described(const std::string& sha256, std::size_t n_bytes, AudioType type) const {
  const std::string file = std::string(kClipFolder) + "/" + sha256.substr(0, 2) + "/" + sha256;
  return {file + std::string(extension_of(type)), n_bytes, sha256, std::string(media_type_of(type))};
}

fs::path ClipStore::place_for(const Clip& clip) {
  unsigned index = 0;
  std::from_chars(clip.sha256.data(), clip.sha256.data() + 2, index, 16);
  fs::path path = folder_ / clip.file;
  if (!has_folder_[index & 255U]) fs::create_directories(path.parent_path());
  has_folder_[index & 255U] = true;
  return path;
}

Clip ClipStore::put(std::span<const std::byte> bytes, AudioType type) {
  Clip clip = described(sha256_hex(bytes), bytes.size(), type);
  const fs::path path = place_for(clip);
  if (!problem(clip, false)) return clip;
  const fs::path temporary = folder_ / kPartFolder / kIncoming;
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) fail("cannot create", temporary);
  try {
    write_all(file, bytes, path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) fail("cannot rename to", path);
  } catch (...) {
    ::close(file);
    ::unlink(temporary.c_str());
    throw;
  }
  ::close(file);
  return clip;
}

fs::path ClipStore::part_path(const std::string& id) const {
  return folder_ / kPartFolder / (safe_file_name(id) + ".part");
}

ClipStore::Part& ClipStore::open_part(const std::string& id) {
  const auto [found, is_new] = parts_.try_emplace(id);
  Part& part = found->second;
  if (!is_new) return part;
  const fs::path path = part_path(id);
  part.descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (part.descriptor < 0) {
    parts_.erase(found);
    fail("cannot create", path);
  }
  const bool read = read_from_start(part.descriptor, [&](std::span<const std::byte> block) {
    part.hash.update(block);
    part.n_bytes += block.size();
  });
  if (!read) fail("cannot read", path);
  return part;
}

void ClipStore::close_part(const std::string& id) {
  const auto part = parts_.find(id);
  if (part == parts_.end()) return;
  ::close(part->second.descriptor);
  parts_.erase(part);
}

void ClipStore::append(const std::string& id, std::size_t offset, std::span<const std::byte> bytes) {
  if (offset == 0) drop_part(id);
  Part& part = open_part(id);
  if (part.n_bytes != offset) throw std::logic_error("a part is continued from where it does not end");
  write_all(part.descriptor, bytes, part_path(id));
  part.hash.update(bytes);
  part.n_bytes += bytes.size();
}

Clip ClipStore::finish(const std::string& id, std::size_t offset, std::span<const std::byte> last, AudioType type) {
  append(id, offset, last);
  Part& part = parts_.at(id);
  Clip clip = described(part.hash.hex(), part.n_bytes, type);
  const fs::path path = place_for(clip);
  close_part(id);
  if (!problem(clip, false)) {
    drop_part(id);
  } else if (::rename(part_path(id).c_str(), path.c_str()) != 0) {
    fail("cannot rename to", path);
  }
  return clip;
}

void ClipStore::drop_part(const std::string& id) {
  close_part(id);
  ::unlink(part_path(id).c_str());
}

std::size_t ClipStore::part_bytes(const std::string& id) const {
  std::error_code error;
  const auto size = fs::file_size(part_path(id), error);
  return error ? 0 : static_cast<std::size_t>(size);
}

std::string ClipStore::part_head(const std::string& id, std::size_t n) const {
  std::string head(n, '\0');
  const int file = ::open(part_path(id).c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t got = file < 0 ? 0 : ::pread(file, head.data(), n, 0);
  if (file >= 0) ::close(file);
  head.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return head;
}

void ClipStore::keep_parts_of(const std::vector<std::string>& ids) {
  std::set<fs::path> kept;
  for (const std::string& id : ids) kept.insert(part_path(id));
  std::vector<fs::path> others;
  for (const auto& entry : fs::directory_iterator(folder_ / kPartFolder)) {
    if (!kept.contains(entry.path())) others.push_back(entry.path());
  }
  for (const fs::path& path : others) fs::remove(path);
}

void ClipStore::adopt(const fs::path& other, const Clip& clip) {
  const fs::path path = place_for(clip);
  if (!problem(clip, false)) return;
  fs::remove(path);
  std::error_code error;
  fs::create_hard_link(other / clip.file, path, error);
  if (!error) return;
  const fs::path temporary = folder_ / kPartFolder / kIncoming;
  fs::copy_file(other / clip.file, temporary, fs::copy_options::overwrite_existing);
  fs::rename(temporary, path);
}

std::optional<std::string> ClipStore::problem(const Clip& clip, bool read_everything) const {
  const fs::path path = folder_ / clip.file;
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return "is missing";
  if (static_cast<std::size_t>(info.st_size) != clip.n_bytes) {
    return "has " + std::to_string(info.st_size) + " bytes instead of " + std::to_string(clip.n_bytes);
  }
  if (!read_everything) return std::nullopt;
  Sha256 hash;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool read = file >= 0 && read_from_start(file, [&](std::span<const std::byte> block) { hash.update(block); });
  if (file >= 0) ::close(file);
  if (!read) return "cannot be read";
  const std::string sha256 = hash.hex();
  if (sha256 == clip.sha256) return std::nullopt;
  return "has other bytes: their SHA-256 is " + sha256;
}

void ClipStore::remove(const Clip& clip) {
  fs::remove(folder_ / clip.file);
}

}  // namespace hitscope::ingest
