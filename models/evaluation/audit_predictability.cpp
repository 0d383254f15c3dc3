// How well a single column predicts the class: by a tree over one number, or by the classes of a category, scored on
// rows that it was not fitted on.
#include <cmath>
#include <numeric>
#include <queue>
#include <unordered_map>

#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {
namespace {

/// Enough rows to distinguish 95 % from 96 %, and few enough for twenty columns to be quick.
constexpr std::size_t kMostRows = 100'000;

/// The rows that fit and the rows that are predicted.
struct Roles {
  std::vector<std::size_t> fit;
  std::vector<std::size_t> judge;
};

Roles roles_of(const Rows& rows, bool by_turns, std::size_t turn) {
  Roles roles;
  const double share = std::min(1.0, static_cast<double>(kMostRows) / static_cast<double>(rows.n_rows));
  const auto limit = static_cast<std::uint64_t>(share * 9.2e18);
  const bool split = rows.input.split != nullptr && !by_turns;
  for (std::size_t row = 0; row < rows.n_rows; ++row) {
    if (rows.order(row) >> 1 > limit) continue;
    const bool fits = split ? rows.input.split->part(row) == data::Part::kTrain : row % 2 == turn;
    (fits ? roles.fit : roles.judge).push_back(row);
  }
  return roles;
}

using Counts = std::vector<double>;

/// The most frequent class, and the one most frequent relative to its share of all.
struct Answer {
  int plain = 0;
  int balanced = 0;
};

Answer answer_of(const Counts& counts, const Counts& all) {
  Answer answer;
  double most = -1.0;
  double densest = -1.0;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    const double density = all[c] > 0.0 ? counts[c] / all[c] : 0.0;
    if (counts[c] > most) answer.plain = static_cast<int>(c), most = counts[c];
    if (density > densest) answer.balanced = static_cast<int>(c), densest = density;
  }
  return answer;
}

/// Counts of the predicted rows and of right predictions, [n_classes].
struct Tally {
  Counts n;
  Counts right_plain;
  Counts right_balanced;
  explicit Tally(int n_classes) : n(n_classes), right_plain(n_classes), right_balanced(n_classes) {}
  void add(int target, const Answer& answer) {
    n[target] += 1.0;
    right_plain[target] += answer.plain == target ? 1.0 : 0.0;
    right_balanced[target] += answer.balanced == target ? 1.0 : 0.0;
  }
};

/// Lower end of Wilson's interval at three standard errors.
double at_least(double right, double n) {
  constexpr double kZ = 3.0;
  const double p = right / n;
  const double centre = p + kZ * kZ / (2.0 * n);
  const double width = kZ * std::sqrt(p * (1.0 - p) / n + kZ * kZ / (4.0 * n * n));
  return std::max(0.0, (centre - width) / (1.0 + kZ * kZ / n));
}

Predictability judged(const Tally& tally) {
  Predictability result;
  double n = 0.0;
  double right = 0.0;
  double recall = 0.0;
  double sure_recall = 0.0;
  double n_present = 0.0;
  for (std::size_t c = 0; c < tally.n.size(); ++c) {
    n += tally.n[c];
    right += tally.right_plain[c];
    result.majority = std::max(result.majority, tally.n[c]);
    if (tally.n[c] == 0.0) continue;
    n_present += 1.0;
    recall += tally.right_balanced[c] / tally.n[c];
    sure_recall += at_least(tally.right_balanced[c], tally.n[c]);
  }
  if (n_present < 2.0) return {};
  result.majority /= n;
  result.accuracy = right / n;
  result.balanced_accuracy = recall / n_present;
  result.skill = (result.accuracy - result.majority) / (1.0 - result.majority);
  result.sure_skill = (at_least(right, n) - result.majority) / (1.0 - result.majority);
  const double chance = 1.0 / n_present;
  const double balanced_skill = (result.balanced_accuracy - chance) / (1.0 - chance);
  // If nearly all rows are of one class, accuracy hides what the column says about the others.
  if (result.majority > 0.9 && balanced_skill > result.skill) {
    result.balanced = true;
    result.skill = balanced_skill;
    result.sure_skill = std::max(result.sure_skill, (sure_recall / n_present - chance) / (1.0 - chance));
  }
  return result;
}

/// A stretch of the sorted fitting rows, and the best place to cut it.
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t cut = 0;
  double gain = 0.0;
  bool operator<(const Stretch& other) const { return std::pair(gain, other.begin) < std::pair(other.gain, begin); }
};

struct Sample {
  double value;
  int target;
};

/// Finds the cut that raises the sum over both sides of (sum of squared counts) / size most: Gini's criterion.
Stretch with_best_cut(const std::vector<Sample>& sorted, std::size_t begin, std::size_t end, int n_classes) {
  Stretch stretch{begin, end, begin, 0.0};
  Counts right(n_classes);
  Counts left(n_classes);
  for (std::size_t i = begin; i < end; ++i) right[sorted[i].target] += 1.0;
  double right_squares = 0.0;
  for (const double count : right) right_squares += count * count;
  double left_squares = 0.0;
  const double whole = right_squares / static_cast<double>(end - begin);
  for (std::size_t i = begin; i + 1 < end; ++i) {
    const int c = sorted[i].target;
    right_squares += 1.0 - 2.0 * right[c];
    right[c] -= 1.0;
    left_squares += 1.0 + 2.0 * left[c];
    left[c] += 1.0;
    if (sorted[i].value == sorted[i + 1].value) continue;
    const double gain =
        left_squares / static_cast<double>(i + 1 - begin) + right_squares / static_cast<double>(end - i - 1) - whole;
    if (gain > stretch.gain + 1e-9) stretch.gain = gain, stretch.cut = i + 1;
  }
  return stretch;
}

