// Ranks as processes on loopback, each of which compares what it got with what one process makes of the whole batch.
#include "models/neural/ranks/ranks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "models/neural/networks/batch_norm.h"
#include "models/neural/networks/spectrogram_network.h"
#include "tests/support/rank_processes.h"

namespace hitscope::models::neural::ranks {
namespace ranks_test {

using std::chrono::seconds;
using testing::Values;
using tests::RankEnd;
using tests::RankProcesses;

/// What a job of ranks compares, and for how many rows by rank.
struct Job {
  const char* role;
  std::vector<std::string> rows;
  int size = 2;
};

class RanksTest : public testing::TestWithParam<Job> {};

TEST_P(RanksTest, HaveWhatOneProcessHas) {
  RankProcesses ranks(GetParam().role, GetParam().size, GetParam().rows);
  for (const RankEnd& end : ranks.wait(seconds(120))) {
    EXPECT_EQ(end.exit_code, 0) << end.signal << "\n" << end.said;
    EXPECT_NE(end.said.find("compared"), std::string::npos) << end.said;
  }
}

INSTANTIATE_TEST_SUITE_P(Jobs, RanksTest,
                         Values(Job{"sums", {}}, Job{"sums", {}, 3}, Job{"sums", {}, 1}, Job{"summed", {"5", "3"}},
                                Job{"summed", {"2", "0", "4"}, 3}, Job{"norms", {"5", "3"}}, Job{"norms", {"8", "0"}},
                                Job{"norms", {"0", "1", "7"}, 3}, Job{"networks", {"4", "4"}},
                                Job{"networks", {"5", "2"}}),
                         [](const auto& test) {
                           std::string name = test.param.role + std::string("Of") + std::to_string(test.param.size);
                           for (const std::string& n : test.param.rows) name += "_" + n;
                           return name;
                         });

/// What befalls a rank, and what the others must say of it.
struct Loss {
  const char* what;
  const char* who;  ///< "first" or "last"
  int size;
  const char* said;
};

class LostRankTest : public testing::TestWithParam<Loss> {};

TEST_P(LostRankTest, EndsTheOthersWithTheReason) {
  const Loss& loss = GetParam();
  const std::string what = loss.what;
  const int victim = loss.who == std::string("first") ? 0 : loss.size - 1;
  RankProcesses ranks("broken", loss.size, {what, loss.who});
  const bool victim_stays = what == "halted" || what == "late";
  const std::vector<RankEnd> ends = ranks.wait(seconds(30), victim_stays ? victim : -1);
  for (int rank = 0; rank < loss.size; ++rank) {
    const RankEnd& end = ends[static_cast<std::size_t>(rank)];
    if (rank == victim) {
      EXPECT_EQ(end.signal, what == "killed" ? SIGKILL : 0) << end.said;
      EXPECT_EQ(end.in_time, !victim_stays) << end.said;
    } else {
      EXPECT_TRUE(end.in_time) << rank;
      EXPECT_EQ(end.exit_code, 3) << end.signal << "\n" << end.said;
      EXPECT_NE(end.said.find(loss.said), std::string::npos) << end.said;
      EXPECT_NE(end.said.find("lost: rank " + std::to_string(rank) + " of "), std::string::npos) << end.said;
      EXPECT_NE(end.said.find("continues from its last checkpoint"), std::string::npos) << end.said;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Losses, LostRankTest,
    Values(Loss{"killed", "last", 2, "rank 1 was lost"}, Loss{"killed", "first", 2, "rank 0 was lost"},
           Loss{"killed", "last", 3, "rank 2 was lost"}, Loss{"killed", "first", 3, "rank 0 was lost"},
           Loss{"halted", "last", 2, "rank 1 has shown no sign of life"},
           Loss{"halted", "first", 2, "rank 0 has not answered"},
           Loss{"halted", "last", 3, "rank 2 has shown no sign of life"},
           Loss{"late", "last", 2, "did not all reach the same step within 4 s"},
           Loss{"fails", "last", 3, "rank 2 stopped: shard 3 is missing"},
           Loss{"fails", "first", 2, "rank 0 stopped: shard 3 is missing"},
           Loss{"unwinds", "last", 2, "rank 1 stopped: it ended with an error"},
           Loss{"leaves", "last", 2, "rank 1 had ended its training before the others"}),
    [](const auto& test) {
      return std::string(test.param.what) + "_" + test.param.who + "_of_" + std::to_string(test.param.size);
    });

TEST(RanksJoiningTest, SaysHowManyCame) {
  RankProcesses ranks("alone", 3, {}, 2);
  const std::vector<RankEnd> ends = ranks.wait(seconds(30));
  for (const RankEnd& end : ends) {
    EXPECT_EQ(end.exit_code, 4) << end.said;
    EXPECT_NE(end.said.find("2 of 3 ranks connected to 127.0.0.1, port "), std::string::npos) << end.said;
  }
  EXPECT_NE(ends[0].said.find(" within 2 s"), std::string::npos) << ends[0].said;
}

TEST(RanksJoiningTest, ThoseThatKnowOneSecretJoin) {
  RankProcesses ranks("secrets", 3, {"horse", "horse", "horse"});
  for (const RankEnd& end : ranks.wait(seconds(60))) EXPECT_EQ(end.exit_code, 0) << end.said;
}

TEST(RanksJoiningTest, OneThatDoesNotKnowTheSecretEndsAllBeforeAnythingIsSummed) {
  for (const std::string wrong : {"", "horsE", "horse "}) {
    RankProcesses ranks("secrets", 3, {"horse", "horse", wrong});
    const std::vector<RankEnd> ends = ranks.wait(seconds(60));
    for (const RankEnd& end : ends) EXPECT_EQ(end.exit_code, 4) << end.said;
    EXPECT_NE(ends[0].said.find("rank 2 does not know the same secret; set HITSCOPE_RANKS_SECRET"), std::string::npos)
        << ends[0].said;
  }
}

TEST(RanksJoiningTest, HeedsAStopWhileOthersAreAwaited) {
  std::atomic<bool> stop{false};
  RankTimeouts timeouts;
  timeouts.stop = &stop;
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    stop = true;
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(Ranks({1, 2, 0, "127.0.0.1", tests::free_port()}, timeouts), std::runtime_error) << "nobody listens";
  EXPECT_THROW(Ranks({0, 2, 0, "127.0.0.1", tests::free_port()}, timeouts), std::runtime_error) << "nobody comes";
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(30));
}

TEST(RanksJoiningTest, RefusesPlacesThatCannotBe) {
  EXPECT_THROW(Ranks({2, 2, 0, "127.0.0.1", 29500}), std::invalid_argument);
  EXPECT_THROW(Ranks({-1, 2, 0, "127.0.0.1", 29500}), std::invalid_argument);
  EXPECT_THROW(Ranks({0, 2, 0, "", 29500}), std::invalid_argument);
  EXPECT_THROW(Ranks({0, 2, 0, "127.0.0.1", 0}), std::invalid_argument);
  EXPECT_THROW(Ranks({0, 2, 0, "127.0.0.1", 65536}), std::invalid_argument);
}

TEST(SharedBatchNormTest, IsTorchsWhenAlone) {
  torch::manual_seed(1);
  networks::SharedBatchNorm2d ours(3);
  torch::nn::BatchNorm2d theirs(3);
  for (int step = 0; step < 3; ++step) {
    const torch::Tensor x = torch::randn({4, 3, 5, 6});
    EXPECT_TRUE(torch::equal(ours(x), theirs(x)));
  }
  for (const auto& buffer : theirs->named_buffers()) {
    EXPECT_TRUE(torch::equal(ours->named_buffers()[buffer.key()], buffer.value())) << buffer.key();
  }
  ASSERT_EQ(ours->named_buffers().size(), theirs->named_buffers().size());
  EXPECT_THROW(ours(torch::randn({1, 3, 1, 1})), std::exception);
}

TEST(BatchShareTest, DropoutIsThatOfTheWholeBatch) {
  const auto network = networks::make_network("cnn", {16, 20, 3});
  const torch::Tensor x = torch::randn({8, 1, 16, 20});
  const auto logits = [&](std::int64_t first, std::int64_t n) {
    torch::manual_seed(2);
    return network->forward(x.narrow(0, first, n));
  };
  const torch::Tensor whole = logits(0, 8);
  EXPECT_FALSE(torch::allclose(logits(5, 3), whole.narrow(0, 5, 3)));
  for (const auto& [first, n] : {std::pair{0, 5}, std::pair{5, 3}, std::pair{0, 8}}) {
    network->share = {8, first};
    EXPECT_TRUE(torch::allclose(logits(first, n), whole.narrow(0, first, n), 1e-6, 1e-6)) << first;
  }
  network->share = {8, 6};
  EXPECT_THROW(logits(0, 3), std::invalid_argument);
}

}  // namespace ranks_test
}  // namespace hitscope::models::neural::ranks
