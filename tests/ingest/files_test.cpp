#include "ingest/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace hitscope::ingest {
namespace files_test {

namespace fs = std::filesystem;

class FilesTest : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder_); }

  static std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(folder_)) result.push_back(entry.path().filename());
    return result;
  }

  const fs::path folder_ = [] {
    const auto path = fs::path(testing::TempDir()) / ("hitscope_files_" + std::to_string(::getpid()) + "_" +
                                                      testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(path);
    return path;
  }();
};

TEST_F(FilesTest, SafeNamesLeaveOrdinaryIdsAlone) {
  EXPECT_EQ(safe_file_name("7ouMYWpwJ422jRcDASZB7P"), "7ouMYWpwJ422jRcDASZB7P");
  EXPECT_EQ(safe_file_name("a-b_c.d"), "a-b_c.d");
  EXPECT_EQ(safe_file_name("spotify:track:x"), "spotify%3Atrack%3Ax");
  EXPECT_EQ(safe_file_name("a/b"), "a%2Fb");
  EXPECT_EQ(safe_file_name(".hidden"), "%2Ehidden");
}

TEST_F(FilesTest, SafeNamesOfTrickyIdsDifferAndStayInTheirFolder) {
  std::vector<std::string> ids{"a",     "A",    "a/b",  "a%2Fb", "a%2fb",     "a%252Fb", "a:b",  "a%3Ab", "..",
                               ".",     "...",  "%2E.", ".a",    "%2Ea",      "a.",      "a..",  "a b",   "a+b",
                               "a%20b", "a\\b", "a~b",  "é",     "e\xCC\x81", "\xE9",    "\xFF", "%",     "%%",
                               "%25",   "a\tb", "a\nb", "ab",    "CON",       "-",       "_",    "a*b",   "a?b"};
  // Long ids that differ only at the end, and one that is spelled as the short form of another.
  ids.push_back(std::string("a\0b", 3));
  ids.push_back(std::string(120, 'x'));
  ids.push_back(std::string(121, 'x'));
  ids.push_back(std::string(200, 'x'));
  ids.push_back(std::string(200, 'x') + "1");
  ids.push_back(std::string(200, 'x') + "2");
  ids.push_back(std::string(60, '/'));
  ids.push_back(std::string(61, '/'));
  ids.push_back(safe_file_name(std::string(200, 'x')));
  std::map<std::string, std::string> id_by_name;
  for (const std::string& id : ids) {
    const std::string name = safe_file_name(id);
    ASSERT_FALSE(name.empty()) << id;
    EXPECT_EQ(name.find('/'), std::string::npos) << name;
    EXPECT_EQ(name.find('\0'), std::string::npos) << name;
    EXPECT_NE(name.front(), '.') << name;
    EXPECT_LE(name.size(), 120U) << name;
    const auto [other, is_new] = id_by_name.emplace(name, id);
    EXPECT_TRUE(is_new) << "'" << id << "' and '" << other->second << "' are both called " << name;
  }
  EXPECT_EQ(safe_file_name(std::string(120, 'x')), std::string(120, 'x')) << "120 bytes are not cut";
}

TEST_F(FilesTest, SafeNamesAreTheSameEveryTime) {
  const std::string lengthy(300, 'y');
  EXPECT_EQ(safe_file_name(lengthy), safe_file_name(lengthy));
  EXPECT_TRUE(safe_file_name(lengthy).starts_with(std::string(80, 'y')));
}

