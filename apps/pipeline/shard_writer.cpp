#include "apps/pipeline/shard_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "apps/pipeline/npy.h"
#include "ingest/content_hash.h"
#include "ingest/files.h"

namespace hitscope::apps {
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

ShardWriter::ShardWriter(std::filesystem::path folder, const RenderSettings& settings)
    : folder_(std::move(folder)), settings_(settings) {}

ShardWriter::~ShardWriter() {
  for (const auto& [shard, fd] : parts_) ::close(fd);
}

int ShardWriter::part(std::int64_t shard) {
  const std::lock_guard lock(mutex_);
  const auto found = parts_.find(shard);
  if (found != parts_.end()) return found->second;
  const int fd = ::open(part_path(folder_, shard).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) fail("cannot create", part_path(folder_, shard));
  parts_.emplace(shard, fd);
  return fd;
}

void ShardWriter::write_row(std::int64_t shard, int slot, std::span<const std::byte> bytes) {
  write_all(part(shard), bytes, kNpyHeaderBytes + slot * settings_.bytes_per_row(), part_path(folder_, shard));
}

std::vector<std::byte> ShardWriter::read_row(std::int64_t shard, int slot) {
  std::vector<std::byte> bytes(settings_.bytes_per_row());
  const auto offset = static_cast<off_t>(kNpyHeaderBytes + slot * bytes.size());
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
  return bytes.size() == settings_.bytes_per_row() && ingest::xxh64(bytes) == row.clip->checksum;
}

void ShardWriter::finish(std::int64_t shard, const std::vector<RenderRow>& rows) {
  const std::filesystem::path path = part_path(folder_, shard);
  const int fd = part(shard);
  std::size_t n_rows = 0;  // rows move up over failed ones: never past a row not yet moved
  for (const RenderRow& row : rows) {
    if (!row.clip) continue;
    const std::size_t slot = n_rows++;
    if (slot == static_cast<std::size_t>(row.slot)) continue;
    write_all(fd, read_row(shard, row.slot), kNpyHeaderBytes + slot * settings_.bytes_per_row(), path);
  }
  const std::string header =
      npy_header({n_rows, settings_.front_end.n_bins(), settings_.n_frames(), settings_.sample_type});
  write_all(fd, std::as_bytes(std::span(header.data(), header.size())), 0, path);
  if (::ftruncate(fd, static_cast<off_t>(kNpyHeaderBytes + n_rows * settings_.bytes_per_row())) != 0) {
    fail("cannot cut", path);
  }
  ::close(fd);
  parts_.erase(shard);
  ingest::publish_file(path, folder_ / shard_file_name(shard));
}

}  // namespace hitscope::apps
