#include "ingest/gzip_body.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "ingest/inflation.h"
#include "tests/support/table_files.h"

namespace hitscope::ingest {
namespace gzip_body_test {

struct Undone {
  std::string text;
  bool goes_on = true;
  std::optional<Failure> failure;
};

/// Reads `bytes` in pieces of `n`, to the end.
Undone undone(const std::string& bytes, std::size_t n) {
  GzipBody body;
  Undone result;
  for (std::size_t at = 0; at < bytes.size() && result.goes_on; at += n) {
    result.goes_on = body.read(std::string_view(bytes).substr(at, n), [&](std::string_view piece) {
      EXPECT_LE(piece.size(), std::max(GzipBody::kPieceBytes, n));
      result.text += piece;
      return true;
    });
  }
  result.failure = body.failure(result.goes_on);
  return result;
}

std::string some_text() {
  std::string text;
  for (int i = 0; i < 30'000; ++i) text += std::to_string(i * i);
  return text;
}

TEST(GzipBodyTest, GivesWhatWasPackedInPiecesOfAnySize) {
  const std::string text = some_text();
  const std::string packed = tests::gzipped(text);
  for (const std::size_t n : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, packed.size()}) {
    const Undone got = undone(packed, n);
    EXPECT_FALSE(got.failure) << got.failure->detail;
    EXPECT_TRUE(got.text == text) << n;
  }
  EXPECT_TRUE(undone(packed + "rest", 100).text == text) << "what follows is ignored";
}

TEST(GzipBodyTest, PassesOnWhatIsNoGzip) {
  for (const std::string text : {"", "RI", "RIFF....WAVE", "\x1F\x8A and more"}) {
    for (const std::size_t n : {1U, 100U}) {
      const Undone got = undone(text, n);
      EXPECT_EQ(got.text, text);
      EXPECT_FALSE(got.failure);
    }
  }
}

TEST(GzipBodyTest, NamesDataThatEndsEarlyOrIsDamaged) {
  std::string packed = tests::gzipped(some_text());
  const Undone early = undone(packed.substr(0, packed.size() / 2), 1000);
  ASSERT_TRUE(early.failure);
  EXPECT_EQ(early.failure->kind, FailureKind::kTruncated);
  EXPECT_EQ(early.failure->action, Action::kRetry);
  EXPECT_EQ(early.failure->detail,
            "the body came with gzip encoding, which was not asked for, and its gzip data ends early");
  for (std::size_t i = packed.size() / 2; i < packed.size() / 2 + 40; ++i) packed[i] = static_cast<char>(~packed[i]);
  const Undone damaged = undone(packed, 1000);
  ASSERT_TRUE(damaged.failure);
  EXPECT_FALSE(damaged.goes_on);
  EXPECT_NE(damaged.failure->detail.find("is damaged"), std::string::npos) << damaged.failure->detail;
}

TEST(GzipBodyTest, EndsWhereItsTakerHasEnough) {
  GzipBody body;
  int n_pieces = 0;
  EXPECT_FALSE(
      body.read(tests::gzipped(std::string(10'000'000, '\0')), [&](std::string_view) { return ++n_pieces < 2; }));
  EXPECT_EQ(n_pieces, 2);
  EXPECT_FALSE(body.failure(false));
}

TEST(GzipBodyTest, RefusesWhatInflatesTooFar) {
  const std::string bomb = tests::gzipped(std::string(kFreeInflatedBytes + (1U << 20U), '\0'));
  GzipBody body;
  std::uint64_t n = 0;
  EXPECT_FALSE(body.read(bomb, [&](std::string_view piece) {
    n += piece.size();
    return true;
  }));
  EXPECT_LE(n, kFreeInflatedBytes);
  ASSERT_TRUE(body.failure(false));
  EXPECT_EQ(body.failure(false)->kind, FailureKind::kTooLarge);
  EXPECT_EQ(body.failure(false)->action, Action::kSkip);
  EXPECT_NE(body.failure(false)->detail.find("more than 250 times its size"), std::string::npos);
}

}  // namespace gzip_body_test
}  // namespace hitscope::ingest
