// A mapped file that is cut ends the process with a message.
#include "apps/spectrograms/mapped_file.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>

#include "apps/shell/verb.h"

namespace hitscope::apps::spectrograms {
namespace mapped_file_test {

namespace fs = std::filesystem;

class MappedFileTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::path(testing::TempDir()) / ("mapped_" + std::to_string(::getpid()));
    std::ofstream(path_, std::ios::binary) << std::string(100'000, 'x');
  }
  void TearDown() override { fs::remove(path_); }

  static int sum_of(const MappedFile& file) {
    int sum = 0;
    for (const std::byte byte : file.bytes()) sum += std::to_integer<int>(byte);
    return sum;
  }

  fs::path path_;
};

TEST_F(MappedFileTest, HasTheBytesOfItsFile) {
  const MappedFile file(path_);
  EXPECT_EQ(file.bytes().size(), 100'000U);
  EXPECT_EQ(sum_of(file), 100'000 * 'x');
}

TEST_F(MappedFileTest, AFileThatIsCutEndsTheProcessWithItsName) {
  EXPECT_EXIT(
      {
        const MappedFile file(path_);
        fs::resize_file(path_, 10);
        ::_exit(sum_of(file) == 0 ? 0 : 1);
      },
      testing::ExitedWithCode(3), path_.filename().string() + ": became shorter");
}

TEST_F(MappedFileTest, AnotherBusErrorEndsTheProcessAsBefore) {
  EXPECT_EXIT(
      {
        const MappedFile file(path_);
        std::raise(SIGBUS);
        std::raise(SIGBUS);  // as the instruction that failed would run again
        ::_exit(0);
      },
      testing::KilledBySignal(SIGBUS), "");
}

TEST_F(MappedFileTest, EmptyFilesAndLinksAreRefused) {
  fs::resize_file(path_, 0);
  EXPECT_THROW(MappedFile{path_}, shell::UsageError);
  const fs::path link = path_.string() + ".link";
  fs::create_symlink(path_, link);
  EXPECT_THROW(MappedFile{link}, std::runtime_error);
  fs::remove(link);
}

}  // namespace mapped_file_test
}  // namespace hitscope::apps::spectrograms
