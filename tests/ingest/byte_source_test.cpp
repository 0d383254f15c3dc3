#include "ingest/tables/byte_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "ingest/inflation.h"
#include "tests/support/table_files.h"

namespace hitscope::ingest::tables {
namespace byte_source_test {

using tests::gzipped;
using tests::noise;
using tests::StandardInput;

struct Everything {
  std::string bytes;
  std::string problem;  // empty: it ended
};

Everything read_all(const std::filesystem::path& path) {
  Everything result;
  auto source = ByteSource::open(path);
  if (!source) return {"", source.error().detail};
  while (true) {
    const auto block = source->read();
    if (!block) return {result.bytes, block.error().detail};
    if (block->empty()) return result;
    result.bytes += *block;
  }
}

class ByteSourceTest : public testing::Test {
 protected:
  const tests::TestFolder folder_;
};

TEST_F(ByteSourceTest, HandsOutAFileAsItIs) {
  for (const std::string& bytes : {std::string(), std::string("\x1f"), std::string("a\0b", 3), noise(1'000'000)}) {
    const Everything got = read_all(folder_.write("a.txt", bytes));
    EXPECT_TRUE(got.bytes == bytes) << bytes.size();
    EXPECT_EQ(got.problem, "");
  }
}

TEST_F(ByteSourceTest, UnzipsWhatBeginsAsGzipWhateverItsName) {
  const std::string bytes = noise(1'000'000) + std::string(3'000'000, 'x');
  for (const char* name : {"a.txt", "a.gz"}) {
    const Everything got = read_all(folder_.write(name, gzipped(bytes)));
    EXPECT_TRUE(got.bytes == bytes);
    EXPECT_EQ(got.problem, "");
  }
  EXPECT_EQ(read_all(folder_.write("plain.gz", "not zipped")).bytes, "not zipped");
  EXPECT_EQ(read_all(folder_.write("nothing.gz", gzipped(""))).problem, "");
}

TEST_F(ByteSourceTest, UnzipsWhatPythonZipped) {
  // gzip.compress(b"id,title\na,First\n", mtime=0)
  constexpr std::array<unsigned char, 37> kZipped{31,  139, 8,  0,   0,   0,   0,  0,   2,   3,   203, 76, 209,
                                                  41,  201, 44, 201, 73,  229, 74, 212, 113, 203, 44,  42, 46,
                                                  225, 2,   0,  80,  135, 67,  59, 17,  0,   0,   0};
  const std::string zipped(kZipped.begin(), kZipped.end());
  EXPECT_EQ(read_all(folder_.write("a", zipped)).bytes, "id,title\na,First\n");
}

TEST_F(ByteSourceTest, ReadsMembersOneAfterAnotherAndIgnoresWhatIsBehindThem) {
  std::string members;
  std::string bytes;
  for (int i = 0; i < 300; ++i) {  // their beginnings fall on every side of the buffer's end
    const std::string part = noise(static_cast<std::size_t>(997 + i));
    members += gzipped(part);
    bytes += part;
  }
  EXPECT_TRUE(read_all(folder_.write("a", members)).bytes == bytes);
  const Everything padded = read_all(folder_.write("b", members + std::string(512, '\0')));
  EXPECT_TRUE(padded.bytes == bytes);
  EXPECT_EQ(padded.problem, "");
}

TEST_F(ByteSourceTest, TellsGzipDataThatIsCutShortFromItsEnd) {
  const std::string bytes = noise(1000);
  const std::string whole = gzipped(bytes);
  for (std::size_t n = 2; n < whole.size(); ++n) {
    const Everything got = read_all(folder_.write("a.gz", whole.substr(0, n)));
    EXPECT_EQ(got.problem, "the gzip data is damaged (it is cut short)") << n;
    EXPECT_TRUE(bytes.starts_with(got.bytes)) << n;
  }
}

TEST_F(ByteSourceTest, HandsOutWhatStandsBeforeDamage) {
  const std::string bytes = noise(400'000);
  std::string zipped = gzipped(bytes);
  zipped[zipped.size() - 6] ^= 1;  // in the checksum
  const Everything got = read_all(folder_.write("a.gz", zipped));
  EXPECT_TRUE(got.bytes == bytes);
  EXPECT_EQ(got.problem, "the gzip data is damaged (incorrect data check)");
  zipped[zipped.size() / 2] ^= 0x55;
  const Everything half = read_all(folder_.write("b.gz", zipped));
  EXPECT_GT(half.bytes.size(), 100'000U);
  EXPECT_TRUE(half.problem.starts_with("the gzip data is damaged (")) << half.problem;
}

TEST_F(ByteSourceTest, TellsDamageAgainWhenAskedAgain) {
  auto source = ByteSource::open(folder_.write("a.gz", gzipped("abc").substr(0, 15)));
  ASSERT_TRUE(source);
  while (source->peek() && !source->peek()->empty()) ASSERT_TRUE(source->read());
  for (int i = 0; i < 3; ++i) {
    const auto block = source->read();
    ASSERT_FALSE(block);
    EXPECT_EQ(block.error().kind, FailureKind::kUnreadable);
  }
}

TEST_F(ByteSourceTest, RefusesWhatCannotBeOpenedWithTheSystemsReason) {
  const auto absent = ByteSource::open(folder_.path() / "absent");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().stage, Stage::kCatalogue);
  EXPECT_EQ(absent.error().kind, FailureKind::kBadFile);
  EXPECT_EQ(absent.error().action, Action::kStop);
  EXPECT_EQ(absent.error().detail,
            (folder_.path() / "absent").string() + ": cannot be opened (No such file or directory)");
  const auto folder = ByteSource::open(folder_.path());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().detail, folder_.path().string() + ": cannot be opened (Is a directory)");
}

TEST_F(ByteSourceTest, TellsWhatTheSystemRefusesToRead) {
  const Everything got = read_all("/proc/self/mem");  // nothing is mapped at address 0
  EXPECT_EQ(got.problem, "cannot be read (Input/output error)");
}

TEST_F(ByteSourceTest, PeeksAtWhatTheNextReadReturns) {
  auto source = ByteSource::open(folder_.write("a", "one\ntwo\n"));
  ASSERT_TRUE(source);
  EXPECT_EQ(*source->peek(), "one\ntwo\n");
  EXPECT_EQ(*source->peek(), "one\ntwo\n");
  EXPECT_EQ(*source->read(), "one\ntwo\n");
  EXPECT_EQ(*source->peek(), "");
  EXPECT_EQ(*source->read(), "");
  EXPECT_EQ(*source->read(), "");
}

TEST_F(ByteSourceTest, ReadsStandardInputFromAPipeAndFromAFile) {
  const std::string bytes = noise(500'000);
  for (const std::string& sent : {bytes, gzipped(bytes)}) {
    {
      const StandardInput pipe = StandardInput::from_pipe(sent);
      EXPECT_TRUE(read_all("-").bytes == bytes);
    }
    const StandardInput file = StandardInput::from_file(folder_.write("a", sent));
    EXPECT_TRUE(read_all("-").bytes == bytes);
  }
  const StandardInput pipe = StandardInput::from_pipe("");
  EXPECT_EQ(ByteSource::open("-")->name(), "standard input");
  const auto file = folder_.write("-", "a file of that name");
  EXPECT_EQ(ByteSource::open(file)->name(), file.string());
}

TEST_F(ByteSourceTest, DoesNotKeepALineBackUntilABufferIsFull) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  auto source = ByteSource::open("/dev/fd/" + std::to_string(ends[0]));
  ASSERT_TRUE(source);
  std::thread writer([&] {
    for (const std::string part : {"i", "d,ti", "tle\na"}) {
      ASSERT_EQ(::write(ends[1], part.data(), part.size()), static_cast<ssize_t>(part.size()));
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  EXPECT_EQ(*source->peek(), "id,title\na") << "the first line whole, though the rows do not come for long";
  writer.join();
  EXPECT_EQ(*source->read(), "id,title\na");
  ASSERT_EQ(::write(ends[1], ",b", 2), 2);
  EXPECT_EQ(*source->read(), ",b") << "the writer is still there";
  ::close(ends[1]);
  EXPECT_EQ(*source->read(), "");
  ::close(ends[0]);
}

TEST_F(ByteSourceTest, WaitsForTheFirstRowsOfAProgramThatPrintsItsHeaderFirst) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  auto source = ByteSource::open("/dev/fd/" + std::to_string(ends[0]));
  ASSERT_TRUE(source);
  std::thread writer([&] {
    for (const std::string part : {"a;b\n", ";\n1;2\n", "3;4\n5;6\n"}) {
      ASSERT_EQ(::write(ends[1], part.data(), part.size()), static_cast<ssize_t>(part.size()));
      std::this_thread::sleep_for(std::chrono::milliseconds(400));
    }
  });
  EXPECT_EQ(*source->peek(), "a;b\n;\n1;2\n3;4\n5;6\n");
  writer.join();
  ::close(ends[1]);
  ::close(ends[0]);
}

TEST_F(ByteSourceTest, RefusesAGzipBomb) {
  // 100 MB of commas make 97 kB; the first bytes, which any table may have, are returned.
  auto bomb = ByteSource::open(folder_.write("bomb.gz", gzipped(std::string(100'000'000, ','))));
  std::size_t n = 0;
  auto bytes = bomb->read();
  for (; bytes && !bytes->empty(); bytes = bomb->read()) n += bytes->size();
  ASSERT_FALSE(bytes);
  EXPECT_NE(bytes.error().detail.find("inflates to more than 250 times its size"), std::string::npos);
  EXPECT_GE(n, kFreeInflatedBytes);
  EXPECT_LT(n, kFreeInflatedBytes + 1'000'000);
  EXPECT_EQ(bomb->n_bytes(), n);
}

TEST_F(ByteSourceTest, InflatesWhatRepeatsItselfAsTablesDo) {
  std::string table;
  for (int i = 0; table.size() < 80'000'000; ++i)
    table += "TRACK" + std::to_string(i) + ",pop,2019,spotify,none,none\n";
  auto source = ByteSource::open(folder_.write("table.gz", gzipped(table)));
  std::size_t n = 0;
  for (auto bytes = source->read(); bytes && !bytes->empty(); bytes = source->read()) n += bytes->size();
  EXPECT_EQ(n, table.size());
}

TEST_F(ByteSourceTest, KnowsHowMuchOfAFileItHasRead) {
  const std::string bytes = noise(2'000'000);
  for (const std::string& stored : {bytes, gzipped(bytes)}) {
    auto source = ByteSource::open(folder_.write("a", stored));
    ASSERT_TRUE(source);
    EXPECT_EQ(source->fraction_read(), 0.0);
    std::size_t n_read = 0;
    while (true) {
      const std::size_t n = source->read()->size();
      if (n == 0) break;
      n_read += n;
      EXPECT_NEAR(source->fraction_read(), static_cast<double>(n_read) / 2e6, 0.02);
    }
    EXPECT_EQ(source->fraction_read(), 1.0);
  }
  EXPECT_EQ(ByteSource::open(folder_.write("empty", ""))->fraction_read(), 1.0);
  const StandardInput pipe = StandardInput::from_pipe("abc");
  EXPECT_LT(ByteSource::open("-")->fraction_read(), 0.0);
}

}  // namespace byte_source_test
}  // namespace hitscope::ingest::tables
