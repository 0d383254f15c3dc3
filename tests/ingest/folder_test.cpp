// What lies in a folder of a stranger: nothing leads out of it.
#include "ingest/folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "ingest/files.h"
#include "ingest/input_error.h"

namespace hitscope::ingest {
namespace folder_test {

namespace fs = std::filesystem;

class FolderTest : public testing::Test {
 protected:
  FolderTest() : root_(fs::temp_directory_path() / ("folder_test." + std::to_string(::getpid()))) {
    fs::create_directories(root_ / "store" / "sub");
    write(root_ / "secret", "outside");
    write(root_ / "store" / "plain", "inside");
    write(root_ / "store" / "sub" / "deep", "deep inside");
  }
  ~FolderTest() override { fs::remove_all(root_); }

  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

  std::string error_of(const std::string& name, std::size_t max_bytes = 100) const {
    try {
      read_beneath(root_ / "store", name, max_bytes);
    } catch (const InputError& error) {
      return error.what();
    }
    return "no InputError was thrown";
  }

  fs::path root_;
};

TEST_F(FolderTest, ReadsRegularFilesBeneathIt) {
  EXPECT_EQ(read_beneath(root_ / "store", "plain", 100), "inside");
  EXPECT_EQ(read_beneath(root_ / "store", "sub/deep", 100), "deep inside");
  EXPECT_EQ(read_beneath(root_ / "store", "plain", 6), "inside");
  EXPECT_NE(error_of("plain", 5).find("is over 5 bytes"), std::string::npos);
  EXPECT_NE(error_of("nothing").find("is missing"), std::string::npos);
}

TEST_F(FolderTest, NoNameLeadsOut) {
  for (const std::string& name : {std::string("../secret"), std::string("sub/../../secret"), std::string("/etc/passwd"),
                                  (root_ / "secret").string(), std::string("..")}) {
    EXPECT_NE(error_of(name).find("leads out of its folder"), std::string::npos) << name << ": " << error_of(name);
  }
}

TEST_F(FolderTest, NoLinkIsFollowed) {
  fs::create_symlink("../secret", root_ / "store" / "out");
  fs::create_symlink("plain", root_ / "store" / "in");
  fs::create_directory_symlink("..", root_ / "store" / "up");
  for (const char* name : {"out", "in", "up/secret"}) {
    EXPECT_NE(error_of(name).find("is a symbolic link, which is not followed"), std::string::npos) << error_of(name);
  }
  EXPECT_TRUE(has_entry(root_ / "store", "out"));
  EXPECT_THROW(Folder(root_ / "store").make_folder("up/new"), InputError);
  EXPECT_THROW(Folder(root_ / "store").make_folder("plain"), InputError);
  Folder(root_ / "store").make_folder("a/b");
  EXPECT_TRUE(fs::is_directory(root_ / "store" / "a" / "b"));
}

TEST_F(FolderTest, WhatIsNoRegularFileDoesNotHang) {
  ASSERT_EQ(::mkfifo((root_ / "store" / "pipe").c_str(), 0600), 0);
  EXPECT_NE(error_of("pipe").find("is not a regular file"), std::string::npos);
  EXPECT_NE(error_of("sub").find("is not a regular file"), std::string::npos);
}

TEST_F(FolderTest, NothingIsWrittenThroughALink) {
  fs::create_symlink(root_ / "secret", root_ / "store" / "run.json.tmp");
  write_file(root_ / "store" / "run.json", "new");
  EXPECT_EQ(read_beneath(root_, "secret", 100), "outside");
  EXPECT_EQ(read_beneath(root_ / "store", "run.json", 100), "new");
  fs::create_symlink(root_ / "secret", root_ / "store" / "split.csv");
  write_file(root_ / "store" / "split.csv", "new");
  EXPECT_EQ(read_beneath(root_, "secret", 100), "outside") << "the link was replaced";
  fs::create_symlink(root_ / "lock", root_ / "store" / ".lock");
  EXPECT_THROW(FolderLock(root_ / "store"), std::exception);
  EXPECT_FALSE(fs::exists(root_ / "lock"));
}

}  // namespace folder_test
}  // namespace hitscope::ingest
