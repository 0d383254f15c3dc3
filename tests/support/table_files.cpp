#include "tests/support/table_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <csignal>
#include <fstream>
#include <random>
#include <stdexcept>

namespace hitscope::tests {

TestFolder::TestFolder() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  path_ = std::filesystem::path(testing::TempDir()) /
          ("hitscope_" + std::to_string(::getpid()) + "_" + test->test_suite_name() + "_" + test->name());
  std::filesystem::create_directories(path_);
}

TestFolder::~TestFolder() {
  std::filesystem::remove_all(path_);
}

std::filesystem::path TestFolder::write(const std::string& name, std::string_view bytes) const {
  const std::filesystem::path path = path_ / name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

std::string gzipped(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  std::string result(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  const int code = deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END) throw std::runtime_error("deflate did not end");
  return result;
}

std::string noise(std::size_t n) {
  std::mt19937 random(1);
  std::string text(n, ' ');
  for (char& c : text) c = static_cast<char>('A' + random() % 26);
  return text;
}

StandardInput::StandardInput(int fd, std::thread writer) : former_(::dup(STDIN_FILENO)), writer_(std::move(writer)) {
  if (fd < 0 || ::dup2(fd, STDIN_FILENO) < 0) throw std::runtime_error("standard input cannot be replaced");
  ::close(fd);
}

StandardInput StandardInput::from_file(const std::filesystem::path& path) {
  return StandardInput(::open(path.c_str(), O_RDONLY));
}

StandardInput StandardInput::from_pipe(std::string bytes) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader may stop early
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return StandardInput(ends[0], std::thread([out = ends[1], bytes = std::move(bytes)] {
                         for (std::size_t done = 0; done < bytes.size();) {
                           const ssize_t n = ::write(out, bytes.data() + done, bytes.size() - done);
                           if (n <= 0) break;
                           done += static_cast<std::size_t>(n);
                         }
                         ::close(out);
                       }));
}

StandardInput::~StandardInput() {
  if (former_ >= 0) {
    ::dup2(former_, STDIN_FILENO);
    ::close(former_);
  } else {
    ::close(STDIN_FILENO);
  }
  if (writer_.joinable()) writer_.join();
}

}  // namespace hitscope::tests
