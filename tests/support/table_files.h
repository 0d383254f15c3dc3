// Files, gzip data and standard input for the tests of what reads tables.
// Thread safety: one thread; standard input is the process's own.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace hitscope::tests {

/// A folder named after the running test; removed at the end.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

/// `bytes` as one gzip member, by zlib.
std::string gzipped(std::string_view bytes);

/// Text of `n` bytes that gzip cannot make much smaller, without newlines, quotes or delimiters.
std::string noise(std::size_t n);

/// While it lives, standard input is a file, or a pipe that `bytes` come through.
class StandardInput {
 public:
  static StandardInput from_file(const std::filesystem::path& path);
  static StandardInput from_pipe(std::string bytes);
  ~StandardInput();
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  explicit StandardInput(int fd, std::thread writer = {});
  int former_;
  std::thread writer_;
};

}  // namespace hitscope::tests
