#include "apps/render/shard_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "apps/spectrograms/npy.h"
#include "ingest/content_hash.h"
#include "ingest/files.h"

namespace hitscope::apps::render {
namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path) {
  throw std::system_error(errno, std::generic_category(), what + " " + path.string());
}

std::filesystem::path part_path(const std::filesystem::path& folder, std::int64_t shard) {
  return folder / (shard_file_name(shard) + ".part");
}

void write_all(int fd, std::span<const std::byte> bytes, std::size_t offset, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("cannot write", path);
    offset += static_cast<std::size_t>(n);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

}  // namespace

std::string shard_file_name(std::int64_t shard) {
  return fmt::format("shard-{:05}.npy", shard);
}

ShardWriter::ShardWriter(std::filesystem::path folder, const spectrograms::RenderSettings& settings)
    : folder_(std::move(folder)), settings_(settings) {}

ShardWriter::~ShardWriter() {
  for (const auto& [shard, fd] : parts_) ::close(fd);
}

int ShardWriter::part(std::int64_t shard) {
  const std::lock_guard lock(mutex_);
  const auto found = parts_.find(shard);
  if (found != parts_.end()) return found->second;
  const int fd = ::open(part_path(folder_, shard).c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
  struct stat info {};
  if (fd < 0 || ::fstat(fd, &info) != 0) fail("cannot create", part_path(folder_, shard));
  if (!S_ISREG(info.st_mode)) throw std::runtime_error(part_path(folder_, shard).string() + ": is not a regular file");
  parts_.emplace(shard, fd);
  return fd;
}

void ShardWriter::write_row(std::int64_t shard, int slot, std::span<const std::byte> bytes) {
  write_all(part(shard), bytes, spectrograms::kNpyHeaderBytes + slot * settings_.bytes_per_row(),
            part_path(folder_, shard));
}

std::vector<std::byte> ShardWriter::read_row(std::int64_t shard, int slot) {
  std::vector<std::byte> bytes(settings_.bytes_per_row());
  const auto offset = static_cast<off_t>(spectrograms::kNpyHeaderBytes + slot * bytes.size());
  const ssize_t n = ::pread(part(shard), bytes.data(), bytes.size(), offset);
  if (n < 0) fail("cannot read", part_path(folder_, shard));
  bytes.resize(static_cast<std::size_t>(n));
  return bytes;
}

bool ShardWriter::is_finished(std::int64_t shard) const {
  return std::filesystem::exists(folder_ / shard_file_name(shard));
}

bool ShardWriter::verify(const RenderRow& row) {
  const auto bytes = read_row(row.shard, row.slot);
  return bytes.size() == settings_.bytes_per_row() && ingest::xxh3_64(bytes) == row.clip->checksum;
}

void ShardWriter::discard(std::int64_t shard) {
  std::filesystem::remove(folder_ / shard_file_name(shard));
}

void ShardWriter::remove_part(std::int64_t shard) {
  std::filesystem::remove(part_path(folder_, shard));
}

void ShardWriter::finish(std::int64_t shard, const std::vector<RenderRow>& rows) {
  std::vector<int> slots;
  for (const RenderRow& row : rows) {
    if (row.clip) slots.push_back(row.slot);
  }
  const bool gaps = !slots.empty() && slots.back() + 1 != static_cast<int>(slots.size());
  const std::filesystem::path part_file = part_path(folder_, shard);
  const std::filesystem::path path = gaps ? part_file.string() + ".compact" : part_file.string();
  const int from = part(shard);
  if (gaps) ingest::create_file(path);
  const int to = gaps ? ::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC) : from;
  if (to < 0) fail("cannot create", path);
  for (std::size_t i = 0; gaps && i < slots.size(); ++i) {
    write_all(to, read_row(shard, slots[i]), spectrograms::kNpyHeaderBytes + i * settings_.bytes_per_row(), path);
  }
  const std::string header = spectrograms::npy_header(
      {slots.size(), settings_.front_end.n_bins(), settings_.n_frames(), settings_.sample_type});
  write_all(to, std::as_bytes(std::span(header.data(), header.size())), 0, path);
  if (::ftruncate(to, static_cast<off_t>(spectrograms::kNpyHeaderBytes + slots.size() * settings_.bytes_per_row())) !=
      0) {
    fail("cannot cut", path);
  }
  if (gaps) ::close(to);
  {
    const std::lock_guard lock(mutex_);
    parts_.erase(shard);
  }
  ::close(from);
  ingest::publish_file(path, folder_ / shard_file_name(shard));
  if (gaps) remove_part(shard);
}

}  // namespace hitscope::apps::render
