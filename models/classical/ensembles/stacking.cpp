#include <algorithm>
#include <functional>
#include <random>
#include <stdexcept>

#include "models/classical/ensembles/ensemble.h"
#include "models/classical/linear/platt.h"

namespace hitscope::models::classical::ensembles {
namespace {

class Stacking final : public Ensemble {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  std::size_t n_parts() const override { return Ensemble::n_parts() + 1; }

  bool fit(const LearningRows& rows, const FitContext& context) override {
    const bool is_of_classes = rows.n_classes > 0;
    n_classes_ = rows.n_classes;
    const std::vector<int> folds = folds_of(rows, context.seed);
    data::Matrix answers{rows.n_rows(), 0, {}};
    make(is_of_classes);
    answers.n_columns = parts_.size() * n_kept();
    answers.values.resize(answers.n_rows * answers.n_columns);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (!answer_unseen(rows, context, folds, i, answers)) return false;
      if (!parts_[i]->fit(rows, quiet(context))) return false;
    }
    parts_.push_back(last(is_of_classes));
    return parts_.back()->fit({answers, rows.targets, rows.values, rows.weights, rows.n_classes}, quiet(context));
  }

  std::vector<double> predict(const data::Matrix& features, int n_threads) const override {
    data::Matrix answers{features.n_rows, (parts_.size() - 1) * n_kept(), {}};
    answers.values.resize(answers.n_rows * answers.n_columns);
    std::vector<std::size_t> all(features.n_rows);
    for (std::size_t row = 0; row < all.size(); ++row) all[row] = row;
    for (std::size_t i = 0; i + 1 < parts_.size(); ++i) put(parts_[i]->predict(features, n_threads), all, i, answers);
    return parts_.back()->predict(answers, n_threads);
  }

  int load(const Learned& learned, std::size_t n_columns) override {
    const std::size_t n = Ensemble::n_parts();
    if (learned.parts.size() != n + 1) throw std::runtime_error("it has another number of heads");
    // The last head has an output for each class, one for two classes, and of values no classes.
    std::vector<std::unique_ptr<Estimator>> parts;
    std::vector<int> n_classes;
    const bool is_of_classes = is_of_classes_of(learned, n_columns);
    for (std::size_t i = 0; i < n; ++i) {
      parts.push_back(estimator_named(names(is_of_classes)[i], is_of_classes));
      n_classes.push_back(parts.back()->load(learned.parts[i], n_columns));
    }
    if (std::adjacent_find(n_classes.begin(), n_classes.end(), std::not_equal_to<>()) != n_classes.end())
      throw std::runtime_error("its heads have learned different classes");
    n_classes_ = n_classes.front();
    parts.push_back(last(is_of_classes));
    if (parts.back()->load(learned.parts[n], n * n_kept()) != n_classes_)
      throw std::runtime_error("its last head has learned other classes");
    parts_ = std::move(parts);
    return n_classes_;
  }

 private:
  static constexpr int kFolds = 5;

  /// Answers of a head that are columns for the last: of two classes the second's probability only.
  std::size_t n_kept() const { return n_classes_ > 2 ? static_cast<std::size_t>(n_classes_) : 1; }
  static std::unique_ptr<Estimator> last(bool is_of_classes) {
    return estimator_named(is_of_classes ? "logistic" : "ridge(alphas=0.1+1+10)", is_of_classes);
  }
  bool is_of_classes_of(const Learned& learned, std::size_t n_columns) const {
    try {
      return estimator_named(names(true).front(), true)->load(learned.parts.front(), n_columns) > 0;
    } catch (const std::exception&) {
      return false;
    }
  }

  /// Drawn, so that neighbours in a sorted table do not stand together.
  static std::vector<int> folds_of(const LearningRows& rows, std::uint64_t seed) {
    if (rows.n_classes > 0) return linear::inner_folds(rows.targets, kFolds, seed);
    std::vector<int> folds(rows.n_rows());
    for (std::size_t row = 0; row < folds.size(); ++row) folds[row] = static_cast<int>(row % kFolds);
    std::mt19937_64 random(seed);
    for (std::size_t i = folds.size(); i > 1; --i) std::swap(folds[i - 1], folds[random() % i]);
    return folds;
  }

  void put(const std::vector<double>& given, std::span<const std::size_t> rows, std::size_t head,
           data::Matrix& answers) const {
    const std::size_t k = n_kept();
    const auto n_given = static_cast<std::size_t>(std::max(n_classes_, 1));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      float* out = answers.values.data() + rows[i] * answers.n_columns + head * k;
      for (std::size_t c = 0; c < k; ++c) out[c] = static_cast<float>(given[i * n_given + (n_given - k) + c]);
    }
  }

  /// The answers of a head to each row by a fit without the row's fold. False where it was stopped.
  bool answer_unseen(const LearningRows& rows, const FitContext& context, std::span<const int> folds, std::size_t head,
                     data::Matrix& answers) const {
    const int n_folds = *std::max_element(folds.begin(), folds.end()) + 1;
    for (int fold = 0; fold < n_folds; ++fold) {
      Taken seen;
      Taken held;
      for (std::size_t row = 0; row < rows.n_rows(); ++row) (folds[row] == fold ? held : seen).add(rows, row);
      const auto part = estimator_named(names_[head], rows.n_classes > 0);
      if (!part->fit(seen.rows(rows.n_classes), quiet(context))) return false;
      put(part->predict(held.features, context.n_threads), held.numbers, head, answers);
    }
    return true;
  }

  /// Some of the rows.
  struct Taken {
    data::Matrix features;
    std::vector<int> targets;
    std::vector<double> values;
    std::vector<double> weights;
    std::vector<std::size_t> numbers;

    void add(const LearningRows& rows, std::size_t row) {
      features.n_columns = rows.n_columns();
      ++features.n_rows;
      const float* x = rows.features.values.data() + row * rows.n_columns();
      features.values.insert(features.values.end(), x, x + rows.n_columns());
      if (!rows.targets.empty()) targets.push_back(rows.targets[row]);
      if (!rows.values.empty()) values.push_back(rows.values[row]);
      if (!rows.weights.empty()) weights.push_back(rows.weights[row]);
      numbers.push_back(row);
    }
    LearningRows rows(int n_classes) const { return {features, targets, values, weights, n_classes}; }
  };

  int n_classes_ = 0;
};

}  // namespace

const HeadInfo Stacking::kInfo = info_of<Stacking>("stacking", "linear model of the answers of several heads");

const HeadInfo& stacking() {
  return Stacking::kInfo;
}

}  // namespace hitscope::models::classical::ensembles
