#include "ingest/clip_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "ingest/input_error.h"
#include "tests/support/audio_fixtures.h"

namespace hitscope::ingest {
namespace clip_store_test {

namespace fs = std::filesystem;
using tests::Bytes;
using tests::bytes_of;
using Names = std::vector<std::string>;

class ClipStoreTest : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder_); }

  static std::string text_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }
  /// Files below the store, relative to it.
  Names files() const {
    Names names;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), folder_).string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  const fs::path folder_ =
      fs::path(testing::TempDir()) / ("hitscope_clips_" + std::to_string(::getpid()) + "_" +
                                      testing::UnitTest::GetInstance()->current_test_info()->name());
};

// By `printf abc | sha256sum`.
constexpr const char* kShaOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST_F(ClipStoreTest, KeepsAClipUnderTheHashOfItsBytes) {
  ClipStore store(folder_ / "deep" / "store");
  const Clip clip = store.put(bytes_of("abc"), AudioType::kMp3);
  EXPECT_EQ(clip.sha256, kShaOfAbc);
  EXPECT_EQ(clip.file, std::string("clips/ba/") + kShaOfAbc + ".mp3");
  EXPECT_EQ(clip.n_bytes, 3U);
  EXPECT_EQ(clip.media_type, "audio/mpeg");
  EXPECT_EQ(text_of(folder_ / "deep" / "store" / clip.file), "abc");
}

TEST_F(ClipStoreTest, KeepsEqualBytesOnce) {
  ClipStore store(folder_);
  const Clip first = store.put(bytes_of("abc"), AudioType::kMp3);
  const auto written = fs::last_write_time(folder_ / first.file);
  fs::last_write_time(folder_ / first.file, written - std::chrono::hours(1));
  const Clip second = store.put(bytes_of("abc"), AudioType::kMp3);
  EXPECT_EQ(first.file, second.file);
  EXPECT_EQ(files(), Names{first.file});
  EXPECT_EQ(fs::last_write_time(folder_ / first.file), written - std::chrono::hours(1)) << "not written again";
}

TEST_F(ClipStoreTest, WritesAClipAgainThatHasLostBytes) {
  ClipStore store(folder_);
  const Clip clip = store.put(bytes_of("abc"), AudioType::kMp3);
  write(folder_ / clip.file, "a");
  store.put(bytes_of("abc"), AudioType::kMp3);
  EXPECT_EQ(text_of(folder_ / clip.file), "abc");
}

TEST_F(ClipStoreTest, NamesAClipByWhatItIs) {
  ClipStore store(folder_);
  for (const AudioType type : {AudioType::kWav, AudioType::kFlac, AudioType::kOgg, AudioType::kMp3, AudioType::kM4a,
                               AudioType::kAac, AudioType::kAiff, AudioType::kUnknown}) {
    const Clip clip = store.put(bytes_of("abc"), type);
    EXPECT_TRUE(clip.file.ends_with(std::string(kShaOfAbc) + std::string(extension_of(type)))) << clip.file;
    EXPECT_EQ(clip.media_type, media_type_of(type));
  }
}

TEST_F(ClipStoreTest, RemovesWhatAKilledProcessLeftHalfWritten) {
  Clip clip;
  {
    ClipStore store(folder_);
    clip = store.put(bytes_of("abc"), AudioType::kWav);
    store.append("a", 0, bytes_of("part"));
  }
  write((folder_ / clip.file).parent_path() / ".incoming-3", "half a cl");
  ClipStore(folder_).keep_parts({"a"});
  EXPECT_EQ(files(), (Names{clip.file, "parts/a.part"})) << "clips and parts stay";
}

