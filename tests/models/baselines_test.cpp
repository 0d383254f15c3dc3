// What a head is held against: the majority, the prior and the mean of the group.
#include "models/evaluation/metrics.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace hitscope::models::evaluation {
namespace baselines_test {

TEST(BaselineTest, TheMajorityIsCertainOfTheMostFrequentTrainingClass) {
  const data::Probabilities p = majority_baseline(std::vector{2, 1, 2, 0, 2}, 3, 2);
  EXPECT_EQ(p.n_rows, 2U);
  EXPECT_EQ(p.n_classes, 3);
  EXPECT_EQ(p.values, (std::vector<double>{0, 0, 1, 0, 0, 1}));
  EXPECT_EQ(majority_baseline(std::vector{2, 1, 2, 1}, 3, 1).values, (std::vector<double>{0, 1, 0}));
}

TEST(BaselineTest, ThePriorIsTheTrainingClassShares) {
  const data::Probabilities p = prior_baseline(std::vector{2, 1, 2, 2}, 3, 2);
  EXPECT_EQ(p.n_rows, 2U);
  EXPECT_EQ(p.n_classes, 3);
  EXPECT_EQ(p.values, (std::vector<double>{0, 0.25, 0.75, 0, 0.25, 0.75}));
}

TEST(BaselineTest, TheGroupMeanIsTheGroupsSharesOrThoseOfAll) {
  const std::vector<int> targets{0, 1, 1, 1};
  const std::vector<std::string> training{"a", "a", "b", ""};
  const data::Probabilities p =
      group_mean_baseline(targets, training, 2, std::vector<std::string>{"b", "a", "new", ""});
  EXPECT_EQ(p.values, (std::vector<double>{0, 1, 0.5, 0.5, 0.25, 0.75, 0.25, 0.75}));
}

TEST(BaselineTest, NothingToLearnFromThrows) {
  EXPECT_THROW(majority_baseline({}, 3, 2), std::invalid_argument);
  EXPECT_THROW(prior_baseline({}, 3, 2), std::invalid_argument);
  EXPECT_THROW(prior_baseline(std::vector{3}, 3, 2), std::invalid_argument);
  EXPECT_THROW(group_mean_baseline(std::vector{0}, {}, 3, {}), std::invalid_argument);
}

}  // namespace baselines_test
}  // namespace hitscope::models::evaluation
