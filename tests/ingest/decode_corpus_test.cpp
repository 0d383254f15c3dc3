// Every file of tests/fuzz/corpus/decode decodes to what expected.csv says; cut or damaged, and with every regression
// beside it, it ends as a recording or a reason, within bounded time and memory.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/fuzz/decode_promises.h"
#include "tests/fuzz/ogg_checksums.h"
#include "tests/ingest/decode_cases.h"

namespace hitscope::ingest {
namespace decode_corpus_test {

namespace fs = std::filesystem;

const fs::path kFuzz = FUZZ_FOLDER;

struct Expected {
  std::string file;
  int sample_rate = 0;
  int n_channels = 0;
  std::int64_t n_samples = 0;
  std::int64_t tolerance = 0;
};

std::vector<Expected> expected_files() {
  std::ifstream csv(kFuzz / "corpus/decode/expected.csv");
  std::vector<Expected> rows;
  std::string line;
  std::getline(csv, line);  // the header
  while (std::getline(csv, line)) {
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream cells(line);
    Expected row;
    cells >> row.file >> row.sample_rate >> row.n_channels >> row.n_samples >> row.tolerance;
    rows.push_back(row);
  }
  return rows;
}

/// Decodes with and without half_rate; a test failure where a promise is broken or it takes long.
void expect_promises(const Bytes& bytes) {
  for (const int half_rate : {0, 22050}) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(tests::decode_and_judge(bytes, tests::bounded_options(half_rate)).broken, "");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3)) << bytes.size() << " bytes";
  }
}

std::size_t peak_memory_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) / 1024;
}

TEST(DecodeCorpus, HoldsEveryFormat) {
  std::set<AudioType> types;
  std::set<std::string> listed;
  for (const Expected& want : expected_files()) {
    types.insert(audio_type_of(tests::corpus_file(want.file)));
    listed.insert(want.file);
  }
  for (const AudioFormat& format : audio_formats()) {
    // No program of Debian writes them; FFmpeg's own tests decode them.
    const bool has_no_encoder = format.type == AudioType::kApe || format.type == AudioType::kAmr;
    EXPECT_NE(types.contains(format.type), has_no_encoder) << format.name;
  }
  std::uintmax_t n_bytes = 0;
  for (const auto& entry : fs::directory_iterator(kFuzz / "corpus/decode")) {
    n_bytes += entry.file_size();
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name == "expected.csv" || listed.contains(name)) << name << " is not in expected.csv";
  }
  EXPECT_LT(n_bytes, 600'000U);
}

TEST(DecodeCorpus, DecodesToTheRateChannelsAndLengthThatWereEncoded) {
  for (const Expected& want : expected_files()) {
    SCOPED_TRACE(want.file);
    const tests::Outcome outcome = tests::decode_and_judge(tests::corpus_file(want.file), tests::bounded_options(0));
    EXPECT_EQ(outcome.broken, "");
    ASSERT_TRUE(outcome.recording) << outcome.failure->detail;
    const Recording& got = *outcome.recording;
    EXPECT_EQ(got.file_sample_rate, want.sample_rate);
    EXPECT_EQ(got.waveform.sample_rate, want.sample_rate);
    EXPECT_EQ(got.n_channels, want.n_channels);
    EXPECT_LE(std::abs(static_cast<std::int64_t>(got.waveform.samples.size()) - want.n_samples), want.tolerance)
        << got.waveform.samples.size() << " samples instead of " << want.n_samples;
  }
}

TEST(DecodeCorpus, EveryCutEndsAsARecordingOrAReason) {
  constexpr std::size_t kCuts = 20;
  const std::size_t before = peak_memory_mib();
  for (const Expected& want : expected_files()) {
    const Bytes whole = tests::corpus_file(want.file);
    for (std::size_t i = 0; i < kCuts; ++i) {
      SCOPED_TRACE(want.file + " cut to " + std::to_string(whole.size() * i / kCuts) + " bytes");
      expect_promises(first_part(whole, whole.size() * i / kCuts));
      if (HasFailure()) return;
    }
  }
  EXPECT_LT(peak_memory_mib() - before, 256U);
}

TEST(DecodeCorpus, EveryFlippedByteEndsAsARecordingOrAReason) {
  const std::size_t before = peak_memory_mib();
  for (const Expected& want : expected_files()) {
    const Bytes whole = tests::corpus_file(want.file);
    std::mt19937 random(5);
    for (int round = 0; round < 20; ++round) {
      Bytes bytes = whole;
      // Headers matter most: every other round stays near the start.
      const std::size_t reach = round % 2 == 0 ? std::min<std::size_t>(256, bytes.size()) : bytes.size();
      const std::size_t at = random() % reach;
      bytes[at] ^= static_cast<std::byte>(1 + random() % 255);
      if (audio_type_of(whole) == AudioType::kOgg) tests::repair_ogg_checksums(bytes);
      SCOPED_TRACE(want.file + " round " + std::to_string(round) + ", byte " + std::to_string(at));
      expect_promises(bytes);
      if (HasFailure()) return;
    }
  }
  EXPECT_LT(peak_memory_mib() - before, 256U);
}

TEST(DecodeCorpus, EveryRegressionEndsAsARecordingOrAReason) {
  if (!fs::exists(kFuzz / "regressions/decode")) GTEST_SKIP() << "no regressions yet";
  const std::size_t before = peak_memory_mib();
  for (const auto& entry : fs::directory_iterator(kFuzz / "regressions/decode")) {
    SCOPED_TRACE(entry.path().filename().string());
    expect_promises(tests::read_bytes(entry.path()));
  }
  EXPECT_LT(peak_memory_mib() - before, 256U);
}

}  // namespace decode_corpus_test
}  // namespace hitscope::ingest