TEST_F(ClipStoreTest, MakesAClipOfPieces) {
  ClipStore store(folder_);
  store.append("spotify:a/b", 0, bytes_of("a"));
  store.append("spotify:a/b", 1, bytes_of("b"));
  EXPECT_EQ(store.part_bytes("spotify:a/b"), 2U);
  const Clip clip = store.finish("spotify:a/b", 2, bytes_of("c"), AudioType::kMp3);
  EXPECT_EQ(clip.sha256, kShaOfAbc);
  EXPECT_EQ(clip.n_bytes, 3U);
  EXPECT_EQ(text_of(folder_ / clip.file), "abc");
  EXPECT_EQ(files(), Names{clip.file}) << "the part became the clip";
  EXPECT_EQ(store.part_bytes("spotify:a/b"), 0U);
}

TEST_F(ClipStoreTest, APartThatIsAClipAlreadyIsDropped) {
  ClipStore store(folder_);
  const Clip clip = store.put(bytes_of("abc"), AudioType::kMp3);
  store.append("a", 0, bytes_of("ab"));
  EXPECT_EQ(store.finish("a", 2, bytes_of("c"), AudioType::kMp3).file, clip.file);
  EXPECT_EQ(files(), Names{clip.file});
}

TEST_F(ClipStoreTest, AnotherProcessContinuesAPart) {
  {
    ClipStore store(folder_);
    store.append("x", 0, bytes_of("a"));
    store.append("y", 0, bytes_of("other"));
  }
  ClipStore store(folder_);
  EXPECT_EQ(store.part_bytes("x"), 1U);
  store.append("x", 1, bytes_of("b"));
  EXPECT_EQ(store.finish("x", 2, bytes_of("c"), AudioType::kMp3).sha256, kShaOfAbc);
  EXPECT_EQ(store.part_bytes("y"), 5U);
}

TEST_F(ClipStoreTest, OffsetZeroBeginsAPartAnew) {
  ClipStore store(folder_);
  store.append("a", 0, bytes_of("something else"));
  store.append("a", 0, bytes_of("ab"));
  EXPECT_EQ(store.part_bytes("a"), 2U);
  EXPECT_EQ(store.finish("a", 2, bytes_of("c"), AudioType::kMp3).sha256, kShaOfAbc);
  store.append("b", 0, bytes_of("something else"));
  EXPECT_EQ(store.finish("b", 0, bytes_of("abc"), AudioType::kMp3).sha256, kShaOfAbc) << "all in the last piece";
}

TEST_F(ClipStoreTest, RefusesAPieceThatDoesNotBelongAtTheEnd) {
  ClipStore store(folder_);
  store.append("a", 0, bytes_of("ab"));
  for (const std::size_t offset : {1U, 3U, 1000U}) {
    EXPECT_THROW(store.append("a", offset, bytes_of("c")), std::logic_error) << offset;
    EXPECT_THROW(store.finish("a", offset, bytes_of("c"), AudioType::kMp3), std::logic_error) << offset;
    EXPECT_THROW(store.append("unknown", offset, bytes_of("c")), std::logic_error) << offset;
  }
  EXPECT_EQ(store.finish("a", 2, bytes_of("c"), AudioType::kMp3).sha256, kShaOfAbc) << "nothing was written";
}

TEST_F(ClipStoreTest, ReadsTheBeginningOfAPart) {
  ClipStore store(folder_);
  store.append("a", 0, bytes_of("abcdef"));
  EXPECT_EQ(store.part_head("a", 3), "abc");
  EXPECT_EQ(store.part_head("a", 6), "abcdef");
  EXPECT_EQ(store.part_head("a", 100), "abcdef");
  EXPECT_EQ(store.part_head("b", 100), "");
  store.drop_part("a");
  EXPECT_EQ(store.part_head("a", 3), "");
  EXPECT_EQ(store.part_bytes("a"), 0U);
  store.drop_part("a");
  EXPECT_TRUE(files().empty());
}