TEST_F(FilesTest, WriteFileReplacesTheWholeFileAndLeavesNothingBeside) {
  const fs::path path = folder_ / "clip.wav";
  write_file(path, std::string(100'000, 'a'));
  EXPECT_EQ(text_of(path), std::string(100'000, 'a'));
  write_file(path, std::string("short"));
  EXPECT_EQ(text_of(path), "short");
  const std::vector<std::byte> bytes{std::byte{0}, std::byte{0xFF}};
  write_file(path, std::span<const std::byte>(bytes));
  EXPECT_EQ(text_of(path), std::string("\0\xFF", 2));
  write_file(path, std::string_view());
  EXPECT_EQ(text_of(path), "");
  EXPECT_EQ(names(), std::vector<std::string>{"clip.wav"});
}

TEST_F(FilesTest, WriteFileNeverChangesTheFileThatAReaderHolds) {
  const fs::path path = folder_ / "clip.wav";
  write_file(path, std::string("the old content"));
  std::ifstream reader(path);
  write_file(path, std::string("new"));
  std::string text;
  std::getline(reader, text);
  EXPECT_EQ(text, "the old content") << "the old file was overwritten in place";
}

TEST_F(FilesTest, WriteFileOverwritesATemporaryFileLeftByAKilledRun) {
  const fs::path path = folder_ / "clip.wav";
  std::ofstream(folder_ / "clip.wav.tmp") << std::string(1000, 'z');
  write_file(path, std::string("whole"));
  EXPECT_EQ(text_of(path), "whole");
  EXPECT_EQ(names(), std::vector<std::string>{"clip.wav"});
}

TEST_F(FilesTest, WriteFileNamesThePathOfAMissingFolder) {
  const fs::path path = folder_ / "absent" / "clip.wav";
  try {
    write_file(path, std::string("x"));
    FAIL() << "nothing was thrown";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOENT);
    EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
  }
}

TEST_F(FilesTest, WriteFileThatFailsLeavesNothingBeside) {
  const fs::path path = folder_ / "is_a_folder";
  fs::create_directories(path / "inner");
  try {
    write_file(path, std::string("x"));
    FAIL() << "nothing was thrown";
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
  }
  EXPECT_EQ(names(), std::vector<std::string>{"is_a_folder"});
}

TEST_F(FilesTest, PublishFileRenames) {
  std::ofstream(folder_ / "a.part") << "content";
  publish_file(folder_ / "a.part", folder_ / "a");
  EXPECT_EQ(text_of(folder_ / "a"), "content");
  EXPECT_EQ(names(), std::vector<std::string>{"a"});
  try {
    publish_file(folder_ / "absent", folder_ / "b");
    FAIL() << "nothing was thrown";
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find((folder_ / "absent").string()), std::string::npos) << error.what();
  }
}

TEST_F(FilesTest, ReadFileGivesAllBytes) {
  const fs::path path = folder_ / "a";
  const std::string text = std::string(70'000, 'q') + std::string("\0\xFF\r\n", 4);
  std::ofstream(path, std::ios::binary) << text;
  const auto bytes = read_file(path, 1 << 20);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()), text);
  std::ofstream(path, std::ios::trunc).flush();
  const auto empty = read_file(path, 1 << 20);
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->empty());
}

TEST_F(FilesTest, ReadFileNamesFileSizeAndLimit) {
  const fs::path path = folder_ / "a";
  std::ofstream(path) << "12345";
  EXPECT_TRUE(read_file(path, 5));
  const auto bytes = read_file(path, 4);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().stage, Stage::kDecode);
  EXPECT_EQ(bytes.error().kind, FailureKind::kTooLarge);
  EXPECT_EQ(bytes.error().action, Action::kSkip);
  EXPECT_EQ(bytes.error().detail, path.string() + ": 5 bytes; the limit is 4");
}

TEST_F(FilesTest, ReadFileNamesAMissingFileAndAFolder) {
  const auto missing = read_file(folder_ / "absent", 100);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, FailureKind::kUnreadable);
  EXPECT_EQ(missing.error().detail, (folder_ / "absent").string() + ": No such file or directory");
  const auto folder = read_file(folder_, 1 << 20);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().kind, FailureKind::kUnreadable);
  EXPECT_EQ(folder.error().detail, folder_.string() + ": not a regular file");
}

TEST_F(FilesTest, ReadFileDoesNotHangOnANamedPipe) {
  const fs::path path = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const auto bytes = read_file(path, 100);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().kind, FailureKind::kUnreadable);
  EXPECT_EQ(bytes.error().detail, path.string() + ": not a regular file");
}

TEST_F(FilesTest, FolderLockRefusesASecondHolder) {
  const fs::path store = folder_ / "new" / "store";
  std::optional<FolderLock> first;
  first.emplace(store);
  EXPECT_TRUE(fs::exists(store / ".lock")) << "the folder is created";
  try {
    const FolderLock second(store);
    FAIL() << "two holders at once";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(std::string(error.what()),
              "another hitscope process is using " + store.string() + "; wait until it has finished, or stop it");
  }
  EXPECT_NO_THROW(FolderLock(folder_ / "other"));
  first.reset();
  EXPECT_NO_THROW(FolderLock{store}) << "a lock that was let go can be taken";
}

TEST_F(FilesTest, FolderLockNamesAFolderThatCannotBeMade) {
  std::ofstream(folder_ / "file") << "x";
  try {
    const FolderLock lock(folder_ / "file" / "store");
    FAIL() << "nothing was thrown";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find((folder_ / "file").string()), std::string::npos) << error.what();
  }
}

}  // namespace files_test
}  // namespace hitscope::ingest