/// A tree over one number, grown where it gains most; missing values are a leaf of their own.
class NumberTree {
 public:
  NumberTree(const Rows& rows, const std::vector<double>& values, const std::vector<std::size_t>& fit) {
    const int n_classes = rows.input.n_classes;
    std::vector<Sample> sorted;
    Counts missing(n_classes);
    Counts all(n_classes);
    for (const std::size_t row : fit) {
      const int target = rows.input.targets[row];
      all[target] += 1.0;
      if (std::isnan(values[row])) {
        missing[target] += 1.0;
      } else {
        sorted.push_back({values[row], target});
      }
    }
    const bool any_missing = std::any_of(missing.begin(), missing.end(), [](double n) { return n > 0.0; });
    missing_ = answer_of(any_missing ? missing : all, all);
    std::sort(sorted.begin(), sorted.end(), [](const Sample& x, const Sample& y) {
      return std::pair(x.value, x.target) < std::pair(y.value, y.target);
    });
    if (sorted.empty()) {
      starts_ = {-HUGE_VAL};
      answers_ = {missing_};
    } else {
      grow(sorted, n_classes, all);
    }
  }

  const Answer& answer(double value) const {
    if (std::isnan(value)) return missing_;
    const auto after = std::upper_bound(starts_.begin() + 1, starts_.end(), value);
    return answers_[static_cast<std::size_t>(after - starts_.begin()) - 1];
  }

 private:
  void grow(const std::vector<Sample>& sorted, int n_classes, const Counts& all) {
    const std::size_t most_leaves = std::clamp<std::size_t>(4 * static_cast<std::size_t>(n_classes), 64, 1024);
    std::priority_queue<Stretch> open;
    std::vector<std::pair<std::size_t, std::size_t>> leaves;
    open.push(with_best_cut(sorted, 0, sorted.size(), n_classes));
    while (!open.empty()) {
      const Stretch stretch = open.top();
      open.pop();
      if (stretch.gain <= 0.0 || leaves.size() + open.size() + 2 > most_leaves) {
        leaves.emplace_back(stretch.begin, stretch.end);
        continue;
      }
      open.push(with_best_cut(sorted, stretch.begin, stretch.cut, n_classes));
      open.push(with_best_cut(sorted, stretch.cut, stretch.end, n_classes));
    }
    std::sort(leaves.begin(), leaves.end());
    for (const auto& [begin, end] : leaves) {
      Counts counts(n_classes);
      for (std::size_t i = begin; i < end; ++i) counts[sorted[i].target] += 1.0;
      // Half way between neighbours, as trees do; of infinities the upper one.
      const double middle = begin == 0 ? -HUGE_VAL : std::midpoint(sorted[begin - 1].value, sorted[begin].value);
      const bool between = begin > 0 && middle > sorted[begin - 1].value;
      starts_.push_back(begin == 0 || between ? middle : sorted[begin].value);
      answers_.push_back(answer_of(counts, all));
    }
  }

  std::vector<double> starts_;
  std::vector<Answer> answers_;
  Answer missing_;
};

/// Calls fold(roles) for the one split there is, or for both halves of rows taken by turns.
template <typename Fold>
void for_each_fold(const Rows& rows, bool by_turns, const Fold& fold) {
  const bool once = rows.input.split != nullptr && !by_turns;
  for (std::size_t turn = 0; turn < (once ? 1 : 2); ++turn) {
    const Roles roles = roles_of(rows, by_turns, turn);
    if (!roles.fit.empty()) fold(roles);
  }
}

}  // namespace

std::string told(const Predictability& p) {
  if (p.balanced) {
    return "predicts with a balanced accuracy of " + percent(p.balanced_accuracy) +
           " (majority class: " + percent(p.majority) + " of rows)";
  }
  return "predicts " + percent(p.accuracy) + " of rows (majority class: " + percent(p.majority) + ")";
}

Predictability predictability(const Rows& rows, const std::vector<double>& values, bool by_turns) {
  Tally tally(rows.input.n_classes);
  for_each_fold(rows, by_turns, [&](const Roles& roles) {
    const NumberTree tree(rows, values, roles.fit);
    for (const std::size_t row : roles.judge) tally.add(rows.input.targets[row], tree.answer(values[row]));
  });
  return judged(tally);
}

Predictability predictability(const Rows& rows, const std::vector<std::string>& values) {
  Tally tally(rows.input.n_classes);
  for_each_fold(rows, false, [&](const Roles& roles) {
    std::unordered_map<std::string_view, Counts> by_category;
    Counts all(rows.input.n_classes);
    for (const std::size_t row : roles.fit) {
      Counts& counts = by_category.try_emplace(values[row], all.size(), 0.0).first->second;
      counts[rows.input.targets[row]] += 1.0;
      all[rows.input.targets[row]] += 1.0;
    }
    std::unordered_map<std::string_view, Answer> answers;
    for (const auto& [category, counts] : by_category) answers[category] = answer_of(counts, all);
    const Answer unknown = answer_of(all, all);
    for (const std::size_t row : roles.judge) {
      const auto found = answers.find(values[row]);
      tally.add(rows.input.targets[row], found == answers.end() ? unknown : found->second);
    }
  });
  return judged(tally);
}

}  // namespace hitscope::models::evaluation
