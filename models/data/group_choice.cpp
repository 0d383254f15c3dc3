#include "models/data/group_choice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "models/data/shuffle.h"

namespace hitscope::models::data {
namespace {

using Groups = std::vector<std::size_t>;

/// A set of groups and its deviation from the wanted rows, updated as groups are added and removed.
class Choice {
 public:
  Choice(const GroupCounts& counts, double fraction, std::size_t n_left)
      : counts_(counts),
        wanted_(static_cast<double>(counts.n_rows()) * fraction),
        most_(counts.n_groups() - n_left),
        taken_(counts.n_groups(), 0),
        classes_(counts.n_classes()) {
    for (std::size_t group = 0; group < counts.n_groups(); ++group) {
      for (const auto& [label, n_rows] : counts.counts(group)) {
        classes_[label].wanted += static_cast<double>(n_rows) * fraction;
        ++classes_[label].n_groups;
      }
    }
    for (Class& c : classes_) {
      if (c.n_groups == 0) continue;
      // Rows count alike, and so do classes: a rare class must not be drowned by the frequent ones.
      c.weight = 1.0 / wanted_ + 1.0 / (c.wanted * static_cast<double>(classes_.size()));
      c.least_left = std::clamp<std::size_t>(c.n_groups - 1, 1, n_left);
    }
    clear();
  }

  void clear() {
    std::fill(taken_.begin(), taken_.end(), 0);
    n_taken_ = 0;
    n_rows_ = 0.0;
    cost_ = 1.0;
    for (Class& c : classes_) {
      c.n_rows = 0.0;
      c.n_taken = 0;
      cost_ += cost(c);
    }
  }

  /// Takes a group or gives it back.
  void toggle(std::size_t group) {
    const bool take = taken_[group] == 0;
    const double sign = take ? 1.0 : -1.0;
    cost_ -= std::abs(n_rows_ - wanted_) / wanted_;
    n_rows_ += sign * static_cast<double>(counts_.size(group));
    cost_ += std::abs(n_rows_ - wanted_) / wanted_;
    for (const auto& [label, n_rows] : counts_.counts(group)) {
      Class& c = classes_[label];
      cost_ -= cost(c);
      c.n_rows += sign * static_cast<double>(n_rows);
      take ? ++c.n_taken : --c.n_taken;
      cost_ += cost(c);
    }
    taken_[group] = take ? 1 : 0;
    take ? ++n_taken_ : --n_taken_;
  }

  bool may_toggle(std::size_t group) const { return taken_[group] != 0 ? n_taken_ > 1 : n_taken_ < most_; }
  bool is_taken(std::size_t group) const { return taken_[group] != 0; }
  bool is_empty() const { return n_taken_ == 0; }
  double n_rows() const { return n_rows_; }
  double wanted() const { return wanted_; }
  double cost() const { return cost_; }

  Groups groups() const {
    Groups groups;
    for (std::size_t group = 0; group < taken_.size(); ++group) {
      if (is_taken(group)) groups.push_back(group);
    }
    return groups;
  }

 private:
  struct Class {
    double wanted = 0.0;
    double weight = 0.0;
    std::size_t n_groups = 0;
    std::size_t least_left = 0;
    double n_rows = 0.0;      // taken
    std::size_t n_taken = 0;  // groups
  };

  static double cost(const Class& c) {
    constexpr double kLost = 10.0;
    const std::size_t n_left = c.n_groups - c.n_taken;
    const double too_few_left = n_left < c.least_left ? 2.0 * static_cast<double>(c.least_left - n_left) : 0.0;
    const double none_taken = c.n_groups > 1 && c.n_taken == 0 ? 1.0 : 0.0;
    return c.weight * std::abs(c.n_rows - c.wanted) + kLost * (too_few_left + none_taken);
  }

  const GroupCounts& counts_;
  double wanted_;
  std::size_t most_;
  std::vector<char> taken_;
  std::vector<Class> classes_;
  std::size_t n_taken_ = 0;
  double n_rows_ = 0.0;
  double cost_ = 0.0;
};

/// Takes groups in their order while they fit; at least one, the smallest.
void take_in_order(Choice& choice, const Groups& order, const GroupCounts& counts) {
  const double most = choice.wanted() + 0.05 * static_cast<double>(counts.n_rows());
  choice.clear();
  for (const std::size_t group : order) {
    if (choice.n_rows() >= choice.wanted()) break;
    if (choice.n_rows() + static_cast<double>(counts.size(group)) > most || !choice.may_toggle(group)) continue;
    choice.toggle(group);
  }
  if (!choice.is_empty()) return;
  choice.toggle(*std::min_element(order.begin(), order.end(),
                                  [&](std::size_t a, std::size_t b) { return counts.size(a) < counts.size(b); }));
}

// Rounding must not look like progress.
constexpr double kLeastGain = 1e-9;

/// Toggles single groups while that helps.
void toggle_better(Choice& choice, const Groups& order) {
  constexpr int kPasses = 3;
  for (int pass = 0; pass < kPasses; ++pass) {
    bool better = false;
    for (const std::size_t group : order) {
      if (!choice.may_toggle(group)) continue;
      const double before = choice.cost();
      choice.toggle(group);
      if (choice.cost() < before - kLeastGain) {
        better = true;
      } else {
        choice.toggle(group);
      }
    }
    if (!better) return;
  }
}

/// Exchanges a taken group for one that stays, where that helps.
void swap_better(Choice& choice, std::size_t n_groups, std::mt19937_64& random) {
  constexpr int kTries = 20'000;
  Groups taken = choice.groups();
  Groups left;
  for (std::size_t group = 0; group < n_groups; ++group) {
    if (!choice.is_taken(group)) left.push_back(group);
  }
  if (taken.empty() || left.empty()) return;
  for (int i = 0; i < kTries; ++i) {
    std::size_t& out = taken[random() % taken.size()];
    std::size_t& in = left[random() % left.size()];
    const double before = choice.cost();
    choice.toggle(out);
    choice.toggle(in);
    if (choice.cost() < before - kLeastGain) {
      std::swap(out, in);
    } else {
      choice.toggle(in);
      choice.toggle(out);
    }
  }
}

}  // namespace

std::vector<std::size_t> choose_groups(const GroupCounts& counts, double fraction, std::size_t n_left,
                                       std::mt19937_64& random) {
  // Few groups differ much from choice to choice; of many, any choice is near the mean.
  const std::size_t n_choices = std::clamp<std::size_t>(1'000'000 / counts.n_groups(), 2, 100);
  Groups order(counts.n_groups());
  std::iota(order.begin(), order.end(), 0);
  Choice choice(counts, fraction, n_left);
  Groups best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < n_choices; ++i) {
    shuffle(order, random);
    take_in_order(choice, order, counts);
    if (choice.cost() >= least) continue;
    least = choice.cost();
    best = choice.groups();
  }
  choice.clear();
  for (const std::size_t group : best) choice.toggle(group);
  toggle_better(choice, order);
  swap_better(choice, counts.n_groups(), random);
  std::vector<std::size_t> ids;
  for (const std::size_t group : choice.groups()) ids.push_back(counts.id(group));
  return ids;
}

}  // namespace hitscope::models::data
