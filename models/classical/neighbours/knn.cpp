#include "models/classical/neighbours/knn.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "models/classical/neighbours/neighbour_index.h"
#include "models/classical/table_head.h"
#include "models/data/parallel.h"
#include "models/preprocessing_options.h"

namespace hitscope::models::classical::neighbours {
namespace {

enum class Weighing { kUniform, kDistance };
constexpr auto names_of(Weighing) {
  return std::to_array<dsp::Name<Weighing>>(
      {{Weighing::kUniform, "uniform", "all count alike"}, {Weighing::kDistance, "distance", "by 1 / distance"}});
}
enum class Algorithm { kAuto, kKdTree, kBrute };
constexpr auto names_of(Algorithm) {
  return std::to_array<dsp::Name<Algorithm>>({{Algorithm::kAuto, "auto", "a tree up to 30 columns"},
                                              {Algorithm::kKdTree, "kd_tree"},
                                              {Algorithm::kBrute, "brute", "looks at every row"}});
}

struct KnnParameters {
  int n_neighbors = 5;
  Weighing weights = Weighing::kUniform;
  double p = 2.0;
  Algorithm algorithm = Algorithm::kAuto;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = KnnParameters;
    visit(&P::n_neighbors, {.name = "n_neighbors", .help = "number of neighbours", .rule = dsp::between(1, 1e6)});
    visit(&P::weights, {.name = "weights", .help = "how much each of them counts"});
    visit(&P::p, {.name = "p",
                  .help = "power of the Minkowski distance: 1 is Manhattan's, 2 Euclid's",
                  .rule = dsp::between(1, 100)});
    visit(&P::algorithm, {.name = "algorithm", .help = "how they are found; all find the same"});
  }
};

class Knn final : public Estimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{.weighs_classes = false};

  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

  bool fit(const LearningRows& rows, const FitContext& context) override {
    if (rows.n_rows() < static_cast<std::size_t>(parameters_.n_neighbors)) {
      throw std::invalid_argument("n_neighbors is " + std::to_string(parameters_.n_neighbors) + ", but there are " +
                                  std::to_string(rows.n_rows()) + " training rows; it must be at most as many");
    }
    take(rows.features, {rows.targets.begin(), rows.targets.end()}, {rows.values.begin(), rows.values.end()},
         rows.n_classes);
    return !context.is_stopped();
  }

  std::vector<double> predict(const data::Matrix& features, int n_threads) const override {
    const auto n_answers = static_cast<std::size_t>(std::max(n_classes_, 1));
    const auto k = static_cast<std::size_t>(parameters_.n_neighbors);
    std::vector<double> answers(features.n_rows * n_answers, 0.0);
    data::in_blocks(
        features.n_rows, n_threads,
        [&](std::size_t begin, std::size_t end) {
          std::vector<NeighbourIndex::Neighbour> found;
          for (std::size_t row = begin; row < end; ++row) {
            index_->search(features.values.data() + row * features.n_columns, k, found);
            answer(found, answers.data() + row * n_answers);
          }
        },
        64);
    return answers;
  }

  std::size_t n_parameters() const override { return index_->rows().values.size(); }

  Learned learned() const override {
    const data::Matrix& rows = index_->rows();
    const auto n = static_cast<std::int64_t>(rows.n_rows);
    Learned result;
    result.arrays["rows"] = {{n, static_cast<std::int64_t>(rows.n_columns)}, rows.values};
    if (n_classes_ == 0) result.arrays["values"] = {{n}, values_};
    if (n_classes_ > 0) result.arrays["classes"] = {{n}, std::vector<std::int64_t>(targets_.begin(), targets_.end())};
    return result;
  }

  int load(const Learned& learned, std::size_t n_columns) override {
    const auto found = learned.arrays.find("rows");
    if (found == learned.arrays.end()) throw std::runtime_error("rows is missing");
    const auto* values = std::get_if<std::vector<float>>(&found->second.values);
    const std::vector<std::int64_t>& shape = found->second.shape;
    if (values == nullptr || shape.size() != 2 || shape[1] != static_cast<std::int64_t>(n_columns))
      throw std::runtime_error("rows does not fit the features");
    if (!std::all_of(values->begin(), values->end(), [](float v) { return std::isfinite(v); }))
      throw std::runtime_error("rows has a value that is not finite");
    const auto n = static_cast<std::size_t>(shape[0]);
    if (n < static_cast<std::size_t>(parameters_.n_neighbors)) throw std::runtime_error("rows has too few rows");
    if (n > 0xfffffffeU) throw std::runtime_error("rows has too many rows");
    const data::Matrix rows{n, n_columns, *values};
    const auto classes = learned.arrays.find("classes");
    if (classes == learned.arrays.end()) {
      take(rows, {}, doubles(learned.arrays, "values", {shape[0]}), 0);
      return 0;
    }
    const auto* numbers = std::get_if<std::vector<std::int64_t>>(&classes->second.values);
    if (numbers == nullptr || numbers->size() != n) throw std::runtime_error("classes does not fit the rows");
    std::int64_t most = 1;
    for (const std::int64_t c : *numbers) {
      if (c < 0 || c > 65535) throw std::runtime_error("classes has a number out of range");
      most = std::max(most, c);
    }
    take(rows, {numbers->begin(), numbers->end()}, {}, static_cast<int>(most) + 1);
    return n_classes_;
  }

 private:
  void take(data::Matrix rows, std::vector<int> targets, std::vector<double> values, int n_classes) {
    constexpr std::size_t kMostColumnsOfTrees = 30;
    const bool has_tree = parameters_.algorithm == Algorithm::kKdTree ||
                          (parameters_.algorithm == Algorithm::kAuto && rows.n_columns <= kMostColumnsOfTrees);
    index_ = std::make_unique<NeighbourIndex>(std::move(rows), parameters_.p, has_tree);
    targets_ = std::move(targets);
    values_ = std::move(values);
    n_classes_ = n_classes;
  }

  /// Where neighbours are at the place itself, by distance only they count.
  double weight(double distance, bool has_equal) const {
    if (parameters_.weights == Weighing::kUniform) return 1.0;
    if (has_equal) return distance == 0.0 ? 1.0 : 0.0;
    return 1.0 / distance;
  }

  void answer(const std::vector<NeighbourIndex::Neighbour>& found, double* out) const {
    const bool has_equal = found.front().first == 0.0;
    double all = 0.0;
    for (const auto& [distance, row] : found) {
      const double w = weight(distance, has_equal);
      all += w;
      if (n_classes_ > 0) {
        out[targets_[row]] += w;
      } else {
        out[0] += w * values_[row];
      }
    }
    for (int c = 0; c < std::max(n_classes_, 1); ++c) out[c] /= all;
  }

  KnnParameters parameters_;
  std::unique_ptr<NeighbourIndex> index_;
  std::vector<int> targets_;
  std::vector<double> values_;
  int n_classes_ = 0;
};

}  // namespace

const HeadInfo Knn::kInfo{.name = "knn",
                          .summary = "k-nearest neighbours",
                          .meets = data::needs::kTable | data::needs::kClasses | data::needs::kValues,
                          .is_usual = false,
                          .make = table_head<Knn>,
                          .options = preprocessing_options};

std::span<const HeadInfo* const> heads() {
  static const std::array<const HeadInfo*, 1> list{&Knn::kInfo};
  return list;
}

}  // namespace hitscope::models::classical::neighbours