TEST_F(ClipStoreTest, KeepsThePartsOfSomeRowsOnly) {
  ClipStore store(folder_);
  const Clip clip = store.put(bytes_of("abc"), AudioType::kMp3);
  for (const char* id : {"a", "b/c", "d"}) store.append(id, 0, bytes_of("12"));
  write(folder_ / "parts" / "stray", "");
  store.keep_parts({"b/c", "unknown"});
  EXPECT_EQ(files(), (Names{clip.file, "parts/b%2Fc.part"}));
  store.append("b/c", 2, bytes_of("3"));
  EXPECT_EQ(store.part_bytes("b/c"), 3U);
  store.append("a", 0, bytes_of("new"));
  EXPECT_EQ(store.part_bytes("a"), 3U) << "a part that was removed can be begun again";
}

TEST_F(ClipStoreTest, SaysWhatIsWrongWithAClip) {
  ClipStore store(folder_);
  const Clip clip = store.put(bytes_of("abc"), AudioType::kMp3);
  EXPECT_EQ(store.problem(clip, false), std::nullopt);
  EXPECT_EQ(store.problem(clip, true), std::nullopt);
  write(folder_ / clip.file, "xyz");
  EXPECT_EQ(store.problem(clip, false), std::nullopt) << "only the size is looked at";
  const auto other = store.problem(clip, true);
  ASSERT_TRUE(other);
  EXPECT_EQ(*other, "has changed; its SHA-256 is 3608bca1e44ea6c4d268eb6db02260269892c0b42b86bbf1e77a6fa16c3c9282");
  write(folder_ / clip.file, "abcd");
  for (const bool read_all : {false, true}) {
    EXPECT_EQ(store.problem(clip, read_all), "has 4 bytes instead of 3");
  }
  store.set_aside(clip);
  EXPECT_EQ(store.problem(clip, true), "is missing");
  EXPECT_EQ(text_of(folder_ / "damaged" / fs::path(clip.file).filename()), "abcd");
  EXPECT_NO_THROW(store.set_aside(clip)) << "there is none any more";
  fs::create_directory(folder_ / clip.file);
  EXPECT_EQ(store.problem(clip, true), "is not a file") << "a folder is no clip";
  EXPECT_EQ(store.put(bytes_of("abc"), AudioType::kMp3).file, clip.file);
  EXPECT_EQ(store.problem(clip, true), std::nullopt) << "it was moved out of the way";
  EXPECT_TRUE(fs::is_directory(folder_ / "damaged" / (fs::path(clip.file).filename().string() + ".1")));
}

TEST_F(ClipStoreTest, TakesAClipOverByHardLink) {
  ClipStore old_store(folder_ / "old");
  const Clip clip = old_store.put(bytes_of("abc"), AudioType::kMp3);
  ClipStore store(folder_ / "new");
  EXPECT_EQ(store.adopt(old_store, clip), std::nullopt);
  EXPECT_EQ(store.problem(clip, true), std::nullopt);
  EXPECT_EQ(fs::hard_link_count(folder_ / "new" / clip.file), 2U);
  store.adopt(old_store, clip);
  EXPECT_EQ(fs::hard_link_count(folder_ / "old" / clip.file), 2U) << "what is there is not taken again";
  write(folder_ / "x", "broken");
  fs::rename(folder_ / "x", folder_ / "new" / clip.file);
  store.adopt(old_store, clip);
  EXPECT_EQ(text_of(folder_ / "new" / clip.file), "abc") << "what is broken is replaced";
  const std::string zeros(64, '0');
  EXPECT_EQ(store.adopt(old_store, Clip{"clips/00/" + zeros + ".mp3", 3, zeros, "audio/mpeg"}), "is missing");
}

