#include "tests/support/memory_file.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace hitscope::tests {
namespace {

MemoryFile& file_of(void* user) {
  return *static_cast<MemoryFile*>(user);
}

sf_count_t file_size(void* user) {
  return static_cast<sf_count_t>(file_of(user).bytes.size());
}
sf_count_t file_tell(void* user) {
  return static_cast<sf_count_t>(file_of(user).position);
}
sf_count_t file_seek(sf_count_t offset, int whence, void* user) {
  const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file_tell(user) : file_size(user);
  file_of(user).position = static_cast<std::size_t>(std::max<sf_count_t>(base + offset, 0));
  return file_tell(user);
}
sf_count_t file_read(void* out, sf_count_t count, void* user) {
  MemoryFile& file = file_of(user);
  const std::size_t left = file.bytes.size() - std::min(file.position, file.bytes.size());
  const std::size_t n = std::min(static_cast<std::size_t>(count), left);
  if (n > 0) std::memcpy(out, file.bytes.data() + file.position, n);
  file.position += n;
  return static_cast<sf_count_t>(n);
}
sf_count_t file_write(const void* in, sf_count_t count, void* user) {
  MemoryFile& file = file_of(user);
  const auto n = static_cast<std::size_t>(count);
  if (file.bytes.size() < file.position + n) file.bytes.resize(file.position + n);
  if (n > 0) std::memcpy(file.bytes.data() + file.position, in, n);
  file.position += n;
  return count;
}

}  // namespace

SF_VIRTUAL_IO memory_file_io() {
  return {file_size, file_seek, file_read, file_write, file_tell};
}

}  // namespace hitscope::tests
