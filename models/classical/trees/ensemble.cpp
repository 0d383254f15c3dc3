#include "models/classical/trees/ensemble.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "models/classical/class_probabilities.h"
#include "models/classical/trees/ensemble_bytes.h"
#include "models/classical/trees/trees_rows.h"
#include "models/data/parallel.h"

namespace hitscope::models::classical::trees {
namespace {

class Ensemble final : public Trees {
 public:
  explicit Ensemble(EnsembleModel model) : model_(std::move(model)) {}

  int n_classes() const override { return model_.n_classes; }
  std::size_t n_columns() const override { return model_.n_columns; }
  std::size_t n_nodes() const override {
    std::size_t n = 0;
    for (const Tree& tree : model_.trees) n += tree.nodes.size();
    return n;
  }
  std::string to_bytes() const override { return bytes_of(model_); }

 private:
  std::vector<double> predict(const data::Matrix& features) const override {
    switch (model_.combining) {
      case Combining::kMean:
        return means(features);
      case Combining::kSum:
        return sums(features);
      case Combining::kVote:
        return votes(features);
      case Combining::kMedian:
        return medians(features);
    }
    throw std::logic_error("trees are combined in an unknown way");
  }

  /// Calls work(number of the tree, tree, the row's values, its n_answers answers) for every row and tree, a tree at a
  /// time over a few rows, while it is in the cache. Answers begin with `start`, or 0.
  template <typename Work>
  std::vector<double> over_trees(const data::Matrix& features, std::size_t n_answers, std::span<const double> start,
                                 const Work& work) const {
    std::vector<double> answers(features.n_rows * n_answers, 0.0);
    data::in_blocks(
        features.n_rows, n_threads,
        [&](std::size_t begin, std::size_t end) {
          constexpr std::size_t kPiece = 256;
          for (std::size_t from = begin; from < end; from += kPiece) {
            const std::size_t to = std::min(end, from + kPiece);
            for (std::size_t row = from; row < to && !start.empty(); ++row) {
              std::copy(start.begin(), start.end(), answers.begin() + static_cast<std::ptrdiff_t>(row * n_answers));
            }
            for (std::size_t t = 0; t < model_.trees.size(); ++t) {
              for (std::size_t row = from; row < to; ++row) {
                work(t, model_.trees[t], features.values.data() + row * model_.n_columns,
                     answers.data() + row * n_answers);
              }
            }
          }
        },
        256);
    return answers;
  }

  std::vector<double> means(const data::Matrix& features) const {
    const auto n_answers = static_cast<std::size_t>(std::max(model_.n_classes, 1));
    std::vector<double> answers =
        over_trees(features, n_answers, {}, [](std::size_t, const Tree& tree, const float* row, double* out) {
          for (const LeafShare& leaf : tree.leaf_of(row)) out[leaf.answer] += leaf.share;
        });
    for (double& answer : answers) answer /= static_cast<double>(model_.trees.size());
    return answers;
  }

  std::vector<double> sums(const data::Matrix& features) const {
    const std::size_t k = model_.n_outputs();
    std::vector<double> answers =
        over_trees(features, k, model_.base, [](std::size_t, const Tree& tree, const float* row, double* out) {
          out[tree.output] += tree.leaf_of(row).front().share;
        });
    return model_.n_classes == 0 ? answers : class_probabilities(std::move(answers), k);
  }

  /// As scikit-learn 1.2 makes probabilities of the votes: their softmax.
  std::vector<double> votes(const data::Matrix& features) const {
    const auto k = static_cast<std::size_t>(model_.n_classes);
    const double all = std::accumulate(model_.weights.begin(), model_.weights.end(), 0.0);
    std::vector<double> answers =
        over_trees(features, k, {}, [&](std::size_t t, const Tree& tree, const float* row, double* out) {
          out[class_of(tree.leaf_of(row))] += model_.weights[t] / all;
        });
    for (std::size_t begin = 0; begin < answers.size(); begin += k) {
      const std::span<double> row(answers.data() + begin, k);
      if (k == 2) {
        const double lead = row[1] - row[0];
        row[1] = 0.5 * lead;
        row[0] = -0.5 * lead;
      } else {
        for (double& vote : row) vote /= static_cast<double>(k - 1);
      }
      softmax(row);
    }
    return answers;
  }

  std::vector<double> medians(const data::Matrix& features) const {
    const std::size_t n_trees = model_.trees.size();
    const double all = std::accumulate(model_.weights.begin(), model_.weights.end(), 0.0);
    std::vector<double> answers(features.n_rows);
    data::in_blocks(
        features.n_rows, n_threads,
        [&](std::size_t begin, std::size_t end) {
          std::vector<std::pair<double, double>> said(n_trees);  // a number and its weight
          for (std::size_t row = begin; row < end; ++row) {
            const float* x = features.values.data() + row * model_.n_columns;
            for (std::size_t t = 0; t < n_trees; ++t) {
              said[t] = {model_.trees[t].leaf_of(x).front().share, model_.weights[t]};
            }
            std::sort(said.begin(), said.end());
            double below = 0.0;
            for (const auto& [number, weight] : said) {
              below += weight;
              answers[row] = number;
              if (below >= 0.5 * all) break;
            }
          }
        },
        256);
    return answers;
  }

  EnsembleModel model_;
};

}  // namespace

std::uint32_t class_of(std::span<const LeafShare> shares) {
  const LeafShare* best = &shares.front();
  for (const LeafShare& share : shares) {
    if (share.share > best->share) best = &share;
  }
  return best->answer;
}

std::unique_ptr<Trees> ensemble_of(EnsembleModel model, int n_threads) {
  auto trees = std::make_unique<Ensemble>(std::move(model));
  trees->n_threads = n_threads;
  return trees;
}

std::unique_ptr<Trees> ensemble_from_bytes(std::string_view bytes) {
  return ensemble_of(model_from_bytes(bytes), 1);
}

}  // namespace hitscope::models::classical::trees
