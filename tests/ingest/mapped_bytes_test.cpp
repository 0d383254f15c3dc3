// A mapped file that is cut reads as zeros, or ends the process with a message.
#include "ingest/mapped_bytes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace hitscope::ingest {
namespace mapped_bytes_test {

namespace fs = std::filesystem;

class MappedBytesTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::path(testing::TempDir()) / ("mapped_" + std::to_string(::getpid()));
    std::ofstream(path_, std::ios::binary) << std::string(100'000, 'x');
  }
  void TearDown() override { fs::remove(path_); }

  std::unique_ptr<MappedBytes> map() const {
    return MappedBytes::map(Folder(path_.parent_path()).open_regular(path_.filename()),
                            {path_.string() + ": became shorter\n", 3});
  }

  static int sum_of(const MappedBytes& file) {
    int sum = 0;
    for (const std::byte byte : file.bytes()) sum += std::to_integer<int>(byte);
    return sum;
  }

  fs::path path_;
};

TEST_F(MappedBytesTest, HasTheBytesOfItsFile) {
  const auto file = map();
  EXPECT_EQ(file->bytes().size(), 100'000U);
  EXPECT_EQ(sum_of(*file), 100'000 * 'x');
  EXPECT_EQ(MappedBytes::open(path_, 100'001), nullptr) << "smaller than wanted";
}

TEST_F(MappedBytesTest, AFileThatIsCutEndsTheProcessWithItsName) {
  EXPECT_EXIT(
      {
        const auto file = map();
        fs::resize_file(path_, 10);
        ::_exit(sum_of(*file) == 0 ? 0 : 1);
      },
      testing::ExitedWithCode(3), path_.filename().string() + ": became shorter");
}

TEST_F(MappedBytesTest, OrReadsAsZerosInEveryThread) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const fs::path path = path_.string() + "." + std::to_string(i);
      fs::copy_file(path_, path);
      const auto kept = MappedBytes::open(path_, 1);
      const auto cut = MappedBytes::open(path, 1);
      fs::resize_file(path, 10);
      EXPECT_EQ(sum_of(*cut), 10 * 'x');
      EXPECT_TRUE(cut->was_lost());
      EXPECT_EQ(sum_of(*kept), 100'000 * 'x');
      EXPECT_FALSE(kept->was_lost());
      fs::remove(path);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(MappedBytesTest, AnotherBusErrorEndsTheProcessAsBefore) {
  EXPECT_EXIT(
      {
        const auto file = map();
        std::raise(SIGBUS);
        ::_exit(0);
      },
      testing::KilledBySignal(SIGBUS), "");
}

TEST_F(MappedBytesTest, EmptyFilesAndLinksAreRefused) {
  fs::resize_file(path_, 0);
  EXPECT_EQ(map(), nullptr);
  EXPECT_EQ(MappedBytes::open(path_, 0), nullptr);
  const fs::path link = path_.string() + ".link";
  fs::create_symlink(path_, link);
  EXPECT_THROW(Folder(link.parent_path()).open_regular(link.filename()), std::runtime_error);
  fs::remove(link);
}

}  // namespace mapped_bytes_test
}  // namespace hitscope::ingest