TEST_F(ClipStoreTest, OnlyTheStoresOwnNamesAreNames) {
  const std::string hash(64, 'a');
  EXPECT_TRUE(is_clip_name("clips/aa/" + hash + ".mp3", hash));
  EXPECT_TRUE(is_clip_name("clips/aa/" + hash + ".mp3"));
  for (const std::string& name :
       {"clips/ab/" + hash + ".mp3", "clips/aa/" + hash + ".sh", "clips/aa/" + hash, "clips/aa/../aa/" + hash + ".mp3",
        "/clips/aa/" + hash + ".mp3", "clips//aa/" + hash + ".mp3", "x/" + hash + ".mp3", std::string("../victim.txt"),
        std::string(), "clips/aa/" + hash + ".mp3/x", "clips/AA/" + std::string(64, 'A') + ".mp3"}) {
    EXPECT_FALSE(is_clip_name(name, hash)) << name;
    EXPECT_FALSE(is_clip_name(name)) << name;
  }
}

TEST_F(ClipStoreTest, AStoreOfAStrangerLeadsNowhere) {
  fs::create_directories(folder_);
  write(folder_ / "victim", "mine");
  ClipStore theirs(folder_ / "theirs");
  ClipStore ours(folder_ / "ours");
  const Clip good = theirs.put(bytes_of("abc"), AudioType::kMp3);
  for (const char* file : {"../victim", "clips/../../victim", "/etc/passwd"}) {
    const Clip evil{file, 4, good.sha256, "audio/mpeg"};
    EXPECT_TRUE(ours.adopt(theirs, evil)) << file;
    EXPECT_TRUE(ours.problem(evil, false)) << file;
    ours.set_aside(evil);
    EXPECT_EQ(text_of(folder_ / "victim"), "mine") << file;
  }
  fs::remove(folder_ / "theirs" / good.file);
  fs::create_symlink(folder_ / "victim", folder_ / "theirs" / good.file);
  EXPECT_EQ(ours.adopt(theirs, good), "is a link");
  theirs.set_aside(good);
  EXPECT_EQ(text_of(folder_ / "victim"), "mine") << "the link went, not what it leads to";

  fs::create_directory(folder_ / "outside");
  fs::remove_all(folder_ / "theirs" / "clips");
  fs::create_directory_symlink(folder_ / "outside", folder_ / "theirs" / "clips");
  EXPECT_THROW(ClipStore(folder_ / "theirs"), InputError);
  fs::create_directories(folder_ / "third" / "clips");
  fs::create_directory_symlink(folder_ / "outside", folder_ / "third" / "clips" / good.sha256.substr(0, 2));
  ClipStore third(folder_ / "third");
  EXPECT_THROW(third.put(bytes_of("abc"), AudioType::kMp3), InputError);
  EXPECT_TRUE(fs::is_empty(folder_ / "outside"));
}

TEST_F(ClipStoreTest, AClipWhoseBytesAreOthersIsNotTakenOver) {
  ClipStore theirs(folder_ / "theirs");
  ClipStore ours(folder_ / "ours");
  const Clip clip = theirs.put(bytes_of("abc"), AudioType::kMp3);
  write(folder_ / "theirs" / clip.file, "xyz");
  const auto problem = ours.adopt(theirs, clip);
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->find("has changed"), 0U) << *problem;
  EXPECT_EQ(ours.problem(clip, false), "is missing");
}

TEST_F(ClipStoreTest, ThrowsWhereItMayNotWrite) {
  if (::geteuid() == 0) {
    write(folder_.string() + ".file", "");
    EXPECT_THROW(ClipStore(folder_.string() + ".file"), std::exception) << "a file is no folder";
    fs::remove(folder_.string() + ".file");
    GTEST_SKIP() << "root may write everywhere";
  }
  ClipStore store(folder_);
  ::chmod((folder_ / "parts").c_str(), 0500);
  EXPECT_THROW(store.put(bytes_of("abc"), AudioType::kMp3), std::system_error);
  EXPECT_THROW(store.append("a", 0, bytes_of("abc")), std::system_error);
  ::chmod((folder_ / "parts").c_str(), 0700);
  EXPECT_NO_THROW(store.append("a", 0, bytes_of("abc"))) << "and goes on once it may";
}

}  // namespace clip_store_test
}  // namespace hitscope::ingest
