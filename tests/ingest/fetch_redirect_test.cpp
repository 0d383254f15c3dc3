// Which redirects are followed, and how long a retry waits.
#include "ingest/fetch_policy.h"

#include <gtest/gtest.h>

#include <string>

namespace hitscope::ingest {
namespace fetch_redirect_test {

using std::chrono::milliseconds;

TEST(RedirectTest, FiveStatusesLeadElsewhere) {
  for (const long status : {301L, 302L, 303L, 307L, 308L}) EXPECT_TRUE(is_redirect(status)) << status;
  for (const long status : {0L, 200L, 300L, 304L, 305L, 306L, 309L, 400L}) EXPECT_FALSE(is_redirect(status)) << status;
}

TEST(RedirectTest, OnlyHttpIsFollowedAndNotForEver) {
  for (const char* target : {"http://a/", "https://a/", "HTTPS://a/"})
    EXPECT_FALSE(redirect_problem("http://b/", target, 1, {})) << target;
  for (const char* target :
       {"file:///etc/passwd", "ftp://a/", "gopher://a/", "data:audio/mpeg,", "javascript:x", "/a", ""}) {
    const auto problem = redirect_problem("http://b/", target, 1, {});
    ASSERT_TRUE(problem) << target;
    EXPECT_EQ(problem->kind, FailureKind::kBadRedirect);
    EXPECT_EQ(problem->action, Action::kSkip);
    EXPECT_NE(problem->detail.find(target), std::string::npos) << problem->detail;
  }
  EXPECT_FALSE(redirect_problem("http://b/", "http://a/", 5, {}));
  const auto sixth = redirect_problem("http://b/", "http://a/", 6, {});
  ASSERT_TRUE(sixth);
  EXPECT_EQ(sixth->detail, "more than 5 redirects; the last leads to 'http://a/'");
  EXPECT_TRUE(redirect_problem("http://b/", "http://a/", 1, {.max_redirects = 0})) << "none are allowed";
}

TEST(RedirectTest, NoneLeadsFromHttpsToHttpUnlessThatIsAllowed) {
  const auto problem = redirect_problem("https://a/x", "http://a/x", 1, {});
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->action, Action::kSkip);
  EXPECT_NE(problem->detail.find("`allow_downgrade`"), std::string::npos) << problem->detail;
  EXPECT_FALSE(redirect_problem("https://a/x", "http://a/x", 1, {.allow_downgrade = true}));
  EXPECT_FALSE(redirect_problem("https://a/x", "https://b/x", 1, {}));
  EXPECT_FALSE(redirect_problem("http://a/x", "https://b/x", 1, {}));
}

TEST(BackoffTest, DoublesItsCeilingUpToTheLongest) {
  const auto ceiling = [](int attempt) { return backoff(attempt, milliseconds(500), milliseconds(30'000), 1.0); };
  EXPECT_EQ(ceiling(1), milliseconds(500));
  EXPECT_EQ(ceiling(2), milliseconds(1000));
  EXPECT_EQ(ceiling(3), milliseconds(2000));
  EXPECT_EQ(ceiling(6), milliseconds(16'000));
  EXPECT_EQ(ceiling(7), milliseconds(30'000));
  for (const int attempt : {8, 31, 32, 63, 64, 1000, 2'000'000'000}) {
    EXPECT_EQ(ceiling(attempt), milliseconds(30'000)) << attempt;
  }
}

TEST(BackoffTest, IsUniformFromZeroToTheCeiling) {
  EXPECT_EQ(backoff(3, milliseconds(500), milliseconds(30'000), 0.0), milliseconds(0));
  EXPECT_EQ(backoff(3, milliseconds(500), milliseconds(30'000), 0.25), milliseconds(500));
  EXPECT_EQ(backoff(3, milliseconds(500), milliseconds(30'000), 0.5), milliseconds(1000));
  for (int attempt = 1; attempt < 50; ++attempt) {
    for (double uniform = 0.0; uniform < 1.0; uniform += 0.09) {
      const milliseconds wait = backoff(attempt, milliseconds(100), milliseconds(1000), uniform);
      EXPECT_GE(wait, milliseconds(0));
      EXPECT_LE(wait, milliseconds(1000));
    }
  }
}

}  // namespace fetch_redirect_test
}  // namespace hitscope::ingest
